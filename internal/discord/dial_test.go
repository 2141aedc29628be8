package discord

import (
	"net/netip"
	"testing"
)

// first and last address of each block that is not public, and the public
// addresses next to them.
var edges = []struct{ first, last, before, after string }{
	{"0.0.0.0", "0.255.255.255", "", "1.0.0.0"},
	{"10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
	{"100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
	{"127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
	{"169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
	{"172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
	{"192.0.0.0", "192.0.0.8", "191.255.255.255", "192.0.0.9"},
	{"192.0.0.11", "192.0.0.255", "192.0.0.10", "192.0.1.0"},
	{"192.0.0.170", "192.0.0.171", "", ""},
	{"192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
	{"192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
	{"192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
	{"198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
	{"198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
	{"203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
	{"224.0.0.0", "255.255.255.255", "223.255.255.255", ""},
	{"::", "::ffff", "", ""},
	{"::102:304", "::ffff:ffff", "", ""},
	{"64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "64:ff9b::", "", "64:ff9b::100:0"},
	{"64:ff9b:0:0:0:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b::dfff:ffff", ""},
	{"100::", "100:0:0:1:ffff:ffff:ffff:ffff", "", ""},
	{"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", "", ""},
	{"2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""},
	{"2001:1::", "2001:1::", "", "2001:1::1"},
	{"2001:1::4", "2001:2:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1::3", "2001:3::"},
	{"2001:4::", "2001:4:111:ffff:ffff:ffff:ffff:ffff", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", "2001:4:112::"},
	{"2001:4:113::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:4:112:ffff:ffff:ffff:ffff:ffff", "2001:20::"},
	{"2001:40::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
	{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
	{"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
	{"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
	{"4000::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""},
	{"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
	{"fe80::", "fec0::", "", ""},
	{"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
}

func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	t.Parallel()
	dials := func(a netip.Addr) bool { return refusePrivate("tcp", netip.AddrPortFrom(a, 443).String(), nil) == nil }
	check := func(text string, public bool) {
		t.Helper()
		if text == "" {
			return
		}
		a := netip.MustParseAddr(text)
		if got := dials(a); got != public {
			t.Errorf("%s: public %v, want %v", a, got, public)
		}
		if !a.Is4() {
			return
		}
		four := a.As4()
		if mapped := netip.AddrFrom16(a.As16()); dials(mapped) != public {
			t.Errorf("%s as %s: want public %v", a, mapped, public)
		}
		inside := [16]byte{0, 0x64, 0xff, 0x9b}
		copy(inside[12:], four[:])
		if translated := netip.AddrFrom16(inside); dials(translated) != public {
			t.Errorf("%s as %s: want public %v", a, translated, public)
		}
		inside = [16]byte{0x20, 0x02}
		copy(inside[2:], four[:])
		if tunnelled := netip.AddrFrom16(inside); dials(tunnelled) {
			t.Errorf("%s as %s is dialled", a, tunnelled)
		}
	}
	for _, e := range edges {
		check(e.first, false)
		check(e.last, false)
		check(e.before, true)
		check(e.after, true)
	}
	for _, public := range []string{"162.159.130.233", "1.1.1.1", "2606:4700::6810:84e5", "2a00:1450::1", "2620:4f:8000::1", "192.31.196.1", "192.52.193.1", "192.175.48.1"} {
		check(public, true)
	}
	for _, zoned := range []string{"[fe80::1%eth0]:443", "[2606:4700::1%eth0]:443"} {
		if refusePrivate("tcp", zoned, nil) == nil {
			t.Errorf("%s is dialled", zoned)
		}
	}
}

// Each row of the registries has an address in the list above or is public.
func TestEveryRowOfTheTableIsTested(t *testing.T) {
	t.Parallel()
	for _, s := range specialBlocks {
		if s.block != s.block.Masked() {
			t.Errorf("%s has bits beside its prefix", s.block)
		}
		tested := s.public || s.block == netip.MustParsePrefix("::ffff:0:0/96")
		for _, e := range edges {
			for _, text := range []string{e.first, e.last} {
				first, last := netip.MustParseAddr(e.first), netip.MustParseAddr(e.last)
				at := s.block.Addr()
				tested = tested || s.block.Contains(netip.MustParseAddr(text)) || first.Compare(at) <= 0 && at.Compare(last) <= 0
			}
		}
		if !tested {
			t.Errorf("%s (%s) is not tested", s.block, s.name)
		}
	}
}
