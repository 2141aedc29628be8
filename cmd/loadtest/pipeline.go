package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// Engine is what the product runs on.
type Engine string

// The engines.
const (
	// Services is bot and workers as separate processes on Postgres and Redis.
	Services Engine = "services"
	// Embedded is everything in one process on SQLite and an embedded queue.
	Embedded Engine = "embedded"
)

// Setup says what pipeline to build.
type Setup struct {
	Engine      Engine
	Workers     int    // worker processes; Embedded has one inside
	Parsers     int    // parser processes of each worker; 0: one a CPU
	Bin         string // folder with the product's binaries, see servicetest.Build
	Dir         string // where everything is kept; its owner removes it
	Database    string // URL of a Postgres to use; empty: a private one
	Redis       string // URL of a Redis to use; empty: a private one
	Careless    bool   // the private Postgres does not wait for the disk
	WithWeb     bool   // start cmd/web as well
	HoldWorkers bool   // start no worker yet
	Connections int    // that the private Postgres allows; 0: plenty
	Listen      string // host:port of the loopback Discord; empty: 127.0.0.1
	OpenAPI     string // path of Discord's OpenAPI description; empty: not checked
	Heartbeat   time.Duration
}

const (
	// readyTimeout bounds the start of one process, migrations included.
	readyTimeout = 60 * time.Second
	// readyEach is what each process adds to that: very many start slowly.
	readyEach = 2 * time.Second
	// stopGrace is how long a process may take to end: its own limit of 10 s,
	// and some.
	stopGrace = 15 * time.Second
	// channelCount is how many channels of a guild the uploads are spread over.
	channelCount = 8
)

// Pipeline is a running product.
type Pipeline struct {
	Discord  *discordtest.Server
	Watched  []discordtest.Channel // the bot reads every upload there
	Plain    []discordtest.Channel // the bot reads what is meant for it
	setup    Setup
	redis    *servicetest.Redis    // nil unless private
	postgres *servicetest.Postgres // nil unless private
	database string
	queue    string
	slots    []*slot
}

// slot is for one program of the pipeline, whatever process fills it.
type slot struct {
	name string // of the binary

	mu       sync.Mutex
	programs []*servicetest.Program // the last one runs, the others retire
	address  string                 // of its pages
}

// Start builds a pipeline and waits until it takes uploads. Close it, also
// after an error.
func Start(ctx context.Context, setup Setup) (*Pipeline, error) {
	p := &Pipeline{setup: setup, database: setup.Database, queue: setup.Redis}
	if err := p.startDiscord(); err != nil {
		return p, err
	}
	programs := []string{"evoladder"}
	if setup.Engine == Services {
		if err := p.startServices(ctx); err != nil {
			return p, err
		}
		programs = []string{"bot"}
		if !setup.HoldWorkers {
			programs = append(programs, setup.workers()...)
		}
		if setup.WithWeb {
			programs = append(programs, "web")
		}
	}
	return p, p.launch(ctx, programs)
}

func (s Setup) workers() []string { return slices.Repeat([]string{"worker"}, max(1, s.Workers)) }

// startWorkers starts the workers that Setup.HoldWorkers held back.
func (p *Pipeline) startWorkers(ctx context.Context) error { return p.launch(ctx, p.setup.workers()) }

// launch starts programs in slots of their own and waits until all are ready.
func (p *Pipeline) launch(ctx context.Context, programs []string) error {
	for _, name := range programs {
		s := &slot{name: name}
		if err := p.fill(s); err != nil {
			return err
		}
		p.slots = append(p.slots, s)
	}
	return p.WaitReady(ctx)
}

// address is host:port of the first program of a name.
func (p *Pipeline) address(name string) string {
	for _, s := range p.slots {
		if s.name == name {
			_, address := s.current()
			return address
		}
	}
	return ""
}

func (p *Pipeline) startDiscord() error {
	server, err := discordtest.New(discordtest.Options{
		Listen: p.setup.Listen, OpenAPI: p.setup.OpenAPI, Granted: discordtest.IntentMessageContent, DropFiles: true, Heartbeat: p.setup.Heartbeat,
		// A load test restarts bots more often than a day allows.
		Identifies: 1 << 20,
	})
	if err != nil {
		return fmt.Errorf("start loopback Discord: %w", err)
	}
	p.Discord = server
	guild := server.AddGuild("Ladder")
	for n := range channelCount {
		p.Watched = append(p.Watched, server.AddChannel(guild, fmt.Sprintf("replays-%d", n)))
		p.Plain = append(p.Plain, server.AddChannel(guild, fmt.Sprintf("talk-%d", n)))
	}
	return nil
}

