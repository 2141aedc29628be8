package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// asProgram makes the test binary be the bot.
const asProgram = "BOT_TEST_MAIN"

// testTimeout is how long a test waits for what should have happened by then.
const testTimeout = 3 * time.Minute

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// city is a loopback Discord, a database, a queue and a worker that bots come
// to.
type city struct {
	*testing.T
	*discordtest.Server
	ctx     context.Context
	url     string // of the database
	env     []string
	channel discordtest.Channel
	alice   discordtest.User
	sent    []discordtest.Message
}

func newCity(t *testing.T) *city {
	database := storetest.Postgres(t)
	openAPI, err := discordtest.SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	discord, err := discordtest.New(discordtest.Options{OpenAPI: openAPI, Granted: discordtest.IntentMessageContent})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(discord.Close)
	ctx, cancel := context.WithTimeoutCause(t.Context(), testTimeout, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	c := &city{T: t, Server: discord, ctx: ctx, url: database, alice: discord.AddUser("alice")}
	c.channel = discord.AddChannel(discord.AddGuild("EvoLadder"), "replays")
	storage := config.Storage{
		DataDir: t.TempDir(), DatabaseURL: config.URL(database), RedisURL: config.URL(redistest.Private(t).URL()),
	}
	c.env = []string{
		asProgram + "=1", "DATABASE_URL=" + database, "REDIS_URL=" + storage.RedisURL.Reveal(), "DATA_DIR=" + storage.DataDir, "BLOB_URL=" + storage.Blobs(),
		"DISCORD_TOKEN=" + discord.Token(), "DISCORD_API_BASE=" + discord.URL(), "DISCORD_WATCH_CHANNELS=" + c.channel.ID,
		"QUOTA_PLAYER_IN_FLIGHT=0", "QUOTA_PLAYER_JUNK_HOUR=0", "LOG_FORMAT=text", "PATH=" + os.Getenv("PATH"),
	}
	c.work(storage)
	return c
}

// work is a worker in this process.
func (c *city) work(storage config.Storage) {
	base, err := app.Open(c.ctx, slog.New(slog.DiscardHandler), storage)
	if err != nil {
		c.Fatal(err)
	}
	parts, err := base.Worker(config.Parsing{Processes: 1, ParseTimeout: 10 * time.Second, MemoryMB: 512}, config.Limits{MaxReplayBytes: 8 << 20})
	if err != nil {
		c.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- app.RunParts(ctx, base.Log, 10*time.Second, append([]app.Part{base.Sweeper()}, parts...)...)
	}()
	c.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, base.Close()); err != nil {
			c.Error(err)
		}
	})
}

// resident is one bot's process.
type resident struct {
	*servicetest.Process
	log *servicetest.Journal
}

func (c *city) start() *resident {
	c.Helper()
	r := &resident{log: servicetest.NewJournal()}
	process, err := servicetest.Start(servicetest.Spec{Name: "bot", Path: os.Args[0], Env: c.env, Journal: r.log})
	if err != nil {
		c.Fatal(err)
	}
	r.Process = process
	c.Cleanup(func() { r.Stop(syscall.SIGKILL, testTimeout) })
	return r
}

// await waits until the bot's log says something, and returns the last line
// that does.
func (c *city) await(r *resident, words string) string { return c.awaitTimes(r, words, 1) }

func (c *city) awaitTimes(r *resident, words string, times int) string {
	c.Helper()
	lines, err := r.log.WaitTimes(c.ctx, regexp.MustCompile(".*"+regexp.QuoteMeta(words)+".*\n"), times)
	if err != nil {
		c.Fatalf("never said %q: %v\n%s", words, err, r.log)
	}
	return lines[len(lines)-1][0]
}

// end signals a bot and waits for its end.
func (c *city) end(r *resident, signal syscall.Signal) {
	c.Helper()
	r.Stop(signal, testTimeout)
	if !r.State().Success() && signal != syscall.SIGKILL {
		c.Errorf("ended with %v:\n%s", r.State(), r.log)
	}
}

// upload posts a file of its own in the watched channel.
func (c *city) upload() {
	name := fmt.Sprintf("%03d.SC2Replay", len(c.sent))
	c.sent = append(c.sent, c.Upload(discordtest.Upload{
		Channel: c.channel, Author: c.alice,
		Files: []discordtest.File{{Name: name, Data: []byte("MPQ\x1b no replay, but the only " + name)}},
	}))
}

// replies are what bots wrote about a message.
func (c *city) replies(to discordtest.Message) []discordtest.Message {
	return slices.DeleteFunc(c.Messages(c.channel), func(m discordtest.Message) bool { return m.ReplyTo != to.ID })
}

