package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	routeCallback = "POST /interactions/{interaction_id}/{interaction_token}/callback"
	routeOriginal = "GET /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	routeList     = "GET /channels/{channel_id}/messages"
)

// unknownWebhook is what Discord says of a token that it does not know (yet).
func unknownWebhook(times int) discordtest.Fault {
	return discordtest.Fault{
		Trouble: discordtest.Failure, Status: http.StatusNotFound, Code: discordtest.CodeUnknownWebhook,
		Times: times, Route: routeOriginal,
	}
}

// answered checks that the answer to a command is its response and the bot's
// only message.
func (b *bench) answered(act *discordtest.Interaction, delivery announcement.Delivery) {
	b.Helper()
	response, _ := act.Response()
	own := b.fromBot(b.channel)
	if len(own) != 1 || !strings.Contains(response.Content, won) || string(delivery.MessageID) != response.ID || len(b.fromBot(b.DM(b.alice))) != 0 {
		b.Errorf("answered in %+v with %+v; %d messages stand\nlog:\n%s", response, delivery, len(own), b.log)
	}
}

func TestAnAcknowledgementSaysWhereTheReplyStands(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	arrival := b.arrivals(1)[0]
	if response, _ := act.Response(); string(arrival.Reply.MessageID) != response.ID || b.Requests(routeOriginal) != 0 {
		t.Errorf("reply %+v, response %s, asked %d times", *arrival.Reply, response.ID, b.Requests(routeOriginal))
	}
}

// What was acknowledged stands, whatever comes of reading it back.
func TestAnAcknowledgedCommandIsAnsweredWhereItsReplyStands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
		known bool          // the reply's id is known before there is an answer
		late  time.Duration // the answer comes later than that
	}{
		{"unknown once", unknownWebhook(1), true, 0},
		{"unknown for a while", unknownWebhook(discord.Retries.Tries), false, 0},
		{"unknown for good", unknownWebhook(0), false, 0},
		{"unknown, and late", unknownWebhook(discord.Retries.Tries), false, tokenLife + 2*time.Minute},
		{"unavailable", discordtest.Fault{Trouble: discordtest.Failure, Times: discord.Retries.Tries, Route: routeOriginal}, false, 0},
		{"garbled", discordtest.Fault{Trouble: discordtest.Garbled, Route: routeOriginal}, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{BareCallbacks: true})
			b.start()
			b.Inject(test.fault)
			act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
			b.must(err)
			arrival := b.arrivals(1)[0]
			if known := arrival.Reply.MessageID != ""; known != test.known || string(arrival.Reply.Command.Interaction) != act.ID {
				t.Errorf("reply %+v", *arrival.Reply)
			}
			b.Advance(test.late)
			delivery, err := b.give(b.ctx, b.announcement(arrival))
			b.must(err)
			b.answered(act, delivery)
		})
	}
}

// The acknowledgement's answer was lost, so it is not known whether it stands.
func TestACommandThatMayBeAcknowledgedIsLookedForInItsChannel(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Inject(discordtest.Fault{Trouble: discordtest.Reset, Late: true, Times: 1, Route: routeCallback})
	b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Times: 1, Route: routeCallback})
	b.Inject(unknownWebhook(0))
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	arrival := b.arrivals(1)[0]
	delivery, err := b.give(b.ctx, b.announcement(arrival))
	b.must(err)
	b.answered(act, delivery)
}

func TestAFollowUpThatCannotBeReadBackIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Inject(discordtest.Fault{Trouble: discordtest.Garbled, Times: 1, Route: "POST /webhooks/{webhook_id}/{webhook_token}"})
	handed[1].hand(b)
	b.logged("fetched later")
	b.fetch()
	replies := map[string]bool{}
	for _, arrival := range b.arrivals(3) {
		m, _ := b.Message(string(arrival.Reply.MessageID))
		if m.Content != found(arrival.FileName) {
			t.Errorf("%s is answered in %+v", arrival.FileName, m)
		}
		replies[m.ID] = true
	}
	if n := len(b.fromBot(b.channel)); n != 3 || len(replies) != 3 {
		t.Errorf("%d messages stand, %d are answered", n, len(replies))
	}
}