func (p *Pipeline) startServices(ctx context.Context) error {
	if p.queue == "" {
		redis, err := servicetest.StartRedis(ctx, p.setup.Dir, servicetest.RedisOptions{})
		if err != nil {
			return err
		}
		p.redis, p.queue = redis, redis.URL()
	}
	if p.database == "" {
		postgres, err := servicetest.StartPostgres(ctx, p.setup.Dir, servicetest.PostgresOptions{Careless: p.setup.Careless, Connections: p.setup.Connections})
		if err != nil {
			return err
		}
		p.postgres, p.database = postgres, postgres.URL()
	}
	return p.refuseForeign(ctx)
}

// fill starts a program in its slot, beside the one that may run there.
func (p *Pipeline) fill(s *slot) error {
	port, err := servicetest.FreePort()
	if err != nil {
		return err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	program, err := servicetest.Supervise(servicetest.Spec{
		Name: s.name, Path: filepath.Join(p.setup.Bin, s.name), Dir: p.setup.Dir, Env: p.environment(address),
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.programs, s.address = append(s.programs, program), address
	return nil
}

func (p *Pipeline) environment(address string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + p.setup.Dir, "HOME=" + p.setup.Dir, "TZ=UTC",
		"LOG_FORMAT=json", "LOG_LEVEL=info", "HTTP_ADDR=" + address,
		"DATA_DIR=" + filepath.Join(p.setup.Dir, "data"),
		"BLOB_URL=" + filepath.Join(p.setup.Dir, "blobs"),
		"WORKER_PROCESSES=" + strconv.Itoa(p.setup.Parsers),
		"DISCORD_TOKEN=" + p.Discord.Token(), "DISCORD_API_BASE=" + p.Discord.URL(),
		"DISCORD_WATCH_CHANNELS=" + ids(p.Watched),
		// A crowd of a few users uploads more than people do.
		"QUOTA_PLAYER_IN_FLIGHT=0", "QUOTA_PLAYER_HOUR=0", "QUOTA_PLAYER_JUNK_HOUR=0", "QUOTA_GUILD_HOUR=0", "QUOTA_ADDRESS_HOUR=0",
	}
	if p.setup.Engine == Services {
		env = append(env, "DATABASE_URL="+p.database, "REDIS_URL="+p.queue)
	}
	return env
}

func ids(channels []discordtest.Channel) string {
	list := ""
	for _, c := range channels {
		list += "," + c.ID
	}
	return list[min(1, len(list)):]
}

// WaitReady returns when every process says that it is ready and a bot is
// connected.
func (p *Pipeline) WaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout+time.Duration(len(p.slots))*readyEach)
	defer cancel()
	for _, s := range p.slots {
		if err := s.waitReady(ctx); err != nil {
			return fmt.Errorf("wait for %s (log: %s): %w", s.name, filepath.Join(p.setup.Dir, s.name+".log"), err)
		}
	}
	if err := p.Discord.WaitReady(ctx); err != nil {
		return fmt.Errorf("wait for a bot on the gateway: %w", err)
	}
	return nil
}

var errNotReady = errors.New("not ready")

func (s *slot) waitReady(ctx context.Context) error {
	_, address := s.current()
	return servicetest.Poll(ctx, nil, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%w: %s", errNotReady, answer.Status)
		}
		return nil
	})
}

// Subjects are everything that costs processor time and memory.
func (p *Pipeline) Subjects() []servicetest.Subject {
	var all []servicetest.Subject
	for _, s := range p.slots {
		all = append(all, s)
	}
	if p.redis != nil {
		all = append(all, p.redis)
	}
	if p.postgres != nil {
		all = append(all, p.postgres)
	}
	return all
}

// Name is the binary's.
func (s *slot) Name() string { return s.name }

// Lives are all processes that have been in this slot.
func (s *slot) Lives() []*servicetest.Process {
	var all []*servicetest.Process
	for _, program := range s.all() {
		all = append(all, program.Lives()...)
	}
	return all
}

// all are the programs that have been in this slot.
func (s *slot) all() []*servicetest.Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.programs)
}

// current is the program that runs, and where its pages are.
func (s *slot) current() (*servicetest.Program, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.programs[len(s.programs)-1], s.address
}

// Exits are the processes that ended unasked.
func (p *Pipeline) Exits() []string {
	var all []string
	for _, s := range p.slots {
		for _, program := range s.all() {
			for _, exit := range program.Exits() {
				all = append(all, s.name+": "+exit.Status)
			}
		}
	}
	return all
}

// Close ends everything, those first that feed others. It names the programs
// that had to be killed.
func (p *Pipeline) Close() (killed []string) {
	for _, s := range p.slots {
		for _, program := range s.all() {
			if !program.Stop(stopGrace) {
				killed = append(killed, s.name)
			}
		}
	}
	if p.redis != nil {
		p.redis.Stop()
	}
	if p.postgres != nil {
		p.postgres.Stop(servicetest.Fast)
	}
	if p.Discord != nil {
		p.Discord.Close()
	}
	return killed
}
