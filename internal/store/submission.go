package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// What scanView reads. started_at is of the open parse job: an answered
// submission has none that matters.
const (
	viewColumns = `s.id, s.replay_id, s.source, NOT (` + listed + `), s.file_name, COALESCE(s.sent_at, s.received_at), s.answered_at,
		r.sha256, r.bytes, r.status, r.summary, r.failure_kind, r.failure_text, p.started_at, s.language`
	viewTables = `submissions s
		JOIN replays r ON r.id = s.replay_id
		LEFT JOIN jobs p ON p.kind = '` + string(job.Parse) + `' AND p.subject = s.replay_id`
)

// listed says whether the public list shows a submission; see 007_listing.sql,
// whose index has the same words.
const listed = `COALESCE(s.listed, s.source <> 'discord' OR s.guild <> '')`

// Submission is one upload; submission.ErrUnknown where there is none.
func (s *Store) Submission(ctx context.Context, id submission.ID) (submission.View, error) {
	var view submission.View
	err := s.read(ctx, func(q session) (err error) {
		view, err = scanView(q.row(ctx, `SELECT `+viewColumns+` FROM `+viewTables+` WHERE s.id = $1`, int64(id)))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return submission.View{}, submission.ErrUnknown
	}
	if err != nil {
		return submission.View{}, fmt.Errorf("read submission %d: %w", id, err)
	}
	return view, nil
}

// Recent is up to limit listed uploads before the one given, the newest first; 0
// asks for the newest of all.
func (s *Store) Recent(ctx context.Context, before submission.ID, limit int) ([]submission.View, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var views []submission.View
	err := s.read(ctx, func(q session) (err error) {
		views, err = collect(ctx, q, scanView,
			`SELECT `+viewColumns+` FROM `+viewTables+` WHERE s.id < $1 AND `+listed+` ORDER BY s.id DESC LIMIT $2`, int64(before), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list submissions: %w", err)
	}
	return views, nil
}

// States is how far each of the uploads is; those that do not exist are left
// out. It reads none of the answers, so that it may be asked often.
func (s *Store) States(ctx context.Context, ids []submission.ID) (map[submission.ID]submission.State, error) {
	states := make(map[submission.ID]submission.State, len(ids))
	for some := range slices.Chunk(ids, listMax) {
		err := s.read(ctx, func(q session) error {
			places, args := list(some)
			found, err := collect(ctx, q, scanProgress,
				`SELECT s.id, s.answered_at, r.status, p.started_at FROM `+viewTables+` WHERE s.id IN (`+places+`)`, args...)
			for _, p := range found {
				states[p.id] = p.state
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read states: %w", err)
		}
	}
	return states, nil
}

// progress is one upload's state.
type progress struct {
	id    submission.ID
	state submission.State
}

func scanProgress(r row) (progress, error) {
	var p progress
	var status string
	var answered, started time.Time
	err := r.Scan(&p.id, moment{&answered}, &status, moment{&started})
	p.state = state(status, answered, started)
	return p, err
}

func scanView(r row) (submission.View, error) {
	var v submission.View
	var status string
	var started time.Time
	var summary, kind, text sql.NullString
	err := r.Scan(&v.ID, &v.ReplayID, &v.Source, &v.Unlisted, &v.FileName, moment{&v.Sent}, moment{&v.Answered},
		&v.SHA256, &v.Bytes, &status, &summary, &kind, &text, moment{&started}, &v.Language)
	if err != nil {
		return submission.View{}, err
	}
	v.State = state(status, v.Answered, started)
	switch v.State {
	case submission.Done:
		v.Summary = json.RawMessage(summary.String)
	case submission.Failed:
		v.Failure, err = storedFailure(kind, text)
	}
	return v, err
}

// state is how far an upload is. Its own answered_at decides whether it has an
// answer: the replay's may be an older one that is no longer good enough.
func state(status string, answered, started time.Time) submission.State {
	switch {
	case answered.IsZero() && started.IsZero():
		return submission.Queued
	case answered.IsZero():
		return submission.Parsing
	case status == parsed:
		return submission.Done
	default:
		return submission.Failed
	}
}
