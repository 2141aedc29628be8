package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is what a gateway does on one connection; the connection is cut after it.
type script func(ctx context.Context, ws *websocket.Conn)

// gateway plays a script for each connection.
func gateway(tb testing.TB, play script) (address string) {
	tb.Helper()
	var playing sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		playing.Add(1)
		defer playing.Done()
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			tb.Error(err)
			return
		}
		defer func() { _ = ws.CloseNow() }()
		play(tb.Context(), ws)
	}))
	tb.Cleanup(func() {
		server.Close()
		playing.Wait() // Close does not wait for connections that were taken over
	})
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

// heard are the events of a session and what could not be decoded.
type heard struct {
	messages chan string
	strange  chan string
}

// newSessionAt is a session that goes on at an address.
func newSessionAt(tb testing.TB, address string, hello time.Duration) (*gatewaySession, heard) {
	tb.Helper()
	h := heard{make(chan string, 100), make(chan string, 100)}
	client, err := New(Config{
		Token: "secret", APIBase: "http://127.0.0.1:1", Pace: Pace{Hello: hello},
		Undecodable: func(kind string) { h.strange <- kind },
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	return &gatewaySession{client: client, work: tb.Context(), general: address, to: Listener{
		Message:     func(_ context.Context, m *Message) { h.messages <- string(m.ID) },
		Interaction: func(context.Context, *Interaction) {},
		Begun:       func() {},
	}}, h
}

func say(ctx context.Context, ws *websocket.Conn, text string) {
	_ = ws.Write(ctx, websocket.MessageText, []byte(text)) // where it fails, the client has gone
}

// listens reads the client's next payload; ok is false at the end.
func listens(ctx context.Context, ws *websocket.Conn) (p payload, ok bool) {
	_, data, err := ws.Read(ctx)
	return p, err == nil && json.Unmarshal(data, &p) == nil
}

const (
	beatInterval = 41250 * time.Millisecond // as sayHello says

	sayHello = `{"op":10,"d":{"heartbeat_interval":41250}}`
	sayReady = `{"op":0,"t":"READY","s":1,"d":{"session_id":"abc","resume_gateway_url":null}}`
)

func messageEvent(seq int) string {
	return fmt.Sprintf(`{"op":0,"t":"MESSAGE_CREATE","s":%d,"d":{"id":"%d","channel_id":"5"}}`, seq, seq)
}

func TestAConnectionEndsWhereItMust(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		frames []string
		code   websocket.StatusCode
		reason string
		want   error
	}{
		{"opcode 7", []string{sayHello, sayReady, `{"op":7,"d":null}`}, 0, "", errReconnect},
		{"opcode 7 before HELLO", []string{`{"op":7}`}, 0, "", errReconnect},
		{"opcode 9", []string{sayHello, `{"op":9,"d":false}`}, 0, "", errInvalid},
		{"opcode 9, resumable", []string{sayHello, sayReady, `{"op":9,"d":true}`}, 0, "", errReconnect},
		{"opcode 9 of another kind", []string{sayHello, `{"op":9,"d":{"x":1}}`}, 0, "", errInvalid},
		{"a close", []string{sayHello}, closeBadToken, "Authentication failed.", &closeError{4004, "Authentication failed."}},
		{"a close with control characters", []string{}, 4000, "a\x1b[31mb\nc", &closeError{4000, "a[31mb c"}},
		{"a close without a code", []string{sayHello, sayReady}, websocket.StatusNoStatusRcvd, "", &closeError{1005, ""}},
		{
			"strange payloads pass",
			[]string{`{`, `[]`, `{"op":"x"}`, `{"op":99}`, `{"op":0,"t":"NEW","s":null,"d":7}`, sayHello, sayHello, `{"op":11}`, sayReady},
			4008, "", &closeError{4008, ""},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			left := make(chan websocket.StatusCode, 1)
			address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
				for _, frame := range test.frames {
					say(ctx, ws, frame)
				}
				if test.code != 0 {
					_ = ws.Close(test.code, test.reason)
					left <- -1
					return
				}
				for {
					if _, _, err := ws.Read(ctx); err != nil {
						left <- websocket.CloseStatus(err)
						return
					}
				}
			})
			s, _ := newSessionAt(t, address, time.Minute)
			err := s.serve(t.Context())
			var got, want *closeError
			if errors.As(test.want, &want) {
				if !errors.As(err, &got) || *got != *want {
					t.Errorf("ended with %v, want %v", err, want)
				}
			} else if !errors.Is(err, test.want) {
				t.Errorf("ended with %v, want %v", err, test.want)
			}
			if code := <-left; code != -1 {
				t.Errorf("the client said goodbye with %d, which ends the session", code)
			}
		})
	}
}

