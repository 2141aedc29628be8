package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// receives proves that uploads reach the bot, n of them so far.
func (b *bench) receives(n int) {
	b.Helper()
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	b.arrivals(n)
}

func TestEventsDuringAReconnectionAreNotLost(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.ResetConnections()
	b.receives(1) // sent while no connection stands, or nearly so; RESUME brings it
}

// A zombie is left without a goodbye, so that its session can be resumed.
func TestASilentGatewayIsLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Heartbeat: 500 * time.Millisecond})
	b.start()
	b.receives(1)
	b.Silence(true)
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
	b.must(b.Wait(b.ctx, func() bool {
		return strings.Contains(b.log.String(), "gateway silent for too long") || b.Sockets() == 0
	}))
	b.Silence(false)
	b.arrivals(2)
	b.receives(3)
	if b.Identifies() != 1 {
		t.Errorf("identified %d times, want the session resumed", b.Identifies())
	}
}

func TestAGatewayThatSaysNothingIsLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, SayNothing: true})
	b.start()
	b.receives(1)
}

func TestASessionThatIsLostIsReadBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.receives(1)
	b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseUnknownError})
	b.InvalidateSessions(false)
	b.receives(2) // its event comes on no session
	b.must(b.Wait(b.ctx, func() bool { return b.Connections() == 1 }))
	b.receives(3)
}

func TestOpcode9WithoutEndStopsAtTheBudget(t *testing.T) {
	t.Parallel()
	const most = 8
	b := newBench(t, discordtest.Options{Identifies: discord.IdentifyReserve + most})
	for range 100 {
		b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, Invalid: true})
	}
	bot := b.make()
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	b.logged("too many gateway sessions")
	if n := b.Identifies(); n != most {
		t.Errorf("identified %d times, want %d", n, most)
	}
	cancel()
	b.must(<-ended)
}

func TestFinalRefusalsEndTheBotAndSayWhy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		refuse func(b *bench)
		want   string
	}{
		{"token refused on identify", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseAuthenticationFailed})
		}, "DISCORD_TOKEN"},
		{"token refused by REST", func(b *bench) { b.wire.Token = "another" }, "DISCORD_TOKEN"},
		{"intents unknown", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseInvalidIntents})
		}, "intents"},
		{"intents refused", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseDisallowedIntents})
		}, "intents"},
		{"sharding required", func(b *bench) {
			b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseShardingRequired})
		}, "shard"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			test.refuse(b)
			err := b.make().Run(b.ctx)
			if err == nil || b.ctx.Err() != nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Run: %v", err)
			}
			if b.bot.Ready() == nil {
				t.Error("a refused bot calls itself ready")
			}
		})
	}
}

func TestATokenRevokedLaterEndsTheBot(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	bot := b.make()
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(b.ctx) }()
	b.ready()
	b.RevokeToken()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") {
		t.Errorf("Run: %v", err)
	}
}

func TestWatchingWithoutTheIntentGoesOnWithoutIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		granted discordtest.Intents
		refuse  bool
	}{
		{"not granted", 0, false},
		{"refused on identify", discordtest.IntentMessageContent, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{Granted: test.granted})
			b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
			if test.refuse {
				b.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: discordtest.CloseDisallowedIntents})
			}
			b.start()
			b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
			b.arrivals(1)
			if n := strings.Count(b.log.String(), "watched channels are not read"); n != 1 {
				t.Errorf("said %d times:\n%s", n, b.log)
			}
		})
	}
}

func TestASpentIdentifyBudgetIsNotOverdrawn(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Identifies: discord.IdentifyReserve})
	bot := b.make()
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	b.must(b.Wait(b.ctx, func() bool { return b.Requests("GET /gateway/bot") >= 3 }))
	if n := b.Identifies(); n != 0 {
		t.Errorf("identified %d times", n)
	}
	if err := bot.Ready(); err == nil || !strings.Contains(err.Error(), "budget") {
		t.Errorf("Ready: %v", err)
	}
	cancel()
	b.must(<-ended)
}

func TestARestartAcceptsWhatWasMissed(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	upload := func(names ...string) {
		var files []discordtest.File
		for _, name := range names {
			files = append(files, game(name))
		}
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: files})
	}
	stop := b.start()
	upload("answered.SC2Replay")
	b.deliver(b.arrivals(1)[0])
	b.store.fail(context.DeadlineExceeded)
	upload("refused.SC2Replay")
	b.shown("Something went wrong on our side")
	b.store.fail(nil)
	b.must(stop())

	upload("missed 1.SC2Replay", "missed 2.SC2Replay")
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "gg"})
	b.start()
	names := map[string]bool{}
	for _, arrival := range b.arrivals(4) { // the database is back, so the refused one is in after all
		names[arrival.FileName] = true
		if m, _ := b.Message(string(arrival.Reply.MessageID)); m.ID == "" {
			t.Errorf("%s has no reply", arrival.FileName)
		}
	}
	if n := len(b.fromBot(b.channel)); n != 4 || len(names) != 4 {
		t.Errorf("the bot wrote %d messages for %v, want one for each of four replays", n, names)
	}
}

