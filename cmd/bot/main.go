// Command bot listens to Discord, takes replays in and gives the answers. It
// parses nothing. It needs DATABASE_URL, REDIS_URL and DISCORD_TOKEN.
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
	settings, err := config.Load[config.Bot]()
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	return service.Run(ctx, service.Settings{
		Name: "bot", Listen: settings.Listen(service.HealthAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *service.Assembly) error {
		return a.AddBot(settings.Discord, settings.Intake)
	})
}
