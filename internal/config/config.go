// Package config turns the environment into one struct a process. Every
// problem is reported at once, and every variable carries its default, unit
// and meaning beside its name, from which .env.example is made.
package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"time"
)

// Secret is a value that is never printed.
type Secret string

// String hides the value from logs and from %v.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "redacted"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// Reveal is the value itself.
func (s Secret) Reveal() string { return string(s) }

// URL is an address that may hold a password, which is never printed.
type URL string

// String is the address with its password and query values hidden.
func (u URL) String() string {
	if u == "" {
		return ""
	}
	parsed, err := url.Parse(string(u))
	if err != nil {
		return "redacted"
	}
	if query := parsed.Query(); len(query) > 0 {
		for name := range query {
			query.Set(name, "redacted")
		}
		parsed.RawQuery = query.Encode()
	}
	return parsed.Redacted()
}

// GoString hides the password from %#v.
func (u URL) GoString() string { return u.String() }

// Reveal is the address itself.
func (u URL) Reveal() string { return string(u) }

// Log is how a process writes its log.
type Log struct {
	Level  string `env:"LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
	Format string `env:"LOG_FORMAT" envDefault:"auto" help:"json, text, or auto: text on a terminal and json elsewhere"`
}

// Storage is where everything is kept.
type Storage struct {
	DataDir     string `env:"DATA_DIR" envDefault:"data" help:"folder of the embedded database and of uploaded files"`
	DatabaseURL URL    `env:"DATABASE_URL" help:"postgres://user:password@host:5432/name; empty: an embedded SQLite file in DATA_DIR (evoladder only)"`
	DatabaseMax int    `env:"DATABASE_MAX_CONNS" envDefault:"0" limits:"2–1000" help:"most connections to Postgres that one process holds at once, at least 2; 0: 9, and a worker 2 and one for each parser process (at most 9)"`
	RedisURL    URL    `env:"REDIS_URL" help:"redis://:password@host:6379/0; empty: an embedded queue (evoladder only)"`
	RedisPool   int    `env:"REDIS_POOL_SIZE" envDefault:"24" limits:"12–1000" help:"most connections to Redis that one process holds at once, at least 12"`
	BlobURL     URL    `env:"BLOB_URL" help:"s3://bucket/prefix?endpoint=https://host&region=name (and &addressing=virtual or path, if the server accepts only one), or a folder; the same for all processes; empty: DATA_DIR/blobs"`
	S3KeyID     string `env:"AWS_ACCESS_KEY_ID" help:"access key of the S3 bucket in BLOB_URL"`
	S3Secret    Secret `env:"AWS_SECRET_ACCESS_KEY" help:"its secret"`
}

// Database is the address of the database.
func (s Storage) Database() string {
	if s.DatabaseURL != "" {
		return s.DatabaseURL.Reveal()
	}
	return "sqlite:" + filepath.Join(s.DataDir, "evoladder.db")
}

// maxConns is the default of DATABASE_MAX_CONNS.
const maxConns = 9

// Connections is the most connections to Postgres that a process holds; fallback
// serves when none is set.
func (s Storage) Connections(fallback int) int {
	if s.DatabaseMax > 0 {
		return s.DatabaseMax
	}
	return min(fallback, maxConns)
}

// Bounded is the settings with the number of connections of a worker filled in:
// each parser process keeps one busy at most, and lists and leases need another.
func (w Worker) Bounded() Storage {
	s := w.Storage
	s.DatabaseMax = s.Connections(2 + w.Pool())
	return s
}

// MaxConns is the most connections to Postgres that a process holds.
func (s Storage) MaxConns() int { return s.Connections(maxConns) }

// Blobs is the address of the uploaded files.
func (s Storage) Blobs() string {
	if s.BlobURL != "" {
		return s.BlobURL.Reveal()
	}
	return filepath.Join(s.DataDir, "blobs")
}

// Limits bound one file, at the intake and in the parser alike.
type Limits struct {
	MaxReplayBytes int64 `env:"MAX_REPLAY_BYTES" envDefault:"8388608" unit:"bytes" limits:"1024–67108864" help:"largest file accepted and parsed, in bytes; the same for all processes"`
}

// Intake bounds what is taken from strangers.
type Intake struct {
	Limits
	PlayerInFlight int `env:"QUOTA_PLAYER_IN_FLIGHT" envDefault:"5" help:"replays of one Discord user that may wait for their result at once; 0: no limit"`
	PlayerHour     int `env:"QUOTA_PLAYER_HOUR" envDefault:"60" help:"replays that one Discord user may send in an hour; 0: no limit"`
	PlayerJunk     int `env:"QUOTA_PLAYER_JUNK_HOUR" envDefault:"10" help:"files of one Discord user in an hour that turn out to be no replays, after which nothing more is taken from that user; 0: no limit"`
	GuildHour      int `env:"QUOTA_GUILD_HOUR" envDefault:"600" help:"replays that one Discord server may send in an hour, each member while he has sent less than an eighth of what is left; 0: no limit"`
	AddressHour    int `env:"QUOTA_ADDRESS_HOUR" envDefault:"300" help:"replays that one address may send to one web process in an hour; 0: no limit"`
}

// HTTP is where a process listens.
type HTTP struct {
	Addr        string `env:"HTTP_ADDR" help:"host:port for pages and health; empty: 127.0.0.1:8080 for pages, any free port of 127.0.0.1 for bot and worker"`
	Port        int    `env:"PORT" help:"when set (Railway does), listen on this port of every interface instead of HTTP_ADDR"`
	MetricsAddr string `env:"METRICS_ADDR" help:"host:port for /metrics, which is on no other listener and must not be published; empty: no metrics"`
}

// Listen is the address to listen on; fallback serves when none is set.
func (h HTTP) Listen(fallback string) string {
	switch {
	case h.Port != 0:
		return fmt.Sprintf(":%d", h.Port)
	case h.Addr != "":
		return h.Addr
	}
	return fallback
}

// Parsing bounds the parser processes.
type Parsing struct {
	Processes    int           `env:"WORKER_PROCESSES" envDefault:"0" help:"parser processes of one worker; 0: one a CPU"`
	ParseTimeout time.Duration `env:"PARSE_TIMEOUT" envDefault:"10s" help:"deadline of one replay; its process is killed then"`
	MemoryMB     int           `env:"PARSE_MEMORY_MB" envDefault:"512" help:"memory one parser process may use, in MiB"`
}

// Pool is the number of parser processes. By default it is one a CPU that this
// process may use: GOMAXPROCS knows a container's CPU quota, NumCPU does not.
func (p Parsing) Pool() int {
	if p.Processes > 0 {
		return p.Processes
	}
	return runtime.GOMAXPROCS(0)
}

// Public is where players reach the pages.
type Public struct {
	PublicURL string `env:"PUBLIC_URL" help:"address of the page as players reach it (https://…), which answers and pages link to; empty: no links"`
}

// Discord is the bot's account.
type Discord struct {
	Token           Secret        `env:"DISCORD_TOKEN" help:"the bot's token; empty: evoladder runs without Discord"`
	GuildID         string        `env:"DISCORD_GUILD_ID" help:"register the commands in this server only (shown at once); empty: everywhere"`
	Owners          []string      `env:"OWNER_IDS" help:"Discord user ids, comma-separated, who own the ladder: they may do whatever its staff may, and appoint staff by /admin staff"`
	WatchChannels   []string      `env:"DISCORD_WATCH_CHANNELS" help:"channel ids, comma-separated, in which uploads are read without being asked; needs the Message Content intent"`
	DownloadTimeout time.Duration `env:"DISCORD_DOWNLOAD_TIMEOUT" envDefault:"15s" help:"deadline for fetching one attachment"`
	APIBase         string        `env:"DISCORD_API_BASE" help:"for tests: the address of a loopback Discord; empty: the real one"`
}

// Dashboard is the queue dashboard under /queues.
type Dashboard struct {
	User     string `env:"QUEUES_USER" envDefault:"admin" help:"login of the queue dashboard under /queues"`
	Password Secret `env:"QUEUES_PASSWORD" help:"its password; empty: the dashboard is off"`
	Writable bool   `env:"QUEUES_WRITABLE" envDefault:"false" help:"true: the dashboard may pause and resume queues, run tasks that await a retry and cancel running ones; each act is logged"`
}

// Edge is what stands between the page and its readers.
type Edge struct {
	TrustedProxies []string `env:"TRUSTED_PROXIES" help:"proxies in front of the page that are believed about who sent a request, comma-separated: addresses, networks (10.0.0.0/8), loopback, private, railway, none; empty: railway on Railway, else none"`
	RailwayProject string   `env:"RAILWAY_PROJECT_ID" help:"set by Railway itself"`
}

// Stop is how long a process may take to end.
type Stop struct {
	ShutdownTimeout time.Duration `env:"SHUTDOWN_TIMEOUT" envDefault:"10s" help:"longest graceful shutdown; what is not drained by then is done later"`
}

// Bot configures cmd/bot.
type Bot struct {
	Log
	Storage
	Intake
	HTTP
	Public
	Discord
	Stop
}

// Worker configures cmd/worker.
type Worker struct {
	Log
	Storage
	Limits
	HTTP
	Parsing
	Stop
}

// Web configures cmd/web.
type Web struct {
	Log
	Storage
	Intake
	HTTP
	Public
	Dashboard
	Edge
	Stop
}

// Compose are the variables that only compose.yaml reads. No process does.
type Compose struct {
	PostgresPassword string `env:"POSTGRES_PASSWORD" envDefault:"evoladder" help:"password of Compose's own Postgres, which nothing outside Compose's network reaches"`
	PostgresMemory   string `env:"POSTGRES_MEMORY" envDefault:"1g" help:"memory that Postgres may use"`
	WebPort          string `env:"WEB_PORT" envDefault:"8080" help:"port of this machine, on 127.0.0.1, at which the page is published"`
	WorkerReplicas   string `env:"WORKER_REPLICAS" envDefault:"2" help:"workers; docker compose up -d --scale worker=N changes it while all runs"`
	WorkerCPUs       string `env:"WORKER_CPUS" envDefault:"1" help:"CPUs that one worker may use"`
	WorkerMemory     string `env:"WORKER_MEMORY" envDefault:"1280m" help:"memory that one worker may use: PARSE_MEMORY_MB for each of its parser processes, and 256m"`
	SecretsDir       string `env:"SECRETS_DIR" envDefault:"./secrets" help:"folder that is /run/secrets in each container, for the settings that end in _FILE"`
}

// Evoladder configures cmd/evoladder: everything at once.
type Evoladder struct {
	Log
	Storage
	Intake
	HTTP
	Parsing
	Public
	Discord
	Dashboard
	Edge
	Stop
}
