package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/telemetry"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// pollInterval is the pause between two polls of the submissions under way.
const pollInterval = 25 * time.Millisecond

// submit runs files through the same pipeline as every other upload, and waits
// for the answers.
func submit(ctx context.Context, args []string) error {
	files, err := replayFiles(args)
	if err != nil {
		return err
	}
	return throughPipeline(ctx, files, func(ctx context.Context, s *submitter) error { return s.all(ctx) })
}

// throughPipeline has do submit files while the pipeline runs.
func throughPipeline(ctx context.Context, files []string, do func(context.Context, *submitter) error) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	log := telemetry.Logger(os.Stderr, "warn", settings.Format)
	base, err := app.Open(ctx, log, settings.Storage)
	if err != nil {
		return err
	}
	defer func() { _ = base.Close() }()
	workers, err := base.Worker(settings.Parsing, settings.Limits)
	if err != nil {
		return err
	}
	s := submitter{
		base: base, intake: base.Intake(settings.Intake), limit: settings.MaxReplayBytes, out: os.Stdout,
		files: files, rows: make([]row, len(files)), views: make([]upload.View, len(files)), waiting: map[upload.ID]int{},
	}
	ctx, done := context.WithCancel(ctx)
	defer done()
	var outcome error
	parts := append([]app.Part{base.Sweeper()}, workers...)
	parts = append(parts, app.Part{Name: "submit", Run: func(ctx context.Context) error {
		outcome = do(ctx, &s)
		done()
		return nil
	}})
	if err := app.RunParts(ctx, log, settings.ShutdownTimeout, parts...); err != nil {
		return err
	}
	return outcome
}

// submitter follows its files from intake to answer.
type submitter struct {
	base   *app.Base
	intake app.Intake
	limit  int64
	out    *os.File

	files   []string
	rows    []row             // one a file
	views   []upload.View     // of each file that was answered
	waiting map[upload.ID]int // to the index in files
	printed int               // files whose row is known
	show    func(row)         // says so
}

func (s *submitter) all(ctx context.Context) error {
	finish := s.progress(len(s.files))
	err := s.follow(ctx)
	finish()
	if err != nil && ctx.Err() != nil {
		accepted := len(s.waiting)
		return fmt.Errorf("interrupted after %d of %d files: %d more are accepted and parsed when evoladder runs next, %d were not handed in",
			s.printed, len(s.files), accepted, len(s.files)-s.printed-accepted)
	}
	if err != nil {
		return err
	}
	return table(s.out, s.rows)
}

func (s *submitter) follow(ctx context.Context) error {
	for i, file := range s.files {
		id, err := s.hand(ctx, file)
		switch {
		case ctx.Err() != nil && err != nil:
			return err
		case err != nil:
			s.tell(i, refused(file, err))
		default:
			s.waiting[id] = i
		}
		if err := s.collect(ctx); err != nil {
			return err
		}
	}
	for len(s.waiting) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollInterval):
		}
		if err := s.collect(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *submitter) tell(i int, r row) {
	s.rows[i] = r
	s.printed++
	s.show(r)
}

// hand takes one file through intake.
func (s *submitter) hand(ctx context.Context, file string) (upload.ID, error) {
	data, err := readReplay(file, s.limit)
	if err != nil {
		return 0, err
	}
	receipt, err := s.intake.Accept(ctx, upload.Incoming{
		Source: upload.FromCLI, FileName: filepath.Base(file), Data: data,
	})
	return receipt.ID, err
}

// collect takes what is answered out of waiting.
func (s *submitter) collect(ctx context.Context) error {
	ids := slices.Collect(maps.Keys(s.waiting))
	states, err := s.base.Store.States(ctx, ids)
	if err != nil {
		return err
	}
	for id, state := range states {
		if !state.Final() {
			continue
		}
		view, err := s.base.Store.Submission(ctx, id)
		if err != nil {
			return err
		}
		i := s.waiting[id]
		r, err := answered(s.files[i], view)
		if err != nil {
			return err
		}
		delete(s.waiting, id)
		s.views[i] = view
		s.tell(i, r)
	}
	return nil
}

// progress sets how an answer is shown: a bar on a terminal, a line elsewhere.
func (s *submitter) progress(total int) (finish func()) {
	if !term.IsTerminal(int(s.out.Fd())) {
		n := 0
		s.show = func(r row) {
			n++
			fmt.Fprintf(s.out, "[%d/%d] %s: %s\n", n, total, r.file, r.game)
		}
		return func() {}
	}
	progress := mpb.New(mpb.WithOutput(s.out), mpb.WithWidth(48))
	bar := progress.AddBar(int64(total),
		mpb.PrependDecorators(decor.CountersNoUnit("%d / %d replays")),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	s.show = func(row) { bar.Increment() }
	return func() {
		bar.Abort(false) // no effect on a full one
		progress.Wait()
	}
}
