package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/process"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/service"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// lookInterval is the pause between two looks at the submissions under way.
const lookInterval = 25 * time.Millisecond

// submit runs files through the same pipeline as every other upload, and waits
// for the answers.
func submit(ctx context.Context, args []string) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	files, err := replayFiles(args)
	if err != nil {
		return err
	}
	log := telemetry.Logger(os.Stderr, "warn", settings.Format)
	base, err := service.Open(ctx, log, settings.Storage)
	if err != nil {
		return err
	}
	defer func() { _ = base.Close() }()
	workers, err := base.Worker(settings.Parsing)
	if err != nil {
		return err
	}
	s := submitter{base: base, intake: base.Intake(settings.Intake), limit: settings.MaxReplayBytes, out: os.Stdout}
	ctx, done := context.WithCancel(ctx)
	defer done()
	var outcome error
	parts := append([]process.Part{base.Sweeper()}, workers...)
	parts = append(parts, process.Part{Name: "submit", Run: func(ctx context.Context) error {
		outcome = s.all(ctx, files)
		done()
		return nil
	}})
	if err := process.Run(ctx, log, settings.ShutdownTimeout, parts...); err != nil {
		return err
	}
	return outcome
}

// submitter follows its files from intake to answer.
type submitter struct {
	base   *service.Base
	intake service.Intake
	limit  int64
	out    *os.File
	show   func(row) // what is said when a file is answered
}

// row is a file's line in the final table.
type row struct {
	file, game, result string
	failed             bool
}

func (s *submitter) all(ctx context.Context, files []string) error {
	finish := s.progress(len(files))
	rows := make([]row, len(files))
	waiting := map[submission.ID]int{} // to the index in files
	for i, file := range files {
		id, err := s.hand(ctx, file)
		if err != nil {
			rows[i] = refused(file, err)
			s.show(rows[i])
			continue
		}
		waiting[id] = i
		if err := s.collect(ctx, files, waiting, rows); err != nil {
			return err
		}
	}
	for len(waiting) > 0 {
		if err := s.collect(ctx, files, waiting, rows); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d replays are accepted and will be parsed at the next start: %w", len(waiting), ctx.Err())
		case <-time.After(lookInterval):
		}
	}
	finish()
	return table(s.out, rows)
}

// hand takes one file through intake.
func (s *submitter) hand(ctx context.Context, file string) (submission.ID, error) {
	data, err := readReplay(file, s.limit)
	if err != nil {
		return 0, err
	}
	receipt, err := s.intake.Accept(ctx, submission.Upload{
		Source: submission.FromCLI, FileName: filepath.Base(file), Data: data,
	})
	return receipt.ID, err
}

// collect takes what is answered out of waiting.
func (s *submitter) collect(ctx context.Context, files []string, waiting map[submission.ID]int, rows []row) error {
	ids := make([]submission.ID, 0, len(waiting))
	for id := range waiting {
		ids = append(ids, id)
	}
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
		i := waiting[id]
		if rows[i], err = answered(files[i], view); err != nil {
			return err
		}
		s.show(rows[i])
		delete(waiting, id)
	}
	return nil
}

func answered(file string, view submission.View) (row, error) {
	if view.Failure != nil {
		return refused(file, view.Failure), nil
	}
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return row{}, fmt.Errorf("read the answer to %s: %w", file, err)
	}
	length := time.Duration(game.Duration * float64(time.Second)).Round(time.Second)
	players := make([]string, 0, len(game.Players))
	for _, p := range game.Players {
		players = append(players, fmt.Sprintf("%s (%s, %s)", printable(p.Name), p.Race, p.Result))
	}
	return row{
		file:   filepath.Base(file),
		game:   fmt.Sprintf("%s, %d:%02d", printable(game.Map.Title), int(length.Minutes()), int(length.Seconds())%60),
		result: strings.Join(players, " – "),
	}, nil
}

func refused(file string, err error) row {
	text := err.Error()
	if found := fault.Find(err); found != nil {
		text = found.Text.String()
	}
	return row{file: filepath.Base(file), game: "failed", result: text, failed: true}
}

// progress sets how an answer is shown: a bar on a terminal, a line elsewhere.
func (s *submitter) progress(total int) (finish func()) {
	if !term.IsTerminal(int(s.out.Fd())) {
		n := 0
		s.show = func(r row) {
			n++
			fmt.Fprintf(s.out, "[%d/%d] %s: %s, %s\n", n, total, r.file, r.game, r.result)
		}
		return func() {}
	}
	progress := mpb.New(mpb.WithOutput(s.out), mpb.WithWidth(48))
	bar := progress.AddBar(int64(total),
		mpb.PrependDecorators(decor.CountersNoUnit("%d / %d replays")),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	s.show = func(row) { bar.Increment() }
	return progress.Wait
}

// table prints every file's line and fails when a file did.
func table(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nFILE\tGAME\tPLAYERS")
	failed := 0
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", printable(r.file), r.game, r.result)
		if r.failed {
			failed++
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files failed", failed, len(rows))
	}
	return nil
}

// printable is a stranger's text without what could move a terminal's cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