func TestStrangePayloadsAreCounted(t *testing.T) {
	t.Parallel()
	address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
		for _, frame := range []string{`{`, sayHello, `{"op":0,"t":"READY","s":1,"d":[]}`, `{"op":0,"t":"MESSAGE_CREATE","s":2,"d":7}`, messageEvent(3)} {
			say(ctx, ws, frame)
		}
		_ = ws.Close(4000, "")
	})
	s, h := newSessionAt(t, address, time.Minute)
	err := s.serve(t.Context())
	if got := []string{<-h.strange, <-h.strange, <-h.strange}; strings.Join(got, " ") != "payload ready message" {
		t.Errorf("counted %v", got)
	}
	if got := <-h.messages; got != "3" {
		t.Errorf("received message %s", got)
	}
	if s.id != "" || s.sequence != 3 || s.failed != 0 {
		t.Errorf("session %q at %d, %d failed: %v", s.id, s.sequence, s.failed, err)
	}
}

// A session goes on with the number of its last event, and says it in heartbeats.
func TestASessionGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	said := make(chan payload, 100)
	address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
		say(ctx, ws, sayHello)
		p, _ := listens(ctx, ws)
		said <- p
		if p.Op == opIdentify {
			say(ctx, ws, `{"op":1,"d":null}`)
			p, _ = listens(ctx, ws)
			said <- p
			say(ctx, ws, sayReady)
		}
		say(ctx, ws, messageEvent(7))
		say(ctx, ws, `{"op":1,"d":null}`)
		p, _ = listens(ctx, ws)
		said <- p
	})
	s, h := newSessionAt(t, address, time.Minute)
	for turn, want := range []struct {
		op    int
		beats []string
	}{{opIdentify, []string{"null", "7"}}, {opResume, []string{"7"}}} {
		if err := s.serve(t.Context()); !resumable(err) {
			t.Fatalf("ended with %v", err)
		}
		if got := <-h.messages; got != "7" {
			t.Errorf("received message %s", got)
		}
		p := <-said
		if p.Op != want.op {
			t.Fatalf("turn %d began with opcode %d", turn, p.Op)
		}
		if p.Op == opResume && string(p.Data) != `{"token":"secret","session_id":"abc","seq":7}` {
			t.Errorf("resumed with %s", p.Data)
		}
		for _, beat := range want.beats {
			if p := <-said; p.Op != opHeartbeat || string(p.Data) != beat {
				t.Errorf("heartbeat %+v, want %s", p, beat)
			}
		}
	}
	if s.failed != 1 { // the second connection brought no RESUMED
		t.Errorf("%d connections failed", s.failed)
	}
}

