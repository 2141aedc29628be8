package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

func TestMissedEventsAreReplayedOnResume(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(*Server){
		"after a reset":    (*Server).ResetConnections,
		"after opcode 7":   (*Server).Reconnect,
		"after close 4000": func(s *Server) { s.CloseConnections(CloseUnknownError) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			handle, got := messages(b)
			b.bot(handle)
			want := make(map[string]bool)
			upload := func() { want[b.Upload(Upload{Channel: b.channel, Author: b.alice}).ID] = true }
			upload()
			disturb(b.Server)
			upload()
			if err := b.Wait(b.ctx, func() bool { return b.Resumes() == 1 && b.resting() == 1 }); err != nil {
				t.Fatal(err)
			}
			upload()
			for len(want) > 0 {
				m := receive(b, got)
				if !want[m.ID] {
					t.Fatalf("message %s came twice or from nowhere", m.ID)
				}
				delete(want, m.ID)
			}
			if n := b.Identifies(); n != 1 {
				t.Errorf("%d IDENTIFYs, want 1", n)
			}
			b.noViolations()
		})
	}
}

func TestInvalidatedSessionsIdentifyAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Heartbeat: time.Second})
	handle, got := messages(b)
	b.bot(handle)
	b.InvalidateSessions(false)
	if err := b.Wait(b.ctx, func() bool { return b.Identifies() == 2 && b.resting() == 1 }); err != nil {
		t.Fatal(err)
	}
	sent := b.Upload(Upload{Channel: b.channel, Author: b.alice})
	if m := receive(b, got); m.ID != sent.ID {
		t.Errorf("got %s, want %s", m.ID, sent.ID)
	}
	b.noViolations()
}

func TestZombieIsNoticedByItsSilence(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Heartbeat: 300 * time.Millisecond})
	b.bot(nil)
	b.Silence(true)
	// discordgo gives up after five heartbeats; what is dialled again says nothing.
	if err := b.Wait(b.ctx, func() bool { return b.Sockets() == 1 && b.Connections() == 0 }); err != nil {
		t.Fatal(err)
	}
	b.Silence(false)
	// It closed with 1000, so its session is over.
	if err := b.Wait(b.ctx, func() bool { return b.RejectedResumes() == 1 && b.Identifies() == 2 && b.resting() == 1 }); err != nil {
		t.Fatal(err)
	}
	b.noViolations()
}

func TestLoginIsRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		want  int
		setup func(*bench, *discordgo.Session)
	}{
		"with a bad token":              {CloseAuthenticationFailed, func(_ *bench, d *discordgo.Session) { d.Identify.Token = "Bot bad" }},
		"with intents not granted":      {CloseDisallowedIntents, func(_ *bench, d *discordgo.Session) { d.Identify.Intents |= discordgo.IntentMessageContent }},
		"with intents that are unknown": {CloseInvalidIntents, func(_ *bench, d *discordgo.Session) { d.Identify.Intents |= 1 << 30 }},
		"with a shard that is not":      {CloseInvalidShard, func(_ *bench, d *discordgo.Session) { d.Identify.Shard = &[2]int{3, 2} }},
		"when disturbed": {CloseShardingRequired, func(b *bench, _ *discordgo.Session) {
			b.Disturb(Handshake{On: OnIdentify, CloseCode: CloseShardingRequired})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			d := b.session(b.Token())
			tc.setup(b, d)
			err := d.Open()
			if !websocket.IsCloseError(err, tc.want) {
				t.Errorf("Open: %v, want close code %d", err, tc.want)
			}
		})
	}
}

func TestTokenIsCheckedEverywhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d := b.session("bad")
	_, err := d.User("@me")
	if status, _ := code(err); status != 401 {
		t.Errorf("REST: %v, want 401", err)
	}
	good := b.session(b.Token())
	if _, err := good.User("@me"); err != nil {
		t.Error(err)
	}
	b.RevokeToken()
	if _, err := good.User("@me"); err == nil {
		t.Error("a revoked token is good for REST")
	}
	if n := b.InvalidRequests(); n != 2 {
		t.Errorf("%d invalid requests counted, want 2", n)
	}
	b.noViolations()
}

// raw is a gateway client without a library.
type raw struct {
	*bench
	ws *websocket.Conn
}

func (b *bench) dial(version string) *raw {
	b.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(b.ctx, b.gatewayURL()+"?v="+version+"&encoding=json", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ws.Close() })
	r := &raw{b, ws}
	if op := r.read(); op.Op != opHello {
		b.Fatalf("first operation is %d, want HELLO", op.Op)
	}
	return r
}

