package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// lookEvery is how often channels are looked at that could not be read.
	lookEvery = 2 * time.Second
	// maxUndecodable is how often a channel is asked for whose answer is no list.
	maxUndecodable = 5
	// pageSize is Discord's own limit on messages in one answer.
	pageSize = 100
	// maxAge is how old an upload may be to be taken up late.
	maxAge = 24 * time.Hour
	// nonceLife is how long Discord surely no longer knows a nonce ("a few
	// minutes"): past it, a second first reply would be a second message.
	nonceLife = 10 * time.Minute

	// bookmark names how far Discord has been read, and markEvery is how often
	// that is written down.
	bookmark  = "discord"
	markEvery = 10 * time.Second
	// overlap is how much more is read back. It covers the messages that were
	// on their way when the bookmark was set, a connection that was dead by then
	// without anybody knowing (two heartbeats and a bit), and clocks that differ.
	overlap = 3 * time.Minute
)

// bookmarks is where it is kept how far Discord has been read, for the process
// that comes after this one.
type bookmarks interface {
	Bookmark(ctx context.Context, name string) (time.Time, error)
	SetBookmark(ctx context.Context, name string, at time.Time) error
}

// catchUp reads back what events did not bring: after a new gateway session (a
// restart, a session that could not be resumed). What cannot be read now is
// read later. What is on record is known by its key, so reading too much does
// no harm. Interactions cannot be read back: those that were heard of are
// fetched (request.go), and of the others Discord tells their players.
func (b *Bot) catchUp(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var marked time.Time
	failed := make(map[string]int) // tries by channel
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.behind:
		case <-look.C:
		}
		now := time.Now()
		for _, at := range b.places.claim() {
			err := b.readBack(ctx, at)
			failed[at.channel]++
			try := failed[at.channel]
			switch {
			case err == nil:
				delete(failed, at.channel)
			case forGood(err), errors.Is(err, errUndecodable) && try >= maxUndecodable:
				b.log.Error("channel cannot be read back", "channel", at.channel, "error", err)
				delete(failed, at.channel)
			default:
				if try&(try-1) == 0 { // a line for the first failure, and ever fewer for the next ones
					b.log.Warn("channel not read back yet; trying again", "channel", at.channel, "try", try, "error", err)
				}
				b.places.again(at)
			}
		}
		if now.Sub(marked) >= markEvery && b.Ready() == nil && b.places.paid() {
			if err := b.bookmarks.SetBookmark(ctx, bookmark, now); err == nil {
				marked = now // else it is set later: reading too much does no harm
			}
		}
	}
}

// forGood says that the same request will be refused next time, too.
func forGood(err error) bool {
	s := status(err)
	return s >= http.StatusBadRequest && s < http.StatusInternalServerError && s != http.StatusTooManyRequests
}

// readBack takes up the replays of a channel that came after at.from, or since
// the bookmark when this process knows nothing of the channel.
func (b *Bot) readBack(ctx context.Context, at spot) error {
	defer logPanic(b.log, "read back")
	after, err := b.readFrom(ctx, at)
	if err != nil {
		return err
	}
	for {
		messages, more, err := b.rest.recent(ctx, at.channel, after, pageSize)
		if err != nil {
			return err
		}
		slices.SortFunc(messages, func(a, b *message) int {
			if newer(a.ID, b.ID) {
				return 1
			}
			return -1
		})
		for _, m := range messages {
			if err := b.settle(ctx, m, at.direct); err != nil {
				return err
			}
		}
		if after == "" || !more || len(messages) == 0 {
			return nil
		}
		after = messages[len(messages)-1].ID
	}
}

// readFrom is after which message a channel is read back; "" is only the latest
// page, where there is no bookmark yet.
func (b *Bot) readFrom(ctx context.Context, at spot) (string, error) {
	from := madeAt(at.from)
	if at.from == "" {
		var err error
		if from, err = b.bookmarks.Bookmark(ctx, bookmark); err != nil || from.IsZero() {
			return "", err
		}
	}
	from = from.Add(-overlap)
	if oldest := time.Now().Add(-maxAge); from.Before(oldest) {
		from = oldest
	}
	return snowflake(from), nil
}

// settle takes up the replays of a message that are not on record.
func (b *Bot) settle(ctx context.Context, m *message, direct bool) error {
	if m.Author == nil || m.Author.Bot || m.WebhookID != "" || time.Since(madeAt(m.ID)) > maxAge || b.placeOf(m, direct) == nowhere {
		return nil
	}
	left, err := b.accept(ctx, m, b.messageUploads(m))
	b.leave(left)
	return err
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

// snowflake is the oldest id that could be made at a time.
func snowflake(at time.Time) string {
	return strconv.FormatInt((at.UnixMilli()-discordEpoch)<<22, 10)
}
