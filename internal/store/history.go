package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
)

const (
	// historyKept is how long the history of a job that is done is kept.
	historyKept = 30 * 24 * time.Hour
	// maxCause bounds one cause in a history, in bytes.
	maxCause = 500
)

// A job's history is kept in its own row and written by the statements that
// change the row anyway: a replay that goes straight costs none of its own.
// earlier is what is kept of it when a line is added: a job that fails for a
// day must not grow for a day.
const earlier = `CASE WHEN length(history) > 8000 THEN substr(history, length(history) - 4000) ELSE history END`

// event is the beginning of a line of history. Times are to the second: the
// lines are for people.
func event(at time.Time, text string) string {
	return at.UTC().Format(time.RFC3339) + " " + text
}

// said is a cause as it stands in a history.
func said(cause string) string {
	cause = strings.Join(strings.Fields(cause), " ")
	if len(cause) > maxCause {
		cause = cause[:maxCause] + "…" // a rune cut in half is mended by clean
	}
	return cause
}

// NoteTrouble adds to a job's history that it failed and will be tried again.
func (s *Store) NoteTrouble(ctx context.Context, id job.ID, cause string) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `UPDATE jobs SET history = `+earlier+` || $2 WHERE id = $1`,
			int64(id), event(time.Now(), "failed: "+said(cause)+"\n"))
		return err
	})
	if err != nil {
		return fmt.Errorf("note trouble with job %d: %w", id, err)
	}
	return nil
}

// ended is a job's row as it was when it was deleted.
type ended struct {
	job.Job
	attempts int
	started  time.Time
	worker   string
	history  string
}

const endedColumns = `id, kind, subject, push, created_at, attempts, started_at, worker, history`

func scanEnded(r row) (ended, error) {
	var e ended
	err := r.Scan(&e.ID, &e.Kind, &e.Subject, &e.EnqueueAttempt, moment{&e.Created}, &e.attempts, moment{&e.started}, &e.worker, &e.history)
	return e, err
}

// remember keeps the history of a job that did not go straight, and forgets
// those of long ago.
func remember(ctx context.Context, tx session, e ended, at time.Time) error {
	if e.history == "" {
		return nil
	}
	_, err := tx.exec(ctx, `
		INSERT INTO job_history (id, kind, subject, push, attempts, history, created_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET push = excluded.push, attempts = excluded.attempts,
			history = job_history.history || excluded.history, ended_at = excluded.ended_at`, // an answer given anew
		int64(e.ID), string(e.Kind), e.Subject, e.EnqueueAttempt, e.attempts, e.history, e.Created, at)
	if err == nil {
		_, err = tx.exec(ctx, `DELETE FROM job_history WHERE ended_at < $1`, at.Add(-historyKept))
	}
	if err != nil {
		return fmt.Errorf("keep the job's history: %w", err)
	}
	return nil
}

// lines are the lines of a history; the first is left out where it was cut.
func lines(history string) []string {
	history = strings.TrimSuffix(history, "\n")
	if history == "" {
		return nil
	}
	all := strings.Split(history, "\n")
	if _, err := time.Parse(time.RFC3339, strings.SplitN(all[0], " ", 2)[0]); err != nil {
		all = all[1:]
	}
	return all
}
