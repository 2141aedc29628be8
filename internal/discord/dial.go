package discord

import (
	"fmt"
	"net/netip"
	"syscall"
)

var (
	// globalUnicast is all that has been given out of IPv6 as public addresses:
	// https://www.iana.org/assignments/ipv6-address-space/
	globalUnicast = netip.MustParsePrefix("2000::/3")
	// translated holds IPv4 addresses for translators on the way: RFC 6052.
	translated = netip.MustParsePrefix("64:ff9b::/96")
)

// refusePrivate ends a connection to any address that is not on the public
// internet, after the name was resolved, so that no DNS answer gets around it.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %q: %w", address, err)
	}
	if at.Port() != 443 || !isPublic(at.Addr()) {
		return fmt.Errorf("dial %s: not a public address at port 443", address)
	}
	return nil
}

// isPublic says whether an address is reachable from everywhere, by IANA's
// registries. An IPv4 address within an IPv6 one is judged by itself.
func isPublic(a netip.Addr) bool {
	a = a.Unmap() // the operating system connects to a mapped one by IPv4
	if a.Zone() != "" {
		return false // of one link
	}
	if translated.Contains(a) {
		bytes := a.As16()
		return isPublic(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	public, bits := a.Is4() || globalUnicast.Contains(a), -1
	for _, s := range specialBlocks {
		if s.block.Bits() > bits && s.block.Contains(a) {
			public, bits = s.public, s.block.Bits()
		}
	}
	return public
}
