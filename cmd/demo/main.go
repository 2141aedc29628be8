// Command demo shows the whole product without a Discord account: a loopback
// Discord, a few simulated players who upload replays there, and evoladder,
// which answers them as it would answer real ones. demo -h lists its flags.
package main

import (
	"context"
	"errors"
	"flag"
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

func main() {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	os.Exit(app.UntilSignal(run, app.PrintError))
}

func run(ctx context.Context) error {
	options, err := parseFlags(os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	show, err := open(ctx, options, os.Stdout)
	if err != nil {
		return err
	}
	return errors.Join(show.run(ctx), show.close())
}
