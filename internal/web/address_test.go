package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheClientIsWhoOurOwnProxySaw(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"this machine":                      {"127.0.0.1:5", nil, ""},
		"a stranger":                        {"203.0.113.7:5", nil, "203.0.113.7"},
		"a stranger who makes things up":    {"203.0.113.7:5", []string{"198.51.100.1"}, "203.0.113.7"},
		"through a proxy":                   {"10.0.0.2:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"through a provider's proxy":        {"100.64.0.9:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"through two of them":               {"127.0.0.1:5", []string{"198.51.100.1, 10.1.1.1"}, "198.51.100.1"},
		"through a proxy, things made up":   {"10.0.0.2:5", []string{"192.0.2.1, 198.51.100.1"}, "198.51.100.1"},
		"in several headers":                {"10.0.0.2:5", []string{"192.0.2.1", "198.51.100.1"}, "198.51.100.1"},
		"through a proxy that says nothing": {"10.0.0.2:5", []string{"garbage"}, "10.0.0.2"},
		"IPv6":                              {"[2001:db8:1:2:3:4:5:6]:5", nil, "2001:db8:1:2::/64"},
		"IPv4 as IPv6":                      {"[::ffff:203.0.113.7]:5", nil, "203.0.113.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/replays", nil)
			r.RemoteAddr = test.peer
			r.Header["X-Forwarded-For"] = test.forwarded
			if got := ClientAddress(r); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
