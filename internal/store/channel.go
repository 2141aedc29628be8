package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// useGrain is how exactly the last use of a channel is kept. It is written
	// again only when what is written is older, so that a message costs nothing.
	useGrain = time.Hour
	// maxFresh bounds how many channels are remembered as written lately; about
	// 100 bytes each.
	maxFresh = 8192
)

// freshness remembers which channels this process has written lately.
type freshness struct {
	mu      sync.Mutex
	written map[snowflake.ChannelID]upload.Channel
}

// stale are those channels that are to be written, each once, ordered by id so
// that two processes lock rows in one order.
func (f *freshness) stale(channels []upload.Channel) []upload.Channel {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := make(map[snowflake.ChannelID]upload.Channel)
	for _, c := range channels {
		known, ok := f.written[c.ID]
		if ok && known.Guild == c.Guild && c.Used.Sub(known.Used) < useGrain {
			continue
		}
		if c.Used.After(newest[c.ID].Used) {
			newest[c.ID] = c
		}
	}
	stale := make([]upload.Channel, 0, len(newest))
	for _, c := range newest {
		stale = append(stale, c)
	}
	slices.SortFunc(stale, func(a, b upload.Channel) int { return cmp.Compare(a.ID, b.ID) })
	return stale
}

// note is called when channels are committed.
func (f *freshness) note(channels []upload.Channel) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.written == nil || len(f.written)+len(channels) > maxFresh {
		f.written = make(map[snowflake.ChannelID]upload.Channel, len(channels)) // each is written once more
	}
	for _, c := range channels {
		f.written[c.ID] = c
	}
}

// UseChannels records that the bot was addressed in channels. What was recorded
// less than an hour before is not written again.
func (s *Store) UseChannels(ctx context.Context, channels []upload.Channel) error {
	stale := s.channels.stale(channels)
	if len(stale) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx session) error { return upsertChannels(ctx, tx, stale) })
	if err != nil {
		return fmt.Errorf("record used channels: %w", err)
	}
	s.channels.note(stale)
	return nil
}

func upsertChannels(ctx context.Context, tx session, channels []upload.Channel) error {
	for some := range slices.Chunk(channels, rowsMax) {
		used := make([][]any, len(some))
		for n, c := range some {
			used[n] = []any{string(c.ID), string(c.Guild), c.Used}
		}
		values, args := rows(used, "TEXT", "TEXT", "TIMESTAMPTZ")
		_, err := tx.exec(ctx, `
			INSERT INTO used_channels (id, guild, used_at)
			SELECT DISTINCT column1, column2, column3 FROM (`+values+`) AS used WHERE TRUE
			ON CONFLICT (id) DO UPDATE SET guild = excluded.guild, used_at = excluded.used_at
			WHERE used_channels.used_at < excluded.used_at`, args...)
		if err != nil {
			return fmt.Errorf("upsert used channels: %w", err)
		}
	}
	return nil
}

// UsedChannels are the channels in which the bot was addressed since a time, the
// one used last first, at most limit.
func (s *Store) UsedChannels(ctx context.Context, since time.Time, limit int) ([]upload.Channel, error) {
	var channels []upload.Channel
	err := s.read(ctx, func(q session) (err error) {
		channels, err = collect(ctx, q, scanChannel, `
			SELECT id, guild, used_at FROM used_channels
			WHERE used_at >= $1 ORDER BY used_at DESC, id LIMIT $2`, since, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read used channels: %w", err)
	}
	return channels, nil
}

func scanChannel(r row) (upload.Channel, error) {
	var c upload.Channel
	err := r.Scan(&c.ID, &c.Guild, moment{&c.Used})
	return c, err
}

// ForgetChannels deletes the channels in which the bot was last addressed before
// a time.
func (s *Store) ForgetChannels(ctx context.Context, before time.Time) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `DELETE FROM used_channels WHERE used_at < $1`, before)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete unused channels: %w", err)
	}
	return nil
}
