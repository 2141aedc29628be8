// Package archtest holds the import arrows of docs/design.md: which package may
// import which. A new arrow is a decision, made here in the open.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/evoladder/evoladderbot/"

// arrows says which of our packages each package may import. A package under
// another may import and be imported within its family, and is held to its
// family's arrows.
var arrows = map[string][]string{
	"internal/phrase":     {},
	"internal/fault":      {"internal/phrase"},
	"internal/blob":       {"internal/fault", "internal/phrase"},
	"internal/job":        {},
	"internal/lease":      {},
	"internal/text":       {},
	"internal/replay":     {"internal/fault", "internal/phrase"},
	"internal/show":       {"internal/phrase", "internal/replay"},
	"internal/submission": {"internal/fault", "internal/job", "internal/phrase", "internal/replay", "internal/text"},
	"internal/sandbox":    {"internal/fault", "internal/phrase", "internal/replay"},
	"internal/tasks":      {"internal/fault", "internal/job"},
	"internal/store":      {"internal/fault", "internal/job", "internal/phrase", "internal/replay", "internal/submission", "migrations"},
	"internal/worker":     {"internal/fault", "internal/job", "internal/phrase", "internal/replay", "internal/sandbox", "internal/submission", "internal/tasks"},
	"internal/fair":       {},
	"internal/retry":      {},
	"internal/discord":    {"internal/fair", "internal/retry", "internal/text"},
	"internal/bot":        {"internal/discord", "internal/fair", "internal/fault", "internal/job", "internal/phrase", "internal/replay", "internal/retry", "internal/show", "internal/submission", "internal/text"},
	"internal/web":        {"internal/fault", "internal/phrase", "internal/replay", "internal/show", "internal/submission", "internal/text"},
	"internal/config":     {},
	"internal/process":    {"internal/text"},
	"internal/telemetry":  {"internal/text"},
	"migrations":          {},
}

// owners are the only packages that may know a library, so that replacing it
// is work in one place.
var owners = map[string][]string{
	"github.com/bwmarrin/discordgo": {"internal/discord", "internal/discordtest"},
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
	for _, p := range packages(t) {
		if forTests(p.ImportPath) || strings.HasPrefix(p.ImportPath, "cmd/") || p.ImportPath == "internal/service" {
			continue // wiring and tests may know everybody
		}
		from := family(p.ImportPath)
		allowed, known := arrows[from]
		if !known {
			t.Errorf("%s is not in the table: decide what it may import", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if ours && family(to) != from && !slices.Contains(allowed, family(to)) {
				t.Errorf("%s imports %s: that arrow is not in the table", p.ImportPath, to)
			}
		}
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
