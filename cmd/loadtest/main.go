package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
)

func main() { os.Exit(app.UntilSignal(run, app.PrintError)) }

func run(ctx context.Context) error {
	command, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return command.Execute(ctx, os.Stdout)
}

// parse reads the command line: a trial in containers, or scenarios.
func parse(args []string) (command interface {
	Execute(context.Context, io.Writer) error
}, err error,
) {
	if len(args) > 0 && args[0] == "containers" {
		return ParseContainers(args[1:], os.Stderr)
	}
	return ParseCommand(args, os.Stderr)
}
