package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// quickLimit is Discord's limit of 5 messages in 5 s, fifty times as fast.
var quickLimit = discordtest.RateLimit{Requests: 5, Window: 100 * time.Millisecond}

// announce gives answers as the queue does: in the order in which they came, so
// many at once, and again those that failed.
func (b *bench) announce(ctx context.Context, workers int) (wait func()) {
	tasks := make(chan announcement.Announcement, 1000)
	var running sync.WaitGroup
	running.Go(func() {
		for n := 0; ; n++ {
			all, err := b.store.wait(ctx, n+1)
			if err != nil {
				return
			}
			a := b.announcement(all[n])
			a.ID = announcement.ID(n + 1)
			tasks <- a
		}
	})
	for range workers {
		running.Go(func() {
			for {
				select {
				case a := <-tasks:
					if _, err := b.give(ctx, a); err != nil && ctx.Err() == nil {
						tasks <- a
					}
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return running.Wait
}

// writes counts what the bot wrote for a user in a channel after a time: new
// messages and edits.
func (b *bench) writes(in discordtest.Channel, user discordtest.User, after, until time.Time) (n int) {
	for _, m := range b.fromBot(in) {
		if to, ok := b.Message(m.ReplyTo); !ok || to.Author.ID != user.ID {
			continue
		}
		for _, v := range m.History {
			if v.At.After(after) && v.At.Before(until) {
				n++
			}
		}
	}
	return n
}

// One user posts a hundred replays in a channel, which Discord lets the bot
// answer at one a second. Other users there must not wait for them.
func TestAFloodOfOneUserDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hand func(b *bench, bob discordtest.User)
		most int // what is written for alice before bob has his answer
	}{
		"who uses a command": {func(b *bench, bob discordtest.User) {
			_, err := b.SlashReplay(bob, b.channel, game("bob.SC2Replay"))
			b.must(err)
		}, 20},
		"who posts a message": {func(b *bench, bob discordtest.User) {
			b.Upload(discordtest.Upload{Channel: b.channel, Author: bob, Mention: true, Files: []discordtest.File{game("bob.SC2Replay")}})
		}, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const flood = 100
			b := newBench(t, discordtest.Options{ChannelLimit: quickLimit})
			bob := b.AddUser("bob")
			b.start()
			ctx, stop := context.WithCancelCause(b.ctx)
			wait := b.announce(ctx, 16)
			defer func() { stop(errors.New("over")); wait() }()
			for n := range flood {
				b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game(fmt.Sprint(n, ".SC2Replay"))}})
			}
			b.until(func(l *memory) bool { return len(l.known) == flood })
			asked := time.Now()
			test.hand(b, bob)
			var answered time.Time
			b.must(b.Wait(b.ctx, func() bool {
				for _, m := range b.fromBot(b.channel) {
					to, _ := b.Message(m.ReplyTo)
					if (m.InteractionID != "" || to.Author.ID == bob.ID) && !strings.HasPrefix(m.Content, "Found") {
						answered = m.At
						return true
					}
				}
				return false
			}))
			n := b.writes(b.channel, b.alice, asked, answered)
			t.Logf("%d messages and edits for alice before bob's answer", n)
			if n > test.most {
				t.Errorf("bob waited for %d of alice's messages and edits, want at most %d", n, test.most)
			}
		})
	}
}
