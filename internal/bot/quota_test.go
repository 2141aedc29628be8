package bot

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// spent is a counter of a user who has sent all that is allowed.
type spent struct{}

func (spent) Usage(_ context.Context, a upload.Arrival) (quota.Usage, error) {
	return quota.Usage{PlayerFrom: a.At.Add(12 * time.Minute)}, nil
}

func TestSendingTooMuchIsRefusedWithATime(t *testing.T) {
	t.Parallel()
	edits := map[string]int{"by command": 1} // which was acknowledged before
	for name, send := range map[string]func(b *bench){
		"by message": func(b *bench) {
			b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
		},
		"by command": func(b *bench) {
			_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
			b.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.intake = intake.New(b.store, b.store, b.store, intake.Options{
				Quota: quota.Quota{PlayerHour: 60}, Counter: spent{},
			})
			b.start()
			send(b)
			m := b.shown("You've reached 60 uploads an hour. Try again in 12 minutes.")
			if own := b.fromBot(b.channel); len(own) != 1 || m.Edits() != edits[name] {
				t.Errorf("answered in %d messages", len(own))
			}
			for _, sent := range b.Messages(b.channel) {
				if len(sent.Files) > 0 && b.Downloads(sent.Files[0]) != 0 {
					t.Error("the file was fetched")
				}
			}
			if len(b.store.files) != 0 || len(b.store.all) != 0 {
				t.Error("the file was recorded")
			}
		})
	}
}

// What is known without the database is answered to the player alone.
func TestSendingTooMuchAgainIsRefusedInPrivate(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.intake = intake.New(b.store, b.store, b.store, intake.Options{
		Quota: quota.Quota{PlayerHour: 60}, Counter: spent{},
	})
	b.start()
	for turn, private := range []bool{false, true} {
		act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
		b.must(err)
		var answered discordtest.Message
		b.must(b.Wait(b.ctx, func() bool {
			var ok bool
			answered, ok = act.Response()
			return ok && strings.Contains(answered.Content, "in 12 minutes.")
		}))
		if answered.Ephemeral != private {
			t.Errorf("turn %d: in private %v", turn, answered.Ephemeral)
		}
	}
}

func TestUploadsAreCountedByServer(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	b.arrivals(1)
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("b.SC2Replay")}})
	b.arrivals(2)
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("c.SC2Replay")}})
	for n, arrival := range b.arrivals(3) {
		if want := []string{b.guild.ID, b.guild.ID, ""}[n]; string(arrival.Guild) != want {
			t.Errorf("%s came from server %q, want %q", arrival.FileName, arrival.Guild, want)
		}
	}
}

func TestTheFirstReplySaysThePlaceInALongQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	b.cfg.QueuePosition = func() int { return 312 }
	const place = " Many replays are waiting; this one is number 312 in the queue."
	// The next bot knows a first reply, whatever place it named.
	b.dies(1, handed[3].hand)
	left := b.fromBot(b.channel)[0]
	b.store.age(time.Hour)
	b.Advance(time.Hour) // its nonce is forgotten
	b.start()
	b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
	b.fetch()
	if arrival := b.arrivals(1)[0]; left.Content != found("a.SC2Replay")+place || string(arrival.Reply.MessageID) != left.ID {
		t.Errorf("reply %+v, want message %+v", *arrival.Reply, left)
	}
	_, err := b.SlashReplay(b.alice, b.channel, game("b.SC2Replay"))
	b.must(err)
	b.shown(found("b.SC2Replay") + place)
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("c.SC2Replay")}})
	b.shown(found("c.SC2Replay") + place)
	b.arrivals(3)
}

// limitedBench is a bot whose every sender is over the quota.
func limitedBench(t *testing.T) *bench {
	b := newBench(t, discordtest.Options{})
	b.intake = intake.New(b.store, b.store, b.store, intake.Options{
		Quota: quota.Quota{PlayerHour: 60}, Counter: spent{},
	})
	b.start()
	return b
}

