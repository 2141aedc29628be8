package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// ErrFailed says that an answer was missing, doubled or wrong.
var ErrFailed = errors.New("the product failed")

// Command is a run of the load test as the command line asks for it.
type Command struct {
	Scenarios []Scenario
	Engines   []Engine
	Size      Size
	Setup     Setup
	Runs      int
	Replays   string // folder; empty: found, see LoadCorpus
	Keep      bool   // the folder of each run, also of a good one
	JSON      bool
}

// ParseCommand reads the command line without the program's name. Its error
// explains itself.
func ParseCommand(args []string, complaints io.Writer) (Command, error) {
	var c Command
	engine := ""
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.SetOutput(complaints)
	flags.Usage = func() { usage(flags) }
	flags.StringVar(&engine, "engine", "services", "services, embedded or both")
	flags.IntVar(&c.Setup.Workers, "workers", 1, "worker processes (services)")
	flags.IntVar(&c.Setup.Parsers, "parsers", 0, "parser processes of each worker; 0: one a CPU")
	flags.IntVar(&c.Size.Replays, "n", 0, "replays; 0: the scenario's own number")
	flags.IntVar(&c.Size.Users, "users", 0, "uploaders; 0: one for each five replays")
	flags.DurationVar(&c.Size.Duration, "duration", 0, "how long replays come; 0: the scenario's own time, or until -n is reached")
	flags.Float64Var(&c.Size.Rate, "rate", 0, "uploads a second; 0: the scenario's own")
	flags.DurationVar(&c.Size.Settle, "settle", 0, "how long answers may come after the last upload (default 2m)")
	flags.DurationVar(&c.Size.Linger, "linger", 0, "how long to watch for answers that come twice (default 10s)")
	flags.IntVar(&c.Runs, "runs", 1, "runs of each scenario, each on a pipeline of its own")
	flags.StringVar(&c.Replays, "replays", "", "folder with .SC2Replay files; empty: found")
	flags.StringVar(&c.Setup.Bin, "bin", "", "folder with the product's binaries; empty: they are built")
	flags.StringVar(&c.Setup.Database, "database-url", "", "an empty Postgres of this machine; empty: a private one is started")
	flags.StringVar(&c.Setup.Redis, "redis-url", "", "an empty Redis of this machine; empty: a private one is started")
	flags.BoolVar(&c.Keep, "keep", false, "keep logs and data also when all is well")
	flags.BoolVar(&c.JSON, "json", false, "print JSON, one report a line")
	if err := flags.Parse(args); err != nil {
		return Command{}, err
	}
	switch engine {
	case "both":
		c.Engines = both
	case string(Services), string(Embedded):
		c.Engines = []Engine{Engine(engine)}
	default:
		return Command{}, fmt.Errorf("-engine is %q: use services, embedded or both", engine)
	}
	names := flags.Args()
	if len(names) == 0 {
		names = []string{"flood"}
	}
	for _, name := range names {
		scenario, err := Find(name)
		if err != nil {
			return Command{}, fmt.Errorf("%w; loadtest -help lists them", err)
		}
		c.Scenarios = append(c.Scenarios, scenario)
	}
	return c, nil
}

func usage(flags *flag.FlagSet) {
	w := flags.Output()
	_, _ = fmt.Fprint(w, "loadtest floods a real pipeline on this machine through a loopback Discord, breaks it\n"+
		"on purpose, and exits 1 when any answer is missing, doubled or wrong.\n\n  loadtest [flags] [SCENARIO…]\n\n")
	for _, s := range Scenarios {
		_, _ = fmt.Fprintf(w, "  %-10s%s\n", s.Name, s.About)
	}
	_, _ = fmt.Fprintln(w)
	flags.PrintDefaults()
}

// Execute runs the command and prints to out. It returns ErrFailed when the
// product did.
func (c Command) Execute(ctx context.Context, out io.Writer) error {
	corpus, err := LoadCorpus(ctx, c.Replays, 0)
	if err != nil {
		return err
	}
	if c.Setup.OpenAPI, err = discordtest.SharedOpenAPI(); err != nil {
		c.Setup.OpenAPI = "" // requests are checked against the documented limits alone
	}
	if c.Setup.Bin == "" {
		bin, err := os.MkdirTemp("", "evoladder-bin-")
		if err != nil {
			return fmt.Errorf("make folder for binaries: %w", err)
		}
		defer func() { _ = os.RemoveAll(bin) }()
		if err := servicetest.Build(ctx, bin, "bot", "worker", "web", "evoladder"); err != nil {
			return err
		}
		c.Setup.Bin = bin
	}
	failed := false
	for _, scenario := range c.Scenarios {
		for _, engine := range c.Engines {
			if !scenario.RunsOn(engine) {
				_, _ = fmt.Fprintf(os.Stderr, "%s makes no sense on %s: left out\n", scenario.Name, engine)
				continue
			}
			for range c.Runs {
				passed, err := c.once(ctx, scenario, engine, corpus, out)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", scenario.Name, engine, err)
				}
				failed = failed || !passed
			}
		}
	}
	if failed {
		return ErrFailed
	}
	return nil
}

// once runs one scenario on a pipeline of its own and prints its report. Its
// folder is kept when something is to be looked up there.
func (c Command) once(ctx context.Context, s Scenario, engine Engine, corpus *Corpus, out io.Writer) (passed bool, err error) {
	dir, err := os.MkdirTemp("", "evoladder-load-")
	if err != nil {
		return false, fmt.Errorf("make folder: %w", err)
	}
	defer func() {
		if passed && !c.Keep {
			_ = os.RemoveAll(dir)
			return
		}
		_, _ = fmt.Fprintf(os.Stderr, "logs and data: %s\n", filepath.Join(dir, "*.log"))
	}()
	// Postgres runs as somebody else when this is root.
	if err := os.Chmod(dir, 0o755); err != nil {
		return false, fmt.Errorf("open folder: %w", err)
	}
	setup := c.Setup
	setup.Engine, setup.Dir = engine, dir
	if s.prepare != nil {
		s.prepare(&setup)
	}
	pipeline, err := Start(ctx, setup)
	if err != nil {
		pipeline.Close()
		return false, err
	}
	report, err := s.Run(ctx, pipeline, corpus, c.Size)
	report.Killed = pipeline.Close()
	if err != nil {
		return false, err
	}
	if c.JSON {
		return report.Passed(), json.NewEncoder(out).Encode(report)
	}
	report.Print(out)
	return report.Passed(), nil
}
