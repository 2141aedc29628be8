package worker_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/worker"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// world is everything around a worker, with one pending job.
type world struct {
	mu       sync.Mutex
	pending  map[job.ID]upload.Work
	verdicts []upload.Verdict
	files    map[string][]byte
	enqueued []job.Job
	parses   int

	fetchErr, recordErr, enqueueErr error
	parse                           func(sandbox.File) (sandbox.Parsed, error)
	lines                           bytes.Buffer
	seen                            []string
	waiting                         bool // players
	ledgerDown                      error
	missingSince                    time.Time
	clock                           time.Time // zero: noon
}

func newWorld(data string) *world {
	sum := sha256.Sum256([]byte(data))
	hash := hex.EncodeToString(sum[:])
	return &world{
		pending: map[job.ID]upload.Work{7: {
			Job:    job.Job{ID: 7, Kind: job.Parse, Subject: 3, EnqueueAttempt: 1, Created: noon.Add(-time.Second)},
			Replay: 3, Submission: 9, SHA256: hash, Bytes: int64(len(data)),
		}},
		files: map[string][]byte{hash: []byte(data)},
		parse: func(file sandbox.File) (sandbox.Parsed, error) {
			return sandbox.Parsed{Summary: json.RawMessage(`{"sha256":"` + file.SHA256 + `"}`), Timeline: json.RawMessage(`{}`)}, nil
		},
	}
}

func (w *world) PlayersWait(context.Context) (bool, error) { return w.waiting, w.ledgerDown }

func (w *world) Begin(_ context.Context, id job.ID, _ string, _ time.Time) (upload.Work, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	work, pending := w.pending[id]
	if !pending {
		return upload.Work{}, job.ErrDone
	}
	work.Attempts++
	w.pending[id] = work
	return work, nil
}

func (w *world) Release(_ context.Context, id job.ID, _ string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	work := w.pending[id]
	work.Attempts--
	w.pending[id] = work
	return nil
}

func (w *world) FileMissing(_ context.Context, _ job.ID, at time.Time) (time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.missingSince.IsZero() {
		w.missingSince = at
	}
	return w.missingSince, w.ledgerDown
}

func (w *world) now() time.Time {
	if w.clock.IsZero() {
		return noon
	}
	return w.clock
}

func (w *world) RecordVerdict(_ context.Context, id job.ID, verdict upload.Verdict) ([]job.Job, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.recordErr != nil {
		return nil, w.recordErr
	}
	if _, pending := w.pending[id]; !pending {
		return nil, job.ErrDone
	}
	delete(w.pending, id)
	w.verdicts = append(w.verdicts, verdict)
	return []job.Job{{ID: 8, Kind: job.Announce, Subject: 5, EnqueueAttempt: 1}}, nil
}

func (w *world) Get(_ context.Context, hash string) ([]byte, error) {
	if w.fetchErr != nil {
		return nil, w.fetchErr
	}
	data, found := w.files[hash]
	if !found {
		return nil, fmt.Errorf("get file %s: %w", hash, failure.New(failure.Invalid, phrase.Say(phrase.FileMissing), nil))
	}
	return data, nil
}

func (w *world) Parse(_ context.Context, file sandbox.File) (sandbox.Parsed, error) {
	w.mu.Lock()
	w.parses++
	w.mu.Unlock()
	return w.parse(file)
}

func (w *world) Enqueue(_ context.Context, jobs ...job.Job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.enqueueErr == nil {
		w.enqueued = append(w.enqueued, jobs...)
	}
	return w.enqueueErr
}

func (w *world) worker() *worker.Worker {
	return worker.New(w, w, w, w, worker.Options{
		Name: "w1",
		Now:  w.now,
		Log:  slog.New(slog.NewTextHandler(&w.lines, nil)),
		Seen: func(outcome string, _ time.Duration) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.seen = append(w.seen, outcome)
		},
	})
}