// answered waits until every upload has its answer, and checks that each has
// one message that became the answer once.
func (c *city) answered() {
	c.Helper()
	done := func(m discordtest.Message) bool {
		replies := c.replies(m)
		return len(replies) > 0 && strings.Contains(replies[0].Content, "Could not parse")
	}
	err := c.Wait(c.ctx, func() bool {
		return !slices.ContainsFunc(c.sent, func(m discordtest.Message) bool { return !done(m) })
	})
	for _, m := range c.sent {
		replies := c.replies(m)
		if len(replies) != 1 || !done(m) {
			c.Errorf("%s has %d replies: %+v", m.Files[0].Name, len(replies), replies)
			continue
		}
		// A bot killed before it recorded a delivery leaves the same edit to be
		// made again, which no player sees.
		said := map[string]bool{}
		for _, version := range replies[0].History {
			said[version.Content] = true
		}
		if len(said) != 2 {
			c.Errorf("%s was answered with %d sentences: %+v", m.Files[0].Name, len(said)-1, replies[0].History)
		}
	}
	if err != nil {
		c.Fatal(err)
	}
}

// pair starts two bots, the second when the first listens.
func (c *city) pair() (first, second *resident) {
	c.Helper()
	first = c.start()
	c.await(first, "holding the lease")
	if err := c.WaitReady(c.ctx); err != nil {
		c.Fatal(err)
	}
	second = c.start()
	c.await(second, "standing by")
	return first, second
}

func TestTheSecondBotTakesOver(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"after a kill": syscall.SIGKILL, "after a graceful end": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			first, second := c.pair()
			for range 5 {
				c.upload()
			}
			c.answered()
			if c.Identifies() != 1 || c.Connections() != 1 {
				t.Errorf("%d bots identified, %d are connected", c.Identifies(), c.Connections())
			}
			for range 5 {
				c.upload() // being taken in or answered while their bot ends
			}
			c.end(first, signal)
			for range 5 {
				c.upload() // no bot receives them
			}
			c.await(second, "holding the lease")
			c.answered()
			c.upload()
			c.answered()
			if c.Identifies() != 2 {
				t.Errorf("%d bots identified", c.Identifies())
			}
			c.end(second, syscall.SIGTERM)
		})
	}
}

// execute runs a statement past the store.
func (c *city) execute(statement string) {
	c.Helper()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(c.ctx, statement); err != nil {
		c.Fatal(err)
	}
}

// ready is what a bot says of its readiness.
func (c *city) ready(r *resident) (status int, body string) {
	c.Helper()
	_, url, _ := strings.Cut(c.await(r, "listening"), "url=")
	request, err := http.NewRequestWithContext(c.ctx, http.MethodGet, strings.TrimSpace(url)+"/readyz", nil)
	if err != nil {
		c.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestABotThatLosesItsLeaseFallsSilentAndComesBack(t *testing.T) {
	c := newCity(t)
	bot := c.start()
	c.await(bot, "gateway connected")
	if status, body := c.ready(bot); status != http.StatusOK || !strings.Contains(body, `"discord":"ok"`) {
		t.Errorf("ready: %d %s", status, body)
	}
	c.upload()
	c.answered()
	c.execute("UPDATE leases SET holder = 'another', expires_at = expires_at + 3600000")
	c.await(bot, "lease lost")
	c.await(bot, "standing by")
	if err := c.Wait(c.ctx, func() bool { return c.Connections() == 0 }); err != nil {
		t.Fatal(err)
	}
	// Being ready lets a deploy go on, which is what the standing by is for.
	if status, body := c.ready(bot); status != http.StatusOK || !strings.Contains(body, `"discord":"standing by"`) {
		t.Errorf("standing by: %d %s", status, body)
	}
	c.upload()
	c.execute("DELETE FROM leases")
	c.awaitTimes(bot, "holding the lease", 2)
	c.answered()
	c.end(bot, syscall.SIGTERM)
}

func TestAPlayerIsHeldToTheQuota(t *testing.T) {
	c := newCity(t)
	c.env = append(c.env, "QUOTA_PLAYER_HOUR=2")
	bot := c.start()
	c.await(bot, "gateway connected")
	c.upload()
	c.upload()
	c.answered()
	c.upload()
	if _, err := c.WaitMessage(c.ctx, func(m discordtest.Message) bool {
		return m.ReplyTo == c.sent[2].ID && strings.Contains(m.Content, "reached 2 uploads an hour") &&
			strings.Contains(m.Content, "in 60 minutes.")
	}); err != nil {
		t.Errorf("%v: %+v", err, c.replies(c.sent[2]))
	}
	c.end(bot, syscall.SIGTERM)
}
