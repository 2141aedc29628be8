package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// Containers is a trial of Dockerfile and compose.yaml as they are: in a copy of
// the working tree, with an .env of its own, under a project name of its own. It
// builds, starts from nothing, and floods the product through the page and a
// loopback Discord while containers are killed, cut off, replaced and scaled.
type Containers struct {
	Compose   string        // the command of Compose v2, as in "docker compose"
	Image     string        // an image to try; empty: it is built
	Rate      float64       // uploads a second through Discord; the page gets a fourth
	Partition time.Duration // how long a worker is cut off
	Most      int           // how many workers the scaling ends with; 0: no such step
	Timeout   time.Duration // of all
	Replays   string        // folder; empty: found, see LoadCorpus
	Keep      bool          // the folder with logs, also of a good run
}

// ParseContainers reads the command line after the word containers. Its error
// explains itself.
func ParseContainers(args []string, complaints io.Writer) (Containers, error) {
	var c Containers
	flags := flag.NewFlagSet("loadtest containers", flag.ContinueOnError)
	flags.SetOutput(complaints)
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), "loadtest containers builds and runs compose.yaml under a project name of its own, floods it\n"+
			"while containers are killed, cut off, replaced and scaled, and exits 1 when any answer is\n"+
			"missing, doubled or wrong, or a limit does not hold. It removes what it started.\n\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&c.Compose, "compose", "docker compose", "command of Compose v2")
	flags.StringVar(&c.Image, "image", "", "try this image, as it is; empty: build it, which takes most of the time after a change")
	flags.Float64Var(&c.Rate, "rate", 4, "uploads a second through Discord; the page gets a fourth of it")
	flags.DurationVar(&c.Partition, "partition", time.Minute, "how long a worker is cut from the network")
	flags.IntVar(&c.Most, "most", 0, "scale to so many workers, too; 0: to 4 at most")
	flags.DurationVar(&c.Timeout, "timeout", 15*time.Minute, "of the whole run")
	flags.StringVar(&c.Replays, "replays", "", "folder with .SC2Replay files; empty: found")
	flags.BoolVar(&c.Keep, "keep", false, "keep the logs of all containers also when all is well")
	if err := flags.Parse(args); err != nil {
		return Containers{}, err
	}
	if flags.NArg() > 0 || c.Compose == "" || c.Rate <= 0 {
		return Containers{}, fmt.Errorf("loadtest containers takes flags only, a command and a positive rate: see -help")
	}
	return c, nil
}

// trial is a run under way.
type trial struct {
	Containers
	*composition
	pipeline *Pipeline // of which only Discord runs here
	corpus   *Corpus
	settings *settings
	out      *tabwriter.Writer
	failed   bool
	began    time.Time
	killed   map[string]bool // containers that were killed on purpose
	events   func() ([]event, error)
}

const (
	// firstAnswerMark is how soon a product that was started from nothing answers.
	firstAnswerMark = time.Minute
	// healthyMark is how soon a process of ours is healthy once it was started.
	healthyMark = 5 * time.Second
	// imageMark is the largest image, in bytes.
	imageMark = 50 << 20
	// cleanUpTimeout bounds the removal of what was started.
	cleanUpTimeout = 2 * time.Minute
)

// Execute runs the trial and prints a table to out. It returns ErrFailed when the
// product did. Whatever happens, its containers, networks, volumes and image are
// removed.
func (c Containers) Execute(ctx context.Context, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.Timeout, errors.New("the trial's time is over"))
	defer cancel()
	dir, err := os.MkdirTemp("", "evoladder-containers-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, "docker.log"))
	if err != nil {
		return fmt.Errorf("make log: %w", err)
	}
	t := &trial{
		Containers: c,
		composition: &composition{
			project: "evoladder-trial-" + strings.ToLower(rand.Text()[:8]), dir: filepath.Join(dir, "tree"),
			command: strings.Fields(c.Compose), log: log,
		},
		out:    tabwriter.NewWriter(out, 0, 0, 2, ' ', 0),
		killed: make(map[string]bool),
	}
	_, _ = fmt.Fprintf(os.Stderr, "project %s, log %s\n", t.project, log.Name())
	defer func() {
		_ = t.out.Flush()
		if err != nil || t.failed || c.Keep {
			t.keepLogs(dir)
		}
		err = errors.Join(err, t.close())
		_ = log.Close()
		if err == nil && t.failed {
			err = ErrFailed
		}
		if err == nil && !c.Keep {
			_ = os.RemoveAll(dir)
			return
		}
		_ = os.RemoveAll(t.dir)
		_, _ = fmt.Fprintf(os.Stderr, "logs: %s\n", dir)
	}()
	if err := t.prepare(ctx); err != nil {
		return err
	}
	return t.all(ctx)
}

