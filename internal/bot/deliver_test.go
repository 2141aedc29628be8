package bot

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// standingReply is an upload in the channel whose first reply stands.
func standingReply(b *bench) upload.Arrival {
	b.Helper()
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
	return b.arrivals(1)[0]
}

func TestADeletedReplyIsReplacedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	b.Delete(string(arrival.Reply.MessageID))
	first := b.deliver(arrival)
	again := b.deliver(arrival) // the process died before it recorded the delivery
	if first.ID != again.ID || !slices.Equal(first.Mentions, []string{b.alice.ID}) || !strings.HasPrefix(first.Content, "<@"+b.alice.ID+"> **Ever Dream LE**") {
		t.Errorf("delivered %+v, then %s", first, again.ID)
	}
}

func TestWithoutAccessTheUploaderIsWrittenTo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(b *bench)
	}{
		{"no view", func(b *bench) { b.Permit(b.channel, 0) }},
		{"reply deleted and no sending", func(b *bench) {
			b.Delete(string(b.arrivals(1)[0].Reply.MessageID))
			b.Permit(b.channel, discordtest.ViewChannel|discordtest.ReadMessageHistory)
		}},
		{"channel deleted", func(b *bench) { b.DeleteChannel(b.channel) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			arrival := standingReply(b)
			test.lose(b)
			if m := b.deliver(arrival); m.ChannelID != b.DM(b.alice).ID || !strings.Contains(m.Content, won) {
				t.Errorf("delivered %+v", m)
			}
		})
	}
}

func TestInAnArchivedThreadTheUploaderIsWrittenTo(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.channel = b.AddThread(b.channel, "week 1")
	arrival := standingReply(b)
	b.Archive(b.channel, true)
	if m := b.deliver(arrival); m.ChannelID != b.DM(b.alice).ID {
		t.Errorf("delivered %+v", m)
	}
}

func TestAnUnreachablePlayerIsUndeliverable(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	b.Permit(b.channel, 0)
	b.BlockDMs(b.alice, true)
	delivery, err := b.give(b.ctx, b.announcement(arrival))
	b.must(err)
	if delivery.Sent || !strings.Contains(delivery.Detail, "50001") || !strings.Contains(delivery.Detail, "50007") {
		t.Errorf("delivery %+v", delivery)
	}
}

func TestWithoutAReplyTheAnswerIsPosted(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.make()
	m := b.deliver(upload.Arrival{FileName: "a", Reply: &announcement.Reply{ChannelID: snowflake.ChannelID(b.channel.ID), UserID: snowflake.UserID(b.alice.ID)}})
	if m.ChannelID != b.channel.ID || !slices.Equal(m.Mentions, []string{b.alice.ID}) {
		t.Errorf("delivered %+v", m)
	}
	m = b.deliver(upload.Arrival{FileName: "a", Reply: &announcement.Reply{UserID: snowflake.UserID(b.alice.ID)}})
	if m.ChannelID != b.DM(b.alice).ID {
		t.Errorf("delivered %+v", m)
	}
}

const (
	routeEdit = "PATCH /channels/{channel_id}/messages/{message_id}"
	routePost = "POST /channels/{channel_id}/messages"
)

// Of several files that one player sent.
func TestAFailureThatStandsAloneNamesItsFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	failed := b.announcement(arrival)
	failed.Subject = b.store.answered(upload.View{
		State: upload.Failed, FileName: arrival.FileName, Failure: failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), nil),
	})
	const reason = ":warning: Could not parse replay: "
	delivery, err := b.give(b.ctx, failed)
	b.must(err)
	if m, _ := b.Message(string(delivery.MessageID)); !strings.HasPrefix(m.Content, reason) {
		t.Errorf("in its place: %q", m.Content)
	}
	b.Delete(string(arrival.Reply.MessageID))
	delivery, err = b.give(b.ctx, failed)
	b.must(err)
	if m, _ := b.Message(string(delivery.MessageID)); !strings.HasPrefix(m.Content, "<@"+b.alice.ID+"> a.SC2Replay: "+reason) {
		t.Errorf("alone: %q", m.Content)
	}
}

