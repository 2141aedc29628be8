package discordtest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

const createRoute = "POST /channels/{channel_id}/messages"

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault Fault
		sent  int // messages in the channel afterwards
		check func(*testing.T, error)
	}{
		"a limit of the route": {Fault{Trouble: RouteLimit, RetryAfter: 30 * time.Millisecond}, 0, func(t *testing.T, err error) {
			var limit *discordgo.RateLimitError
			if !errors.As(err, &limit) || limit.RetryAfter != 30*time.Millisecond {
				t.Errorf("error %v, want a rate limit of 30 ms", err)
			}
		}},
		"a global limit": {Fault{Trouble: GlobalLimit, RetryAfter: 30 * time.Millisecond}, 0, func(t *testing.T, err error) {
			var limit *discordgo.RateLimitError
			if !errors.As(err, &limit) {
				t.Errorf("error %v, want a rate limit", err)
			}
		}},
		"a limit of Cloudflare": {Fault{Trouble: CloudflareLimit}, 0, func(t *testing.T, err error) {
			if err == nil || !strings.Contains(err.Error(), "invalid character '<'") {
				t.Errorf("error %v, want HTML where JSON was expected", err)
			}
		}},
		"a failure before":         {Fault{Trouble: Failure}, 0, wantStatus(503)},
		"a failure after":          {Fault{Trouble: Failure, Status: 500, Late: true}, 1, wantStatus(500)},
		"an answer that is late":   {Fault{Trouble: Slow, Delay: time.Millisecond}, 1, func(t *testing.T, err error) { wantNil(t, err) }},
		"an answer that is cut":    {Fault{Trouble: Garbled}, 1, wantError(discordgo.ErrJSONUnmarshal)},
		"a reset before":           {Fault{Trouble: Reset}, 0, wantTransportError},
		"a reset after":            {Fault{Trouble: Reset, Late: true}, 1, wantTransportError},
		"a fault of another route": {Fault{Trouble: Failure, Route: "GET /users/@me"}, 1, func(t *testing.T, err error) { wantNil(t, err) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			d := b.session(b.Token())
			if tc.fault.Route == "" {
				tc.fault.Route = createRoute
			}
			tc.fault.Times = 1
			lift := b.Inject(tc.fault)
			_, err := d.ChannelMessageSend(b.channel.ID, "result")
			tc.check(t, err)
			if n := len(b.Messages(b.channel)); n != tc.sent {
				t.Errorf("%d messages stand in the channel, want %d", n, tc.sent)
			}
			if _, err := d.ChannelMessageSend(b.channel.ID, "again"); err != nil {
				t.Errorf("after the fault: %v", err)
			}
			if hits := lift(); hits != 1 && tc.fault.Route == createRoute {
				t.Errorf("%d hits, want 1", hits)
			}
			if n := b.Requests(createRoute); n != 2 {
				t.Errorf("%d requests counted, want 2", n)
			}
			b.noViolations()
		})
	}
}

// A proxy that breaks a body off makes no success of a refusal.
func TestARefusalIsNotGarbled(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.Inject(Fault{Trouble: Garbled})
	_, err := b.session(b.Token()).ChannelMessage(b.channel.ID, "1")
	b.refused(err, CodeUnknownMessage)
}

func wantNil(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func wantError(want error) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

func wantStatus(want int) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		t.Helper()
		if status, _ := code(err); status != want {
			t.Errorf("error %v, want status %d", err, want)
		}
	}
}

func wantTransportError(t *testing.T, err error) {
	t.Helper()
	if status, _ := code(err); err == nil || status != 0 {
		t.Errorf("error %v, want one of the connection", err)
	}
}

