package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// check returns what is wrong with values that parse.
func check(config any) []error {
	var problems []error
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch c := config.(type) {
	case Bot:
		needServices(c.Storage, wrong)
		if c.Token == "" {
			wrong("DISCORD_TOKEN is empty: copy the token from the Bot page of your application in Discord's developer portal")
		}
		checkShared(c.Log, c.Storage, c.HTTP, c.Stop, wrong)
		checkIntake(c.Intake, wrong)
		checkPublic(c.Public, wrong)
		checkDiscord(c.Discord, wrong)
	case Worker:
		needServices(c.Storage, wrong)
		checkShared(c.Log, c.Storage, c.HTTP, c.Stop, wrong)
		checkLimits(c.Limits, wrong)
		checkParsing(c.Parsing, wrong)
	case Web:
		needServices(c.Storage, wrong)
		checkShared(c.Log, c.Storage, c.HTTP, c.Stop, wrong)
		checkIntake(c.Intake, wrong)
		checkPublic(c.Public, wrong)
		checkEdge(c.Edge, wrong)
	case Evoladder:
		checkShared(c.Log, c.Storage, c.HTTP, c.Stop, wrong)
		checkIntake(c.Intake, wrong)
		checkParsing(c.Parsing, wrong)
		checkPublic(c.Public, wrong)
		checkDiscord(c.Discord, wrong)
		checkEdge(c.Edge, wrong)
	}
	return problems
}

// needServices holds for processes that share their work with others: an
// embedded part would be theirs alone.
func needServices(s Storage, wrong func(string, ...any)) {
	if s.DatabaseURL == "" {
		wrong("DATABASE_URL is empty: set it to the Postgres database that bot, worker and web share, or run evoladder instead")
	}
	if hasScheme(s.DatabaseURL, "sqlite:") {
		wrong("DATABASE_URL is an SQLite file, which bot, worker and web cannot share: set it to a Postgres database, or run evoladder instead")
	}
	if s.RedisURL == "" {
		wrong("REDIS_URL is empty: set it to the Redis that bot, worker and web share, or run evoladder instead")
	}
	if s.BlobURL == "" {
		wrong("BLOB_URL is empty: set it to the S3 bucket or the folder in which bot, worker and web share the uploaded files")
	}
}

func checkShared(l Log, s Storage, h HTTP, stop Stop, wrong func(string, ...any)) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, l.Level) {
		wrong("LOG_LEVEL is %q: use debug, info, warn or error", l.Level)
	}
	if !slices.Contains([]string{"auto", "json", "text"}, l.Format) {
		wrong("LOG_FORMAT is %q: use auto, json or text", l.Format)
	}
	if s.DatabaseURL != "" && !hasScheme(s.DatabaseURL, "postgres:", "postgresql:", "sqlite:") {
		wrong("DATABASE_URL has an unknown scheme: use postgres://… or sqlite:FILE")
	}
	if s.RedisURL != "" && !hasScheme(s.RedisURL, "redis:", "rediss:", "unix:") {
		wrong("REDIS_URL has an unknown scheme: use redis://…, rediss://… or unix://…")
	}
	if s.DatabaseMax != 0 && (s.DatabaseMax < 2 || s.DatabaseMax > 1000) {
		wrong("DATABASE_MAX_CONNS is %d: use 2 to 1000, or 0 for the default", s.DatabaseMax)
	}
	if s.RedisPool < 12 || s.RedisPool > 1000 {
		wrong("REDIS_POOL_SIZE is %d: use 12 to 1000", s.RedisPool)
	}
	if h.Port < 0 || h.Port > 65535 {
		wrong("PORT is %d: use 1 to 65535", h.Port)
	}
	for name, address := range map[string]string{"HTTP_ADDR": h.Addr, "METRICS_ADDR": h.MetricsAddr} {
		if _, _, err := net.SplitHostPort(address); address != "" && err != nil {
			wrong("%s is %q: use host:port, as in 127.0.0.1:8080", name, address)
		}
	}
	if stop.ShutdownTimeout <= 0 {
		wrong("SHUTDOWN_TIMEOUT is %s: use a time such as 10s", stop.ShutdownTimeout)
	}
}

func checkLimits(l Limits, wrong func(string, ...any)) {
	if l.MaxReplayBytes < 1<<10 || l.MaxReplayBytes > 64<<20 {
		wrong("MAX_REPLAY_BYTES must be a whole number of bytes (1024–67108864), and is %d", l.MaxReplayBytes)
	}
}

func checkIntake(i Intake, wrong func(string, ...any)) {
	checkLimits(i.Limits, wrong)
	if min(i.PlayerInFlight, i.PlayerHour, i.PlayerJunk, i.GuildHour, i.AddressHour) < 0 {
		wrong("a QUOTA_… is negative: use 0 for no limit")
	}
}

func checkParsing(p Parsing, wrong func(string, ...any)) {
	if p.Processes < 0 || p.Processes > 1024 {
		wrong("WORKER_PROCESSES is %d: use 0 (one a CPU) to 1024", p.Processes)
	}
	if p.ParseTimeout < time.Second {
		wrong("PARSE_TIMEOUT is %s: use at least 1s", p.ParseTimeout)
	}
	if p.MemoryMB < 128 {
		wrong("PARSE_MEMORY_MB is %d: use at least 128", p.MemoryMB)
	}
}

func checkPublic(p Public, wrong func(string, ...any)) {
	if p.PublicURL == "" {
		return
	}
	address, err := url.Parse(p.PublicURL)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" || address.RawQuery != "" || address.Fragment != "" {
		wrong("PUBLIC_URL is %q: use the address of the page, as in https://ladder.example", p.PublicURL)
	}
}

func checkDiscord(d Discord, wrong func(string, ...any)) {
	for _, id := range slices.Concat([]string{d.GuildID}, d.WatchChannels, d.Owners) {
		if strings.Trim(id, "0123456789") != "" {
			wrong("%q is not a Discord id: switch on Developer Mode in Discord and copy the id (digits only)", id)
		}
	}
	if d.APIBase != "" && !hasScheme(URL(d.APIBase), "http:", "https:") {
		wrong("DISCORD_API_BASE is %q: use http://127.0.0.1:PORT", d.APIBase)
	}
	if d.DownloadTimeout < time.Second {
		wrong("DISCORD_DOWNLOAD_TIMEOUT is %s: use at least 1s", d.DownloadTimeout)
	}
}

func hasScheme(u URL, schemes ...string) bool {
	for _, scheme := range schemes {
		if strings.HasPrefix(string(u), scheme) {
			return true
		}
	}
	return false
}
