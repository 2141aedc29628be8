package service_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
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
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// patience is how long anything may take before a test gives up; no test waits
// for it.
const patience = 3 * time.Minute

// built is the folder of binaries, once there is one.
var built string

// binaries is the folder of the programs as they are shipped.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "evoladder-bin-")
	if err != nil {
		return "", err
	}
	built = dir
	build := exec.Command("go", "build", "-o", dir+"/", "./cmd/bot", "./cmd/worker", "./cmd/evoladder")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("build: %w\n%s", err, out)
	}
	return dir, nil
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
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("nothing happened for too long"))
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
	p.bot = p.start("evoladder", nil, "HTTP_ADDR=127.0.0.1:0")
	p.workers = []*program{p.bot}
	p.must(p.WaitReady(p.ctx))
}

func (p *product) startServices(workers int) {
	p.Helper()
	p.database = newRelay(p.T, storetest.Postgres(p.T))
	p.redis = redistest.Private(p.T)
	p.env = append(p.env, "DATABASE_URL="+p.database.url, "REDIS_URL="+p.redis.URL())
	p.bot = p.start("bot", nil)
	for range workers {
		p.workers = append(p.workers, p.start("worker", nil))
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
	t       *testing.T
	name    string
	command *exec.Cmd
	url     string
	metrics string // its address
	log     *journal
	ended   chan struct{}
	err     error // of its end
	killed  bool
}

var (
	listening = regexp.MustCompile(`"listening".*(http://127\.0\.0\.1:\d+)`)
	measured  = regexp.MustCompile(`"serving metrics".*(http://127\.0\.0\.1:\d+/metrics)`)
)

// start is launch, and waits until the program listens.
func (p *product) start(name string, command *exec.Cmd, env ...string) *program {
	p.Helper()
	one := p.launch(name, command, env...)
	one.listens(p.ctx)
	return one
}

// launch starts a program, the shipped one of that name when command is nil.
// It is told to end when the test does.
func (p *product) launch(name string, command *exec.Cmd, env ...string) *program {
	p.Helper()
	if command == nil {
		dir, err := binaries()
		if err != nil {
			p.Fatal(err)
		}
		command = exec.Command(filepath.Join(dir, name))
	}
	command.Env = slices.Concat(command.Env, p.env, env)
	one := &program{t: p.T, name: name, command: command, log: newJournal(), ended: make(chan struct{})}
	pipe, err := command.StderrPipe()
	p.must(err)
	p.must(command.Start())
	go func() {
		one.log.read(pipe)
		one.err = command.Wait()
		close(one.ended)
	}()
	p.Cleanup(one.stop)
	return one
}

// listens waits until the program says where it listens.
func (one *program) listens(ctx context.Context) {
	one.t.Helper()
	found, err := one.log.wait(ctx, listening)
	if err != nil {
		one.t.Fatalf("%s does not listen: %v\n%s", one.name, err, one.log)
	}
	one.url = found[1]
	if found, err = one.log.wait(ctx, measured); err != nil {
		one.t.Fatalf("%s serves no metrics: %v\n%s", one.name, err, one.log)
	}
	one.metrics = found[1]
}

// kill ends the program at whatever it is doing.
func (one *program) kill() {
	one.killed = true
	_ = one.command.Process.Kill()
	<-one.ended
}

// stop ends the program as a supervisor does; it must end well.
func (one *program) stop() {
	one.t.Helper()
	if one.killed {
		return
	}
	_ = one.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-one.ended:
	case <-time.After(patience):
		_ = one.command.Process.Kill()
		<-one.ended
	}
	if one.err != nil {
		one.t.Errorf("%s ended with %v:\n%s", one.name, one.err, one.log)
	}
}

// said waits for a line of the log.
func (one *program) said(ctx context.Context, pattern string) {
	one.t.Helper()
	if _, err := one.log.wait(ctx, regexp.MustCompile(pattern)); err != nil {
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

// journal is a log that can be waited on.
type journal struct {
	mu      sync.Mutex
	text    bytes.Buffer
	closed  bool
	changed chan struct{}
}

func newJournal() *journal { return &journal{changed: make(chan struct{})} }

func (j *journal) read(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		j.mu.Lock()
		j.text.Write(line)
		j.closed = err != nil
		close(j.changed)
		j.changed = make(chan struct{})
		j.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (j *journal) wait(ctx context.Context, pattern *regexp.Regexp) ([]string, error) {
	for {
		j.mu.Lock()
		found, closed, changed := pattern.FindStringSubmatch(j.text.String()), j.closed, j.changed
		j.mu.Unlock()
		switch {
		case found != nil:
			return found, nil
		case closed:
			return nil, io.ErrUnexpectedEOF
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (j *journal) has(text string) bool { return strings.Contains(j.String(), text) }

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