func TestTroubleIsLeftToTheQueueWithTheTimeToWait(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
		wait  time.Duration
	}{
		{"limit of the route", discordtest.Fault{Trouble: discordtest.RouteLimit, RetryAfter: 40 * time.Second}, 40 * time.Second},
		{"global limit", discordtest.Fault{Trouble: discordtest.GlobalLimit, RetryAfter: 30 * time.Second}, 30 * time.Second},
		{"Cloudflare's limit", discordtest.Fault{Trouble: discordtest.CloudflareLimit, RetryAfter: 600 * time.Second}, 600 * time.Second},
		{"bad gateway", discordtest.Fault{Trouble: discordtest.Failure, Status: http.StatusBadGateway}, 0},
		{"unavailable", discordtest.Fault{Trouble: discordtest.Failure}, 0},
		{"connection reset", discordtest.Fault{Trouble: discordtest.Reset}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			arrival := standingReply(b)
			test.fault.Route = routeEdit
			lift := b.Inject(test.fault)
			_, err := b.give(b.ctx, b.announcement(arrival))
			if err == nil || discord.RetryAfter(err) != test.wait {
				t.Errorf("error %v, to be retried after %v, want %v", err, discord.RetryAfter(err), test.wait)
			}
			if hits := lift(); hits != 1 {
				t.Errorf("asked %d times, want once: the queue retries", hits)
			}
			if test.wait > 0 {
				return
			}
			b.deliver(arrival)
		})
	}
}

func TestAGlobalLimitStopsEverythingButInteractions(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	lift := b.Inject(discordtest.Fault{Trouble: discordtest.GlobalLimit, RetryAfter: time.Hour, Route: routeEdit})
	_, err := b.give(b.ctx, b.announcement(arrival))
	lift()
	before := b.Requests(routeEdit)
	if _, err2 := b.give(b.ctx, b.announcement(arrival)); err == nil || discord.RetryAfter(err2) < 59*time.Minute {
		t.Errorf("errors %v and %v", err, err2)
	}
	if after := b.Requests(routeEdit); after != before {
		t.Errorf("asked %d times more during the limit", after-before)
	}
	act, err := b.SlashReplay(b.alice, b.channel, game("b.SC2Replay"))
	b.must(err)
	if _, err := act.WaitAck(b.ctx); err != nil {
		t.Errorf("interaction during the limit: %v", err)
	}
	b.arrivals(2)
}

func TestAnAnswerLostOnTheWireIsNotDoubled(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	b.Delete(string(arrival.Reply.MessageID))
	b.Inject(discordtest.Fault{Trouble: discordtest.Reset, Late: true, Times: 1, Route: routePost})
	if _, err := b.give(b.ctx, b.announcement(arrival)); err == nil {
		t.Error("a reset connection counts as sent")
	}
	b.deliver(arrival)
	if n := len(b.fromBot(b.channel)); n != 1 {
		t.Errorf("%d messages stand, want 1", n)
	}
}

func TestAnUndecodableAnswerCountsAsSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	lift := b.Inject(discordtest.Fault{Trouble: discordtest.Garbled})
	if delivery, err := b.give(b.ctx, b.announcement(arrival)); err != nil || !delivery.Sent {
		t.Errorf("edit: %+v, %v", delivery, err)
	}
	lift()
	b.Delete(string(arrival.Reply.MessageID))
	b.Inject(discordtest.Fault{Trouble: discordtest.Garbled, Route: routePost})
	if delivery, err := b.give(b.ctx, b.announcement(arrival)); err != nil || !delivery.Sent || string(delivery.ChannelID) != b.channel.ID {
		t.Errorf("post: %+v, %v", delivery, err)
	}
	if n := len(b.fromBot(b.channel)); n != 1 {
		t.Errorf("%d messages stand, want 1", n)
	}
}

func TestAFirstReplyThatIsRefusedCostsNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault discordtest.Fault
		later bool // it is sent once the upload is fetched
	}{
		{"once garbled", discordtest.Fault{Trouble: discordtest.Garbled, Times: 1}, false},
		{"once unavailable", discordtest.Fault{Trouble: discordtest.Failure, Times: 1}, false},
		{"once lost", discordtest.Fault{Trouble: discordtest.Reset, Late: true, Times: 1}, false},
		{"once limited for a moment", discordtest.Fault{Trouble: discordtest.RouteLimit, RetryAfter: 100 * time.Millisecond, Times: 1}, false},
		{"unavailable", discordtest.Fault{Trouble: discordtest.Failure, Times: discord.Retries.Tries}, true},
		{"lost each time", discordtest.Fault{Trouble: discordtest.Reset, Late: true, Times: discord.Retries.Tries}, false},
		{"limited for long", discordtest.Fault{Trouble: discordtest.RouteLimit, RetryAfter: time.Hour, Times: 1}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			test.fault.Route = routePost
			b.Inject(test.fault)
			handed[3].hand(b)
			if test.later {
				b.logged("fetched later")
				b.fetch()
			}
			arrival := b.arrivals(1)[0]
			if arrival.Reply.MessageID == "" || string(arrival.Reply.ChannelID) != b.channel.ID {
				t.Errorf("reply %+v", *arrival.Reply)
			}
			b.deliver(arrival)
			if n := len(b.fromBot(b.channel)); n != 1 {
				t.Errorf("%d messages stand, want 1", n)
			}
		})
	}
}

