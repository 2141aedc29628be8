// Package archtest holds the import arrows of docs/design.md: which package may
// import which. A new arrow is a decision, made here in the open.
package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/evoladder/evoladderbot/"

// room is a package of ours: what it owns, and the packages of ours that it may
// import. A package under another may import and be imported within its family, and
// is held to its family's arrows.
type room struct {
	path    string
	owns    string
	imports []string // by their last name
}

// rooms are all packages but those for tests, which may import every package, as
// the wiring may. docs/design.md shows them; an arrow that no import needs is an
// error like an import without its arrow.
var rooms = []room{
	{"internal/phrase", "every sentence a player reads, in every language", nil},
	{"internal/text", "the cleaning of strangers' words, for every edge", nil},
	{"internal/failure", "kinds of failure", []string{"phrase"}},
	{"internal/job", "outbox jobs: their kinds, ids and endings", nil},
	{"internal/lease", "which of several processes may act", []string{"retry"}},
	{"internal/replay", "bytes → values; no IO, clock, log, goroutine", []string{"failure", "phrase"}},
	{"internal/show", "one reading of a game for all edges: sides, who won and how surely, words; what evidence and refusals say", []string{"ladder", "phrase", "replay"}},
	{"internal/ladder", "the rules of the ladder: acts on values; matching and rating", []string{"replay", "text"}},
	{"internal/snowflake", "the ids of Discord", nil},
	{"internal/announcement", "the values of what is said on Discord: kind, subject, payload, where to", []string{"snowflake"}},
	{"internal/quota", "how much one sender may hand in", []string{"failure", "phrase"}},
	{"internal/upload", "the values of one upload's path", []string{"announcement", "failure", "job", "ladder", "phrase", "quota", "snowflake", "text"}},
	{"internal/intake", "the door through which every file enters", []string{"failure", "job", "phrase", "quota", "replay", "snowflake", "upload"}},
	{"internal/backlog", "how much waits to be parsed; queue positions", nil},
	{"internal/sandbox", "the pool of parser processes", []string{"failure", "phrase", "replay"}},
	{"internal/tasks", "the queue's contract, client, server, sweeper", []string{"job"}},
	{"internal/store", "all SQL", []string{"announcement", "backlog", "failure", "job", "ladder", "migrations", "phrase", "quota", "snowflake", "upload"}},
	{"internal/blob", "files by SHA-256: a folder or an S3 bucket", []string{"failure", "phrase"}},
	{"internal/worker", "the parse handler", []string{"failure", "job", "phrase", "replay", "sandbox", "upload"}},
	{"internal/fair", "users taking turns", nil},
	{"internal/retry", "trying again", nil},
	{"internal/discord", "the wire to Discord: gateway, REST, router, limits, downloads", []string{"fair", "retry", "snowflake", "text"}},
	{"internal/matchmaker", "pairs who waits, and handles the timers of the ladder", []string{"job", "ladder", "store"}},
	{"internal/bot", "features on Discord: commands and messages in, answers out", []string{"announcement", "discord", "failure", "fair", "job", "ladder", "phrase", "replay", "retry", "show", "snowflake", "text", "upload"}},
	{"internal/referee", "the ladder on Discord: its messages, buttons and commands", []string{"announcement", "bot", "discord", "job", "ladder", "phrase", "show", "store", "text", "upload"}},
	{"internal/web", "pages, assets, API, dashboard", []string{"failure", "ladder", "phrase", "replay", "show", "text", "upload"}},
	{"internal/config", "settings", nil},
	{"internal/telemetry", "what operators see", []string{"text"}},
	{"migrations", "the database's schema", nil},
}

// name is a package's path as the table shows it.
func name(path string) string { return strings.TrimPrefix(path, "internal/") }

