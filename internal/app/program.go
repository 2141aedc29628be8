package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// Program is one of the long-running processes: its own binary under cmd, and a
// command of evoladder, which is the one binary of the container image.
type Program struct {
	Name    string
	Summary string // a line for the help
	Run     func(ctx context.Context) error
}

// The programs that share Postgres and Redis.
var (
	Bot    = Program{"bot", "listen to Discord and answer there", runBot}
	Worker = Program{"worker", "parse replays from the queue", runWorker}
	Web    = Program{"web", "serve the page, the scripts' API and the queue dashboard", runWeb}
)

// Programs are all of them, as evoladder lists them.
var Programs = []Program{Bot, Worker, Web}

// Main runs the program with its arguments (without its name) and returns the
// exit status. A program takes settings from the environment and nothing else,
// so an argument that is not understood is an error and not ignored.
func (p Program) Main(args []string) int {
	if sandbox.IsChild() {
		return sandbox.Serve(replay.Parse)
	}
	if len(args) > 0 {
		return p.inform(args, os.Stdout, startLog())
	}
	return Main(p.Run)
}

// inform answers the arguments a program knows.
func (p Program) inform(args []string, out io.Writer, log *slog.Logger) int {
	switch args[0] {
	case "version", "-version", "--version":
		fmt.Fprintln(out, "evoladder "+p.Name, Version())
		return 0
	case "help", "-h", "-help", "--help":
		fmt.Fprintf(out, "%s: %s.\n\nIt takes no arguments but help and version; settings come from the environment:\nsee .env.example.\n", p.Name, p.Summary)
		return 0
	}
	log.Error("fatal", "error", p.Name+" takes no arguments but help and version; settings come from the environment", "argument", args[0])
	return 2
}

// Main runs a long-running program until it ends or a signal asks it to, and
// returns the exit status. Why it failed is logged in the chosen format, a line
// for each problem, so that a log collector reads the last words, too.
func Main(run func(ctx context.Context) error) int {
	return UntilSignal(run, func(err error) {
		log := startLog()
		problems := config.Problems(err)
		if len(problems) == 0 {
			log.Error("fatal", "error", err)
			return
		}
		for _, problem := range problems {
			log.Error("invalid setting", "problem", problem)
		}
	})
}

// startLog is the log of a program that ended before it had its own.
func startLog() *slog.Logger { return telemetry.Logger(os.Stderr, "error", logFormat()) }

// logFormat is the chosen format, also when other settings are wrong.
func logFormat() string {
	if format := os.Getenv("LOG_FORMAT"); format != "" {
		return format
	}
	return "auto"
}

// version is set by the container build: -ldflags "-X …/internal/app.version=…".
var version string

// Version names the build: what the container build set, else the commit.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}

func runBot(ctx context.Context) error {
	settings, err := config.Load[config.Bot]()
	if err != nil {
		return err
	}
	return Run(ctx, Settings{
		Name: "bot", Listen: settings.Listen(HealthAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *Assembly) error {
		return a.AddBot(settings.Discord, settings.Public, settings.Intake)
	})
}

func runWorker(ctx context.Context) error {
	settings, err := config.Load[config.Worker]()
	if err != nil {
		return err
	}
	return Run(ctx, Settings{
		Name: "worker", Listen: settings.Listen(HealthAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Bounded(), Yields: true, Stop: settings.Stop,
	}, func(a *Assembly) error {
		return a.AddWorker(settings.Parsing, settings.Limits)
	})
}

func runWeb(ctx context.Context) error {
	settings, err := config.Load[config.Web]()
	if err != nil {
		return err
	}
	return Run(ctx, Settings{
		Name: "web", Listen: settings.Listen(PageAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *Assembly) error {
		return a.AddWeb(settings.Dashboard, settings.Public, settings.Intake, settings.Edge)
	})
}

// RunEvoladder is everything in one process, on embedded engines unless the
// environment says otherwise.
func RunEvoladder(ctx context.Context) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	return RunAll(ctx, settings)
}

// RunAll is everything in one process with the given settings.
func RunAll(ctx context.Context, settings config.Evoladder) error {
	return Run(ctx, Settings{
		Name: "evoladder", Listen: settings.Listen(PageAddress), Metrics: settings.MetricsAddr, Effective: config.Effective(settings),
		Log: settings.Log, Storage: settings.Storage, Stop: settings.Stop,
	}, func(a *Assembly) error {
		if err := a.AddWorker(settings.Parsing, settings.Limits); err != nil {
			return err
		}
		if settings.Token != "" {
			if err := a.AddBot(settings.Discord, settings.Public, settings.Intake); err != nil {
				return err
			}
		} else {
			a.AddLadder()
		}
		return a.AddWeb(settings.Dashboard, settings.Public, settings.Intake, settings.Edge)
	})
}
