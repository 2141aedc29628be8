package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
)

// timer is when a live match or entry next has something to do.
type timer struct {
	kind    job.Kind
	subject int64
	due     time.Time // zero: never
}

// moved is the timers that the act changes.
func (w writer) moved(out *Outcome) []timer {
	before := make(map[timer]time.Time)
	if m := w.read.Match; m != nil {
		before[timer{kind: job.MatchTimer, subject: int64(m.ID)}] = m.Due
	}
	for _, e := range w.read.Entries {
		before[timer{kind: job.EntryTimer, subject: int64(e.ID)}] = e.Due
	}
	if e := w.read.Entry; e != nil {
		before[timer{kind: job.EntryTimer, subject: int64(e.ID)}] = e.Due
	}
	var all []timer
	note := func(kind job.Kind, subject int64, due time.Time) {
		t := timer{kind: kind, subject: subject}
		if !utc(before[t]).Equal(utc(due)) {
			t.due = due
			all = append(all, t)
		}
	}
	if m := out.Match; m != nil {
		note(job.MatchTimer, int64(m.ID), m.Due)
	}
	for _, e := range out.Entries {
		note(job.EntryTimer, int64(e.ID), e.Due)
	}
	return all
}

// timers moves the timer of each match and entry to where it is due now. A moved timer is
// a job of its own: what is in the queue of the one before finds its row gone.
func (w writer) timers(ctx context.Context, out *Outcome) error {
	var set conditions
	var rows, gone []string
	var ended conditions
	for _, t := range w.moved(out) {
		if t.due.IsZero() {
			gone = append(gone, "kind = "+ended.place(string(t.kind))+" AND subject = "+ended.place(t.subject))
			continue
		}
		rows = append(rows, set.row([]any{w.store.ids.next(), string(t.kind), t.subject, 0, t.due, 0, "", w.act.At}))
	}
	if len(rows) > 0 {
		err := w.tx.change(ctx, writing("timers"), `INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at) VALUES `+strings.Join(rows, ", ")+`
			ON CONFLICT (kind, subject) DO UPDATE SET id = excluded.id, push = 0, push_at = excluded.push_at, attempts = 0,
				started_at = NULL, worker = '', created_at = excluded.created_at, history = ''`, set.args...)
		if err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		return w.tx.change(ctx, writing("timers"), `DELETE FROM jobs WHERE `+strings.Join(gone, " OR "), ended.args...)
	}
	return nil
}

// Timer is the act that a timer is due for; job.ErrDone where it was moved or ended. Its time
// and actor are the caller's to give.
func (s *Store) Timer(ctx context.Context, id job.ID) (ladder.Act, error) {
	var kind job.Kind
	var subject int64
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT kind, subject FROM jobs WHERE id = $1`, int64(id)).Scan(&kind, &subject)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ladder.Act{}, job.ErrDone
	case err != nil:
		return ladder.Act{}, fmt.Errorf("read timer %d: %w", id, err)
	case kind == job.EntryTimer:
		return ladder.Act{Kind: ladder.TickEntry, Entry: ladder.EntryID(subject)}, nil
	case kind == job.MatchTimer:
		return ladder.Act{Kind: ladder.TickMatch, Match: ladder.MatchID(subject)}, nil
	}
	return ladder.Act{}, fmt.Errorf("read timer %d: a %s is none", id, kind)
}
