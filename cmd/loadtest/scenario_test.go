package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// trial is how small a scenario is tried here. The command tries them in full.
var trials = map[string]Size{
	"one":      {Replays: 10},
	"flood":    {Replays: 60},
	"poison":   {Replays: 60},
	"kill":     {Duration: 8 * time.Second, Rate: 4},
	"redis":    {Duration: 6 * time.Second, Rate: 6, Haste: 3},
	"postgres": {Duration: 8 * time.Second, Rate: 4, Haste: 4},
	"outage":   {Duration: 16 * time.Second, Rate: 3, Haste: 15},
	"discord":  {Duration: 8 * time.Second, Rate: 4, Haste: 2},
	"deploy":   {Duration: 8 * time.Second, Rate: 4, Haste: 3},
	"all":      {Duration: 12 * time.Second, Rate: 3}, // Postgres restarts once
	"backlog":  {Replays: 300},
	"fleet":    {Duration: 4 * time.Second},
	"idle":     {Duration: 2 * time.Second},
}

const (
	trialSettle = time.Minute
	trialLinger = 2 * time.Second
	// trialTimeout bounds one scenario on a machine that is busy with others.
	trialTimeout = 3 * time.Minute
	// trialSamples is how many of the smallest replays are uploaded: what is
	// tried here is not the parser.
	trialSamples = 12
)

// built is where the product's binaries are once a test needed them.
var built string

var bin = sync.OnceValues(func() (string, error) {
	var err error
	if built, err = os.MkdirTemp("", "evoladder-bin-"); err != nil {
		return "", err
	}
	return built, servicetest.Build(context.Background(), built, "bot", "worker", "web", "evoladder")
})

func TestMain(m *testing.M) {
	status := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(status)
}

func TestScenarios(t *testing.T) {
	for _, scenario := range Scenarios {
		size, known := trials[scenario.Name]
		if !known {
			t.Errorf("scenario %s is not tried", scenario.Name)
			continue
		}
		size.Settle, size.Linger = trialSettle, trialLinger
		for _, engine := range scenario.Engines {
			t.Run(scenario.Name+" on "+string(engine), func(t *testing.T) {
				if scenario.Name != "one" {
					oncetest.Heavy(t)
				}
				t.Parallel()
				try(t, scenario, engine, size)
			})
		}
	}
}

func try(t *testing.T, scenario Scenario, engine Engine, size Size) {
	ctx, cancel := context.WithTimeout(t.Context(), trialTimeout)
	defer cancel()
	setup := Setup{Engine: engine, Workers: 2, Parsers: 1, Bin: binaries(t, engine), Dir: folder(t), Careless: true}
	var err error
	if setup.OpenAPI, err = discordtest.SharedOpenAPI(); err != nil {
		t.Fatal(err)
	}
	if scenario.prepare != nil {
		scenario.prepare(&setup)
	}
	samples := corpus(t, trialSamples)

	pipeline, err := Start(ctx, setup)
	t.Cleanup(func() { pipeline.Close() })
	if err != nil {
		t.Fatal(err)
	}
	report, err := scenario.Run(ctx, pipeline, samples, size)
	if err != nil {
		t.Fatal(err)
	}
	report.Killed = pipeline.Close()
	var table bytes.Buffer
	report.Print(&table)
	t.Log(table.String())
	if !report.Passed() {
		t.Error("an answer is missing, doubled or wrong")
	}
	if scenario.measure == nil && report.Answers == 0 {
		t.Error("nothing was answered")
	}
	if len(report.Violations) > 0 && len(report.Strikes) == 0 {
		t.Errorf("%d times Discord's rules were broken although nothing was broken on purpose", len(report.Violations))
	}
	if len(report.Exits) > 0 && len(report.Strikes) == 0 {
		t.Error("a process ended although nothing was broken on purpose")
	}
}

// binaries builds the product, once, and skips at home where the services are
// not installed.
func binaries(t *testing.T, engine Engine) string {
	t.Helper()
	if engine == Services {
		needServices(t)
	}
	dir, err := bin()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func needServices(t *testing.T) {
	t.Helper()
	_, redis := exec.LookPath("redis-server")
	if err := errors.Join(redis, servicetest.FindPostgres()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, a scenario on Redis and Postgres: %v", err)
	}
}

// folder is a temporary one that other accounts may enter; its logs are
// printed when the test fails.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "evoladder-load-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			printLogs(t, dir)
		}
		_ = os.RemoveAll(dir)
	})
	return dir
}

// maxLog is how much of the end of each log a failed test shows, in bytes.
const maxLog = 8 << 10

func printLogs(t *testing.T, dir string) {
	logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		t.Logf("the end of %s:\n%s", filepath.Base(path), text[max(0, len(text)-maxLog):])
	}
}
