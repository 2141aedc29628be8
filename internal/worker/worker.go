// Package worker owns what happens to a replay between the queue and its
// verdict.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// crashBudget is how often a job may be begun without an end on record
	// before its file is poison: it takes its worker down, or the worker's
	// children in a way that looks like the kernel's doing.
	crashBudget = 6

	// yieldFor is how long a re-parse is put off while players wait. The queue
	// gives a job up after maxRetry of these: four hours without a pause.
	yieldFor = 10 * time.Second

	// missingFor is how long a job whose file is missing is retried before that
	// is its answer: the file store may lag behind, or only this worker may not
	// see the file.
	missingFor = 5 * time.Minute

	// cleanupTimeout is for what is written after a task was cancelled.
	cleanupTimeout = 5 * time.Second
)

// jobStore is where outbox jobs and answers are recorded.
type jobStore interface {
	// Begin takes a job up; job.ErrDone when its row is gone.
	Begin(ctx context.Context, id job.ID, worker string, at time.Time) (upload.Work, error)
	// Release takes back that a job was begun: it failed for our own reasons,
	// and its worker is alive to say why.
	Release(ctx context.Context, id job.ID, cause string) error
	// FileMissing records that the job's file is missing, and returns since when.
	FileMissing(ctx context.Context, id job.ID, at time.Time) (since time.Time, err error)
	// RecordVerdict ends a job with its answer and returns the jobs that tell
	// of it; job.ErrDone when somebody else ended it.
	RecordVerdict(ctx context.Context, id job.ID, verdict upload.Verdict) ([]job.Job, error)
	// PlayersWait says whether an upload waits for its parse.
	PlayersWait(ctx context.Context) (bool, error)
}

// files holds the uploads. One that is missing, or not what was uploaded, is
// a *failure.Error, and the only kind of those.
type files interface {
	Get(ctx context.Context, sha256 string) ([]byte, error)
}

// parser is a sandbox.Pool.
type parser interface {
	Parse(ctx context.Context, file sandbox.File) (sandbox.Parsed, error)
}

// queue takes jobs, within a timeout of its own. What it does not take, a
// sweeper enqueues.
type queue interface {
	Enqueue(ctx context.Context, jobs ...job.Job) error
}

// Options are the settings of a Worker; zero values are the defaults.
type Options struct {
	Name string                                   // tells workers apart in job rows
	Now  func() time.Time                         // default time.Now
	Log  *slog.Logger                             // default slog.Default()
	Seen func(outcome string, took time.Duration) // called for each replay, for metrics; may be nil
}

// Worker parses replays. It is safe for concurrent use.
type Worker struct {
	store   jobStore
	files   files
	parser  parser
	queue   queue
	options Options
}

// New is a worker between the store, the stored files, a pool of parsers and
// the queue.
func New(store jobStore, files files, parser parser, queue queue, options Options) *Worker {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	if options.Seen == nil {
		options.Seen = func(string, time.Duration) {}
	}
	return &Worker{store: store, files: files, parser: parser, queue: queue, options: options}
}

// Parse does a parse or reparse job, as a handler of package tasks: nil when
// the answer is on record, job.ErrDone when it was before, any other error to
// be called again later.
func (w *Worker) Parse(ctx context.Context, id job.ID) (err error) {
	line := w.newLine(id)
	defer func() { line.write(ctx, err) }()

	work, err := w.store.Begin(ctx, id, w.options.Name, w.options.Now())
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	line.begun(work)
	verdict, err := w.judge(ctx, work, line)
	if err != nil {
		return w.release(ctx, id, err)
	}
	// The write that says "done". Everything before it may happen twice.
	verdict.At = w.options.Now()
	jobs, err := w.store.RecordVerdict(ctx, id, verdict)
	line.recorded(verdict)
	if err != nil {
		return w.release(ctx, id, fmt.Errorf("record verdict: %w", err))
	}
	line.enqueued(w.enqueue(ctx, jobs))
	return nil
}

