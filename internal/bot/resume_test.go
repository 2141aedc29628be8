package bot

import (
	"context"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

func TestTheGatewayComesBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		disturb func(b *bench)
		resumed bool
	}{
		{"after opcode 7", func(b *bench) { b.Reconnect() }, true},
		{"after a reset", func(b *bench) { b.ResetConnections() }, true},
		{"after a close", func(b *bench) { b.CloseConnections(discordtest.CloseUnknownError) }, true},
		{"after a resumable opcode 9", func(b *bench) { b.InvalidateSessions(true) }, true},
		{"after opcode 9", func(b *bench) { b.InvalidateSessions(false) }, false},
		{"after a session that timed out", func(b *bench) { b.CloseConnections(discordtest.CloseSessionTimedOut) }, false},
		{"after opcode 7 first after RESUME", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnResume, Reconnect: true})
			b.Reconnect()
		}, true},
		{"after one silence on RESUME", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnResume, SayNothing: true})
			b.Reconnect()
		}, true},
		{"after two silences on RESUME", func(b *bench) {
			silent := discordtest.Handshake{On: discordtest.OnResume, SayNothing: true}
			b.Disturb(silent, silent, silent, silent)
			b.Reconnect()
		}, false},
		{"after two closes on RESUME", func(b *bench) {
			closes := discordtest.Handshake{On: discordtest.OnResume, CloseCode: discordtest.CloseUnknownError}
			b.Disturb(closes, closes, closes, closes)
			b.Reconnect()
		}, false},
		{"after opcode 7 on RESUME twice", func(b *bench) {
			again := discordtest.Handshake{On: discordtest.OnResume, Reconnect: true}
			b.Disturb(again, again, again, again)
			b.Reconnect()
		}, false},
		{"after opcode 9 on RESUME", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnResume, Invalid: true})
			b.Reconnect()
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			b.receives(1)
			test.disturb(b)
			b.must(b.Wait(b.ctx, func() bool {
				return b.Connections() == 1 && (b.Resumes() > 0 || b.Identifies() > 1)
			}))
			if resumed := b.Resumes() > 0; resumed != test.resumed || resumed == (b.Identifies() > 1) {
				t.Errorf("resumed %d times, identified %d times", b.Resumes(), b.Identifies())
			}
			if n := b.StrayResumes(); n != 0 {
				t.Errorf("resumed %d times at another address than READY named", n)
			}
			b.receives(2)
		})
	}
}

// The address for resuming is of no use; the session is.
func TestASessionIsResumedElsewhere(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]any{
		"no server": "ws://127.0.0.1:1", "no address": "gateway", "of another kind": 7, "none": nil, "not encrypted": "http://127.0.0.1:1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.Distort("READY", func(data map[string]any) any {
				data["resume_gateway_url"] = at
				return data
			})
			b.start()
			b.receives(1)
			for n := range 2 {
				b.Reconnect()
				b.must(b.Wait(b.ctx, func() bool { return b.Resumes() == n+1 && b.Connections() == 1 }))
			}
			b.receives(2)
			if n := b.Identifies(); n != 1 {
				t.Errorf("identified %d times, want the session resumed", n)
			}
		})
	}
}

// What came while the old session could not be resumed is read back.
func TestWhatAnAbandonedSessionMissedIsReadBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	b.start()
	b.receives(1)
	closes := discordtest.Handshake{On: discordtest.OnResume, CloseCode: discordtest.CloseUnknownError}
	b.Disturb(closes, closes, discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseUnknownError})
	b.Reconnect()
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
	b.arrivals(2)
	b.must(b.Wait(b.ctx, func() bool { return b.Identifies() == 3 && b.Connections() == 1 }))
	b.receives(3)
}

// Discord takes one IDENTIFY in five seconds, and refuses the next.
func TestSessionsAreBegunApart(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	closes := discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseUnknownError}
	b.Disturb(closes, closes)
	b.wire.Pace.Apart = 400 * time.Millisecond
	bot := b.make()
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- bot.Run(ctx) }()
	b.must(b.Wait(b.ctx, func() bool { return b.Identifies() == 3 }))
	if took := time.Since(began); took < 2*b.wire.Pace.Apart { // a busy machine only adds to it
		t.Errorf("three sessions were begun within %v", took)
	}
	cancel()
	b.must(<-ended)
}
