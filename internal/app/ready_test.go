package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// shared is a product whose database and queue are there and whose programs are
// started by the test.
func shared(t *testing.T) *product {
	t.Helper()
	p := newProduct(t)
	p.database, p.redis = newRelay(t, storetest.Postgres(t)), redistest.Private(t)
	p.env = append(p.env, "DATABASE_URL="+p.database.url, "REDIS_URL="+p.redis.URL())
	return p
}

// startWeb starts the page as the container image does.
func (p *product) startWeb() *program {
	p.Helper()
	dir, err := binaries()
	p.must(err)
	web := p.launchCommand("web", []string{filepath.Join(dir, "evoladder"), "web"}, "HTTP_ADDR=127.0.0.1:0")
	web.listens(p.ctx)
	return web
}

// ask asks a program for a path.
func (p *product) ask(one *program, path string) (status int, body string) {
	p.Helper()
	response, err := http.Get(one.url + path)
	p.must(err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	p.must(err)
	return response.StatusCode, string(data)
}

// says waits until /readyz has a status and says something of a check.
func (p *product) says(one *program, status int, check, want string) {
	p.Helper()
	p.until(func() bool {
		got, body := p.ask(one, "/readyz")
		var report map[string]string
		if err := json.Unmarshal([]byte(body), &report); err != nil {
			p.Fatalf("%q: %v", body, err)
		}
		return got == status && strings.Contains(report[check], want)
	})
}

func TestHealthAnswersWhileAProcessWaitsForItsDatabase(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.database.cut()
	worker := p.launch("worker")
	found, err := worker.log.Wait(p.ctx, regexp.MustCompile(`"msg":"starting","health":"(http://[^/]+)/healthz"`))
	p.must(err)
	worker.url = found[1]
	if status, body := p.ask(worker, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	p.says(worker, http.StatusServiceUnavailable, "start", "waiting for the database")
	if status, _ := p.ask(worker, "/"); status != http.StatusServiceUnavailable {
		t.Errorf("/: %d", status)
	}
	worker.said(p.ctx, "waiting for the database")
	p.database.mend()
	worker.listens(p.ctx)
	p.says(worker, http.StatusOK, "database", "ok")
}

func TestAProcessThatIsEndedWhileItWaitsEndsWell(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.database.cut()
	worker := p.launch("worker")
	worker.said(p.ctx, `"msg":"starting"`)
	worker.stop() // fails the test unless the status is 0
	if !worker.log.Has(`"waited_for":"the database"`) || worker.log.Has(`"level":"ERROR"`) {
		t.Errorf("it says\n%s", worker.log)
	}
}

// Without Redis the page takes uploads, and says that they are parsed later.
func TestAPageWithoutRedisStaysReady(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.redis.Kill()
	web := p.startWeb()
	p.says(web, http.StatusOK, "queue", "degraded: redis does not answer")
	response, err := http.Post(web.url+"/api/replays?name=Later.SC2Replay", "application/octet-stream", bytes.NewReader(made("Later").Data))
	p.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("upload: %d", response.StatusCode)
	}
	p.redis.Start()
	p.workers = append(p.workers, p.start("worker"))
	p.until(func() bool { return p.count("SELECT count(*) FROM replays WHERE status = 'parsed'") == 1 })
	p.says(web, http.StatusOK, "queue", "ok")
}

func TestReadinessSaysWhatRedisDoesNotDo(t *testing.T) {
	t.Parallel()
	p := shared(t)
	web, worker := p.startWeb(), p.start("worker")
	raw := redis.NewClient(p.redis.Options())
	defer raw.Close()
	inspector := asynq.NewInspector(tasks.NewMonitor(p.redis.Options()))
	defer inspector.Close()

	p.must(inspector.PauseQueue("replays"))
	for _, one := range []*program{web, worker} {
		p.says(one, http.StatusOK, "queue", "degraded: paused by an operator: replays")
	}
	p.must(inspector.UnpauseQueue("replays"))
	p.says(worker, http.StatusOK, "queue", "ok")

	p.must(raw.ConfigSet(p.ctx, "maxmemory", "1").Err())
	p.says(worker, http.StatusServiceUnavailable, "queue", "failing: redis is full")
	p.says(web, http.StatusOK, "queue", "degraded: redis is full; uploads are accepted and parsed later")
	p.must(raw.ConfigSet(p.ctx, "maxmemory", "0").Err())
	p.says(worker, http.StatusOK, "queue", "ok")
}

func TestReadinessSaysThatTheFilesAreAway(t *testing.T) {
	t.Parallel()
	p := shared(t)
	worker := p.start("worker")
	p.says(worker, http.StatusOK, "files", "ok")
	var folder string
	for _, setting := range p.env {
		if value, ok := strings.CutPrefix(setting, "BLOB_URL="); ok {
			folder = value
		}
	}
	p.must(os.Rename(folder, folder+".away"))
	p.says(worker, http.StatusServiceUnavailable, "files", "failing: the file storage cannot be reached")
	p.must(os.Rename(folder+".away", folder))
	p.says(worker, http.StatusOK, "files", "ok")
}

func TestReadinessSaysThatDiscordFails(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.bot = p.start("bot")
	p.must(p.WaitReady(p.ctx))
	p.says(p.bot, http.StatusOK, "discord", "ok")
	lift := p.Inject(discordtest.Fault{Trouble: discordtest.Failure, Route: "POST /channels/{channel_id}/messages"})
	p.direct(made("Unheard"))
	p.says(p.bot, http.StatusOK, "discord", "degraded: Discord fails")
	lift()
	for range 100 {
		p.Disturb(discordtest.Handshake{On: discordtest.OnIdentify, CloseCode: 4000}, discordtest.Handshake{On: discordtest.OnResume, CloseCode: 4000})
	}
	p.CloseConnections(4000)
	p.says(p.bot, http.StatusServiceUnavailable, "discord", "failing: discord gateway")
}

// A standby that could never act ends at its start, while the holder acts.
func TestAStandbyWithAWrongTokenDoesNotStart(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.bot = p.start("bot")
	p.must(p.WaitReady(p.ctx))
	standby := p.launch("bot", "DISCORD_TOKEN=not.the.token")
	standby.killed = true // it does not end well
	select {
	case <-standby.Done():
	case <-p.ctx.Done():
		standby.kill()
		t.Fatalf("it goes on:\n%s", standby.log)
	}
	if standby.State().Success() || !standby.log.Has(`"msg":"fatal"`) || !standby.log.Has("set DISCORD_TOKEN") {
		t.Errorf("%v:\n%s", standby.State(), standby.log)
	}
	p.says(p.bot, http.StatusOK, "discord", "ok")
}

// Every last word is a line in the chosen format: an argument, a setting, a
// second signal.
func TestEveryExitSpeaksInTheChosenFormat(t *testing.T) {
	t.Parallel()
	p := shared(t)
	p.env = append(p.env, "PARSE_TIMEOUT=60s", "WORKER_PROCESSES=1")
	dir, err := binaries()
	p.must(err)
	stranger, err := url.Parse(p.database.url)
	p.must(err)
	stranger.User = url.UserPassword("stranger", "secret")
	p.bot = p.start("bot")
	p.must(p.WaitReady(p.ctx))
	busy := p.start("worker")
	p.signal(onlyChild(t, busy.PID()), syscall.SIGSTOP)
	p.direct(made("Long"))
	p.until(func() bool {
		return p.count("SELECT count(*) FROM jobs WHERE kind = 'replay:parse' AND attempts = 1") == 1
	})
	p.signal(busy.PID(), syscall.SIGTERM)
	busy.said(p.ctx, `"msg":"shutting down"`)
	p.signal(busy.PID(), syscall.SIGTERM)

	for name, one := range map[string]*program{
		"a second signal": busy,
		"an argument":     p.launchCommand("worker", []string{filepath.Join(dir, "worker"), "-workers=4"}),
		"a setting":       p.launch("worker", "PARSE_TIMEOUT=never"),
		"a login":         p.launch("worker", "DATABASE_URL="+stranger.String()),
	} {
		one.killed = true // it does not end well
		select {
		case <-one.Done():
		case <-p.ctx.Done():
			one.kill()
			t.Fatalf("%s: it goes on:\n%s", name, one.log)
		}
		lines := strings.Split(strings.TrimSpace(one.log.String()), "\n")
		for _, line := range lines {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: %q", name, line)
			}
		}
		if last := lines[len(lines)-1]; !strings.Contains(last, `"level":"ERROR"`) {
			t.Errorf("%s: the last word is %q", name, last)
		}
	}
}
