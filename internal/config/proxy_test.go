package config

import (
	"net/netip"
	"strings"
	"testing"
)

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings    []string
		trusts      []string // for X-Forwarded-For
		railway     bool
		trustsNever []string
	}{
		"none by default":            {nil, nil, false, []string{"127.0.0.1", "10.0.0.2", "100.64.0.3"}},
		"Railway's edge on Railway":  {[]string{"RAILWAY_PROJECT_ID", "p"}, nil, true, []string{"10.0.0.2", "fd12::3"}},
		"none even on Railway":       {[]string{"RAILWAY_PROJECT_ID", "p", "TRUSTED_PROXIES", "none"}, nil, false, []string{"100.64.0.3"}},
		"names":                      {[]string{"TRUSTED_PROXIES", "loopback, private"}, []string{"127.0.0.1", "::1", "172.18.0.1", "fd12::3"}, false, []string{"100.64.0.3", "203.0.113.7"}},
		"an address and a network":   {[]string{"TRUSTED_PROXIES", "192.0.2.7,10.1.2.3/16"}, []string{"192.0.2.7", "10.1.9.9"}, false, []string{"192.0.2.8", "10.2.0.1"}},
		"an address written as IPv6": {[]string{"TRUSTED_PROXIES", "::ffff:192.0.2.7"}, []string{"192.0.2.7"}, false, []string{"192.0.2.8"}},
		"Railway by name and a proxy": {
			[]string{"TRUSTED_PROXIES", "railway,fd12::7"}, []string{"fd12::7"}, true, []string{"fd12::8"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := parse[Evoladder](with(test.settings...))
			if err != nil {
				t.Fatal(err)
			}
			proxies, err := config.Proxies()
			if err != nil {
				t.Fatal(err)
			}
			for _, peer := range test.trusts {
				if !within(proxies.ForwardedFor, peer) {
					t.Errorf("%s is not trusted", peer)
				}
			}
			for _, peer := range test.trustsNever {
				if within(proxies.ForwardedFor, peer) || within(proxies.RealIP, peer) {
					t.Errorf("%s is trusted", peer)
				}
			}
			if got := within(proxies.RealIP, "100.64.0.3"); got != test.railway {
				t.Errorf("Railway's edge: %v, want %v", got, test.railway)
			}
		})
	}
}

func TestTrustedProxiesThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"nginx", "10.0.0.0/33", "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104", "10.0.0.1:80"} {
		_, err := parse[Evoladder](with("TRUSTED_PROXIES", value))
		if err == nil || !strings.Contains(err.Error(), "TRUSTED_PROXIES") || !strings.Contains(err.Error(), value) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func within(networks []netip.Prefix, address string) bool {
	for _, network := range networks {
		if network.Contains(netip.MustParseAddr(address)) {
			return true
		}
	}
	return false
}
