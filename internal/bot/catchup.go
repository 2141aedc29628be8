package bot

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// checkEvery is how often channels are tried again that could not be read.
	checkEvery = 2 * time.Second
	// maxUndecodable is how often a channel is asked for whose answer is no list.
	maxUndecodable = 5
	// pageSize is Discord's own limit on messages in one answer.
	pageSize = 100
	// maxAge is how old an upload may be to be accepted late.
	maxAge = 24 * time.Hour

	// bookmark names how far Discord has been read, and markEvery is how often
	// that is written down.
	bookmark  = "discord"
	markEvery = 10 * time.Second
	// overlap is how much more is read back. It covers the messages that were
	// on their way when the bookmark was set, a connection that was dead by then
	// without anybody knowing (two heartbeats and a bit), and clocks that differ.
	overlap = 3 * time.Minute
)

const (
	// usedKept is for how long a channel is read back after the bot was last
	// addressed in it.
	usedKept = 7 * 24 * time.Hour
	// maxRecalled is how many such channels a new bot reads back, those used last
	// first; the watched ones come before them and do not count.
	maxRecalled = 256
	// catchUpWidth is how many channels are read at once. At a tenth of a second
	// for a page that is less than half of Discord's 50 requests a second.
	catchUpWidth = 2
	// pruneEvery is how often channels are deleted that are no longer used.
	pruneEvery = 24 * time.Hour
)

// bookmarkStore keeps how far Discord has been read, for the process
// that comes after this one.
type bookmarkStore interface {
	Bookmark(ctx context.Context, name string) (time.Time, error)
	SetBookmark(ctx context.Context, name string, at time.Time) error
}

// channelStore keeps in which channels the bot was addressed.
type channelStore interface {
	// UseChannels costs nothing for a channel that was recorded lately.
	UseChannels(ctx context.Context, channels []upload.Channel) error
	UsedChannels(ctx context.Context, since time.Time, limit int) ([]upload.Channel, error)
	ForgetChannels(ctx context.Context, before time.Time) error
}

// catchUp reads back what events did not bring: after a new gateway session (a
// restart, a session that could not be resumed). What cannot be read now is
// read later. What is on record is known by its key, so reading too much does
// no harm. Interactions cannot be read back: those that were recorded are
// fetched (pending.go), and the players of the others read in Discord that the bot
// did not answer.
func (b *Bot) catchUp(ctx context.Context) {
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	var marked, pruned time.Time
	recalled := false
	failed := make(map[discord.ChannelID]int) // tries by channel
	for {
		select {
		case <-ctx.Done():
			b.recordUse(ctx)
			return
		case <-b.behind:
		case <-check.C:
		}
		now := time.Now()
		b.recordUse(ctx)
		if !recalled && b.Ready() == nil {
			recalled = b.recall(ctx, now)
		}
		if recalled && now.Sub(pruned) >= pruneEvery && b.channels.ForgetChannels(ctx, now.Add(-usedKept)) == nil {
			pruned = now
		}
		b.readAll(ctx, failed)
		// Before the used channels are known there may be something to read back.
		if recalled && now.Sub(marked) >= markEvery && b.Ready() == nil && b.gaps.none() {
			if err := b.bookmarks.SetBookmark(ctx, bookmark, now); err == nil {
				marked = now // else it is set later: reading too much does no harm
			}
		}
	}
}

// recall makes due the channels in which the bot was addressed lately, by this
// process or another, and says whether they are known. The session has begun:
// what comes from now on is received.
func (b *Bot) recall(ctx context.Context, now time.Time) bool {
	ctx, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	used, err := b.channels.UsedChannels(ctx, now.Add(-usedKept), maxRecalled)
	if err != nil {
		b.log.Warn("channels in which the bot was used not known yet; trying again", "error", err)
		return false
	}
	b.gaps.recall(used)
	return true
}

// recordUse records the channels in which the bot was addressed; it outlives ctx.
func (b *Bot) recordUse(ctx context.Context) {
	used := b.gaps.unrecorded()
	if len(used) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := b.channels.UseChannels(ctx, used); err != nil {
		for _, c := range used {
			b.gaps.use(c.ID, c.Guild)
		}
	}
}

// readAll reads back the channels that are due, a few at a time. failed counts
// the tries that failed.
func (b *Bot) readAll(ctx context.Context, failed map[discord.ChannelID]int) {
	channels := b.gaps.claim()
	errs := make([]error, len(channels))
	var (
		next    atomic.Int64
		readers sync.WaitGroup
	)
	for range min(catchUpWidth, len(channels)) {
		readers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(channels)); n = next.Add(1) - 1 {
				errs[n] = b.readBack(ctx, channels[n])
			}
		})
	}
	readers.Wait()
	for n, at := range channels {
		b.afterReading(at, errs[n], failed)
	}
}

// afterReading decides whether a channel is to be read again.
func (b *Bot) afterReading(at readState, err error, failed map[discord.ChannelID]int) {
	failed[at.channel]++
	try := failed[at.channel]
	switch {
	case err == nil:
		delete(failed, at.channel)
	case discord.Permanent(err), errors.Is(err, discord.ErrUndecodable) && try >= maxUndecodable:
		level := slog.LevelInfo // it was deleted, or the bot was removed from it
		if at.watched {
			level = slog.LevelError
		}
		b.log.Log(context.Background(), level, "channel cannot be read back", "channel", at.channel, "error", err)
		delete(failed, at.channel)
	default:
		if try&(try-1) == 0 { // a line for the first failure, and ever fewer for the next ones
			b.log.Warn("channel not read back yet; trying again", "channel", at.channel, "try", try, "error", err)
		}
		b.gaps.putBack(at)
	}
}

// readBack takes up the replays of a channel that came after at.from, or since
// the bookmark when this process knows nothing of the channel.
func (b *Bot) readBack(ctx context.Context, at readState) error {
	defer discord.LogPanic(b.log, "read back")
	after, err := b.readFrom(ctx, at)
	if err != nil {
		return err
	}
	for {
		messages, more, err := b.discord.Recent(ctx, at.channel, after, pageSize)
		if err != nil {
			return err
		}
		slices.SortFunc(messages, oldestFirst)
		answered := make(map[discord.MessageID]bool) // by a message of the bot
		for _, m := range messages {
			if m.Author != nil && m.Author.ID == b.discord.Self() && m.MessageReference != nil {
				answered[m.MessageReference.MessageID] = true
			}
		}
		for _, m := range messages {
			if m.GuildID == "" {
				m.GuildID = at.guild // REST does not say it
			}
			if err := b.settle(ctx, m, at.direct, answered[m.ID]); err != nil {
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
func (b *Bot) readFrom(ctx context.Context, at readState) (discord.MessageID, error) {
	from := snowflake.MadeAt(at.from)
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
	return snowflake.At(from), nil
}

// settle takes up the replays of a message that are not on record. In a message
// that was answered, those that are refused by name or size were: that is not
// recorded.
func (b *Bot) settle(ctx context.Context, m *discord.Message, direct, answered bool) error {
	if !m.FromPlayer() || time.Since(snowflake.MadeAt(m.ID)) > maxAge || b.concernOf(m, direct) == none {
		return nil
	}
	uploads, refused := b.uploadsIn(ctx, m, direct)
	if !answered {
		uploads = append(uploads, refused...)
	}
	recorded, err := b.record(ctx, uploads, b.timeout.message)
	if err != nil {
		b.leave(recorded)
		return err
	}
	for _, u := range recorded {
		b.lanes.add(u)
	}
	return nil
}
