package discordtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	apiHost   = "discord.com"
	cdnHost   = "cdn.discordapp.com"
	mediaHost = "media.discordapp.net"
)

func isCDNHost(host string) bool { return host == cdnHost || host == mediaHost }

// proxied is the address of the same file on Discord's image proxy.
func proxied(address string) string { return strings.Replace(address, cdnHost, mediaHost, 1) }

// Transport is a round tripper for the bot's clients, of the API and of the CDN
// alike: it leads Discord's hosts to the server and refuses every other host.
// Its connections end with the server.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	s := t.server
	base, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	if r.URL.Host != base.Host {
		if r.URL.Host != apiHost && !isCDNHost(r.URL.Host) {
			s.violate(r.Method+" "+r.URL.Host, "the bot asked a host that is not Discord's")
			return nil, fmt.Errorf("discordtest: %s is not a host of Discord", r.URL.Host)
		}
		if r.URL.Scheme != "https" {
			s.violate(r.Method+" "+r.URL.Host, "the bot asked without TLS")
		}
		original := r.URL.Host
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host = "http", s.address
		r.Host = original
	}
	return s.client.RoundTrip(r)
}
