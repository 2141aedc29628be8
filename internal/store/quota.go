package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Usage is how much of a.Quota was used before a, which need not be recorded
// yet: its Uploader, Guild, Key, Quota and At are looked at.
func (s *Store) Usage(ctx context.Context, a upload.Arrival) (quota.Usage, error) {
	var used quota.Usage
	err := s.read(ctx, func(q session) (err error) {
		if used, err = usage(ctx, q, a, 0); err != nil || !a.Quota.GuildOver(used, a.At) {
			return err
		}
		used.InMatch, err = inMatch(ctx, q, a)
		return err
	})
	if err != nil {
		return quota.Usage{}, fmt.Errorf("count uploads of %s: %w", a.Uploader, err)
	}
	return used, nil
}

// inMatch says whether an upload will belong to a match.
func inMatch(ctx context.Context, q session, a upload.Arrival) (bool, error) {
	var match ladder.MatchID
	err := q.row(ctx, matchOf("$1", "$2"), string(a.Uploader), a.At.Add(-lateReach)).Scan(optional[ladder.MatchID]{&match})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return match != 0, err
}

// ownRows bounds how many of a player's uploads are looked at when no quota does.
const ownRows = 1000

// usage leaves own out, which is a itself once it is recorded. Each quota is
// one look at an index of at most as many rows as it allows: the oldest of a
// quota's worth of rows must leave the window first.
func usage(ctx context.Context, q session, a upload.Arrival, own upload.ID) (quota.Usage, error) {
	var used quota.Usage
	var sent, junk int
	var player, firstJunk, guild, here time.Time
	playerRows := a.Quota.PlayerHour
	if playerRows == 0 {
		playerRows = ownRows
	}
	err := q.row(ctx, `
		SELECT EXISTS (SELECT 1 FROM submissions WHERE upload_key = $1 AND id <> $2),
			(SELECT count(*) FROM submissions WHERE uploader = $3 AND uploader <> '' AND answered_at IS NULL AND id <> $2),
			p.sent, p.oldest, p.junk, p.first_junk, p.here, p.first_here, g.sent, g.oldest
		FROM (
			SELECT count(*) AS sent, min(received_at) AS oldest,
				COALESCE(sum(junk), 0) AS junk, min(CASE WHEN junk = 1 THEN received_at END) AS first_junk,
				COALESCE(sum(CASE WHEN guild = $5 AND junk = 0 THEN 1 ELSE 0 END), 0) AS here,
				min(CASE WHEN guild = $5 AND junk = 0 THEN received_at END) AS first_here
			FROM (SELECT received_at, guild, junk FROM submissions
				WHERE uploader = $4 AND uploader <> '' AND received_at > $6 AND id <> $2
				ORDER BY received_at DESC LIMIT $7) AS newest
		) AS p CROSS JOIN (
			SELECT count(*) AS sent, min(received_at) AS oldest
			FROM (SELECT received_at FROM submissions
				WHERE guild = $5 AND guild <> '' AND junk = 0 AND received_at > $6 AND id <> $2
				ORDER BY received_at DESC LIMIT $8) AS newest
		) AS g`,
		string(a.Key), int64(own), unless(a.Quota.PlayerInFlight == 0, a.Uploader),
		unless(a.Quota.PlayerHour == 0 && a.Quota.PlayerJunk == 0 && a.Quota.GuildHour == 0, a.Uploader),
		unless(a.Quota.GuildHour == 0, a.Guild),
		a.At.Add(-quota.Window), playerRows, a.Quota.GuildHour,
	).Scan(&used.Recorded, &used.InFlight, &sent, moment{&player}, &junk, moment{&firstJunk},
		&used.Here, moment{&here}, &used.Guild, moment{&guild})
	if err != nil {
		return quota.Usage{}, err
	}
	if a.Quota.PlayerHour > 0 && sent >= a.Quota.PlayerHour {
		used.PlayerFrom = player.Add(quota.Window)
	}
	if a.Quota.PlayerJunk > 0 && junk >= a.Quota.PlayerJunk {
		used.JunkFrom = firstJunk.Add(quota.Window)
	}
	if a.Quota.GuildHour > 0 && used.Guild >= a.Quota.GuildHour {
		used.GuildFrom = guild.Add(quota.Window)
	}
	if used.Here > 0 {
		used.HereFrom = here.Add(quota.Window)
	}
	return used, nil
}

// unless is text, or a name that no user has where off.
func unless[T ~string](off bool, text T) string {
	if off {
		return ""
	}
	return string(text)
}

// withinQuota refuses a, recorded as own in this transaction, when it is over
// its quota. What has its answer already is not in flight, and what belongs to a match
// may come whatever its server has sent.
func withinQuota(ctx context.Context, tx session, a upload.Arrival, own upload.Receipt, ofMatch bool) error {
	if a.Quota == (quota.Quota{}) || a.Uploader == "" && a.Guild == "" {
		return nil
	}
	used, err := usage(ctx, tx, a, own.ID)
	if err != nil {
		return fmt.Errorf("count uploads: %w", err)
	}
	if own.Known {
		used.InFlight = 0
	}
	used.InMatch = ofMatch
	return a.Quota.Judge(used, a.At)
}
