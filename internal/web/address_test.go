package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/web"
	"github.com/evoladder/evoladderbot/internal/web/dashboard"
)

// believed are a proxy on this machine, one in a private network that is reached
// by IPv6, too, and a provider's edge.
var believed = web.Proxies{
	ForwardedFor: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.2/31"), netip.MustParsePrefix("fd12::/64")},
	RealIP:       []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10")},
}

// seen is who a request counts for on a site, and what the site logged.
func seen(t *testing.T, proxies web.Proxies, peer string, header http.Header) (address, log string) {
	t.Helper()
	w := newWorld(t)
	site := w.site(web.Config{Proxies: proxies, Dashboard: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		address = web.ClientAddress(r)
	})})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/queues", nil)
	r.RemoteAddr, r.Header = peer, header
	site.ServeHTTP(httptest.NewRecorder(), r)
	return address, w.log.String()
}

func TestTheClientIsThePeerOrWhatATrustedProxySaw(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"this machine":                             {"127.0.0.1:5", nil, "127.0.0.1"},
		"a stranger":                               {"203.0.113.7:5", nil, "203.0.113.7"},
		"a stranger who makes things up":           {"203.0.113.7:5", []string{"198.51.100.1"}, "203.0.113.7"},
		"a private peer who makes things up":       {"10.0.0.9:5", []string{"198.51.100.1"}, "10.0.0.9"},
		"a neighbour of the proxy":                 {"10.0.0.4:5", []string{"198.51.100.1"}, "10.0.0.4"},
		"through a proxy":                          {"10.0.0.2:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"through a proxy by IPv6":                  {"[fd12::7]:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"through a proxy by IPv4 as IPv6":          {"[::ffff:10.0.0.2]:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"through two of them":                      {"127.0.0.1:5", []string{"198.51.100.1, 10.0.0.3"}, "198.51.100.1"},
		"through a proxy, things made up":          {"10.0.0.2:5", []string{"192.0.2.1, 198.51.100.1"}, "198.51.100.1"},
		"a proxy's address made up":                {"10.0.0.2:5", []string{"192.0.2.1, 10.0.0.3, 198.51.100.1"}, "198.51.100.1"},
		"in several headers":                       {"10.0.0.2:5", []string{"192.0.2.1", "198.51.100.1"}, "198.51.100.1"},
		"from a client in a private network":       {"10.0.0.2:5", []string{"192.0.2.1, 10.7.7.7"}, "10.7.7.7"},
		"from the proxy itself":                    {"127.0.0.1:5", []string{"10.0.0.3"}, "10.0.0.3"},
		"with a port":                              {"10.0.0.2:5", []string{"198.51.100.1:443"}, "198.51.100.1"},
		"with brackets":                            {"10.0.0.2:5", []string{"[2001:db8:1:2::3]"}, "2001:db8:1:2::/64"},
		"with brackets and a port":                 {"10.0.0.2:5", []string{"[2001:db8:1:2::3]:443"}, "2001:db8:1:2::/64"},
		"IPv4 as IPv6 in the header":               {"10.0.0.2:5", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"with a zone":                              {"10.0.0.2:5", []string{"fe80::1%eth0"}, "fe80::/64"},
		"a proxy that says nothing":                {"10.0.0.2:5", nil, "10.0.0.2"},
		"a proxy that says garbage":                {"10.0.0.2:5", []string{"garbage"}, "10.0.0.2"},
		"garbage behind another proxy":             {"127.0.0.1:5", []string{"198.51.100.1, unknown, 10.0.0.3"}, "127.0.0.1"},
		"an empty hop":                             {"10.0.0.2:5", []string{"198.51.100.1,"}, "10.0.0.2"},
		"no address":                               {"10.0.0.2:5", []string{"0.0.0.0"}, "10.0.0.2"},
		"this machine, made up":                    {"203.0.113.7:5", []string{"127.0.0.1"}, "203.0.113.7"},
		"this machine, through a proxy":            {"10.0.0.2:5", []string{"127.0.0.1"}, "127.0.0.1"},
		"more hops than there can be":              {"10.0.0.2:5", []string{strings.Repeat("10.0.0.3,", 99) + "10.0.0.3"}, "10.0.0.2"},
		"IPv6":                                     {"[2001:db8:1:2:3:4:5:6]:5", nil, "2001:db8:1:2::/64"},
		"IPv4 as IPv6":                             {"[::ffff:203.0.113.7]:5", nil, "203.0.113.7"},
		"a peer without an address":                {"@", []string{"198.51.100.1"}, "unknown"},
		"a provider's edge, by the other's header": {"100.64.0.9:5", []string{"198.51.100.1"}, "100.64.0.9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _ := seen(t, believed, test.peer, http.Header{"X-Forwarded-For": test.forwarded}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// An edge as Railway's: it overwrites X-Real-IP, and X-Forwarded-For ends with a
// public address of its own that changes with every request.
func TestTheClientIsWhoAnEdgeNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer string
		real []string
		want string
	}{
		"through the edge":          {"100.64.0.9:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"by IPv6":                   {"100.64.0.9:5", []string{"2001:db8:1:2::3"}, "2001:db8:1:2::/64"},
		"the edge says nothing":     {"100.64.0.9:5", nil, "100.64.0.9"},
		"the edge says garbage":     {"100.64.0.9:5", []string{"a, b"}, "100.64.0.9"},
		"the header stands twice":   {"100.64.0.9:5", []string{"192.0.2.1", "198.51.100.1"}, "100.64.0.9"},
		"a private peer":            {"10.9.9.9:5", []string{"198.51.100.1"}, "10.9.9.9"},
		"a stranger":                {"203.0.113.7:5", []string{"198.51.100.1"}, "203.0.113.7"},
		"a proxy of the other kind": {"10.0.0.2:5", []string{"198.51.100.1"}, "152.233.12.24"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := seen(t, believed, test.peer, http.Header{"X-Real-Ip": test.real, "X-Forwarded-For": {"198.51.100.1, 152.233.12.24"}})
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnUntrustedProxyIsNamedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	for range 3 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nothing", nil)
		r.RemoteAddr = "172.18.0.1:5"
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		site.ServeHTTP(httptest.NewRecorder(), r)
	}
	log := w.log.String()
	if strings.Count(log, "untrusted proxy") != 1 || !strings.Contains(log, "172.18.0.1") || !strings.Contains(log, "TRUSTED_PROXIES") {
		t.Errorf("want one line with the peer and the remedy:\n%s", log)
	}
	for name, test := range map[string]struct {
		peer   string
		header string
		warns  bool
	}{
		"this machine":           {"127.0.0.1:5", "X-Real-Ip", true},
		"a provider's network":   {"100.64.0.9:5", "Forwarded", true},
		"anybody on the net":     {"203.0.113.7:5", "X-Forwarded-For", false},
		"a private peer without": {"10.0.0.9:5", "X-Other", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, log := seen(t, web.Proxies{}, test.peer, http.Header{test.header: {"198.51.100.1"}})
			if got := strings.Contains(log, "untrusted proxy"); got != test.warns {
				t.Errorf("warned: %v\n%s", got, log)
			}
		})
	}
}

func TestALoginIsThrottledByTheAddressThatCounts(t *testing.T) {
	t.Parallel()
	log := &logBook{}
	config := dashboard.Config{User: "admin", Password: "secret", Log: slog.New(slog.NewTextHandler(log, nil))}
	site := newWorld(t).site(web.Config{Dashboard: queues(t, config), Proxies: believed})
	try := func(peer, forwarded, password string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/queues", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", forwarded)
		r.SetBasicAuth("admin", password)
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		return answer.Code
	}
	guess := func(peer string, forwarded func(n int) string) (last int) {
		for n := range 30 {
			last = try(peer, forwarded(n), "wrong")
		}
		return last
	}
	madeUp := func(n int) string { return netip.AddrFrom4([4]byte{198, 51, 100, byte(n)}).String() }
	if got := guess("10.0.0.9:5", madeUp); got != http.StatusTooManyRequests {
		t.Errorf("a guesser with a made-up header: %d", got)
	}
	if got := try("10.0.0.9:6", "198.51.100.99", "secret"); got != http.StatusTooManyRequests {
		t.Errorf("the right password from the guesser's own address: %d", got)
	}
	for _, from := range [][2]string{{"10.0.0.8:5", ""}, {"10.0.0.2:5", "198.51.100.7"}, {"10.0.0.2:5", "10.0.0.9, 203.0.113.5"}} {
		if got := try(from[0], from[1], "secret"); got != http.StatusOK {
			t.Errorf("the right password from %v: %d", from, got)
		}
	}
	if got := guess("10.0.0.2:5", func(n int) string { return madeUp(n) + ", 203.0.113.7" }); got != http.StatusTooManyRequests {
		t.Errorf("a guesser behind the proxy: %d", got)
	}
	if got := try("10.0.0.2:5", "203.0.113.8", "secret"); got != http.StatusOK {
		t.Errorf("the right password from elsewhere behind the proxy: %d", got)
	}
	if text := log.String(); !strings.Contains(text, "address=203.0.113.7") || strings.Contains(text, "198.51.100.") {
		t.Errorf("wrong logins are logged with another address:\n%s", text)
	}
}
