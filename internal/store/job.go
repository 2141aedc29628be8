package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// newJob is a job from now on, which is about to be enqueued.
func (s *Store) newJob(kind job.Kind, subject int64, now time.Time) job.Job {
	return job.Job{ID: job.ID(s.ids.next()), Kind: kind, Subject: subject, EnqueueAttempt: 1, Created: now}
}

// announceJob has the id of its announcement, which has one job ever:
// so the jobs of many announcements can be inserted by one statement.
func announceJob(id announcement.ID, now time.Time) job.Job {
	return job.Job{ID: job.ID(id), Kind: job.Announce, Subject: int64(id), EnqueueAttempt: 1, Created: now}
}

// insertJob writes j unless there is a job for the same work. It takes no lock
// who is just deleting that row; see doc.go.
func insertJob(ctx context.Context, tx session, j job.Job) (bool, error) {
	n, err := tx.exec(ctx, `
		INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
		SELECT $1, $2, $3, $4, $5, 0, '', $6
		WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = $2 AND subject = $3)
		ON CONFLICT (kind, subject) DO NOTHING`,
		int64(j.ID), string(j.Kind), j.Subject, j.EnqueueAttempt, j.Created.Add(EnqueueGrace), j.Created)
	if err != nil {
		return false, fmt.Errorf("insert %s job: %w", j.Kind, err)
	}
	return n == 1, nil
}