// Discord may fail for longer than one more try takes.
func TestWhatCannotBeReadBackIsReadLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	const route = "GET /channels/{channel_id}/messages"
	b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: route, Times: 3})
	b.start()
	b.arrivals(1)
	if n := b.Requests(route); n != 4 {
		t.Errorf("the channel was read %d times, want 4", n)
	}
}

// A channel is read back from the bookmark, however much was written since, and
// what is on record is left alone.
func TestAChannelIsReadBackToTheBookmark(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	stop := b.start()
	b.until(func(l *memory) bool { return !l.mark.IsZero() })
	b.must(stop())
	const missed = 3
	for n := range missed {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game(fmt.Sprint(n, ".SC2Replay"))}})
		for range 2 * pageSize {
			b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "gg"})
		}
	}
	stop = b.start()
	b.arrivals(missed)
	b.must(stop())
	b.make()
	b.start()
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("last.SC2Replay")}})
	b.arrivals(missed + 1)
	if n := len(b.fromBot(b.channel)); n != missed+1 {
		t.Errorf("%d replies to %d uploads", n, missed+1)
	}
}

func TestAFloodBeyondTheLaneIsFetchedLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	b.start()
	const uploads = laneWidth + laneDepth + 150
	lift := b.Inject(discordtest.Fault{Trouble: discordtest.Slow, Delay: time.Second, Route: routePost})
	for range uploads {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	}
	b.until(func(l *memory) bool { return len(l.known) == uploads })
	lift()
	b.fetch()
	b.arrivals(uploads)
	if n := len(b.fromBot(b.channel)); n != uploads {
		t.Errorf("%d replies to %d uploads", n, uploads)
	}
}

func TestABotCanStandByAndRunAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	bot := b.make()
	for turn := 1; turn <= 2; turn++ {
		ctx, cancel := context.WithCancel(b.ctx)
		ended := make(chan error, 1)
		go func() { ended <- bot.Run(ctx) }()
		b.must(b.Wait(b.ctx, func() bool { return b.Connections() == 1 }))
		b.receives(turn)
		cancel()
		b.must(<-ended)
		if bot.Ready() == nil {
			t.Error("a stopped bot calls itself ready")
		}
		b.deliver(b.arrivals(turn)[turn-1]) // also while it stands by
		b.must(b.Wait(b.ctx, func() bool { return b.Connections() == 0 }))
	}
}

// The database went away, and so the lease did: what could not be answered is
// accepted when the bot acts again.
func TestWhatWasBeingRecordedIsAcceptedByTheNextTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	bot := b.make()
	bot.cfg.Drain = atOnce
	turn := func() (end func()) {
		ctx, cancel := context.WithCancel(b.ctx)
		ended := make(chan error, 1)
		go func() { ended <- bot.Run(ctx) }()
		b.must(b.Wait(b.ctx, func() bool { return b.Connections() == 1 }))
		return func() {
			cancel()
			b.must(<-ended)
		}
	}
	end := turn()
	b.receives(1)
	b.store.fail(errors.New("connection refused"))
	lift := b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: routePost})
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
	b.until(func(l *memory) bool { return l.tries > 0 })
	end()
	b.logged("cannot be recorded")
	lift()
	b.store.fail(nil)
	end = turn()
	if all := b.arrivals(2); all[1].FileName != "b.SC2Replay" {
		t.Errorf("took up %s", all[1].FileName)
	}
	end()
}

func TestStoppingFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	stop := b.start()
	b.Inject(discordtest.Fault{Trouble: discordtest.Slow, Delay: time.Second, Route: routePost, Times: 1})
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	b.must(b.Wait(b.ctx, func() bool { return b.Requests(routePost) == 1 }))
	b.must(stop())
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if len(b.store.all) != 1 {
		t.Errorf("%d uploads recorded, want 1", len(b.store.all))
	}
}

func TestUnknownEventsDoNoHarm(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	for _, event := range []map[string]any{
		{"id": "1", "channel_id": "2", "type": 0},
		{"id": "1", "channel_id": "2", "author": nil, "components": []any{map[string]any{"type": 99}}},
		{"id": "1", "type": 2, "data": map[string]any{"name": "replay", "options": []any{map[string]any{"name": "file", "value": 3}}}},
		{"id": "1", "type": 3, "data": nil},
		{"id": "1", "type": 77},
		{},
	} {
		b.Dispatch("MESSAGE_CREATE", event)
		b.Dispatch("INTERACTION_CREATE", event)
	}
	b.Dispatch("SOMETHING_NEW", map[string]any{"x": strings.Repeat("y", 2000)})
	b.receives(1)
}
