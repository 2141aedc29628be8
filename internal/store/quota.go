package store

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/submission"
)

// Usage is how much of a.Quota was used before a, which need not be recorded
// yet: its Uploader, Guild, Key, Quota and At are looked at.
func (s *Store) Usage(ctx context.Context, a submission.Arrival) (submission.Usage, error) {
	var used submission.Usage
	err := s.read(ctx, func(q session) (err error) {
		used, err = usage(ctx, q, a, 0)
		return err
	})
	if err != nil {
		return submission.Usage{}, fmt.Errorf("count uploads of %s: %w", a.Uploader, err)
	}
	return used, nil
}

// usage leaves own out, which is a itself once it is recorded. Each quota is
// one look at an index of at most as many rows as it allows: the row that is a
// quota's worth older than the newest must leave the window first.
func usage(ctx context.Context, q session, a submission.Arrival, own submission.ID) (submission.Usage, error) {
	var used submission.Usage
	var player, guild time.Time
	err := q.row(ctx, `
		SELECT EXISTS (SELECT 1 FROM submissions WHERE upload_key = $1 AND id <> $2),
			(SELECT count(*) FROM submissions WHERE uploader = $3 AND uploader <> '' AND answered_at IS NULL AND id <> $2),
			(SELECT received_at FROM submissions WHERE uploader = $4 AND uploader <> '' AND received_at > $6 AND id <> $2
				ORDER BY received_at DESC LIMIT 1 OFFSET $7),
			(SELECT received_at FROM submissions WHERE guild = $5 AND guild <> '' AND received_at > $6 AND id <> $2
				ORDER BY received_at DESC LIMIT 1 OFFSET $8)`,
		a.Key, int64(own), unless(a.Quota.PlayerInFlight == 0, a.Uploader),
		unless(a.Quota.PlayerHour == 0, a.Uploader), unless(a.Quota.GuildHour == 0, a.Guild),
		a.At.Add(-submission.QuotaWindow), max(a.Quota.PlayerHour-1, 0), max(a.Quota.GuildHour-1, 0),
	).Scan(&used.Recorded, &used.InFlight, moment{&player}, moment{&guild})
	if !player.IsZero() {
		used.PlayerFrom = player.Add(submission.QuotaWindow)
	}
	if !guild.IsZero() {
		used.GuildFrom = guild.Add(submission.QuotaWindow)
	}
	return used, err
}

// unless is text, or nobody's name where off.
func unless(off bool, text string) string {
	if off {
		return ""
	}
	return text
}

// withinQuota refuses a, recorded as own in this transaction, when it is over
// its quota. What has its answer already is not in flight.
func withinQuota(ctx context.Context, tx session, a submission.Arrival, own submission.Receipt) error {
	if a.Quota == (submission.Quota{}) || a.Uploader == "" && a.Guild == "" {
		return nil
	}
	used, err := usage(ctx, tx, a, own.ID)
	if err != nil {
		return fmt.Errorf("count uploads: %w", err)
	}
	if own.Known {
		used.InFlight = 0
	}
	return a.Quota.Judge(used, a.At)
}
