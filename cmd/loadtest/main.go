// Command loadtest floods a real pipeline on this machine through a loopback
// Discord, breaks it on purpose, and counts what came back: loadtest -help.
package main

import (
	"context"
	"errors"
	"flag"
	"os"

	"github.com/evoladder/evoladderbot/internal/loadtest"
	"github.com/evoladder/evoladderbot/internal/process"
)

func main() { os.Exit(process.Main(run, process.Print)) }

func run(ctx context.Context) error {
	command, err := loadtest.ParseCommand(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return command.Execute(ctx, os.Stdout)
}
