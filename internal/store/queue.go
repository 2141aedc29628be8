package store

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/backlog"
	"github.com/evoladder/evoladderbot/internal/job"
)

// ParseQueue is how many replays somebody waits for, and how fast that moves.
// It counts rows: a caller asks now and then, not for every upload.
func (s *Store) ParseQueue(ctx context.Context, now time.Time) (backlog.Queue, error) {
	queue := backlog.Queue{At: now}
	err := s.read(ctx, func(q session) error {
		// The oldest is found by the order of ids, not among all of the kind:
		// kind || '' is in no index.
		err := q.row(ctx, `
			SELECT (SELECT count(*) FROM jobs WHERE kind = $1),
				(SELECT created_at FROM jobs WHERE kind || '' = $1 ORDER BY id LIMIT 1)`,
			string(job.Parse)).Scan(&queue.Waiting, moment{&queue.Oldest})
		if err != nil || queue.Waiting == 0 {
			return err
		}
		// Workers are at it since the first beginning of what was done since from,
		// or is being done. What a dead worker had begun before says nothing.
		from := backlog.RateFrom(queue.Oldest, now)
		var done, under time.Time
		err = q.row(ctx, `
			SELECT count(begun_at), min(begun_at), (SELECT min(started_at) FROM jobs WHERE kind = $2 AND started_at > $1)
			FROM replays WHERE parsed_at > $1`, from, string(job.Parse)).Scan(&queue.Parsed, moment{&done}, moment{&under})
		queue.Busy = firstOf(done, under)
		if !queue.Busy.IsZero() && queue.Busy.Before(from) {
			queue.Busy = from
		}
		return err
	})
	if err != nil {
		return backlog.Queue{}, fmt.Errorf("look at the queue: %w", err)
	}
	return queue, nil
}

// firstOf is the earlier of two times; a zero time is none.
func firstOf(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
