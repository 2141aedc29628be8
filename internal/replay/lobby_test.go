package replay

import (
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

func TestFormat(t *testing.T) {
	for want, teams := range map[string][]int{
		"1v1": {1, 2}, "2v2": {1, 1, 2, 2}, "1v2": {2, 2, 1}, "4v4": {1, 2, 1, 2, 1, 2, 1, 2}, "2v2v2": {1, 1, 2, 2, 3, 3},
		"ffa": {1, 2, 3}, "other": {1, 1, 1},
	} {
		if got := game(100, teams...).replay().Format; got != want {
			t.Errorf("teams %v: %s, want %s", teams, got, want)
		}
	}
	if got := game(100).replay().Format; got != "other" {
		t.Errorf("no players: %s", got)
	}
	m := game(100, 1, 2)
	m.raw.lobby.Lobby.Slots[0].Commander = "Raynor"
	if got := m.replay().Format; got != "coop" {
		t.Errorf("with a commander: %s", got)
	}
}

func TestCategory(t *testing.T) {
	with := func(options stream.Options, code ...string) Category {
		m := game(100, 1, 2)
		m.raw.lobby.Game.Options = options
		for _, value := range code {
			m.raw.attributes = []stream.Attribute{{ID: attributeCategory, Scope: gameScope, Value: value}}
		}
		return m.replay().Category
	}
	for code, want := range map[string]Category{
		"Amm": CategoryLadder, "Priv": CategoryPrivate, "Pub": CategoryPublic, "": CategorySingleplayer,
	} {
		if got := with(stream.Options{}, code); got != want {
			t.Errorf("attribute %q: %s, want %s", code, got, want)
		}
	}
	for want, options := range map[Category]stream.Options{
		CategoryLadder: {AMM: true, BattleNet: true}, CategorySingleplayer: {}, CategoryUnknown: {BattleNet: true},
	} {
		if got := with(options); got != want {
			t.Errorf("%+v: %s, want %s", options, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	m := game(100, 1, 2)
	m.raw.attributes = []stream.Attribute{
		{ID: attributePrivacy, Scope: gameScope, Value: "NoMH"}, {ID: attributeLocked, Scope: gameScope, Value: "no"},
	}
	m.raw.lobby.Lobby.Slots = append(m.raw.lobby.Lobby.Slots, stream.Slot{Control: controlHuman, Observe: 2, UserID: none, WorkingSetSlotID: none})
	s := m.replay().Settings
	if s.Privacy != "no match history" || s.LockedAlliances == nil || *s.LockedAlliances || s.ObserversAllowed != "referees" {
		t.Errorf("%+v", s)
	}
	empty := (&meaning{raw: &raw{}, clock: clock.New(clock.Faster)}).replay().Settings
	if empty.Privacy != "unknown" || empty.LockedAlliances != nil || empty.ObserversAllowed != "unknown" {
		t.Errorf("%+v", empty)
	}
}

func TestRegion(t *testing.T) {
	handle := func(region string) []stream.CacheHandle {
		return []stream.CacheHandle{replaytest.Handle("s2ma", region, "map")}
	}
	for _, test := range []struct {
		handles []stream.CacheHandle
		account int
		want    string
	}{
		{handle("EU"), 1, "eu"},
		{handle("SG"), 6, "sea"},
		{handle("XX"), 98, "xx"},
		{handle("KR"), 3, "kr"},
		{handle("CN"), 5, "cn"},
		{nil, 1, "us"},
		{nil, 2, "eu"},
		{nil, 3, "kr"},
		{nil, 5, "cn"},
		{nil, 6, "sea"},
		{nil, 98, "xx"},
		{nil, 0, ""},
	} {
		if got := region(test.handles, []stream.Player{{Toon: stream.Toon{Region: test.account}}}); got != test.want {
			t.Errorf("%v: %q", test, got)
		}
	}
}

func TestAudience(t *testing.T) {
	for _, test := range []struct {
		recipient int
		watches   bool
		want      string
	}{{0, false, "all"}, {0, true, "all"}, {1, false, "allies"}, {1, true, "observers"}, {4, true, "observers"}, {2, false, "allies"}} {
		if got := audience(test.recipient, test.watches); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

// TestEvoGamesInEveryLanguage reads games of SC: Evo Complete as clients of
// several languages write them: only the metadata knows the race.
func TestEvoGamesInEveryLanguage(t *testing.T) {
	for _, local := range []string{"BW Zerg", "BW 저그", "BW 异虫", "BW Зерг", "?"} {
		file := replaytest.Game{Custom: true, Players: []replaytest.Player{
			{Name: "A", Race: replaytest.BWZerg, Picked: replaytest.Zerg, Local: local, Result: replaytest.Win},
			{Name: "B", Race: replaytest.BWTerran, Picked: replaytest.Random, Team: 1, Result: replaytest.Loss},
		}}.Bytes()
		r, err := Parse(t.Context(), file, Options{Level: Summary})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Players[0]; p.Race != BWZerg || p.PickedRace != Zerg || p.RaceName != local {
			t.Errorf("%q: %+v", local, p)
		}
		if p := r.Players[1]; p.Race != BWTerran || p.PickedRace != Random {
			t.Errorf("%+v", p)
		}
	}
}