// Reparse is Parse for jobs that no player waits for: while an upload waits, it is
// put off, so that it takes no parser process from a player.
func (w *Worker) Reparse(ctx context.Context, id job.ID) error {
	wait, err := w.store.PlayersWait(ctx)
	if err != nil {
		return fmt.Errorf("re-parse: %w", err)
	}
	if wait {
		return job.Snooze(yieldFor, "players wait for their uploads")
	}
	return w.Parse(ctx, id)
}

// judge finds out what became of a file. Its error is our own trouble.
func (w *Worker) judge(ctx context.Context, work upload.Work, line *line) (upload.Verdict, error) {
	if work.Attempts > crashBudget {
		return refused(failure.New(failure.Poison, phrase.Say(phrase.Poison),
			fmt.Errorf("begun %d times without an end", work.Attempts))), nil
	}
	data, err := w.files.Get(ctx, work.SHA256)
	line.fetched()
	if found := failure.Find(err); found != nil {
		return w.missing(ctx, work.Job.ID, found)
	}
	if err != nil {
		return upload.Verdict{}, fmt.Errorf("fetch file: %w", err)
	}
	parsed, err := w.parser.Parse(ctx, sandbox.File{SHA256: work.SHA256, Data: data, Timeline: true})
	line.parsed()
	if found := failure.Find(err); found != nil {
		return refused(found), nil
	}
	if err != nil {
		return upload.Verdict{}, fmt.Errorf("parse: %w", err)
	}
	return upload.Verdict{
		ParserVersion: replay.ParserVersion, Summary: parsed.Summary, Timeline: parsed.Timeline,
	}, nil
}

// errMissing has a job retried whose file is missing or damaged in storage.
var errMissing = errors.New("the file store of this worker does not have the file as it was uploaded")

// missing retries a job without its file for a while, then makes that its
// answer: the player is asked to upload again.
func (w *Worker) missing(ctx context.Context, id job.ID, why *failure.Error) (upload.Verdict, error) {
	now := w.options.Now()
	since, err := w.store.FileMissing(ctx, id, now)
	if err != nil {
		return upload.Verdict{}, err
	}
	if now.Sub(since) >= missingFor {
		return refused(why), nil
	}
	// Not wrapped: an error with a failure in its chain is an answer.
	return upload.Verdict{}, fmt.Errorf("%w: %s", errMissing, why.Error())
}

func refused(why *failure.Error) upload.Verdict {
	return upload.Verdict{ParserVersion: replay.ParserVersion, Failure: why}
}

// release gives a job back after err, which it returns. Where the kernel
// killed the parsers the job keeps its mark, for the file may be why.
func (w *Worker) release(ctx context.Context, id job.ID, err error) error {
	if errors.Is(err, sandbox.ErrKilled) || errors.Is(err, job.ErrDone) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if failed := w.store.Release(ctx, id, err.Error()); failed != nil {
		return errors.Join(err, fmt.Errorf("release: %w", failed))
	}
	return err
}

// enqueue adds tasks for the announcements. Where that fails, a sweeper does it.
func (w *Worker) enqueue(ctx context.Context, jobs []job.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	return w.queue.Enqueue(context.WithoutCancel(ctx), jobs...)
}

// DeadLetter records that a job ended without an answer of ours, as a sweeper's
// tasks.DeadLetter: the queue gave it up after a day, or an operator did.
func (w *Worker) DeadLetter(ctx context.Context, id job.ID, cause string) error {
	jobs, err := w.store.RecordVerdict(ctx, id, upload.Verdict{
		ParserVersion: 0, // no parser said so: uploaded again, the file is parsed again
		Failure:       failure.New(failure.GaveUp, phrase.Say(phrase.GaveUp), errors.New("given up by the queue: "+cause)),
		At:            w.options.Now(),
	})
	if err != nil {
		return fmt.Errorf("record verdict: %w", err)
	}
	return w.enqueue(ctx, jobs)
}
