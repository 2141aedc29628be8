package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

const (
	headerForwardedFor = "X-Forwarded-For"
	headerRealIP       = "X-Real-Ip"
	headerForwarded    = "Forwarded" // RFC 7239; not read, only noticed
	// maxHops bounds how many proxies of ours a request may have passed.
	maxHops = 16
	// unknownAddress stands for a peer that has no IP address. It has a quota
	// like any other.
	unknownAddress = "unknown"
)

// Proxies are the networks of proxies that are believed about who sent a
// request. The zero value believes none.
type Proxies struct {
	// ForwardedFor append the address of their peer to X-Forwarded-For, as
	// nginx, Caddy and most others do.
	ForwardedFor []netip.Prefix
	// RealIP overwrite X-Real-IP with the sender's address. What they write to
	// X-Forwarded-For is not read: Railway's ends with an edge of its own, which
	// is a public address and changes with every request.
	RealIP []netip.Prefix
}

// shared is the address space that providers put their own proxies in: RFC 6598.
var shared = netip.MustParsePrefix("100.64.0.0/10")

type senderKey struct{}

// senders finds out who sends a request.
type senders struct {
	proxies Proxies
	log     *slog.Logger
	warned  sync.Once
}

// handler lets ClientAddress know the sender of each request.
func (s *senders) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := context.WithValue(r.Context(), senderKey{}, addressKey(s.sender(r)))
		next.ServeHTTP(w, r.WithContext(known))
	})
}

// ClientAddress is who a request counts for: an IPv4 address, a /64 of IPv6,
// which one customer has, or "unknown"; never "". It is the peer, or what a
// trusted proxy says where the request passed a Site.
func ClientAddress(r *http.Request) string {
	if known, ok := r.Context().Value(senderKey{}).(string); ok {
		return known
	}
	return addressKey(peer(r))
}

func addressKey(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return unknownAddress
	case a.Is6():
		prefix, _ := a.Prefix(64)
		return prefix.String()
	}
	return a.String()
}

// sender is the peer, or the last address that is not a trusted proxy's in what
// trusted proxies say. Where they say nothing that can be read it is the peer:
// whatever stands further left may have been made up.
func (s *senders) sender(r *http.Request) netip.Addr {
	from := peer(r)
	if !contains(s.proxies.ForwardedFor, from) && !contains(s.proxies.RealIP, from) {
		s.warn(r, from)
		return from
	}
	hops := strings.Join(r.Header.Values(headerForwardedFor), ",")
	at := from
	for range maxHops {
		switch {
		case contains(s.proxies.RealIP, at):
			values := r.Header.Values(headerRealIP)
			if len(values) != 1 {
				return from
			}
			return parseHop(values[0], from)
		case !contains(s.proxies.ForwardedFor, at):
			return at
		case hops == "":
			return at // the proxy itself, or a sender in its network
		}
		cut := strings.LastIndexByte(hops, ',')
		at = parseHop(hops[cut+1:], netip.Addr{})
		if !at.IsValid() {
			return from
		}
		hops = hops[:max(cut, 0)]
	}
	return from
}

// warn says once that a proxy in front is not believed. A public peer's header is
// no sign of a proxy: anybody may send one.
func (s *senders) warn(r *http.Request, from netip.Addr) {
	inside := from.IsLoopback() || from.IsPrivate() || from.IsLinkLocalUnicast() || shared.Contains(from)
	if !inside {
		return
	}
	for _, name := range []string{headerForwardedFor, headerRealIP, headerForwarded} {
		if r.Header.Get(name) == "" {
			continue
		}
		s.warned.Do(func() {
			s.log.Warn("forwarded header from an untrusted proxy; all its visitors share the quotas of one address",
				"peer", from.String(), "header", name, "remedy", "add the proxy's address or network to TRUSTED_PROXIES")
		})
		return
	}
}

// peer is the other end of a request's connection; the zero Addr where it has
// no IP address.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return parseHop(host, netip.Addr{})
}

// parseHop reads an address as proxies write it, also with a port or brackets,
// or IPv4 as IPv6. What cannot be a sender's address is otherwise.
func parseHop(text string, otherwise netip.Addr) netip.Addr {
	text = strings.TrimSpace(text)
	a, err := netip.ParseAddr(text)
	if err != nil {
		if inner, ok := strings.CutPrefix(text, "["); ok {
			a, err = netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		}
	}
	if err != nil {
		var with netip.AddrPort
		with, err = netip.ParseAddrPort(text)
		a = with.Addr()
	}
	if err != nil || a.IsUnspecified() || a.IsMulticast() {
		return otherwise
	}
	return a.Unmap().WithZone("")
}

func contains(networks []netip.Prefix, a netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(a) {
			return true
		}
	}
	return false
}
