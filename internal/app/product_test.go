package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// testTimeout is how long anything may take before a test gives up; no test waits
// for it.
const testTimeout = 3 * time.Minute

// binaries is the folder of the programs as they are shipped.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := servicetest.SharedFolder()
	if err != nil {
		return "", err
	}
	return dir, servicetest.Build(context.Background(), dir, "bot", "worker", "evoladder")
})

// product is everything a deployment is, in processes of its own, on a
// loopback Discord.
type product struct {
	*testing.T
	*discordtest.Server
	ctx     context.Context
	channel discordtest.Channel // read without being asked
	alice   discordtest.User

	env      []string
	redis    *redistest.Server // nil when embedded
	database *relay            // nil when embedded
	bot      *program          // the process that speaks to Discord
	workers  []*program        // those that parse; may be the same
}

// onBothEngines runs test on evoladder with everything embedded, and on a bot
// and a worker that share Postgres and Redis.
func onBothEngines(t *testing.T, test func(t *testing.T, p *product)) {
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		p := newProduct(t)
		p.startEmbedded()
		test(t, p)
	})
	t.Run("services", func(t *testing.T) {
		t.Parallel()
		p := newProduct(t)
		p.startServices(1)
		test(t, p)
	})
}

func newProduct(t *testing.T) *product {
	t.Helper()
	if _, err := binaries(); err != nil { // not in the time of the test
		t.Fatal(err)
	}
	openAPI, err := discordtest.SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	server, err := discordtest.New(discordtest.Options{OpenAPI: openAPI, Granted: discordtest.IntentMessageContent})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeoutCause(t.Context(), testTimeout, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	p := &product{T: t, Server: server, ctx: ctx, alice: server.AddUser("alice")}
	p.channel = server.AddChannel(server.AddGuild("EvoLadder"), "replays")
	data := t.TempDir()
	p.env = []string{
		"PATH=" + os.Getenv("PATH"), "LOG_FORMAT=json", "LOG_LEVEL=debug",
		"DATA_DIR=" + data, "BLOB_URL=" + filepath.Join(data, "blobs"), "WORKER_PROCESSES=2",
		"DISCORD_TOKEN=" + server.Token(), "DISCORD_API_BASE=" + server.URL(), "DISCORD_WATCH_CHANNELS=" + p.channel.ID,
		"QUOTA_PLAYER_IN_FLIGHT=0", "METRICS_ADDR=127.0.0.1:0",
	}
	t.Cleanup(func() {
		for _, violation := range server.Violations() {
			t.Errorf("violation: %v", violation)
		}
	})
	return p
}

func (p *product) startEmbedded() {
	p.Helper()
	p.bot = p.start("evoladder", "HTTP_ADDR=127.0.0.1:0")
	p.workers = []*program{p.bot}
	p.must(p.WaitReady(p.ctx))
}

func (p *product) startServices(workers int) {
	p.Helper()
	p.database = newRelay(p.T, storetest.Postgres(p.T))
	p.redis = redistest.Private(p.T)
	p.env = append(p.env, "DATABASE_URL="+p.database.url, "REDIS_URL="+p.redis.URL())
	p.bot = p.start("bot")
	for range workers {
		p.workers = append(p.workers, p.start("worker"))
	}
	p.must(p.WaitReady(p.ctx))
}

func (p *product) must(err error) {
	p.Helper()
	if err != nil {
		if cause := context.Cause(p.ctx); cause != nil {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		p.Fatalf("%v\n%s", err, p.logs())
	}
}

func (p *product) logs() string {
	var all strings.Builder
	for _, one := range slices.Compact(append([]*program{p.bot}, p.workers...)) {
		if one != nil {
			fmt.Fprintf(&all, "--- %s\n%s", one.name, one.log.String())
		}
	}
	return all.String()
}

// program is one process of the product.
type program struct {
	*servicetest.Process
	t       *testing.T
	name    string
	url     string
	metrics string // its address
	log     *servicetest.Journal
	killed  bool
}

var (
	listening = regexp.MustCompile(`"listening".*(http://127\.0\.0\.1:\d+)`)
	measured  = regexp.MustCompile(`"serving metrics".*(http://127\.0\.0\.1:\d+/metrics)`)
)

// start is launch, and waits until the program listens.
func (p *product) start(name string, env ...string) *program {
	p.Helper()
	one := p.launch(name, env...)
	one.listens(p.ctx)
	return one
}

// launch starts a program, the shipped one of that name. It is asked to end when
// the test does.
func (p *product) launch(name string, env ...string) *program {
	p.Helper()
	dir, err := binaries()
	p.must(err)
	return p.launchCommand(name, []string{filepath.Join(dir, name)}, env...)
}

// launchCommand is launch for another binary, or with arguments.
func (p *product) launchCommand(name string, command []string, env ...string) *program {
	p.Helper()
	one := &program{t: p.T, name: name, log: servicetest.NewJournal()}
	process, err := servicetest.Start(servicetest.Spec{
		Name: name, Path: command[0], Args: command[1:], Env: slices.Concat(p.env, env), Journal: one.log,
	})
	p.must(err)
	one.Process = process
	p.Cleanup(one.stop)
	return one
}

// listens waits until the program says where it listens.
func (one *program) listens(ctx context.Context) {
	one.t.Helper()
	found, err := one.log.Wait(ctx, listening)
	if err != nil {
		one.t.Fatalf("%s does not listen: %v\n%s", one.name, err, one.log)
	}
	one.url = found[1]
	if found, err = one.log.Wait(ctx, measured); err != nil {
		one.t.Fatalf("%s serves no metrics: %v\n%s", one.name, err, one.log)
	}
	one.metrics = found[1]
}

// kill ends the program at whatever it is doing.
func (one *program) kill() {
	one.killed = true
	one.Stop(syscall.SIGKILL, testTimeout)
}

// stop ends the program as a supervisor does; it must end well.
func (one *program) stop() {
	one.t.Helper()
	if one.killed {
		return
	}
	if !one.Stop(syscall.SIGTERM, testTimeout) || !one.State().Success() {
		one.t.Errorf("%s ended with %v:\n%s", one.name, one.State(), one.log)
	}
}

// said waits for a line of the log.
func (one *program) said(ctx context.Context, pattern string) {
	one.t.Helper()
	if _, err := one.log.Wait(ctx, regexp.MustCompile(pattern)); err != nil {
		one.t.Fatalf("%s did not say %q: %v\n%s", one.name, pattern, err, one.log)
	}
}

// metric is the value of a series of the program, 0 when there is none.
func (one *program) metric(series string) int {
	one.t.Helper()
	response, err := http.Get(one.metrics)
	if err != nil {
		one.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		one.t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				one.t.Fatal(err)
			}
			return int(n)
		}
	}
	return 0
}

// parses is how many replays the workers took up, whatever came of it.
func (p *product) parses() (sum int) {
	p.Helper()
	for _, worker := range p.workers {
		for _, outcome := range []string{"parsed", "invalid", "unsupported", "too_large", "timeout", "poison"} {
			sum += worker.metric(`evoladder_parse_seconds_count{outcome="` + outcome + `"}`)
		}
	}
	return sum
}