// finish deletes a job's row: the transaction that does so records the work.
func finish(ctx context.Context, tx session, id job.ID, at time.Time) (ended, error) {
	e, err := scanEnded(tx.row(ctx, `DELETE FROM jobs WHERE id = $1 RETURNING `+endedColumns, int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return ended{}, job.ErrDone
	}
	if err != nil {
		return ended{}, fmt.Errorf("delete job: %w", err)
	}
	return e, remember(ctx, tx, e, at)
}

// finishAll is finish for those jobs of a kind that are still pending.
func finishAll(ctx context.Context, tx session, kind job.Kind, ids []job.ID, at time.Time) ([]ended, error) {
	places, args := list(ids)
	kindPlace := "$" + strconv.Itoa(len(args)+1)
	all, err := collect(ctx, tx, scanEnded,
		`DELETE FROM jobs WHERE id IN (`+places+`) AND kind = `+kindPlace+` RETURNING `+endedColumns, append(args, string(kind))...)
	if err != nil {
		return nil, fmt.Errorf("delete jobs: %w", err)
	}
	for _, e := range all {
		if err := remember(ctx, tx, e, at); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Begin records that worker takes up a parse or reparse job and says what to
// do; job.ErrDone when it is done. A crash after it shows in Work.Attempts, but for
// one of the database server itself.
func (s *Store) Begin(ctx context.Context, id job.ID, worker string, at time.Time) (upload.Work, error) {
	work := upload.Work{Job: job.Job{ID: id}}
	var sha256 sql.NullString
	var bytes, first sql.NullInt64
	err := s.writeOne(ctx, func(tx session) error {
		return tx.row(ctx, `
			UPDATE jobs SET attempts = attempts + 1, started_at = $2, worker = $3,
				history = CASE WHEN attempts = 0 THEN history ELSE `+earlier+` || $4 || worker || $5 END
			WHERE id = $1`+s.engine.unhurried()+`
			RETURNING kind, subject, push, created_at, attempts,
				(SELECT sha256 FROM replays WHERE replays.id = jobs.subject),
				(SELECT bytes FROM replays WHERE replays.id = jobs.subject),
				(SELECT min(id) FROM submissions WHERE replay_id = jobs.subject AND answered_at IS NULL)`,
			int64(id), at, worker, event(at, "begun by "+worker+" after "), " had begun it without an end\n",
		).Scan(&work.Job.Kind, &work.Job.Subject, &work.Job.EnqueueAttempt, moment{&work.Job.Created}, &work.Attempts, &sha256, &bytes, &first)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return upload.Work{}, job.ErrDone
	case err != nil:
		return upload.Work{}, fmt.Errorf("begin job %d: %w", id, err)
	case !sha256.Valid:
		return upload.Work{}, fmt.Errorf("begin job %d: %s is not about a replay", id, work.Job.Kind)
	}
	work.Replay = upload.ReplayID(work.Job.Subject)
	work.SHA256, work.Bytes, work.Submission = sha256.String, bytes.Int64, upload.ID(first.Int64)
	return work, nil
}

// Release takes back that a job was begun: it failed for our own reasons, and
// its worker is alive to say why. It does nothing when the job is done.
func (s *Store) Release(ctx context.Context, id job.ID, cause string) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			UPDATE jobs SET attempts = attempts - 1, started_at = NULL, worker = '',
				history = `+earlier+` || $2 || worker || $3
			WHERE id = $1 AND attempts > 0`, int64(id), event(time.Now(), "released by "), ": "+said(cause)+"\n")
		return err
	})
	if err != nil {
		return fmt.Errorf("release job %d: %w", id, err)
	}
	return nil
}

// ClaimDue takes up to limit jobs that are due by now, the longest due first,
// for the caller to ask the queue about; no other caller gets them before next.
// Push is the number of the last enqueue attempt, 0 for work that was not due until now.
func (s *Store) ClaimDue(ctx context.Context, now, next time.Time, limit int) ([]job.Job, error) {
	var due []job.Job
	err := s.writeOne(ctx, func(tx session) (err error) {
		// AS MATERIALIZED: picked once, however the update is planned.
		due, err = collect(ctx, tx, scanJob, `
			WITH due AS MATERIALIZED (
				SELECT id FROM jobs WHERE push_at <= $1 ORDER BY push_at LIMIT $3 FOR UPDATE SKIP LOCKED
			)
			UPDATE jobs SET push_at = $2 WHERE id IN (SELECT id FROM due)
			RETURNING id, kind, subject, push, created_at`, now, next, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim due jobs: %w", err)
	}
	return due, nil
}

// RaiseEnqueueAttempt counts one more attempt of each job and returns those still pending,
// with the new number.
func (s *Store) RaiseEnqueueAttempt(ctx context.Context, ids []job.ID) ([]job.Job, error) {
	var raised []job.Job
	for some := range slices.Chunk(ids, listMax) {
		err := s.writeOne(ctx, func(tx session) error {
			places, args := list(some)
			jobs, err := collect(ctx, tx, scanJob, `
				UPDATE jobs SET push = push + 1, history = CASE WHEN push = 0 THEN history
					ELSE `+earlier+` || $`+strconv.Itoa(len(args)+1)+` || push || $`+strconv.Itoa(len(args)+2)+` END
				WHERE id IN (`+places+`)
				RETURNING id, kind, subject, push, created_at`,
				append(args, event(time.Now(), "enqueued again: the queue had lost attempt "), "\n")...)
			raised = append(raised, jobs...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("count enqueue attempts: %w", err)
		}
	}
	return raised, nil
}

// MakeAllDue makes everything due that was ever enqueued, for when
// the queue has lost its memory. Work that waits for its time goes on waiting.
func (s *Store) MakeAllDue(ctx context.Context, now time.Time) (int, error) {
	var n int
	err := s.writeOne(ctx, func(tx session) (err error) {
		n, err = tx.exec(ctx, `UPDATE jobs SET push_at = $1 WHERE push_at > $1 AND push > 0`, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("make all jobs due: %w", err)
	}
	return n, nil
}

// Backlog is the pending jobs of one kind.
type Backlog struct {
	Kind    job.Kind
	Waiting int       // never begun
	Begun   int       // begun at least once, and not recorded yet
	Oldest  time.Time // when the oldest of them was written
}

// Backlog is all pending jobs, by kind.
func (s *Store) Backlog(ctx context.Context) ([]Backlog, error) {
	var all []Backlog
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanBacklog, `
			SELECT kind, count(*) - count(started_at), count(started_at), min(created_at)
			FROM jobs GROUP BY kind ORDER BY kind`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return all, nil
}

func scanBacklog(r row) (Backlog, error) {
	var b Backlog
	err := r.Scan(&b.Kind, &b.Waiting, &b.Begun, moment{&b.Oldest})
	return b, err
}

func scanJob(r row) (job.Job, error) {
	var j job.Job
	err := r.Scan(&j.ID, &j.Kind, &j.Subject, &j.EnqueueAttempt, moment{&j.Created})
	return j, err
}