func TestSendingTooMuchIsRefusedOnceAMinute(t *testing.T) {
	t.Parallel()
	b := limitedBench(t)
	for range 20 {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{
			game("a.SC2Replay"), game("b.SC2Replay"), game("c.SC2Replay"),
		}})
	}
	// Another user gets the sentence, and comes last in the channel.
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.AddUser("bob"), Mention: true, Files: []discordtest.File{game("d.SC2Replay")}})
	b.must(b.Wait(b.ctx, func() bool { return len(b.fromBot(b.channel)) >= 2 }))
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	answered, err := act.WaitResponse(b.ctx, func(m discordtest.Message) bool { return strings.Contains(m.Content, "in 12 minutes.") })
	b.must(err)
	if !answered.Ephemeral {
		t.Error("the command is refused in public")
	}
	b.until(func(l *memory) bool { return len(l.asked) == 0 })
	if n := b.Requests(routePost); n != 2 {
		t.Errorf("%d messages were sent, want one to each", n)
	}
	if n := b.Requests("PATCH /channels/{channel_id}/messages/{message_id}"); n != 0 {
		t.Errorf("%d edits", n)
	}
	if !b.bot.refusals.spend(discord.UserID(b.alice.ID), time.Now().Add(silence)) {
		t.Error("a minute later there is no sentence either")
	}
}

func TestOneMessageRefusesSeveralFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	var files []discordtest.File
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		files = append(files, discordtest.File{Name: name + ".SC2Replay", Data: make([]byte, testLimit+1)})
	}
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: append(files, game("good.SC2Replay"))})
	b.arrivals(1)
	m := b.shown("a.SC2Replay: ")
	if n := strings.Count(m.Content, ".SC2Replay: "); n != maxDeclined || !strings.HasSuffix(m.Content, "2 more") {
		t.Errorf("it names %d files: %s", n, m.Content)
	}
	if n := len(b.fromBot(b.channel)); n != 2 {
		t.Errorf("%d messages, want one for the good file and one for the others", n)
	}
}

func TestMentionsWithoutAReplayAreAnsweredAFewTimes(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	for range 20 {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Text: "hello"})
		b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Text: "hello"})
	}
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
	b.arrivals(1)
	b.must(b.Wait(b.ctx, func() bool { return b.Requests(routePost) >= hintBurst+1 }))
	b.must(b.Wait(b.ctx, func() bool {
		return b.bot.hints.spent(discord.UserID(b.alice.ID), time.Now())
	}))
	if n := b.Requests(routePost); n != hintBurst+1 {
		t.Errorf("%d messages, want %d hints and a reply", n, hintBurst)
	}
}

// A command's answer does not wait for the channel's limit, and once its token
// is over it is an edit of the message.
func TestACommandsAnswerIsEditedByItsToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later   time.Duration
		channel int // edits under the channel's limit
	}{
		"while it lives": {0, 0},
		"afterwards":     {16 * time.Minute, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
			b.must(err)
			arrival := b.arrivals(1)[0]
			b.Advance(test.later)
			m := b.deliver(arrival)
			if m.ID != string(arrival.Reply.MessageID) || m.Edits() != 1 || len(b.fromBot(b.channel)) != 1 {
				t.Errorf("answered in %+v", m)
			}
			if n := b.Requests("PATCH /channels/{channel_id}/messages/{message_id}"); n != test.channel {
				t.Errorf("%d edits under the channel's limit, want %d", n, test.channel)
			}
		})
	}
}

func TestACrowdOfAnswersWaitsInTheQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.make()
	reply := announcement.Reply{ChannelID: "1", MessageID: "2", UserID: "alice"}
	b.Inject(discordtest.Fault{Trouble: discordtest.Slow, Delay: time.Hour})
	ctx, stop := context.WithCancel(b.ctx)
	var edits sync.WaitGroup
	defer edits.Wait()
	defer stop()
	for n := range 1 + maxUserCrowd {
		if err := b.bot.crowded(reply); err != nil {
			t.Errorf("%d wait: %v", n, err)
		}
		edits.Go(func() { _ = b.bot.discord.Edit(ctx, "1", "2", discord.Outgoing{User: "alice"}) })
		b.eventually(func() bool {
			_, own := b.bot.discord.Waiting("1", "alice")
			return own == n // and one has its turn
		})
	}
	if err := b.bot.crowded(reply); !snoozed(err) {
		t.Errorf("one more waits here: %v", err)
	}
	reply.UserID = "bob"
	if err := b.bot.crowded(reply); err != nil {
		t.Errorf("another user: %v", err)
	}
}
