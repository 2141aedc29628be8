package discord

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// spent is a counter of somebody who has sent all he may.
type spent struct{}

func (spent) Usage(_ context.Context, a submission.Arrival) (submission.Usage, error) {
	return submission.Usage{PlayerFrom: a.At.Add(12 * time.Minute)}, nil
}

func TestWhoSendsTooMuchIsToldWhenToComeBack(t *testing.T) {
	t.Parallel()
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
			b.intake = submission.NewIntake(b.ledger, b.ledger, b.ledger, submission.IntakeOptions{
				Quota: submission.Quota{PlayerHour: 60}, Counter: spent{},
			})
			b.start()
			send(b)
			m := b.shown("You have sent 60 replays within an hour, and nobody may send more. Please send this one again in 12 min.")
			if own := b.fromBot(b.channel); len(own) != 1 || m.Edits() != 1 {
				t.Errorf("told in %d messages", len(own))
			}
			for _, sent := range b.Messages(b.channel) {
				if len(sent.Files) > 0 && b.Downloads(sent.Files[0]) != 0 {
					t.Error("the file was fetched")
				}
			}
			if len(b.ledger.files) != 0 || len(b.ledger.all) != 0 {
				t.Error("the file was recorded")
			}
		})
	}
}

// What is known without the database is answered to the player alone.
func TestWhoSendsTooMuchAgainIsToldInPrivate(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.intake = submission.NewIntake(b.ledger, b.ledger, b.ledger, submission.IntakeOptions{
		Quota: submission.Quota{PlayerHour: 60}, Counter: spent{},
	})
	b.start()
	for turn, private := range []bool{false, true} {
		act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
		b.must(err)
		var told discordtest.Message
		b.must(b.Wait(b.ctx, func() bool {
			var ok bool
			told, ok = act.Response()
			return ok && strings.Contains(told.Content, "in 12 min.")
		}))
		if told.Ephemeral != private {
			t.Errorf("turn %d: in private %v", turn, told.Ephemeral)
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
		if want := []string{b.guild.ID, b.guild.ID, ""}[n]; arrival.Guild != want {
			t.Errorf("%s came from server %q, want %q", arrival.FileName, arrival.Guild, want)
		}
	}
}

func TestTheFirstReplySaysThePlaceInALongQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []string{b.channel.ID}
	b.cfg.Place = func() int { return 312 }
	const place = " Many replays are waiting; this one is number 312 in the queue."
	// The next bot knows a first reply, whatever place it named.
	b.dies(1, handed[3].hand)
	left := b.fromBot(b.channel)[0]
	b.ledger.age(time.Hour)
	b.Advance(time.Hour) // its nonce is forgotten
	b.start()
	b.must(b.Wait(b.ctx, func() bool { return *b.bot.user.Load() != "" }))
	b.fetch()
	if arrival := b.arrivals(1)[0]; left.Content != found("a.SC2Replay")+place || arrival.Reply.MessageID != left.ID {
		t.Errorf("reply %+v, want message %+v", *arrival.Reply, left)
	}
	_, err := b.SlashReplay(b.alice, b.channel, game("b.SC2Replay"))
	b.must(err)
	b.shown(found("b.SC2Replay") + place)
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("c.SC2Replay")}})
	b.shown(found("c.SC2Replay") + place)
	b.arrivals(3)
}
