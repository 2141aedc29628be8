package app_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// asProduct makes the test binary be a product whose parser has a mistake.
const asProduct = "EVOLADDER_TEST_PRODUCT"

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(parse))
	}
	if os.Getenv(asProduct) != "" {
		os.Exit(app.Main(run))
	}
	os.Exit(m.Run())
}

// deadly is a file that takes its parser process along. No file is known that
// does that to the real parser.
const deadly = "MPQ\x1b deadly"

func parse(ctx context.Context, data []byte, options replay.Options) (*replay.Replay, error) {
	if bytes.HasPrefix(data, []byte(deadly)) {
		os.Exit(3)
	}
	return replay.Parse(ctx, data, options)
}

// run is cmd/evoladder without its page.
func run(ctx context.Context) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	return app.Run(ctx, app.Settings{
		Name: "evoladder", Listen: settings.Listen(app.HealthAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *app.Assembly) error {
		if err := a.AddWorker(settings.Parsing, settings.Limits); err != nil {
			return err
		}
		return a.AddBot(settings.Discord, settings.Public, settings.Intake)
	})
}