func TestLimitsSayWhatDiscordSays(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trouble Trouble
		present []string
		absent  []string
		body    string
	}{
		"route":      {RouteLimit, []string{"Retry-After", "X-Ratelimit-Reset-After", "X-Ratelimit-Bucket", "X-Ratelimit-Remaining"}, []string{"X-Ratelimit-Global"}, `"global":false`},
		"global":     {GlobalLimit, []string{"Retry-After", "X-Ratelimit-Global"}, []string{"X-Ratelimit-Reset-After", "X-Ratelimit-Bucket"}, `"global":true`},
		"cloudflare": {CloudflareLimit, []string{"Retry-After"}, []string{"X-Ratelimit-Global", "X-Ratelimit-Bucket"}, "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			b.Inject(Fault{Trouble: tc.trouble, RetryAfter: 1500 * time.Millisecond})
			req, _ := http.NewRequestWithContext(b.ctx, "GET", discordgo.EndpointGateway, nil)
			resp, err := b.Transport().RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body := make([]byte, 1000)
			n, _ := resp.Body.Read(body)
			if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "2" || !strings.Contains(string(body[:n]), tc.body) {
				t.Errorf("answer %d %v %s", resp.StatusCode, resp.Header, body[:n])
			}
			for _, h := range tc.present {
				if resp.Header.Get(h) == "" {
					t.Errorf("header %s is missing", h)
				}
			}
			for _, h := range tc.absent {
				if resp.Header.Get(h) != "" {
					t.Errorf("header %s is there", h)
				}
			}
		})
	}
}

func TestStormHitsSomeRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d := b.session(b.Token())
	lift := b.Inject(Fault{Trouble: Failure, Chance: 0.5})
	failed := 0
	const requests = 200
	for range requests {
		if _, err := d.User("@me"); err != nil {
			failed++
		}
	}
	if hits := lift(); hits != failed || failed == 0 || failed == requests {
		t.Errorf("%d of %d requests failed, %d hits", failed, requests, hits)
	}
	if b.Statuses()[503] != failed {
		t.Errorf("statuses %v, want %d times 503", b.Statuses(), failed)
	}
	if _, err := d.User("@me"); err != nil {
		t.Errorf("after the storm: %v", err)
	}
}

func TestOtherHostsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	req, _ := http.NewRequestWithContext(b.ctx, "GET", "https://example.org/", nil)
	if resp, err := b.Transport().RoundTrip(req); err == nil {
		resp.Body.Close()
		t.Error("a foreign host was reached")
	}
	if len(b.Violations()) != 1 {
		t.Errorf("violations %v, want one", b.Violations())
	}
}

func TestOtherAddresses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8")
	}
	for _, options := range []Options{{Listen: "127.0.0.2:0"}, {Listen: "127.0.0.3:0", URL: "http://discord.test:9"}} {
		b := newBench(t, options)
		host, _, _ := net.SplitHostPort(b.address)
		if want, _, _ := net.SplitHostPort(options.Listen); host != want {
			t.Errorf("listens on %s, want %s", host, want)
		}
		want := options.URL
		if want == "" {
			want = "http://" + b.address
		}
		if b.URL() != want {
			t.Errorf("URL %q, want %q", b.URL(), want)
		}
		d := b.session(b.Token()) // by a client that resolves no name
		gateway, err := d.Gateway()
		if err != nil {
			t.Fatal(err)
		}
		if want := "ws" + strings.TrimPrefix(want, "http"); !strings.HasPrefix(gateway, want) {
			t.Errorf("gateway at %q, want it at %q", gateway, want)
		}
		b.noViolations()
	}
}

func TestLostAcknowledgementMayBeRepeated(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d, events := answering(b)
	inter, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages})
	if err != nil {
		t.Fatal(err)
	}
	i := receive(b, events)
	b.Inject(Fault{Trouble: Reset, Late: true, Times: 1})
	wantTransportError(t, d.InteractionRespond(i, deferred(0)))
	if inter.Acked() != AckDeferred {
		t.Error("the acknowledgement was not performed")
	}
	b.refused(d.InteractionRespond(i, deferred(0)), CodeAlreadyAcknowledged)
	b.noViolations()
}

func TestClientThatDiesIsNoViolation(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /api/v9/channels/%s/messages HTTP/1.1\r\nHost: x\r\nUser-Agent: DiscordBot (x, 1)\r\nAuthorization: Bot %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"content\":", b.channel.ID, b.Token())
	conn.Close()
	if err := b.Wait(b.ctx, func() bool { return b.Requests(createRoute) == 1 }); err != nil {
		t.Fatal(err)
	}
	b.noViolations()
}
