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
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/upload"
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

// Submission is one upload; upload.ErrUnknown where there is none.
func (s *Store) Submission(ctx context.Context, id upload.ID) (upload.View, error) {
	var view upload.View
	err := s.read(ctx, func(q session) (err error) {
		var match ladder.MatchID
		of := []any{optional[ladder.MatchID]{&match}}
		view, err = scanView(prefixed{q.row(ctx, `SELECT s.match_id, `+viewColumns+` FROM `+viewTables+` WHERE s.id = $1`, int64(id)), of})
		if err == nil && match != 0 && view.State == upload.Done {
			view.Match, err = matchAnswer(ctx, q, view, match)
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return upload.View{}, upload.ErrUnknown
	}
	if err != nil {
		return upload.View{}, fmt.Errorf("read submission %d: %w", id, err)
	}
	return view, nil
}

// Recent is up to limit listed uploads before the one given, the newest first; 0
// asks for the newest of all.
func (s *Store) Recent(ctx context.Context, before upload.ID, limit int) ([]upload.View, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var views []upload.View
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
func (s *Store) States(ctx context.Context, ids []upload.ID) (map[upload.ID]upload.State, error) {
	states := make(map[upload.ID]upload.State, len(ids))
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
	id    upload.ID
	state upload.State
}

func scanProgress(r row) (progress, error) {
	var p progress
	var status string
	var answered, started time.Time
	err := r.Scan(&p.id, moment{&answered}, &status, moment{&started})
	p.state = state(status, answered, started)
	return p, err
}

func scanView(r row) (upload.View, error) {
	var v upload.View
	var status string
	var started time.Time
	var summary, kind, text sql.NullString
	err := r.Scan(&v.ID, &v.ReplayID, &v.Source, &v.Unlisted, &v.FileName, moment{&v.Sent}, moment{&v.Answered},
		&v.SHA256, &v.Bytes, &status, &summary, &kind, &text, moment{&started}, &v.Language)
	if err != nil {
		return upload.View{}, err
	}
	v.State = state(status, v.Answered, started)
	switch v.State {
	case upload.Done:
		v.Summary = json.RawMessage(summary.String)
	case upload.Failed:
		v.Failure, err = storedFailure(kind, text)
	}
	return v, err
}

// state is how far an upload is. Its own answered_at decides whether it has an
// answer: the replay's may be an older one that is no longer good enough.
func state(status string, answered, started time.Time) upload.State {
	switch {
	case answered.IsZero() && started.IsZero():
		return upload.Queued
	case answered.IsZero():
		return upload.Parsing
	case status == parsed:
		return upload.Done
	default:
		return upload.Failed
	}
}