func TestGoodReplayIsRecordedAndAnnounced(t *testing.T) {
	t.Parallel()
	w := newWorld("MPQ\x1b good")
	if err := w.worker().Parse(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	want := []upload.Verdict{{
		ParserVersion: replay.ParserVersion,
		Summary:       json.RawMessage(`{"sha256":"` + hashOf("MPQ\x1b good") + `"}`),
		Timeline:      json.RawMessage(`{}`),
		At:            noon,
	}}
	if diff := cmp.Diff(want, w.verdicts); diff != "" {
		t.Error(diff)
	}
	if len(w.enqueued) != 1 || w.enqueued[0].Kind != job.Announce {
		t.Errorf("enqueued %v, want the announcement", w.enqueued)
	}
	line := w.lines.String()
	if strings.Count(line, "\n") != 1 {
		t.Errorf("%q, want one line", line)
	}
	for _, part := range []string{
		"job_id=7", "replay_id=3", "submission_id=9", "outcome=parsed", "attempt=1", "waited=1s", "begin=", "fetch=", "parse=", "record=", "took=",
	} {
		if !strings.Contains(line, part) {
			t.Errorf("line %q lacks %s", line, part)
		}
	}
	if len(w.seen) != 1 || w.seen[0] != "parsed" {
		t.Errorf("metrics saw %v", w.seen)
	}
}

func hashOf(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

func TestBadFilesAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arrange func(w *world)
		kind    failure.Kind
		text    phrase.Key
		parses  int
	}{
		"refused by the parser": {func(w *world) {
			w.parse = func(sandbox.File) (sandbox.Parsed, error) {
				return sandbox.Parsed{}, failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", "9"), nil)
			}
		}, failure.Unsupported, phrase.UnknownBuild, 1},
		"begun again and again": {func(w *world) {
			work := w.pending[7]
			work.Attempts = 6
			w.pending[7] = work
		}, failure.Poison, phrase.Poison, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld("data")
			test.arrange(w)
			if err := w.worker().Parse(t.Context(), 7); err != nil {
				t.Fatalf("%v; the task would be tried again", err)
			}
			if len(w.verdicts) != 1 || w.verdicts[0].Failure == nil || len(w.pending) != 0 {
				t.Fatalf("recorded %+v, pending %v", w.verdicts, w.pending)
			}
			if got := w.verdicts[0].Failure; got.Kind != test.kind || got.Text.Key != test.text {
				t.Errorf("failure %v with text %s, want %s with %s", got, got.Text.Key, test.kind, test.text)
			}
			if w.parses != test.parses {
				t.Errorf("parsed %d times, want %d", w.parses, test.parses)
			}
			if !strings.Contains(w.lines.String(), "outcome="+string(test.kind)) {
				t.Errorf("logged %s", &w.lines)
			}
		})
	}
}

func TestOurOwnTroubleIsTriedAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arrange  func(w *world)
		attempts int // that stay on record
	}{
		"storage unreachable":         {func(w *world) { w.fetchErr = errors.New("connection refused") }, 0},
		"database fails at the end":   {func(w *world) { w.recordErr = errors.New("connection reset") }, 0},
		"parsers cannot be started":   {func(w *world) { w.parse = failing(errors.New("no processes left")) }, 0},
		"the kernel kills the parser": {func(w *world) { w.parse = failing(sandbox.ErrKilled) }, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld("data")
			test.arrange(w)
			if err := w.worker().Parse(t.Context(), 7); err == nil || errors.Is(err, job.ErrDone) {
				t.Fatalf("%v, want an error that has the task tried again", err)
			}
			if len(w.verdicts) != 0 || len(w.enqueued) != 0 {
				t.Errorf("recorded %v, enqueued %v", w.verdicts, w.enqueued)
			}
			if n := w.pending[7].Attempts; n != test.attempts {
				t.Errorf("%d attempts on record, want %d", n, test.attempts)
			}
			if !strings.Contains(w.lines.String(), "outcome=retried") || strings.Count(w.lines.String(), "\n") != 1 {
				t.Errorf("logged %s", &w.lines)
			}
		})
	}
}

// A file that this worker does not see is retried, as an error, and may turn up;
// only one that stays missing is the player's answer.
func TestMissingFileIsRetriedBeforeItIsLost(t *testing.T) {
	t.Parallel()
	for name, turnsUp := range map[string]bool{"turns up": true, "stays missing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld("data")
			there := maps.Clone(w.files)
			clear(w.files)
			for _, after := range []time.Duration{0, time.Minute, 4 * time.Minute} {
				w.clock = noon.Add(after)
				if err := w.worker().Parse(t.Context(), 7); err == nil || errors.Is(err, job.ErrDone) {
					t.Fatalf("after %s: %v, want an error that has the task tried again", after, err)
				}
			}
			if len(w.verdicts) != 0 || w.pending[7].Attempts != 0 {
				t.Fatalf("recorded %v, %d attempts", w.verdicts, w.pending[7].Attempts)
			}
			want := []string{"file_missing", "file_missing", "file_missing"}
			if turnsUp {
				w.files = there
				want = append(want, "parsed")
			} else {
				want = append(want, "file_lost")
			}
			w.clock = noon.Add(5 * time.Minute)
			if err := w.worker().Parse(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, w.seen); diff != "" {
				t.Error(diff)
			}
			failure := w.verdicts[0].Failure
			if lost := failure != nil && failure.Text.Key == phrase.FileMissing; lost == turnsUp {
				t.Errorf("failure %v", failure)
			}
			errs := 4
			if turnsUp {
				errs = 3
			}
			if n := strings.Count(w.lines.String(), "level=ERROR"); n != errs {
				t.Errorf("%d lines of level ERROR, want %d:\n%s", n, errs, &w.lines)
			}
		})
	}
}

