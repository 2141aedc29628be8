package bot

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/job"
)

// until waits for something to be true of the store.
func (b *bench) until(cond func(l *memory) bool) {
	b.Helper()
	for {
		b.store.mu.Lock()
		ok, changed := cond(b.store), b.store.changed
		b.store.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-b.ctx.Done():
			b.must(context.Cause(b.ctx))
		}
	}
}

// requested are the fetch jobs.
func (l *memory) requested() []job.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.asked))
}

// age makes all requests older.
func (l *memory) age(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, r := range l.asked {
		r.Received = r.Received.Add(-by)
		l.asked[id] = r
	}
}

// atOnce leaves no time to uploads in flight.
func atOnce(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, cancel
}

// dies starts a bot, lets something be handed to it and ends it, as if killed,
// once n first replies stand and nothing is in yet. The next bot is made.
func (b *bench) dies(n int, hand func(b *bench)) {
	b.Helper()
	b.store.stick("Accept")
	stop := b.start()
	b.bot.cfg.Drain = atOnce
	hand(b)
	b.must(b.Wait(b.ctx, func() bool { return b.standing() == n && len(b.store.requested()) == n }))
	b.must(stop())
	b.store.stick("")
	b.make()
}

// standing is how many first replies stand anywhere.
func (b *bench) standing() (n int) {
	for _, in := range []discordtest.Channel{b.channel, b.DM(b.alice)} {
		for _, m := range b.fromBot(in) {
			if strings.HasPrefix(m.Content, "Found replay file") || strings.Contains(m.Content, "리플레이 파일을 찾았습니다") {
				n++
			}
		}
	}
	return n
}

// fetch is the queue, telling the bot of every fetch job until there is none.
func (b *bench) fetch() {
	b.Helper()
	for _, id := range b.store.requested() {
		b.fetchOne(id)
	}
}

// fetchOne tells the bot of one fetch until it is done; the queue is slower.
func (b *bench) fetchOne(id job.ID) {
	b.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := b.bot.Fetch(b.ctx, id)
		switch {
		case errors.Is(err, job.ErrDone):
			return
		case !snoozed(err) && !errors.Is(err, errOverdue):
			b.Fatalf("Fetch: %v", err)
		}
		select {
		case <-again.C:
		case <-b.ctx.Done():
			b.must(context.Cause(b.ctx))
		}
	}
}

// handed are the ways an upload that is not read back comes to the bot; each
// is of n files.
var handed = []struct {
	name string
	n    int
	hand func(b *bench)
}{
	{"/replay", 1, func(b *bench) {
		_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
		b.must(err)
	}},
	{"Analyse replay", 3, func(b *bench) {
		_, err := b.WaitCommand(b.ctx, commandAnalyse)
		b.must(err)
		sent := b.Upload(discordtest.Upload{Channel: b.channel, Author: b.AddUser("bob"), Files: []discordtest.File{
			game("a.SC2Replay"), game("b.SC2Replay"), game("a.SC2Replay"),
		}})
		_, err = b.Menu(b.alice, commandAnalyse, sent.ID)
		b.must(err)
	}},
	{"direct message", 2, func(b *bench) {
		b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("a.SC2Replay"), game("b.SC2Replay")}})
	}},
	{"mention", 1, func(b *bench) {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
	}},
}

func TestAnUploadOutlivesTheBotThatRecordedIt(t *testing.T) {
	t.Parallel()
	for _, way := range handed {
		for _, late := range []time.Duration{0, nonceSure + 2*time.Minute, tokenLife + 2*time.Minute} {
			if way.name == "/replay" && late > tokenLife {
				continue // the file of a command's option is gone by then, see below
			}
			t.Run(way.name+" after "+late.String(), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, discordtest.Options{IgnoreNonces: true}) // so that a server that does may, too
				b.dies(way.n, way.hand)
				b.store.age(late)
				b.Advance(late)
				b.start()
				b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
				b.fetch()
				replies := map[string]bool{}
				for _, arrival := range b.arrivals(way.n) {
					m, ok := b.Message(string(arrival.Reply.MessageID))
					if !ok || m.Content != found(arrival.FileName) || string(arrival.Uploader) != b.alice.ID {
						t.Errorf("%s of %s is answered in %+v", arrival.FileName, arrival.Uploader, m)
					}
					replies[m.ID] = true
				}
				if n := b.standing(); n != way.n || len(replies) != way.n {
					t.Errorf("%d replies stand and %d are answered, want %d", n, len(replies), way.n)
				}
				if left := b.store.requested(); len(left) != 0 {
					t.Errorf("still pending: %v", left)
				}
			})
		}
	}
}