// prepare makes the copy of the tree, its .env, and the loopback Discord.
func (t *trial) prepare(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		return errors.New("containers reach a loopback Discord only where the engine's bridge is this machine's: on Linux")
	}
	root, err := servicetest.ModuleDir(ctx, "github.com/evoladder/evoladderbot")
	if err != nil {
		return err
	}
	if err := copyTree(ctx, root, t.dir); err != nil {
		return err
	}
	if t.corpus, err = LoadCorpus(ctx, t.Replays, 0); err != nil {
		return err
	}
	bridge, err := t.bridge(ctx)
	if err != nil {
		return err
	}
	setup := Setup{Listen: net.JoinHostPort(bridge.String(), "0")}
	if setup.OpenAPI, err = discordtest.SharedOpenAPI(); err != nil {
		setup.OpenAPI = "" // requests are checked against the documented limits alone
	}
	t.pipeline = &Pipeline{setup: setup}
	if err := t.pipeline.startDiscord(); err != nil {
		return err
	}
	t.settings, err = newSettings(t.pipeline)
	if err != nil {
		return err
	}
	return t.settings.write(t.dir, t.project, bySecretFile)
}

// bridge is this machine's address on the engine's own network, which every
// container reaches and no other machine.
func (t *trial) bridge(ctx context.Context) (net.IP, error) {
	name, err := t.docker(ctx, "network", "inspect", "bridge", "--format", `{{index .Options "com.docker.network.bridge.name"}}`)
	if err != nil {
		return nil, err
	}
	device, err := net.InterfaceByName(strings.TrimSpace(name))
	if err != nil {
		return nil, fmt.Errorf("find the engine's bridge: %w", err)
	}
	addresses, err := device.Addrs()
	if err != nil {
		return nil, fmt.Errorf("find the bridge's address: %w", err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil {
			return network.IP, nil
		}
	}
	return nil, fmt.Errorf("bridge %s has no IPv4 address", device.Name)
}

// all is the trial, in the order of an operator's life.
func (t *trial) all(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		t.build, t.contextHasNoSecrets, t.start, t.imageIsSmall, t.processesAreConfined, t.settingsArrive,
		t.flood, t.hostileFilesAreRefused, t.deaths,
	} {
		if err := step(ctx); err != nil {
			if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
				err = errors.Join(cause, err)
			}
			return err
		}
	}
	return nil
}

// row prints a line of the table.
func (t *trial) row(verdict, what, format string, args ...any) {
	_, _ = fmt.Fprintf(t.out, "  %s\t%s\t%s\n", verdict, what, fmt.Sprintf(format, args...))
	_ = t.out.Flush()
}

// holds prints a fact that must be so.
func (t *trial) holds(ok bool, what, format string, args ...any) {
	verdict := "ok"
	if !ok {
		verdict, t.failed = "FAILED", true
	}
	t.row(verdict, what, format, args...)
}

// mark prints a time beside what it should be. A busy machine misses it, which
// is no fault of the product.
func (t *trial) mark(took, within time.Duration, what string) {
	verdict := "ok"
	if took > within {
		verdict = "late"
	}
	t.row(verdict, what, "%.1f s (at most %.0f s)", took.Seconds(), within.Seconds())
}

// keepLogs writes what the containers said to the run's folder.
func (t *trial) keepLogs(dir string) {
	ctx, cancel := context.WithTimeout(context.Background(), cleanUpTimeout)
	defer cancel()
	logs, err := t.logs(ctx, "")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "containers.log"), []byte(logs), 0o600)
	}
	if err != nil {
		_, _ = fmt.Fprintln(t.log, err)
	}
}

// close removes what was started, also when the trial was interrupted.
func (t *trial) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanUpTimeout)
	defer cancel()
	var err error
	if t.settings != nil { // else nothing was started
		err = t.down(ctx)
		_, _ = t.docker(ctx, "image", "rm", t.project) // it may not have been built
	}
	if t.pipeline != nil && t.pipeline.Discord != nil {
		t.pipeline.Discord.Close()
	}
	return err
}
