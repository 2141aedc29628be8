package replay

import (
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// recording is one game as one of its two players recorded it.
func recording(edit func(*replaytest.Game)) replaytest.Game {
	g := replaytest.Game{
		Players: []replaytest.Player{
			{Name: "A", ID: 11, Result: replaytest.Loss, LeavesAt: 9000},
			{Name: "B", ID: 22, Team: 1, Result: replaytest.Win},
			{Name: "W", ID: 33, Team: 2, Observer: true},
		},
		Loops: 9000, Seed: 77, End: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	edit(&g)
	return g
}

func idOf(t *testing.T, file []byte, options Options) string {
	t.Helper()
	r, err := Parse(t.Context(), file, options)
	if err != nil {
		t.Fatal(err)
	}
	return r.GameID
}

func TestFilesOfOneGameAreKnownAsOne(t *testing.T) {
	first := idOf(t, recording(func(*replaytest.Game) {}).Bytes(), Options{})
	if len(first) != 32 {
		t.Fatalf("id %q", first)
	}
	for name, same := range map[string]func(*replaytest.Game){
		"the winner's, who stayed": func(g *replaytest.Game) { g.Loops, g.Players[1].LeavesAt = 12_000, 12_000 },
		"another clock":            func(g *replaytest.Game) { g.End, g.Offset = g.End.Add(3*time.Hour), time.Hour },
		"another language":         func(g *replaytest.Game) { g.Players[0].Local = "테란" },
		"other chat":               func(g *replaytest.Game) { g.Chat = []replaytest.Chat{{Loop: 5, Text: "gl"}} },
		"without results":          func(g *replaytest.Game) { g.Players[0].Result, g.Players[1].Result = 0, 0 },
		"without metadata":         func(g *replaytest.Game) { g.NoMetadata = true },
		"an observer's": func(g *replaytest.Game) {
			g.Players[2].LeavesAt = 8000
		},
		"another name by now": func(g *replaytest.Game) { g.Players[0].Name, g.Players[0].Clan = "Alias", "NEW" },
	} {
		file := recording(same).Bytes()
		if id := idOf(t, file, Options{}); id != first {
			t.Errorf("%s: %s, want %s", name, id, first)
		}
		if id := idOf(t, file, Options{Level: Summary}); id != first {
			t.Errorf("%s, in a summary: %s, want %s", name, id, first)
		}
	}
}

func TestGamesAreKnownApart(t *testing.T) {
	seen := map[string]string{}
	for name, other := range map[string]func(*replaytest.Game){
		"the game":       func(*replaytest.Game) {},
		"a rematch":      func(g *replaytest.Game) { g.Seed = 78 },
		"another map":    func(g *replaytest.Game) { g.Map = "Other LE" },
		"another player": func(g *replaytest.Game) { g.Players[1].ID = 23 },
		"resumed":        func(g *replaytest.Game) { g.Resumed = true },
	} {
		id := idOf(t, recording(other).Bytes(), Options{})
		if twin, known := seen[id]; known || id == "" {
			t.Errorf("%s has the id %q of %q", name, id, twin)
		}
		seen[id] = name
	}
}

func TestAGameWithoutWhatMakesItOneHasNoID(t *testing.T) {
	for name, g := range map[string]replaytest.Game{
		"no seed":    recording(func(g *replaytest.Game) { g.Seed = 0 }),
		"anonymised": recording(func(g *replaytest.Game) { g.Anonymous = true }),
		"no map":     recording(func(g *replaytest.Game) { g.Handles = []stream.CacheHandle{} }),
	} {
		if id := idOf(t, g.Bytes(), Options{}); id != "" {
			t.Errorf("%s: %s", name, id)
		}
	}
}

func TestGameType(t *testing.T) {
	people := []replaytest.Player{{Name: "A"}, {Name: "B", Team: 1}}
	computer := func(team int) replaytest.Player { return replaytest.Player{Name: "AI", Computer: true, Team: team} }
	for name, test := range map[string]struct {
		custom  bool
		players []replaytest.Player
		options func(*stream.Options)
		want    GameType
	}{
		"ranked":                            {false, people, nil, GameRanked},
		"ranked in an old build":            {false, people, func(o *stream.Options) { o.Competitive, o.Ranked = false, true }, GameRanked},
		"unranked":                          {false, people, func(o *stream.Options) { o.Competitive = false }, GameUnranked},
		"practice":                          {false, people, func(o *stream.Options) { o.Competitive, o.Practice = false, true }, GameUnranked},
		"matchmaking's computers":           {false, []replaytest.Player{people[0], computer(1)}, func(o *stream.Options) { o.Competitive, o.Cooperative = false, true }, GameVersusAI},
		"with a computer beside, 2v2":       {false, []replaytest.Player{people[0], computer(0), computer(1), computer(1)}, func(o *stream.Options) { o.Competitive = false }, GameVersusAI},
		"custom":                            {true, people, nil, GameCustom},
		"custom with a computer on a side":  {true, append([]replaytest.Player{computer(0)}, people...), nil, GameCustom},
		"custom against a computer":         {true, []replaytest.Player{people[0], computer(1)}, nil, GameVersusAI},
		"two computers and somebody to see": {true, []replaytest.Player{computer(0), computer(1), {Name: "W", Observer: true, Team: 2}}, nil, GameCustom},
	} {
		f := replaytest.Game{Custom: test.custom, Players: test.players}.File()
		if test.options != nil {
			test.options(&f.InitData.Game.Options)
		}
		m := &meaning{raw: &raw{details: f.Details, lobby: f.InitData, attributes: f.Attributes.List, byUser: true}, clock: clock.New(clock.Faster)}
		if got := m.replay().GameType; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if got := (&meaning{raw: &raw{}, clock: clock.New(clock.Faster)}).replay().GameType; got != GameUnknown {
		t.Errorf("of nothing: %s", got)
	}
}

// TestWhenAGameWasDecided records games beyond the moment that decided them.
func TestWhenAGameWasDecided(t *testing.T) {
	stats := func(f *replaytest.File, player, from int, more ...int) {
		kept := f.Tracker[:0]
		for _, e := range f.Tracker {
			if e.Kind != stream.PlayerStats || e.Player != player || e.Loop < from {
				kept = append(kept, e)
			}
		}
		f.Tracker = kept
		for _, loop := range more {
			f.Tracker = append(f.Tracker, stream.TrackerEvent{Loop: loop, Kind: stream.PlayerStats, Player: player})
		}
	}
	for name, test := range map[string]struct {
		edit func(*replaytest.Game)
		file func(*replaytest.File)
		want string // loop and what shows it
	}{
		"the beaten left":              {nil, nil, "9000 leave"},
		"the beaten left with the end": {func(g *replaytest.Game) { g.Loops = 9000 }, nil, "9000 leave"},
		"the beaten stayed":            {func(g *replaytest.Game) { g.Players[0].LeavesAt = 0 }, nil, "none"},
		"statistics ended for all": {nil, func(f *replaytest.File) {
			stats(f, 1, 8000, 8010)
			stats(f, 2, 8000, 8010)
		}, "8010 statistics"},
		"statistics ended for one": {nil, func(f *replaytest.File) { stats(f, 1, 8000, 8010) }, "9000 leave"},
		"the recording broke off":  {func(g *replaytest.Game) { g.Players[0].LeavesAt, g.Loops = 0, 9100 }, nil, "none"},
		"no known winner": {func(g *replaytest.Game) {
			g.Players[0].Result, g.Players[1].Result, g.Players[0].LeavesAt = 0, 0, 0
		}, nil, "none"},
		"against a computer": {func(g *replaytest.Game) { g.Players[0] = replaytest.Player{Computer: true, Result: replaytest.Loss} }, func(f *replaytest.File) {
			stats(f, 1, 5000, 5003)
			stats(f, 2, 5000, 5003)
		}, "5003 statistics"},
		"the winner left before": {func(g *replaytest.Game) { g.Players[1].LeavesAt = 100 }, nil, "9000 leave"},
	} {
		t.Run(name, func(t *testing.T) {
			g := recording(func(g *replaytest.Game) { g.Loops = 12_000 })
			if test.edit != nil {
				test.edit(&g)
			}
			f := g.File()
			if test.file != nil {
				test.file(&f)
			}
			f.Tracker = inOrder(f.Tracker)
			r, err := Parse(t.Context(), f.Bytes(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := string(r.DecidedBy)
			if r.DecidedSeconds != nil {
				got = fmt.Sprintf("%.0f %s", *r.DecidedSeconds*22.4, r.DecidedBy)
			}
			if got != test.want {
				t.Errorf("decided: %s, want %s", got, test.want)
			}
		})
	}
}