// owners are the only packages that may know a library, so that replacing it
// is work in one place.
var owners = map[string][]string{
	"github.com/bwmarrin/discordgo": {"internal/discord", "internal/discordtest"},
	"github.com/coder/websocket":    {"internal/discord"},
	"github.com/hibiken/asynq":      {"internal/tasks"},
	"github.com/hibiken/asynqmon":   {"internal/web"},
	"github.com/jackc/pgx/v5":       {"internal/store"},
	"modernc.org/sqlite":            {"internal/store"},
	"github.com/minio/minio-go/v7":  {"internal/blob"},
	"github.com/icza/s2prot":        {"internal/replay"},
	"github.com/caarlos0/env/v11":   {"internal/config"},
}

type listed struct {
	ImportPath string
	Name       string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Name,Imports,Deps", "./...")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %s", failed.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(one.ImportPath, module) {
			one.ImportPath = strings.TrimPrefix(one.ImportPath, module)
			all = append(all, one)
		}
	}
}

// family is the package whose arrows hold for path: internal/replay for
// internal/replay/mpq.
func family(path string) string {
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// forTests says whether a package exists for tests only.
func forTests(path string) bool { return strings.HasSuffix(path, "test") }

func TestArrows(t *testing.T) {
	used := make(map[string]map[string]bool) // by the names of who imports and what
	for _, r := range rooms {
		used[name(r.path)] = make(map[string]bool)
	}
	for _, p := range packages(t) {
		if forTests(p.ImportPath) || strings.HasPrefix(p.ImportPath, "cmd/") || p.ImportPath == "internal/app" {
			continue // wiring and tests may import every package
		}
		from := family(p.ImportPath)
		at := slices.IndexFunc(rooms, func(r room) bool { return r.path == from })
		if at < 0 {
			t.Errorf("%s is not in the table: decide what it may import", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if !ours || family(to) == from {
				continue
			}
			if !slices.Contains(rooms[at].imports, name(family(to))) {
				t.Errorf("%s imports %s: that arrow is not in the table", p.ImportPath, to)
			}
			used[name(from)][name(family(to))] = true
		}
	}
	for _, r := range rooms {
		if !slices.IsSorted(r.imports) {
			t.Errorf("%s: the arrows are not in order", r.path)
		}
		for _, to := range r.imports {
			if !used[name(r.path)][to] {
				t.Errorf("%s may import %s and does not: take the arrow out of the table", r.path, to)
			}
		}
	}
}

// The table of docs/design.md stands between these lines.
const (
	tableBegins = "<!-- made from internal/archtest: UPDATE=1 go test ./internal/archtest -->\n"
	tableEnds   = "<!-- end -->\n"
)

// table is the rooms as docs/design.md shows them.
func table() string {
	var text strings.Builder
	text.WriteString("| package | owns | imports of ours |\n| --- | --- | --- |\n")
	for _, r := range rooms {
		imports := strings.Join(r.imports, ", ")
		if imports == "" {
			imports = "–"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", name(r.path), r.owns, imports)
	}
	text.WriteString("| `app`, `cmd/*` | wiring: the parts of a process, their order, start and end | all |\n")
	return text.String()
}

func TestDesignShowsTheArrows(t *testing.T) {
	const path = "../../docs/design.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(page), tableBegins)
	shown, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table: %q … %q", path, tableBegins, tableEnds)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(before+tableBegins+table()+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table(), shown); diff != "" {
		t.Errorf("%s shows other arrows (UPDATE=1 go test ./internal/archtest writes it): %s", path, diff)
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, allowed := range owners {
				if imported != library && !strings.HasPrefix(imported, library+"/") {
					continue
				}
				if !forTests(p.ImportPath) && !slices.Contains(allowed, family(p.ImportPath)) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, library, allowed)
				}
			}
		}
	}
}

func TestProductionLinksNoTestCode(t *testing.T) {
	for _, p := range packages(t) {
		if p.Name != "main" || p.ImportPath == "cmd/loadtest" || p.ImportPath == "cmd/demo" {
			continue // they bring a loopback Discord, and are in no product image
		}
		for _, dependency := range p.Deps {
			if dependency == "testing" || strings.HasPrefix(dependency, module) && forTests(dependency) {
				t.Errorf("%s links %s", p.ImportPath, dependency)
			}
		}
	}
}
