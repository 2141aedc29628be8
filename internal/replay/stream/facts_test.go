package stream_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// fact is what an independent parser (sc2reader) found in a sample.
type fact struct {
	Path         string                        `json:"path"`
	BaseBuild    int                           `json:"base_build"`
	Build        int                           `json:"build"`
	Loops        int                           `json:"loops"`
	Map          string                        `json:"map"`
	Messages     [][]any                       `json:"messages"`
	Leaves       [][]any                       `json:"leaves"`
	GameEvents   int                           `json:"game_events"`
	TrackerCount int                           `json:"tracker_events"`
	StatsSamples int                           `json:"stats_samples"`
	UnitsBorn    int                           `json:"units_born"`
	UnitsDied    int                           `json:"units_died"`
	Players      []struct{ Name, Toon string } `json:"players"`

	file []byte
}

// facts returns all samples with what is known of them.
func facts(t testing.TB) (all []fact) {
	t.Helper()
	dir := os.Getenv("REPLAYS_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "replays")
	}
	list, err := os.Open(filepath.Join(dir, "facts.jsonl"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("no sample replays: %v; set REPLAYS_DIR", err)
	}
	defer list.Close()
	lines := bufio.NewScanner(list)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var f fact
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		if f.file, err = os.ReadFile(filepath.Join(dir, f.Path)); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	if lines.Err() != nil || len(all) == 0 {
		t.Fatalf("%d facts, %v", len(all), lines.Err())
	}
	return all
}

func TestSamplesAgreeWithFacts(t *testing.T) {
	t.Parallel()
	for _, f := range facts(t) {
		t.Run(f.Path, func(t *testing.T) {
			t.Parallel()
			r, err := stream.Open(f.file)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			v := r.Header.Version
			if v.BaseBuild != f.BaseBuild || v.Build != f.Build || r.Header.Loops != f.Loops && differs[f.Path] == "" {
				t.Errorf("header %+v; want %d, %d, %d loops", r.Header, f.BaseBuild, f.Build, f.Loops)
			}
			d, err := r.Details()
			if err != nil || d.Title != f.Map {
				t.Errorf("details: title %q, want %q; %v", d.Title, f.Map, err)
			}
			if _, err := r.InitData(); err != nil {
				t.Error(err)
			}
			if _, err := r.Attributes(); err != nil {
				t.Error(err)
			}
			m, err := r.Messages()
			if err != nil {
				t.Error(err)
			}
			chats := 0
			for _, m := range m {
				if !m.IsPing {
					chats++
				}
			}
			if chats != len(f.Messages) {
				t.Errorf("%d messages, want %d", chats, len(f.Messages))
			}
			checkGame(t, r, f)
			checkTracker(t, r, f)
		})
	}
}

// differs lists the samples of which sc2reader says something else than the
// file, and why.
var differs = map[string]string{
	"d5d4ac5bf5e3.SC2Replay": "resumed from a replay: sc2reader has no events and counts one loop more",
	"e0d8582a6507.SC2Replay": "resumed from a replay: sc2reader has no events and counts one loop more",
	"7cd4ea30dd66.SC2Replay": "GameHeart: sc2reader subtracts the 809 loops of its lobby from all times",
}

// counted are the kinds of game event that sc2reader makes events of, and so
// counts; some only from a build on.
var counted = map[string]int{
	"CmdEvent": 0, "CmdUpdateTargetPointEvent": 0, "CmdUpdateTargetUnitEvent": 0, "CommandManagerStateEvent": 0,
	"SelectionDeltaEvent": 0, "ControlGroupUpdateEvent": 0, "CameraUpdateEvent": 0, "ResourceTradeEvent": 0,
	"GameUserLeaveEvent": 0, "PlayerLeaveEvent": 0, "UserOptionsEvent": 17266,
}

func checkGame(t *testing.T, r *stream.Replay, f fact) {
	g, err := r.GameEvents(stream.AllGame)
	if err != nil {
		t.Fatal(err)
	}
	count, leaves, resumed := 0, 0, false
	for g.Next(context.Background()) {
		if since, ok := counted[g.Event.Name]; ok && f.BaseBuild >= since {
			count++
		}
		resumed = resumed || g.Event.Kind == stream.ReplayHijacked
		if g.Event.Kind == stream.UserLeft {
			if differs[f.Path] == "" && (leaves >= len(f.Leaves) || int(f.Leaves[leaves][0].(float64)) != g.Event.Loop) {
				t.Errorf("leave %d at loop %d, want %v", leaves, g.Event.Loop, f.Leaves)
			}
			leaves++
		}
	}
	// Of a resumed game sc2reader has no events at all.
	if resumed && differs[f.Path] != "" {
		count, leaves = f.GameEvents, len(f.Leaves)
	}
	if g.Err() != nil || count != f.GameEvents || leaves != len(f.Leaves) {
		t.Errorf("build %d: %d game events, %d leaves; want %d, %d; %v", f.BaseBuild, count, leaves, f.GameEvents, len(f.Leaves), g.Err())
	}
}

func checkTracker(t *testing.T, r *stream.Replay, f fact) {
	s, err := r.TrackerEvents(stream.AllTracker)
	if err != nil {
		t.Fatal(err)
	}
	count := map[stream.TrackerKind]int{}
	for s.Next(context.Background()) {
		count[s.Event.Kind]++
	}
	if s.Err() != nil || s.Count != f.TrackerCount && f.TrackerCount > 0 {
		t.Errorf("%d tracker events, want %d; %v", s.Count, f.TrackerCount, s.Err())
	}
	if f.TrackerCount == 0 {
		return
	}
	// sc2reader counts units that begin construction as born.
	count[stream.UnitBorn] += count[stream.UnitInit]
	for kind, want := range map[stream.TrackerKind]int{
		stream.PlayerStats: f.StatsSamples,
		stream.UnitBorn:    f.UnitsBorn,
		stream.UnitDied:    f.UnitsDied,
	} {
		if count[kind] != want {
			t.Errorf("%d events of kind %d, want %d", count[kind], kind, want)
		}
	}
}

// TestBackupsSayTheSameWithoutNames reads the streams that a file without
// names has, from files that have both.
func TestBackupsSayTheSameWithoutNames(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, f := range facts(t) {
		if replaytest.Packed(f.file, "replay.details.backup") == nil {
			continue
		}
		tried++
		r, err := stream.Open(f.file)
		if err != nil {
			t.Fatal(err)
		}
		named, errNamed := r.Details()
		lobby, errLobby := r.InitData()
		bare, errBare := r.DetailsBackup()
		bareLobby, errBareLobby := r.InitDataBackup()
		if err := errors.Join(errNamed, errLobby, errBare, errBareLobby); err != nil {
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		if bare.Title != named.Title || bare.TimeUTC != named.TimeUTC || len(bare.Players) != len(named.Players) ||
			bareLobby.Lobby.RandomSeed != lobby.Lobby.RandomSeed || len(bareLobby.Lobby.Slots) != len(lobby.Lobby.Slots) {
			t.Errorf("%s: %+v and %+v", f.Path, bare, named)
		}
		r.Close()
	}
	if tried == 0 {
		t.Error("no sample has backups")
	}
}
