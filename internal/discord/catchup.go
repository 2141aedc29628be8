package discord

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/submission"
)

const (
	// lookEvery is how often channels that overflowed are looked at.
	lookEvery = 2 * time.Second
	// pageSize is Discord's own limit on messages in one answer.
	pageSize = 100
	// maxPages bounds what is read back of one channel.
	maxPages = 10
	// maxAge is how old an upload may be to be taken up late.
	maxAge = 24 * time.Hour
	// nonceLife is how long Discord surely no longer knows a nonce ("a few
	// minutes"): past it, a second first reply would be a second message.
	nonceLife = 10 * time.Minute
)

// catchUp reads back what events did not bring: after a new gateway session
// (a restart, a session that could not be resumed), and where there was no
// room. What cannot be read now is read later. Interactions cannot be read
// back: those that were heard of are fetched (request.go), and of the others
// Discord tells their players.
func (b *Bot) catchUp(ctx, work context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	anyRoom := func(string) bool { return true }
	for {
		var due []spot
		select {
		case <-ctx.Done():
			return
		case <-b.behind:
			due = b.places.claim(anyRoom)
		case <-look.C:
			due = b.places.claim(b.lanes.idle)
		}
		for _, at := range due {
			err := b.readBack(ctx, work, at)
			switch {
			case err == nil:
			case forGood(err):
				b.log.Warn("channel cannot be read back", "channel", at.channel, "error", err)
			default:
				b.places.again(at)
			}
		}
	}
}

// forGood says that the same request will be refused next time, too.
func forGood(err error) bool {
	s := status(err)
	return s >= http.StatusBadRequest && s < http.StatusInternalServerError && s != http.StatusTooManyRequests
}

// readBack takes up the replays of a channel that came after at.from, or the
// latest when nothing is known of the channel.
func (b *Bot) readBack(ctx, work context.Context, at spot) error {
	defer logPanic(b.log, "read back")
	after := at.from
	for range maxPages {
		messages, err := b.rest.recent(ctx, at.channel, after, pageSize)
		if err != nil {
			return err
		}
		replies := b.ownReplies(messages)
		slices.SortFunc(messages, func(a, b *discordgo.Message) int {
			if newer(a.ID, b.ID) {
				return 1
			}
			return -1
		})
		for _, m := range messages {
			b.settle(work, m, at.direct, replies[m.ID])
		}
		if after == "" || len(messages) < pageSize {
			return nil
		}
		after = messages[len(messages)-1].ID
	}
	return nil
}

// ownReplies are the bot's messages by the message they answer.
func (b *Bot) ownReplies(messages []*discordgo.Message) map[string][]*discordgo.Message {
	me := *b.user.Load()
	replies := make(map[string][]*discordgo.Message)
	for _, m := range messages {
		if m.Author != nil && m.Author.ID == me && m.MessageReference != nil {
			to := m.MessageReference.MessageID
			replies[to] = append(replies[to], m)
		}
	}
	return replies
}

// settle takes up the replays of a message that were not taken up before, as
// far as the bot's replies to it tell. What they do not tell the database
// does: the intake recognises the upload's key.
func (b *Bot) settle(work context.Context, m *discordgo.Message, direct bool, replies []*discordgo.Message) {
	age := time.Since(madeAt(m.ID))
	if age > maxAge || m.Author == nil || m.Author.Bot || m.WebhookID != "" || b.placeOf(m, direct) == nowhere {
		return
	}
	var unanswered, known []upload
	for _, file := range b.replays(m.Attachments) {
		u := b.messageUpload(m, file)
		n := slices.IndexFunc(replies, func(r *discordgo.Message) bool { return strings.HasPrefix(r.Content, foundText(file)) })
		if n < 0 {
			unanswered = append(unanswered, u)
			continue
		}
		// The first reply stands and nothing came of it, or is still to come.
		u.answer = standing(submission.Reply{ChannelID: m.ChannelID, MessageID: replies[n].ID, UserID: m.Author.ID})
		replies = slices.Delete(slices.Clone(replies), n, n+1)
		known = append(known, u)
	}
	if len(replies) >= len(unanswered) {
		unanswered = nil // every replay has its answer
	}
	for _, u := range unanswered {
		if age > nonceLife {
			// A first reply might be a second one: let the result be a
			// message of its own, which comes once.
			u.answer = standing(submission.Reply{ChannelID: m.ChannelID, UserID: m.Author.ID})
		}
		known = append(known, u)
	}
	b.accept(work, m, known)
}

func standing(reply submission.Reply) func(context.Context) submission.Reply {
	return func(context.Context) submission.Reply { return reply }
}

// discordEpoch is the first millisecond of 2015, from which snowflakes count.
const discordEpoch = 1420070400000

// madeAt is when a snowflake was made.
func madeAt(id string) time.Time {
	flake, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(flake>>22 + discordEpoch)
}

// before is the snowflake just older than id.
func before(id string) string {
	flake, err := strconv.ParseInt(id, 10, 64)
	if err != nil || flake == 0 {
		return id
	}
	return strconv.FormatInt(flake-1, 10)
}
