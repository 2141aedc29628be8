package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
)

// ReparseState says how a run of re-parsing stands.
type ReparseState string

// The states of a run.
const (
	ReparseRunning ReparseState = "running"
	ReparsePaused  ReparseState = "paused"
	ReparseStopped ReparseState = "stopped"
	ReparseDone    ReparseState = "done"
)

// Reparse is the last run that reads results of older parser versions again.
type Reparse struct {
	Version  int // of the parser
	State    ReparseState
	Position int64 // id of the last replay a job was written for
	Total    int   // old results when it began
	Enqueued int   // jobs written so far
	Open     int   // jobs of these that are not done
	Waiting  int   // uploads that players wait for; while there are any, no job is written
	Started  time.Time
	Updated  time.Time
}

// outdatedReplays selects what a newer parser may read better: results, and files
// that an older parser refused for what they are. Poison and missed deadlines
// are tried again only when somebody asks.
const outdatedReplays = ` FROM replays WHERE id > $1 AND tried_version < $2 AND (status = '` + parsed + `'
	OR status = '` + failed + `' AND parser_version > 0 AND failure_kind IN ('invalid', 'unsupported', 'too_large'))`

// StartReparse begins a run for a parser version, or goes on with the one that
// was paused or whose process was killed.
func (s *Store) StartReparse(ctx context.Context, version int, at time.Time) error {
	err := s.write(ctx, func(tx session) error {
		n, err := tx.exec(ctx, `UPDATE reparses SET state = $1, updated_at = $3
			WHERE id = 'all' AND parser_version = $2 AND state IN ('`+string(ReparseRunning)+`', '`+string(ReparsePaused)+`')`,
			string(ReparseRunning), version, at)
		if err != nil || n == 1 {
			return err
		}
		var total int
		if err := tx.row(ctx, `SELECT count(*)`+outdatedReplays, int64(0), version).Scan(&total); err != nil {
			return fmt.Errorf("count old results: %w", err)
		}
		_, err = tx.exec(ctx, `
			INSERT INTO reparses (id, parser_version, state, position, total, enqueued, started_at, updated_at)
			VALUES ('all', $1, $2, 0, $3, 0, $4, $4)
			ON CONFLICT (id) DO UPDATE SET parser_version = excluded.parser_version, state = excluded.state,
				position = 0, total = excluded.total, enqueued = 0, started_at = excluded.started_at,
				updated_at = excluded.updated_at`, version, string(ReparseRunning), total, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("start re-parsing: %w", err)
	}
	return nil
}

// ContinueReparse writes the next jobs of the run, so that at most limit are
// open, and none while a player waits for an upload. The position moves in the
// same transaction: a process killed at any line leaves no replay out. The
// jobs are enqueued by a sweeper.
func (s *Store) ContinueReparse(ctx context.Context, limit int, at time.Time) (Reparse, error) {
	var run Reparse
	err := s.write(ctx, func(tx session) (err error) {
		// The write keeps two commands from writing the same jobs.
		if _, err := tx.exec(ctx, `UPDATE reparses SET updated_at = $1 WHERE id = 'all'`, at); err != nil {
			return err
		}
		if run, err = scanReparse(ctx, tx); err != nil || run.State != ReparseRunning || run.Waiting > 0 {
			return err
		}
		ids, err := collect(ctx, tx, scanID, `SELECT id`+outdatedReplays+` ORDER BY id LIMIT $3`,
			run.Position, run.Version, max(limit-run.Open, 0))
		if err != nil {
			return err
		}
		for _, id := range ids {
			// Attempt 0, due now: the next sweep enqueues it.
			n, err := tx.exec(ctx, `
				INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
				VALUES ($1, $2, $3, 0, $4, 0, '', $4) ON CONFLICT (kind, subject) DO NOTHING`,
				s.ids.next(), string(job.Reparse), id, at)
			if err != nil {
				return err
			}
			run.Enqueued, run.Open, run.Position = run.Enqueued+1, run.Open+n, id
		}
		if len(ids) == 0 && run.Open == 0 {
			run.State = ReparseDone
		}
		_, err = tx.exec(ctx, `UPDATE reparses SET position = $1, enqueued = $2, state = $3 WHERE id = 'all'`,
			run.Position, run.Enqueued, string(run.State))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Reparse{}, ErrNotFound
	}
	if err != nil {
		return Reparse{}, fmt.Errorf("continue re-parsing: %w", err)
	}
	return run, nil
}

// SetReparse pauses or stops the run. Jobs that are written already are done.
// It returns ErrNotFound when no run is under way.
func (s *Store) SetReparse(ctx context.Context, state ReparseState, at time.Time) error {
	var n int
	err := s.writeOne(ctx, func(tx session) (err error) {
		n, err = tx.exec(ctx, `UPDATE reparses SET state = $1, updated_at = $2
			WHERE id = 'all' AND state IN ('`+string(ReparseRunning)+`', '`+string(ReparsePaused)+`')`, string(state), at)
		return err
	})
	if err != nil {
		return fmt.Errorf("set re-parsing to %s: %w", state, err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// Reparse is the last run; ErrNotFound when there was none.
func (s *Store) Reparse(ctx context.Context) (Reparse, error) {
	var run Reparse
	err := s.read(ctx, func(q session) (err error) {
		run, err = scanReparse(ctx, q)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Reparse{}, ErrNotFound
	}
	if err != nil {
		return Reparse{}, fmt.Errorf("read re-parsing: %w", err)
	}
	return run, nil
}

func scanReparse(ctx context.Context, q session) (Reparse, error) {
	var run Reparse
	err := q.row(ctx, `
		SELECT parser_version, state, position, total, enqueued, started_at, updated_at,
			(SELECT count(*) FROM jobs WHERE kind = $1), (SELECT count(*) FROM jobs WHERE kind = $2)
		FROM reparses WHERE id = 'all'`, string(job.Reparse), string(job.Parse),
	).Scan(&run.Version, &run.State, &run.Position, &run.Total, &run.Enqueued, moment{&run.Started}, moment{&run.Updated},
		&run.Open, &run.Waiting)
	return run, err
}

func scanID(r row) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

// PlayersWait says whether an upload waits for its parse, for a worker to put
// off what no player waits for.
func (s *Store) PlayersWait(ctx context.Context) (bool, error) {
	var wait bool
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT EXISTS (SELECT 1 FROM jobs WHERE kind = $1)`, string(job.Parse)).Scan(&wait)
	})
	if err != nil {
		return false, fmt.Errorf("look for waiting uploads: %w", err)
	}
	return wait, nil
}
