package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Proxies are the networks of TRUSTED_PROXIES, by the header that their word
// stands in.
type Proxies struct {
	ForwardedFor []netip.Prefix // append to X-Forwarded-For
	RealIP       []netip.Prefix // overwrite X-Real-IP
}

// The names that TRUSTED_PROXIES knows.
var (
	loopbackNetworks = networks("127.0.0.0/8", "::1/128")
	// privateNetworks are RFC 1918, RFC 4193 and the link-local ones.
	privateNetworks = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
	// railwayNetworks are where Railway's edge connects from. Its documentation
	// names X-Real-IP as the client's address, and the edge overwrites it:
	// https://docs.railway.com/reference/public-networking
	// The network itself is not documented. A project's own services reach each
	// other from private addresses, which are not among these.
	railwayNetworks = networks("100.64.0.0/10")
)

func networks(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for n, text := range texts {
		all[n] = netip.MustParsePrefix(text)
	}
	return all
}

// Proxies reads TRUSTED_PROXIES.
func (e Edge) Proxies() (Proxies, error) {
	names := e.TrustedProxies
	if len(names) == 0 && e.RailwayProject != "" {
		names = []string{"railway"}
	}
	var p Proxies
	for _, name := range names {
		switch name = strings.TrimSpace(name); name {
		case "", "none":
		case "loopback":
			p.ForwardedFor = append(p.ForwardedFor, loopbackNetworks...)
		case "private":
			p.ForwardedFor = append(p.ForwardedFor, privateNetworks...)
		case "railway":
			p.RealIP = append(p.RealIP, railwayNetworks...)
		default:
			network, err := parseNetwork(name)
			if err != nil {
				return Proxies{}, err
			}
			p.ForwardedFor = append(p.ForwardedFor, network)
		}
	}
	return p, nil
}

// parseNetwork reads an address or a network. One of everybody is refused: it
// would let every sender choose its own address.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		var address netip.Addr
		if address, err = netip.ParseAddr(text); err == nil {
			address = address.Unmap()
			network = netip.PrefixFrom(address, address.BitLen())
		}
	}
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("TRUSTED_PROXIES has %q: use an address, a network such as 10.0.0.0/8, loopback, private, railway or none", text)
	case network.Bits() == 0:
		return netip.Prefix{}, fmt.Errorf("TRUSTED_PROXIES has %q, which is everybody: name the network of your proxy", text)
	case network.Addr().Is4In6():
		return netip.Prefix{}, fmt.Errorf("TRUSTED_PROXIES has %q: write it as IPv4", text)
	}
	return network.Masked(), nil
}

func checkEdge(e Edge, wrong func(string, ...any)) {
	if _, err := e.Proxies(); err != nil {
		wrong("%w", err)
	}
}