// A command may be given where the bot sees nothing: its token still edits.
func TestACommandIsAnsweredByItsTokenWhereTheBotHasNoAccess(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Permit(b.channel, 0)
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	delivery, err := b.give(b.ctx, b.announcement(b.arrivals(1)[0]))
	b.must(err)
	b.answered(act, delivery)
}

// Where nonces are not honoured, what may have been posted is looked for.
func TestWithoutNoncesNothingIsPostedTwice(t *testing.T) {
	t.Parallel()
	t.Run("first reply", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, discordtest.Options{IgnoreNonces: true})
		b.start()
		b.Inject(discordtest.Fault{Trouble: discordtest.Reset, Late: true, Times: 1, Route: routePost})
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{
			game("a.SC2Replay"), game("a.SC2Replay"), game("b.SC2Replay"),
		}})
		replies := map[string]bool{}
		for _, arrival := range b.arrivals(3) {
			replies[string(arrival.Reply.MessageID)] = true
		}
		if n := len(b.fromBot(b.channel)); n != 3 || len(replies) != 3 {
			t.Errorf("%d messages stand, %d are answered", n, len(replies))
		}
	})
	t.Run("answer, by a bot that died", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, discordtest.Options{IgnoreNonces: true})
		stop := b.start()
		arrival := standingReply(b)
		b.Delete(string(arrival.Reply.MessageID))
		first := b.deliver(arrival)
		b.must(stop())
		b.start()
		if again := b.deliver(arrival); again.ID != first.ID || len(b.fromBot(b.channel)) != 1 {
			t.Errorf("delivered %s, then %s", first.ID, again.ID)
		}
	})
	t.Run("two answers that read alike", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, discordtest.Options{IgnoreNonces: true})
		b.start()
		arrival := standingReply(b)
		b.Delete(string(arrival.Reply.MessageID))
		one, two := b.announcement(arrival), b.announcement(arrival)
		two.ID++
		for _, a := range []announcement.Announcement{one, two} {
			_, err := b.give(b.ctx, a)
			b.must(err)
		}
		if n := len(b.fromBot(b.channel)); n != 2 {
			t.Errorf("%d messages stand, want one for each upload", n)
		}
	})
}

// A token works only once its command is acknowledged, which Discord may have said
// with a 2xx that came from something in between.
func TestNothingIsWrittenByATokenThatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start() // whose end checks that there was no violation
	b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: routeCallback})
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	b.logged("interaction not answered")
	m := b.deliver(upload.Arrival{FileName: "a.SC2Replay", Reply: &announcement.Reply{
		ChannelID: snowflake.ChannelID(b.channel.ID), UserID: snowflake.UserID(b.alice.ID),
		Command: announcement.Command{
			Interaction: snowflake.InteractionID(act.ID), Application: snowflake.ApplicationID(b.Bot().ID), Token: act.Token,
		},
	}})
	if m.ChannelID != b.channel.ID || !strings.HasPrefix(m.Content, "<@"+b.alice.ID+">") {
		t.Errorf("answered in %+v", m)
	}
}

// A busy channel, and a bot that was away for long: the reply is pages away.
func TestAReplyIsFoundFarBehindItsUpload(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{IgnoreNonces: true})
	b.dies(1, handed[3].hand)
	for range searchPages * pageSize {
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "gg"})
	}
	b.start()
	b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
	b.fetch()
	if m, _ := b.Message(string(b.arrivals(1)[0].Reply.MessageID)); m.Content != found("a.SC2Replay") || b.standing() != 1 {
		t.Errorf("answered in %+v, %d replies stand", m, b.standing())
	}
}