type packet struct {
	Op   int             `json:"op"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

func (r *raw) read() packet {
	r.Helper()
	var p packet
	if err := r.ws.ReadJSON(&p); err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *raw) send(op int, data any) {
	r.Helper()
	if err := r.ws.WriteJSON(map[string]any{"op": op, "d": data}); err != nil {
		r.Fatal(err)
	}
}

// closes reads until the server closes, and returns the code.
func (r *raw) closes() int {
	r.Helper()
	for {
		_, _, err := r.ws.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code
		}
		if err != nil {
			r.Fatal(err)
		}
	}
}

func (r *raw) identify() (session string) {
	r.Helper()
	r.send(opIdentify, map[string]any{"token": r.Token(), "intents": plainIntents, "properties": map[string]string{}})
	var ready struct {
		SessionID string `json:"session_id"`
	}
	if p := r.read(); p.Type != "READY" || json.Unmarshal(p.Data, &ready) != nil {
		r.Fatalf("got %+v, want READY", p)
	}
	return ready.SessionID
}

func (r *raw) resume(session string, seq int64) {
	r.Helper()
	r.send(opResume, map[string]any{"token": r.Token(), "session_id": session, "seq": seq})
}

func TestProtocolErrorsClose(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		want int
		do   func(*raw)
	}{
		"unknown opcode":     {CloseUnknownOpcode, func(r *raw) { r.send(99, nil) }},
		"not JSON":           {CloseDecodeError, func(r *raw) { _ = r.ws.WriteMessage(websocket.TextMessage, []byte("{")) }},
		"presence too early": {CloseNotAuthenticated, func(r *raw) { r.send(opPresence, nil) }},
		"identify twice": {CloseAlreadyAuthenticated, func(r *raw) {
			r.identify()
			r.send(opIdentify, map[string]any{"token": r.Token(), "intents": plainIntents})
		}},
		"too many operations": {CloseRateLimited, func(r *raw) {
			r.identify()
			for range sendLimit {
				r.send(opPresence, map[string]any{})
			}
		}},
		"resume with a bad token": {CloseAuthenticationFailed, func(r *raw) { r.send(opResume, map[string]any{"token": "bad"}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newBench(t, Options{}).dial("9")
			tc.do(r)
			if got := r.closes(); got != tc.want {
				t.Errorf("closed with %d, want %d", got, tc.want)
			}
		})
	}
	t.Run("unknown version", func(t *testing.T) {
		t.Parallel()
		if got := newBench(t, Options{}).dial("5").closes(); got != CloseInvalidVersion {
			t.Errorf("closed with %d, want %d", got, CloseInvalidVersion)
		}
	})
}

func TestResumeReplaysOnlyWhatWasMissed(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	first := b.dial("10")
	session := first.identify()
	if p := first.read(); p.Type != "GUILD_CREATE" || p.Seq != 2 {
		t.Fatalf("got %+v, want GUILD_CREATE", p)
	}
	for range 2 { // the first one is not believed
		first.send(opHeartbeat, 2)
		if p := first.read(); p.Op != opHeartbeatAck {
			t.Fatalf("got %+v, want the heartbeat's ack", p)
		}
	}
	b.ResetConnections()
	b.Upload(Upload{Channel: b.channel, Author: b.alice})
	second := b.dial("10")
	second.resume(session, 2)
	for i, want := range []string{"MESSAGE_CREATE", "RESUMED"} {
		if p := second.read(); p.Type != want || p.Seq != int64(3+i) {
			t.Errorf("got %s with number %d, want %s with %d", p.Type, p.Seq, want, 3+i)
		}
	}
	third := b.dial("10")
	third.resume(session, 1) // the heartbeat said that 2 was received
	if p := third.read(); p.Op != opInvalidSession || string(p.Data) != "false" {
		t.Errorf("got %+v, want an invalid session", p)
	}
	b.noViolations()
}

func TestSessionsAgeAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	first := b.dial("9")
	session := first.identify()
	b.ResetConnections()
	if err := b.Wait(b.ctx, func() bool { return b.Sockets() == 0 }); err != nil {
		t.Fatal(err)
	}
	b.Advance(sessionLife + time.Second)
	second := b.dial("9")
	second.resume(session, 1)
	if p := second.read(); p.Op != opInvalidSession {
		t.Errorf("got %+v, want an invalid session", p)
	}
}

func TestHandshakesAreDisturbed(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	first := b.dial("9")
	session := first.identify()
	b.Disturb(Handshake{On: OnResume, Reconnect: true}, Handshake{On: OnResume, Invalid: true})
	for _, want := range []int{opReconnect, opInvalidSession} {
		b.ResetConnections()
		r := b.dial("9")
		r.resume(session, 1)
		if p := r.read(); p.Op != want {
			t.Errorf("first packet after RESUME is %+v, want opcode %d", p, want)
		}
	}
	b.ResetConnections()
	r := b.dial("9")
	r.resume(session, 1)
	if p := r.read(); p.Op != opDispatch {
		t.Errorf("after the disturbances: %+v, want an event", p)
	}
}

func TestIdentifyBudget(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Identifies: 2})
	for range 2 {
		b.dial("9").identify()
	}
	r := b.dial("9")
	r.send(opIdentify, map[string]any{"token": b.Token(), "intents": plainIntents})
	if got := r.closes(); got != CloseAuthenticationFailed || len(b.Violations()) != 1 {
		t.Errorf("closed with %d, violations %v", got, b.Violations())
	}
}

func TestManyEventsArriveInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	r := b.dial("9")
	r.identify()
	const uploads = 2000
	go func() {
		for n := range uploads {
			b.Upload(Upload{Channel: b.channel, Author: b.alice, Mention: true, Text: fmt.Sprint(n)})
		}
	}()
	for n := -1; n < uploads; n++ {
		if p := r.read(); p.Seq != int64(n+3) {
			t.Fatalf("event %+v, want number %d", p, n+3)
		}
	}
}
