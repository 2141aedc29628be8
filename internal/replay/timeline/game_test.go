package timeline

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// realGames are the shared sample replays, or those of the cases that were once
// read wrongly, by the front of their names. They are not part of the project.
func realGames(t *testing.T, setting, folder, front string) []string {
	t.Helper()
	dir := os.Getenv(setting)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", folder)
	}
	files, err := filepath.Glob(filepath.Join(dir, front+"*.SC2Replay"))
	if err == nil && len(files) > 0 {
		return files
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("no replays %s in %s: %v", front, dir, err)
	}
	t.Skipf("no replays %s in %s (set %s)", front, dir, setting)
	return nil
}

func sampleGames(t *testing.T) []string { return realGames(t, "REPLAYS_DIR", "replays", "") }

func caseGames(t *testing.T, front string) []string {
	return realGames(t, "CASES_DIR", "cases", front)
}

// seat is a human with an army of his own.
type seat struct {
	number   int // as tracker events call it
	orders   *Orders
	commands begun
}

// game is what a real game's streams told.
type game struct {
	build     int
	clock     clock.Clock
	chronicle *Chronicle
	seats     []seat
	births    map[int][]step // by player
}

func readGame(t *testing.T, path string) game {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := stream.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	details, err := file.Details()
	if err != nil {
		t.Fatal(err)
	}
	lobby, err := file.InitData()
	if err != nil && file.Refit() {
		lobby, err = file.InitData()
	}
	if err != nil {
		t.Fatal(err)
	}
	g := game{build: file.Header.Version.BaseBuild, clock: clock.New(details.GameSpeed), births: map[int][]step{}}
	g.chronicle = NewChronicle(g.clock, g.build)
	orders := readOrders(t, file)
	players := g.readTracker(t, file)
	if len(players) == 0 {
		players = seated(&details, &lobby)
	}
	if shared(&lobby) {
		return g
	}
	for user, seat := range orders {
		number, known := players[user]
		if !file.NamesUsers() {
			number, known = user, true
		}
		if known {
			seat.number = number
			g.seats = append(g.seats, seat)
		}
	}
	return g
}

const human = 2 // controls a slot

// seated are the players by user of a game whose tracker stream does not say it yet:
// they are numbered in the order of the player list.
func seated(details *stream.Details, lobby *stream.InitData) map[int]int {
	players := map[int]int{}
	next := 0
	for _, slot := range lobby.Lobby.Slots {
		if slot.Control != human || slot.Observe != 0 {
			continue
		}
		at := next
		if slot.WorkingSetSlotID != none {
			at = slices.IndexFunc(details.Players, func(p stream.Player) bool { return p.WorkingSetSlotID == slot.WorkingSetSlotID })
		}
		next++
		players[slot.UserID] = at + 1
	}
	return players
}

// shared says whether armies are not their players' alone: in archon games, and in
// co-op, which has times of its own.
func shared(lobby *stream.InitData) bool {
	return lobby.Game.IsCoopMode || slices.ContainsFunc(lobby.Lobby.Slots, func(s stream.Slot) bool {
		leads := s.TandemID
		if leads == none {
			leads = s.UserID
		}
		return s.Control == human && s.Observe == 0 && (s.Commander != "" || s.TandemLeaderID != none && s.TandemLeaderID != leads)
	})
}

// readOrders has the commands by user, of a build without tables in the layout that
// fits.
func readOrders(t *testing.T, file *stream.Replay) map[int]seat {
	t.Helper()
	for {
		all := map[int]seat{}
		events, err := file.GameEvents(stream.CommandGiven | stream.CommandRepeated)
		if err != nil {
			t.Fatal(err)
		}
		for events.Next(t.Context()) {
			e := &events.Event
			s, known := all[e.User]
			if !known {
				s.orders = new(Orders)
			}
			s.orders.Note(e)
			if e.Kind == stream.CommandGiven && e.Command.HasAbility && e.Command.Target == stream.NoTarget {
				s.commands = append(s.commands, e.Loop)
			}
			all[e.User] = s
		}
		if events.Err() == nil {
			return all
		}
		if !file.Refit() {
			t.Fatalf("game events: %v", events.Err())
		}
	}
}

// readTracker feeds the chronicle and returns the players by user.
func (g *game) readTracker(t *testing.T, file *stream.Replay) map[int]int {
	t.Helper()
	players := map[int]int{}
	events, err := file.TrackerEvents(Wanted | stream.PlayerSetup)
	if err != nil {
		t.Fatal(err)
	}
	for events.Next(t.Context()) {
		e := &events.Event
		switch e.Kind {
		case stream.PlayerSetup:
			if e.Setup.User != none {
				players[e.Setup.User] = e.Player
			}
			continue
		case stream.UnitBorn:
			g.births[e.Unit.ControlPlayer] = append(g.births[e.Unit.ControlPlayer], step{loop: e.Loop, id: e.Unit.Type})
		}
		g.chronicle.Observe(e)
	}
	if err := events.Err(); err != nil {
		t.Fatal(err)
	}
	return players
}
