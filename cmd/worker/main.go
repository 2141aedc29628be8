// Command worker takes replays from the queue and parses them, each in a child
// process that it may kill. It needs DATABASE_URL and REDIS_URL; run as many
// as you like.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/process"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/service"
)

func main() {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	os.Exit(process.Main(run))
}

func run(ctx context.Context) error {
	settings, err := config.Load[config.Worker]()
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	return service.Run(ctx, service.Settings{
		Name: "worker", Listen: settings.Listen(service.HealthAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *service.Assembly) error {
		return a.AddWorker(settings.Parsing)
	})
}