func TestWhoSaysNothingIsLeft(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]script{
		"no HELLO": func(context.Context, *websocket.Conn) {},
		"no READY": func(ctx context.Context, ws *websocket.Conn) {
			say(ctx, ws, `{"op":10,"d":{"heartbeat_interval":1000}}`)
			for ws.Ping(ctx) == nil { // neither is a word
				say(ctx, ws, `{"op":11}`)
			}
		},
		"no acknowledgement of a heartbeat": func(ctx context.Context, ws *websocket.Conn) {
			say(ctx, ws, `{"op":10,"d":{"heartbeat_interval":20}}`)
			for n := range 20 { // events are none
				say(ctx, ws, messageEvent(n+1))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
				go func() {
					for {
						if _, _, err := ws.Read(ctx); err != nil {
							return
						}
					}
				}()
				play(ctx, ws)
				waitForEnd(ctx, ws)
			})
			s, _ := newSessionAt(t, address, 200*time.Millisecond)
			if err := s.serve(t.Context()); !errors.Is(err, errSilent) {
				t.Errorf("ended with %v", err)
			}
			if s.failed > 1 {
				t.Errorf("%d connections failed", s.failed)
			}
		})
	}
}

// waitForEnd returns when the client has gone.
func waitForEnd(ctx context.Context, ws *websocket.Conn) {
	for {
		if ws.Write(ctx, websocket.MessageText, []byte(`{"op":98}`)) != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// pipes is a network without time of its own: what is written is read at once.
type pipes struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.connections <- server
	return client, nil
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.connections:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error { close(p.closed); return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// Acknowledged heartbeats keep a connection on which nothing else happens.
func TestAQuietConnectionStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a busy machine does not answer late
		const beats = 5
		network := pipes{make(chan net.Conn), make(chan struct{})}
		began := time.Now()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = ws.CloseNow() }()
			acknowledge(t.Context(), ws, beats)
		})}
		go func() { _ = server.Serve(network) }()
		s, _ := newSessionAt(t, "ws://gateway.test", time.Minute)
		s.client.connect = network.dial
		var closed *closeError
		if err := s.serve(t.Context()); !errors.As(err, &closed) || closed.reason != "enough" {
			t.Errorf("ended with %v", err)
		}
		// The first heartbeat is due within an interval.
		if stood := time.Since(began); stood < (beats-1)*beatInterval || stood > beats*beatInterval {
			t.Errorf("stood for %s", stood)
		}
		_ = server.Close()
	})
}

// acknowledge is a gateway that says nothing else, and closes after some heartbeats.
func acknowledge(ctx context.Context, ws *websocket.Conn, beats int) {
	say(ctx, ws, sayHello)
	for n := 0; n < beats; {
		switch p, ok := listens(ctx, ws); {
		case !ok:
			return
		case p.Op == opIdentify:
			say(ctx, ws, sayReady)
		case p.Op == opHeartbeat:
			n++
			say(ctx, ws, `{"op":11}`)
		}
	}
	_ = ws.Close(4000, "enough")
}

// A close code counts, also where a heartbeat could not be sent because of it.
func TestACloseCodeIsNotLostToAHeartbeat(t *testing.T) {
	t.Parallel()
	address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
		say(ctx, ws, `{"op":10,"d":{"heartbeat_interval":1}}`)
		for range 5 {
			say(ctx, ws, `{"op":11}`)
			time.Sleep(time.Millisecond)
		}
		_ = ws.Close(closeBadToken, "")
	})
	for range 50 {
		s, _ := newSessionAt(t, address, time.Minute)
		err := s.serve(t.Context())
		var closed *closeError
		if !errors.Is(err, errSilent) && (!errors.As(err, &closed) || closed.code != closeBadToken) {
			t.Fatalf("ended with %v", err)
		}
	}
}

// The end of its context ends a session in each of its states, and says so where
// there is a gateway to hear it.
func TestTheContextEndsASession(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and does not answer
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name, frames := range map[string][]string{
		"in the handshake": nil,
		"before HELLO":     {},
		"before READY":     {sayHello},
		"connected":        {sayHello, sayReady},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			left := make(chan websocket.StatusCode, 1)
			address := "ws://" + silent.Addr().String()
			if frames != nil {
				address = gateway(t, func(ctx context.Context, ws *websocket.Conn) {
					for _, frame := range frames {
						say(ctx, ws, frame)
					}
					say(ctx, ws, `{"op":1}`) // whose answer shows that all was received
					for p, ok := listens(ctx, ws); ok && p.Op != opHeartbeat; p, ok = listens(ctx, ws) {
					}
					cancel()
					for {
						if _, _, err := ws.Read(ctx); err != nil {
							left <- websocket.CloseStatus(err)
							return
						}
					}
				})
			} else {
				time.AfterFunc(20*time.Millisecond, cancel)
			}
			s, _ := newSessionAt(t, address, time.Hour)
			if err := s.serve(ctx); err == nil || ctx.Err() == nil {
				t.Errorf("ended with %v", err)
			}
			if frames != nil {
				if code := <-left; code != websocket.StatusNormalClosure {
					t.Errorf("goodbye with %d", code)
				}
			}
		})
	}
}