// Discord tells its player that the bot did not respond.
func TestACommandThatCannotBeAnsweredIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: "POST /interactions/{interaction_id}/{interaction_token}/callback"})
	_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	b.until(func(l *memory) bool { return len(l.known) == 1 && len(l.asked) == 0 })
	if n := len(b.fromBot(b.channel)); n != 0 || len(b.store.all) != 0 {
		t.Errorf("%d messages, %d uploads in", n, len(b.store.all))
	}
}

func TestAnEmbedThatIsRefusedIsSaidPlainly(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	arrival := standingReply(b)
	b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Status: http.StatusBadRequest, Times: 1, Route: routeEdit})
	if m := b.deliver(arrival); len(m.Embeds) != 0 || !strings.Contains(m.Content, won) {
		t.Errorf("delivered %+v", m)
	}
}

func TestAnUnknownAnnouncementIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	if _, err := b.make().render(b.ctx, announcement.Announcement{Kind: "of a newer program"}); err == nil {
		t.Error("delivered")
	}
}

func TestFailuresCarryNoTokens(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Inject(discordtest.Fault{Trouble: discordtest.Reset, Route: "POST /interactions/{interaction_id}/{interaction_token}/callback"})
	b.Inject(discordtest.Fault{Trouble: discordtest.Reset, Route: "GET /webhooks/{webhook_id}/{webhook_token}/messages/@original"})
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
	b.must(err)
	b.logged("fetched later")
	if text := b.log.String(); strings.Contains(text, act.Token) || !strings.Contains(text, "interaction not answered") {
		t.Errorf("log:\n%s", text)
	}
}

// The request itself is refused, and will be each time.
func TestARequestThatIsRefusedEndsInTheFallbacks(t *testing.T) {
	t.Parallel()
	const routeDM = "POST /users/@me/channels"
	for _, test := range []struct {
		name    string
		refused []string
		lines   int
		check   func(b *bench, d announcement.Delivery) bool
	}{
		{"edit", []string{routeEdit}, 1, func(b *bench, d announcement.Delivery) bool {
			return d.Sent && string(d.ChannelID) == b.channel.ID
		}},
		{"edit and direct channel", []string{routeEdit, routeDM}, 1, func(b *bench, d announcement.Delivery) bool {
			return d.Sent && string(d.ChannelID) == b.channel.ID
		}},
		{"edit and post", []string{routeEdit, routePost}, 3, func(b *bench, d announcement.Delivery) bool { return !d.Sent && d.Detail != "" }},
		{"all", []string{routeEdit, routePost, routeDM}, 3, func(b *bench, d announcement.Delivery) bool { return !d.Sent && d.Detail != "" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			arrival := standingReply(b)
			for _, route := range test.refused {
				b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Status: http.StatusBadRequest, Route: route})
			}
			delivery, err := b.give(b.ctx, b.announcement(arrival))
			b.must(err)
			if !test.check(b, delivery) {
				t.Errorf("delivery %+v", delivery)
			}
			if n := strings.Count(b.log.String(), "level=ERROR msg=\"discord refuses a request"); n != test.lines {
				t.Errorf("%d lines of errors, want %d:\n%s", n, test.lines, b.log)
			}
		})
	}
}

// A command's reply is edited by its token first.
func TestAnEditByTokenThatIsRefusedIsMadeByTheBot(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	handed[0].hand(b)
	arrival := b.arrivals(1)[0]
	for _, which := range []string{"@original", "{message_id}"} {
		b.Inject(discordtest.Fault{
			Trouble: discordtest.Failure, Status: http.StatusBadRequest, Route: "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/" + which,
		})
	}
	if m := b.deliver(arrival); m.ID != string(arrival.Reply.MessageID) && arrival.Reply.MessageID != "" || !strings.Contains(m.Content, won) {
		t.Errorf("delivered %+v", m)
	}
	b.logged("discord refuses a request of the bot")
	if n := len(b.fromBot(b.channel)); n != 1 {
		t.Errorf("%d messages stand, want 1", n)
	}
}
