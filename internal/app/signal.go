package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/evoladder/evoladderbot/internal/text"
)

// errSecond is what is reported of an end that does not wait for what is under way.
var errSecond = errors.New("a second signal: ended at once")

// UntilSignal runs a program until it ends by itself or by a signal. The first
// SIGINT or SIGTERM ends run's context; a second one ends the process at once. It
// returns the exit status: 0, or 1 when run failed. report gets run's error, and
// that of a second signal, too, so that its words have the form of all others.
func UntilSignal(run func(ctx context.Context) error, report func(error)) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		report(errSecond)
		os.Exit(1)
	}()
	if err := run(ctx); err != nil {
		report(err)
		return 1
	}
	return 0
}

// PrintError reports an error as a command on a terminal does. It may quote a file's
// name, which is a stranger's text.
func PrintError(err error) { fmt.Fprintln(os.Stderr, text.Lines(err.Error())) }