// A gateway that sends without end and reads nothing does not hold up the end.
func TestAFloodDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	address := gateway(t, func(ctx context.Context, ws *websocket.Conn) {
		say(ctx, ws, sayHello)
		for n := 0; ws.Write(ctx, websocket.MessageText, []byte(`{"op":0,"t":"NEW","s":1,"d":{}}`)) == nil; n++ {
			if n == 1000 {
				cancel()
			}
		}
	})
	s, _ := newSessionAt(t, address, time.Hour)
	if err := s.serve(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestWhatIsNoGatewayIsNotReached(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer web.Close()
	at := "ws" + strings.TrimPrefix(web.URL, "http")
	for address, want := range map[string]string{
		at:                    "502",
		at + "/moved":         "302",
		"ws://127.0.0.1:1":    "refused",
		web.URL:               "not an address",
		"ws://user:secret@h/": "not an address",
		"":                    "discord", // it is asked for, and Discord is not there
	} {
		s, _ := newSessionAt(t, address, time.Minute)
		err := s.serve(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
		if s.failed != 0 || !s.elsewhere || s.general != "" || !resumable(err) {
			t.Errorf("%s: counted as asked: %+v", address, s)
		}
	}
}

func TestAGatewaysAddress(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"wss://gateway.discord.gg":            "wss://gateway.discord.gg?encoding=json&v=9",
		"wss://us-east1-b.discord.gg/?v=1#x":  "wss://us-east1-b.discord.gg/?encoding=json&v=9",
		"ws://gateway.discord.gg":             "",
		"https://gateway.discord.gg":          "",
		"wss://bot:secret@gateway.discord.gg": "",
		"gateway":                             "",
		"wss://":                              "",
		"\x00":                                "",
	} {
		if got, err := gatewayAddress(raw, false); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
}

// FuzzPayload gives a connection anything that a gateway may say.
func FuzzPayload(f *testing.F) {
	address := gateway(f, func(ctx context.Context, ws *websocket.Conn) {
		for {
			if _, _, err := ws.Read(ctx); err != nil {
				return
			}
		}
	})
	ws, _, err := websocket.Dial(f.Context(), address, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = ws.CloseNow() })
	for _, seed := range []string{sayHello, sayReady, messageEvent(3), `{"op":9,"d":true}`, `{"op":1}`, `{"op":10,"d":{"heartbeat_interval":-1}}`, `{"op":10,"d":{"heartbeat_interval":9223372036854775807}}`, `{"op":0,"t":"INTERACTION_CREATE","d":{"id":"1","token":"t"}}`} {
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		s, h := newSessionAt(t, address, time.Hour)
		s.work = context.Background()
		s.to.Message = func(context.Context, *Message) {}
		s.client.cfg.Undecodable = nil
		close(h.messages)
		c := connection{session: s, ws: ws, silence: time.NewTimer(time.Hour), beat: time.NewTimer(time.Hour)}
		defer c.silence.Stop()
		defer c.beat.Stop()
		for _, data := range [][]byte{first, second} {
			if err := c.receive(data); errors.Is(err, errWrite) {
				t.Fatal(err)
			}
		}
		if s.sequence < 0 || c.interval < 0 || s.failed != 0 {
			t.Errorf("sequence %d, interval %v", s.sequence, c.interval)
		}
	})
}
