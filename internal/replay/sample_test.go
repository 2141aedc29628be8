package replay

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// samples is the folder of shared sample replays. They are not part of the
// project: without them a test is skipped at home and fails in CI.
func samples(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("REPLAYS_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "replays")
	}
	if _, err := os.Stat(filepath.Join(dir, "facts.jsonl")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no sample replays: %v", err)
		}
		t.Skipf("no sample replays: %v (set REPLAYS_DIR)", err)
	}
	return dir
}

// published is the folder of replays that come with a module we require, so
// that some are at hand on any machine.
func published(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/icza/mpq").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "reps")
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no published replays: %v", err)
		}
		t.Skipf("no published replays: %v", err)
	}
	return dir
}

func readSample(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fact is what an independent parser says of a sample: see the samples'
// README.
type fact struct {
	Path      string       `json:"path"`
	SHA256    string       `json:"sha256"`
	BaseBuild int          `json:"base_build"`
	Build     int          `json:"build"`
	Release   string       `json:"release"`
	Loops     int64        `json:"loops"`
	Map       string       `json:"map"`
	Region    string       `json:"region"`
	Category  string       `json:"category"`
	RealType  string       `json:"real_type"`
	Speed     string       `json:"speed"`
	EndTime   string       `json:"end_time_utc"`
	Winner    *int         `json:"winner"`
	Observers []string     `json:"observers"`
	Messages  [][]any      `json:"messages"`
	Leaves    [][]any      `json:"leaves"`
	Players   []factPlayer `json:"players"`

	GameEvents    int                       `json:"game_events"`
	TrackerEvents int                       `json:"tracker_events"`
	StatsSamples  int                       `json:"stats_samples"`
	UnitsBorn     int                       `json:"units_born"`
	UnitsDied     int                       `json:"units_died"`
	LastStats     map[string]map[string]any `json:"last_stats"`
	Level         int                       `json:"level"`
}

type factPlayer struct {
	Name     string  `json:"name"`
	Team     int     `json:"team"`
	PickRace string  `json:"pick_race"`
	PlayRace string  `json:"play_race"`
	Result   *string `json:"result"`
	Toon     *string `json:"toon"`
	Color    string  `json:"color"`
	Handicap int     `json:"handicap"`
	Human    bool    `json:"human"`
}

func facts(t testing.TB) []fact {
	t.Helper()
	file, err := os.Open(filepath.Join(samples(t), "facts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []fact
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var f fact
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("facts: %v, %d lines", err, len(all))
	}
	return all
}