func failing(err error) func(sandbox.File) (sandbox.Parsed, error) {
	return func(sandbox.File) (sandbox.Parsed, error) { return sandbox.Parsed{}, fmt.Errorf("parse: %w", err) }
}

func TestDoneJobIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld("data")
	if err := w.worker().Parse(t.Context(), 99); !errors.Is(err, job.ErrDone) {
		t.Errorf("%v, want ErrDone", err)
	}
	if w.parses != 0 || w.lines.Len() != 0 {
		t.Errorf("parsed %d times, logged %q", w.parses, &w.lines)
	}
}

func TestUnreachableQueueDoesNotUndoAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld("data")
	w.enqueueErr = errors.New("dial tcp: connection refused")
	if err := w.worker().Parse(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if len(w.verdicts) != 1 {
		t.Errorf("recorded %v", w.verdicts)
	}
	if !strings.Contains(w.lines.String(), "announce_error=") {
		t.Errorf("logged %s", &w.lines)
	}
}

func TestTwoWorkersAnswerOnce(t *testing.T) {
	t.Parallel()
	w := newWorld("data")
	both := make(chan struct{})
	var parsing sync.WaitGroup
	parsing.Add(2)
	w.parse = func(sandbox.File) (sandbox.Parsed, error) {
		parsing.Done()
		<-both // neither ends before both began
		return sandbox.Parsed{Summary: json.RawMessage(`{}`)}, nil
	}
	worker := w.worker()
	errs := make(chan error, 2)
	for range 2 {
		go func() { errs <- worker.Parse(t.Context(), 7) }()
	}
	parsing.Wait()
	close(both)
	first, second := <-errs, <-errs
	if first != nil && second != nil || !errors.Is(errors.Join(first, second), job.ErrDone) {
		t.Errorf("%v and %v, want one success and one ErrDone", first, second)
	}
	if len(w.verdicts) != 1 || len(w.enqueued) != 1 {
		t.Errorf("%d verdicts and %d announcements", len(w.verdicts), len(w.enqueued))
	}
}

func TestGivenUpJobIsAnsweredAndMayBeUploadedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld("data")
	if err := w.worker().DeadLetter(t.Context(), 7, "max retry exhausted"); err != nil {
		t.Fatal(err)
	}
	if len(w.verdicts) != 1 || len(w.enqueued) != 1 {
		t.Fatalf("recorded %v, enqueued %v", w.verdicts, w.enqueued)
	}
	verdict := w.verdicts[0]
	if verdict.ParserVersion != 0 || verdict.Failure.Kind != failure.GaveUp || quota.Junk(verdict.Failure) ||
		!strings.Contains(verdict.Failure.Cause.Error(), "max retry exhausted") {
		t.Errorf("recorded %+v", verdict)
	}
	if err := w.worker().DeadLetter(t.Context(), 7, ""); !errors.Is(err, job.ErrDone) {
		t.Errorf("%v, want ErrDone", err)
	}
}

func TestReparseIsPutOffWhilePlayersWait(t *testing.T) {
	t.Parallel()
	w := newWorld("data")
	w.waiting = true
	err := w.worker().Reparse(t.Context(), 7)
	if later, ok := job.Snoozed(err); !ok || later <= 0 || len(w.verdicts) != 0 || w.pending[7].Attempts != 0 {
		t.Errorf("%v, recorded %v, begun %d times", err, w.verdicts, w.pending[7].Attempts)
	}
	w.waiting, w.ledgerDown = false, errors.New("down")
	if err := w.worker().Reparse(t.Context(), 7); !errors.Is(err, w.ledgerDown) || len(w.verdicts) != 0 {
		t.Errorf("%v, recorded %v", err, w.verdicts)
	}
	w.ledgerDown = nil
	if err := w.worker().Reparse(t.Context(), 7); err != nil || len(w.verdicts) != 1 {
		t.Errorf("%v, recorded %v", err, w.verdicts)
	}
}