// The dead bot had answered the player already, or had never said anything.
func TestWhatNoPlayerWaitsForIsNotFetched(t *testing.T) {
	t.Parallel()
	for _, way := range handed {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{IgnoreNonces: true})
			b.dies(way.n, way.hand)
			for _, in := range []discordtest.Channel{b.channel, b.DM(b.alice)} {
				for _, m := range b.fromBot(in) {
					b.must(b.bot.discord.Edit(b.ctx, discord.ChannelID(in.ID), discord.MessageID(m.ID), discord.Outgoing{Content: "refused"}))
				}
			}
			before := len(b.fromBot(b.channel)) + len(b.fromBot(b.DM(b.alice)))
			b.start()
			b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
			b.fetchOne(b.store.requested()[0])
			after := len(b.fromBot(b.channel)) + len(b.fromBot(b.DM(b.alice)))
			if len(b.store.all) != 0 || after != before {
				t.Errorf("%d uploads arrived, %d messages became %d", len(b.store.all), before, after)
			}
		})
	}
	t.Run("never acknowledged", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, discordtest.Options{})
		stop := b.start()
		b.bot.cfg.Drain = atOnce
		b.store.stick("Accept")
		b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: "POST /interactions/{interaction_id}/{interaction_token}/callback"})
		_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
		b.must(err)
		b.logged("interaction not answered")
		b.must(stop())
		b.make()
		b.start()
		b.fetch()
		if left := b.store.requested(); len(left) != 0 || len(b.fromBot(b.channel)) != 0 {
			t.Errorf("%v pending, %d messages", left, len(b.fromBot(b.channel)))
		}
	})
}

func TestARefusalEndsTheRequest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		file       discordtest.File
	}{
		{"not a replay", "Could not parse replay", discordtest.File{Data: []byte("PK")}},
		{"file gone", "Could not parse replay", discordtest.File{Data: []byte("MPQ"), Delivery: []discordtest.Delivery{discordtest.NotFound}}},
		{"no download", "download", discordtest.File{Data: []byte("MPQ"), Delivery: []discordtest.Delivery{discordtest.Unavailable, discordtest.Unavailable}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			test.file.Name = "a.SC2Replay"
			_, err := b.SlashReplay(b.alice, b.channel, test.file)
			b.must(err)
			b.must(b.Wait(b.ctx, func() bool { return b.standing() == 0 && len(b.fromBot(b.channel)) == 1 }))
			b.shown(test.want)
			b.until(func(l *memory) bool { return len(l.asked) == 0 })
		})
	}
}

// The address of a file ends after a day; its player reads so in the reply.
func TestAFileThatIsGoneByThenIsRefused(t *testing.T) {
	t.Parallel()
	for _, way := range []int{0, 3} {
		t.Run(handed[way].name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{IgnoreNonces: true})
			b.dies(1, handed[way].hand)
			b.store.age(25 * time.Hour)
			b.Advance(25 * time.Hour)
			b.start()
			b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
			b.fetch()
			b.shown("Could not parse replay")
			if n, left := len(b.fromBot(b.channel)), b.store.requested(); n != 1 || len(left) != 0 {
				t.Errorf("%d messages, %v pending", n, left)
			}
		})
	}
}

