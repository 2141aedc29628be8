package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// settings are the lines of a trial's .env: every variable that a process or
// compose.yaml reads, and where there is a choice, not its default.
type settings struct {
	lines    map[string]string
	secrets  map[string]string // those that may stand in a file instead
	canary   string            // the database's password, to be found nowhere
	page     string            // address of the page on this machine
	inFiles  bool              // how the secrets were written last
	settable []string          // the names of .env.example
}

// How the secrets are given.
const (
	bySecretFile = true
	byVariable   = false
)

func newSettings(p *Pipeline) (*settings, error) {
	port, err := servicetest.FreePort()
	if err != nil {
		return nil, err
	}
	s := &settings{canary: "canary" + strings.ToLower(rand.Text()), page: "http://127.0.0.1:" + strconv.Itoa(port)}
	for _, name := range config.Names() {
		if !strings.HasPrefix(name, "RAILWAY_") { // set by Railway itself, and nowhere else
			s.settable = append(s.settable, name)
		}
	}
	s.lines = map[string]string{
		"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "DATA_DIR": "/data",
		"DATABASE_MAX_CONNS": "3", "REDIS_POOL_SIZE": "14", "AWS_ACCESS_KEY_ID": "unused",
		"MAX_REPLAY_BYTES": "8000000", "QUOTA_PLAYER_IN_FLIGHT": "0", "QUOTA_PLAYER_HOUR": "0",
		"QUOTA_PLAYER_JUNK_HOUR": "0", "QUOTA_GUILD_HOUR": "0", "QUOTA_ADDRESS_HOUR": "0",
		"HTTP_ADDR": "127.0.0.1:7070", "PORT": "8181", "METRICS_ADDR": ":9191",
		"WORKER_PROCESSES": "1", "PARSE_TIMEOUT": "15s", "PARSE_MEMORY_MB": "300",
		"DISCORD_WATCH_CHANNELS": ids(p.Watched), "DISCORD_DOWNLOAD_TIMEOUT": "19s", "DISCORD_API_BASE": p.Discord.URL(),
		"OWNER_IDS":  "1",
		"PUBLIC_URL": "https://ladder.example", "QUEUES_USER": "keeper", "QUEUES_WRITABLE": "true",
		"TRUSTED_PROXIES": "private", "SHUTDOWN_TIMEOUT": "9s",
		"POSTGRES_PASSWORD": s.canary, "POSTGRES_MEMORY": "900m", "WEB_PORT": strconv.Itoa(port),
		"WORKER_REPLICAS": "1", "WORKER_CPUS": "0.9", "WORKER_MEMORY": "800m", "SECRETS_DIR": "./private",
	}
	s.secrets = map[string]string{
		"DATABASE_URL":          "postgres://evoladder:" + s.canary + "@postgres:5432/evoladder?sslmode=disable&application_name=trial",
		"REDIS_URL":             "redis://redis:6379/1",
		"BLOB_URL":              "/data/blobs/trial",
		"AWS_SECRET_ACCESS_KEY": "unused" + s.canary,
		"DISCORD_TOKEN":         p.Discord.Token(),
		"QUEUES_PASSWORD":       "queues" + s.canary,
	}
	return s, nil
}

// write makes the project's .env, its folder of secrets and the one line that
// keeps the image apart from the operator's own.
func (s *settings) write(dir, image string, inFiles bool) error {
	s.inFiles = inFiles
	folder := filepath.Join(dir, s.lines["SECRETS_DIR"])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make folder of secrets: %w", err)
	}
	lines := maps.Clone(s.lines)
	for name, value := range s.secrets {
		if !inFiles {
			lines[name] = value
			continue
		}
		// The processes are no user of this machine: they must be able to read it.
		if err := os.WriteFile(filepath.Join(folder, strings.ToLower(name)), []byte(value+"\n"), 0o644); err != nil {
			return fmt.Errorf("write secret: %w", err)
		}
		// Empty, since compose.yaml has a default for some.
		lines[name], lines[name+"_FILE"] = "", "/run/secrets/"+strings.ToLower(name)
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&text, "%s=%s\n", name, lines[name])
	}
	override := "services:\n"
	for _, service := range ours {
		override += fmt.Sprintf("  %s: {image: %s}\n", service, image)
	}
	for name, text := range map[string]string{".env": text.String(), "compose.override.yaml": override} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// ours are the services that run our image.
var ours = []string{"bot", "worker", "web"}

// settingsArrive compares what each process says at its start with .env.
func (t *trial) settingsArrive(ctx context.Context) error {
	expected, err := t.settings.expected()
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	var wrong []string
	for _, service := range ours {
		logs, err := t.logs(ctx, service)
		if err != nil {
			return err
		}
		started, err := firstLine(logs, service+" starts")
		if err != nil {
			return err
		}
		for _, attr := range expected[service] {
			if got := fmt.Sprint(started[attr.Key]); got != attr.Value.String() {
				wrong = append(wrong, fmt.Sprintf("%s: %s is %q, not %q", service, attr.Key, got, attr.Value))
			}
			seen[strings.ToUpper(attr.Key)] = true
		}
	}
	how := "secrets by variable"
	if t.settings.inFiles {
		how = "secrets by file"
	}
	arrived := 0
	for _, name := range t.settings.settable {
		if seen[name] {
			arrived++
		}
	}
	t.holds(len(wrong) == 0, "settings of .env reach the processes", "%d, %s%s", arrived, how, details(wrong))
	return nil
}

// expected are the attributes that each service logs at its start.
func (s *settings) expected() (map[string][]slog.Attr, error) {
	all := func() map[string]string { // parsing may change its map
		variables := maps.Clone(s.lines)
		maps.Copy(variables, s.secrets)
		return variables
	}
	bot, err := config.Parse[config.Bot](all())
	if err != nil {
		return nil, err
	}
	worker, err := config.Parse[config.Worker](all())
	if err != nil {
		return nil, err
	}
	web, err := config.Parse[config.Web](all())
	if err != nil {
		return nil, err
	}
	return map[string][]slog.Attr{
		"bot": config.Effective(bot), "worker": config.Effective(worker), "web": config.Effective(web),
	}, nil
}

// firstLine is the first line of a JSON log with a message.
func firstLine(logs, message string) (map[string]any, error) {
	for line := range strings.Lines(logs) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["msg"] == message {
			return fields, nil
		}
	}
	return nil, fmt.Errorf("no line %q in the log: %s", message, lastLines(logs))
}

// details are the first of several complaints, for the end of a row.
func details(complaints []string) string {
	if len(complaints) == 0 {
		return ""
	}
	return ": " + strings.Join(complaints[:min(3, len(complaints))], "; ")
}
