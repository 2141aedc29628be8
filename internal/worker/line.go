package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// line is the one line that the log gets of a replay, written at its end.
type line struct {
	worker  *Worker
	started time.Time
	lap     time.Time
	outcome string
	failure error // the file's
	attrs   []slog.Attr
}

// The outcomes beside the kinds of failure.
const (
	outcomeParsed  = "parsed"
	outcomeDone    = "done_before"  // somebody else recorded it
	outcomeRetried = "retried"      // our own trouble
	outcomeMissing = "file_missing" // retried: the file store does not have the file
	outcomeLost    = "file_lost"    // its answer: the file stayed missing
	outcomePanic   = "panicked"     // a mistake in this program; retried too
)

func (w *Worker) newLine(id job.ID) *line {
	now := w.options.Now()
	return &line{worker: w, started: now, lap: now, outcome: outcomePanic, attrs: []slog.Attr{slog.Int64("job_id", int64(id))}}
}

// phase notes how long it took since the last phase.
func (l *line) phase(name string) {
	now := l.worker.options.Now()
	l.attrs = append(l.attrs, slog.Duration(name, now.Sub(l.lap)))
	l.lap = now
}

func (l *line) begun(work upload.Work) {
	l.phase("begin")
	l.attrs = append(l.attrs,
		slog.String("kind", string(work.Job.Kind)),
		slog.Int64("replay_id", int64(work.Replay)),
		slog.String("sha256", work.SHA256),
		slog.Int64("bytes", work.Bytes),
		slog.Int("attempt", work.Attempts),
		slog.Duration("waited", l.started.Sub(work.Job.Created)),
	)
	if work.Submission != 0 {
		l.attrs = append(l.attrs, slog.Int64("submission_id", int64(work.Submission)))
	}
}

func (l *line) fetched() { l.phase("fetch") }
func (l *line) parsed()  { l.phase("parse") }

func (l *line) recorded(verdict upload.Verdict) {
	l.phase("record")
	l.outcome = outcomeParsed
	if verdict.Failure != nil {
		l.outcome, l.failure = string(verdict.Failure.Kind), verdict.Failure
		if verdict.Failure.Text.Key == phrase.FileMissing {
			l.outcome = outcomeLost
		}
	}
}

// enqueued notes that the answer could not be enqueued, if so.
func (l *line) enqueued(err error) {
	if err != nil {
		l.attrs = append(l.attrs, slog.Any("announce_error", err))
	}
}

// write ends the line; err is what the handler returns.
func (l *line) write(ctx context.Context, err error) {
	level := slog.LevelInfo
	switch {
	case errors.Is(err, job.ErrDone):
		l.outcome, level = outcomeDone, slog.LevelDebug
	case errors.Is(err, errMissing):
		l.outcome, level = outcomeMissing, slog.LevelError
		l.attrs = append(l.attrs, slog.Any("error", err))
	case err != nil:
		l.outcome, level = outcomeRetried, slog.LevelWarn
		l.attrs = append(l.attrs, slog.Any("error", err))
	case l.failure != nil:
		if l.outcome == outcomeLost {
			level = slog.LevelError
		}
		l.attrs = append(l.attrs, slog.Any("error", l.failure))
	}
	took := l.worker.options.Now().Sub(l.started)
	l.attrs = append(l.attrs, slog.String("outcome", l.outcome), slog.Duration("took", took))
	l.worker.options.Log.LogAttrs(ctx, level, "replay", l.attrs...)
	l.worker.options.Seen(l.outcome, took)
}
