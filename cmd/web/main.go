// Command web serves the page that replays are dropped on, the same for
// scripts, and the queue dashboard. It needs DATABASE_URL and REDIS_URL.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/process"
	"github.com/evoladder/evoladderbot/internal/service"
)

func main() { os.Exit(process.Main(run)) }

func run(ctx context.Context) error {
	settings, err := config.Load[config.Web]()
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	return service.Run(ctx, service.Settings{
		Name: "web", Listen: settings.Listen(service.PageAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *service.Assembly) error {
		return a.AddWeb(settings.Dashboard, settings.Intake, settings.Edge)
	})
}
