package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// carrier is the network that providers put their own proxies in: shared
// address space, RFC 6598.
var carrier = netip.MustParsePrefix("100.64.0.0/10")

// ClientAddress is who a request comes from: the peer, or when that is a proxy
// of ours the last public address in X-Forwarded-For, which only our own
// proxies have written; whoever is further left may have been made up. It is ""
// on this machine itself, and a whole /64 of IPv6, which one customer has.
func ClientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for n := len(hops) - 1; n >= 0 && ours(peer); n-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		peer = hop
	}
	peer = peer.Unmap().WithZone("")
	switch {
	case peer.IsLoopback():
		return ""
	case peer.Is6():
		prefix, _ := peer.Prefix(64)
		return prefix.String()
	}
	return peer.String()
}

// ours says whether an address may be a proxy of ours.
func ours(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || carrier.Contains(a)
}