// The database was away when the player was asked to try again.
func TestAnUploadThatWasRefusedIsNotAcceptedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	stop := b.start()
	b.store.stick("Accept")
	handed[0].hand(b)
	b.until(func(l *memory) bool { return len(l.asked) == 1 })
	b.store.fail(errors.New("away"))
	b.store.stick("")
	b.until(func(l *memory) bool { return l.kept == 1 })
	b.store.fail(nil)
	b.must(stop())
	b.make() // which has nothing in flight
	b.start()
	b.fetch()
	b.shown("Something went wrong on our side")
	if left := b.store.requested(); len(left) != 0 || len(b.store.all) != 0 {
		t.Errorf("%v pending, %d uploads in", left, len(b.store.all))
	}
}

func TestWhatIsInFlightIsNotFetched(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	stop := b.start()
	b.bot.cfg.Drain = atOnce
	b.store.stick("Accept")
	handed[0].hand(b)
	b.must(b.Wait(b.ctx, func() bool { return b.standing() == 1 }))
	id := b.store.requested()[0]
	if err := b.bot.Fetch(b.ctx, id); !snoozed(err) {
		t.Errorf("Fetch: %v", err)
	}
	b.store.age(maxAge) // then the queue is to count, and to end it
	if err := b.bot.Fetch(b.ctx, id); !errors.Is(err, errOverdue) || snoozed(err) {
		t.Errorf("Fetch after a day: %v", err)
	}
	b.must(stop())
}

// Nothing is promised that is not on record.
func TestWhatCannotBeRecordedIsRefused(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(b *bench){
		"silent": func(b *bench) { b.store.stick("RecordPending") },
		"away":   func(b *bench) { b.store.fail(errors.New("connection refused")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			b.bot.timeout = recordTimeout{command: 100 * time.Millisecond, message: 100 * time.Millisecond}
			trouble(b)
			act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
			b.must(err)
			b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
			b.must(b.Wait(b.ctx, func() bool { return len(b.fromBot(b.channel)) == 1 && len(b.fromBot(b.DM(b.alice))) == 1 }))
			for _, in := range []discordtest.Channel{b.channel, b.DM(b.alice)} {
				if m := b.fromBot(in)[0]; !strings.HasPrefix(m.Content, "Something went wrong on our side") || m.Edits() != 0 {
					t.Errorf("the player read %q", m.Content)
				}
			}
			if act.Acked() != discordtest.AckMessage || len(b.store.all) != 0 {
				t.Errorf("acknowledged with %d, %d uploads in", act.Acked(), len(b.store.all))
			}
		})
	}
}

// A database that restarts costs a moment, and no player notices.
func TestADatabaseThatRestartsIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.bot.timeout.command = 2800 * time.Millisecond
	b.store.fail(errors.New("connection refused"))
	handed[0].hand(b)
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
	b.until(func(l *memory) bool { return l.tries >= 2 })
	b.store.fail(nil)
	b.arrivals(2)
	for _, m := range append(b.fromBot(b.channel), b.fromBot(b.DM(b.alice))...) {
		if !strings.HasPrefix(m.History[0].Content, "Found replay file") {
			t.Errorf("the player read %q", m.History[0].Content)
		}
	}
}

func TestAPendingUploadIsReadAsItWasRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	bot := b.make()
	file := &discord.Attachment{ID: "2", Filename: "a", Size: 7, URL: "https://cdn"}
	for _, u := range []pendingUpload{
		{key: keyOf("1", "2"), user: "3", guild: "4", channel: "5", message: "1"},
		{key: keyOf("7", "2"), user: "3", channel: "5", part: 2, command: &discord.Interaction{ID: "7", AppID: "6", Token: "t", ChannelID: "5"}},
	} {
		u.bot, u.file = bot, file
		if fresh, err := bot.record(b.ctx, []*pendingUpload{&u}, time.Minute); err != nil || len(fresh) != 1 {
			t.Fatalf("recorded %d: %v", len(fresh), err)
		}
		row, err := b.store.PendingUpload(b.ctx, slices.Max(b.store.requested()))
		b.must(err)
		if got := bot.fromRow(row); !reflect.DeepEqual(*got, u) {
			t.Errorf("read %+v, want %+v", *got, u)
		}
	}
}

// snoozed says whether a handler asks to be called again though nothing failed.
func snoozed(err error) bool {
	wait, ok := job.Snoozed(err)
	return ok && wait > 0
}
