package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	// reparseAhead is how many jobs are open at once: enough that a worker
	// never waits for the command, few enough that a pause is soon felt.
	reparseAhead = 100
	// reparseInterval is the pause between two looks at the run.
	reparseInterval = time.Second
)

// reparse reads results of older parser versions again, or pauses, stops or
// describes that.
func reparse(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("reparse", flag.ContinueOnError)
	status := flags.Bool("status", false, "say how far it is")
	pause := flags.Bool("pause", false, "write no more jobs")
	stop := flags.Bool("stop", false, "end this run")
	resume := flags.Bool("resume", false, "go on after a pause, as without a flag")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || flags.NFlag() > 1 {
		return errors.New("usage: evoladder reparse [-status|-pause|-resume|-stop]")
	}
	return withStore(ctx, func(database *store.Store) error {
		switch {
		case *pause:
			return setReparse(ctx, database, store.ReparsePaused)
		case *stop:
			return setReparse(ctx, database, store.ReparseStopped)
		case *status:
			return showReparse(ctx, database)
		case *resume:
			if _, err := database.Reparse(ctx); err != nil {
				return noReparse(err)
			}
		}
		ticker := time.NewTicker(reparseInterval)
		defer ticker.Stop()
		return runReparse(ctx, database, ticker.C, os.Stdout)
	})
}

func setReparse(ctx context.Context, database *store.Store, state store.ReparseState) error {
	if err := database.SetReparse(ctx, state, time.Now()); err != nil {
		return noReparse(err)
	}
	return showReparse(ctx, database)
}

func showReparse(ctx context.Context, database *store.Store) error {
	run, err := database.Reparse(ctx)
	if err != nil {
		return noReparse(err)
	}
	fmt.Fprintln(os.Stdout, progress(run))
	return nil
}

func noReparse(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("no re-parsing is under way; evoladder reparse begins")
	}
	return err
}

// runReparse writes jobs until the run is done, stopped or paused, and prints
// a line whenever something changed. When ctx ends the run stays where it is.
func runReparse(ctx context.Context, database *store.Store, tick <-chan time.Time, out io.Writer) error {
	if err := database.StartReparse(ctx, replay.ParserVersion, time.Now()); err != nil {
		return err
	}
	last := ""
	for {
		run, err := database.ContinueReparse(ctx, reparseAhead, time.Now())
		if err != nil {
			return err
		}
		if line := progress(run); line != last {
			fmt.Fprintln(out, line)
			last = line
		}
		if run.State != store.ReparseRunning {
			return nil
		}
		select {
		case <-ctx.Done():
			fmt.Fprintln(out, "interrupted; evoladder reparse goes on from here")
			return nil
		case <-tick:
		}
	}
}

// progress is one line about a run.
func progress(run store.Reparse) string {
	line := fmt.Sprintf("%s: %d of %d replays read again by parser %d", run.State, max(run.Enqueued-run.Open, 0), run.Total, run.Version)
	if run.Open > 0 {
		line += fmt.Sprintf(", %d queued", run.Open)
	}
	if run.Waiting > 0 && run.State == store.ReparseRunning {
		line += fmt.Sprintf("; waiting for %d uploads of players", run.Waiting)
	}
	return line
}
