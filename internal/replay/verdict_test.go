package replay

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// outcome is who won and how that is known, as "winner 1 from details: W L? …"
// where ? marks a result that was not written of the player himself.
func outcome(r *Replay) string {
	short := map[Result]string{Win: "W", Loss: "L", Tie: "T", Undecided: "-"}
	var results []string
	for _, p := range r.Players {
		mark := ""
		if p.Result != Undecided && p.ResultSource != ResultSource(WinnerFromDetails) && p.ResultSource != ResultSource(WinnerFromMetadata) {
			mark = "?"
		}
		results = append(results, short[p.Result]+mark)
	}
	return fmt.Sprintf("winner %s from %s: %s", number(r.WinnerTeam), r.WinnerSource, strings.Join(results, " "))
}

// TestALeaversLossIsNotTheTeams has the results that the player list of team
// games holds when some leave early.
func TestALeaversLossIsNotTheTeams(t *testing.T) {
	const end = 10_000
	for name, test := range map[string]struct {
		teams   []int
		written string // a letter each
		leaves  map[int]int64
		want    string
	}{
		"a winner's partner had left":          {[]int{1, 1, 2, 2}, "WL--", nil, "winner 1 from details: W W? L? L?"},
		"a winner's partners had left, 4v4":    {[]int{1, 1, 1, 1, 2, 2, 2, 2}, "LLWLLLLL", nil, "winner 1 from details: W? W? W W? L L L L"},
		"leavers on both sides, no winner":     {[]int{1, 1, 1, 2, 2, 2}, "-L--LL", map[int]int64{1: 2500, 4: 9990, 5: end}, "winner none from none: - L - - L L"},
		"one side is all gone":                 {[]int{1, 1, 2, 2}, "L-LL", nil, "winner 1 from details: W? W? L L"},
		"both sides are all gone":              {[]int{1, 2}, "LL", nil, "winner none from none: L L"},
		"some gave up, the others all stayed":  {[]int{1, 1, 2, 2}, "L---", map[int]int64{0: end}, "winner 2 from guess: L L? W? W?"},
		"some gave up, and one of the others":  {[]int{1, 1, 2, 2}, "L---", map[int]int64{0: end, 2: 500}, "winner none from none: L - - -"},
		"the leaves tell what is not written":  {[]int{1, 1, 2, 2}, "L---", map[int]int64{0: 9000, 1: 9500}, "winner 2 from leaves: L L? W? W?"},
		"winners on both sides":                {[]int{1, 1, 2, 2}, "WLWL", nil, "winner none from none: W L W L"},
		"one team, some won":                   {[]int{1, 1, 1}, "WL-", nil, "winner none from none: W L -"},
		"one team, all won":                    {[]int{1, 1, 1}, "WWW", nil, "winner 1 from details: W W W"},
		"two in one team, one beat the other":  {[]int{1, 1}, "LW", nil, "winner 2 from details: L W"},
		"two in one team, one left":            {[]int{1, 1}, "L-", nil, "winner none from none: L -"},
		"free for all with a leaver":           {[]int{1, 2, 3}, "L--", map[int]int64{0: 500}, "winner none from none: L - -"},
		"free for all with a winner":           {[]int{1, 2, 3}, "LW-", nil, "winner 2 from details: L W -"},
		"three teams, a winner's partner left": {[]int{1, 1, 2, 2, 3, 3}, "WLL---", nil, "winner 1 from details: W W? L L? - -"},
		"a tie reaches everybody":              {[]int{1, 1, 2, 2}, "T---", nil, "winner none from none: T T? T? T?"},
	} {
		t.Run(name, func(t *testing.T) {
			m := game(end, test.teams...)
			m.game.read = true
			for i, letter := range test.written {
				m.raw.details.Players[i].Result = strings.IndexRune("-WLT", letter)
				if loop, left := test.leaves[i]; left {
					m.game.leaves = append(m.game.leaves, gameLeave{loop: loop, user: i})
				}
			}
			r := m.replay()
			if got := outcome(r); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if len(r.Players) > 2 && len(countTeams(r.Players)) == 1 && r.Format != "other" {
				t.Errorf("format %s", r.Format)
			}
		})
	}
}

// strike is a game of three against three on a map that decides by itself,
// whose results were written of leavers only.
func strike(edit func(*replaytest.File)) replaytest.File {
	players := []replaytest.Player{
		{Name: "A"},
		{Name: "B", Result: replaytest.Loss, LeavesAt: 2500},
		{Name: "C"},
		{Name: "D", Team: 1},
		{Name: "E", Team: 1, Result: replaytest.Loss, LeavesAt: 9990},
		{Name: "F", Team: 1, Result: replaytest.Loss, LeavesAt: 10_000},
	}
	f := replaytest.Game{Custom: true, Players: players, Loops: 10_000}.File()
	edit(&f)
	return f
}

// defended are structures of two sides, the first of which stand.
func defended(killer int) (born, died []stream.TrackerEvent) {
	for i, kind := range []string{"ObjectivePlanetaryFortress", "ObjectiveBunker", "ObjectiveNexus", "ObjectivePhotonCannon"} {
		u := stream.Unit{Tag: stream.NewUnitTag(900+i, 1), Type: kind, ControlPlayer: 13 + i/2, UpkeepPlayer: 13 + i/2, Killer: stream.Absent}
		born = append(born, stream.TrackerEvent{Kind: stream.UnitBorn, Unit: u})
		u.Killer = killer
		if i >= 2 {
			died = append(died, stream.TrackerEvent{Loop: 9000 + 100*i, Kind: stream.UnitDied, Unit: u})
		}
	}
	return born, died
}

func TestTheMapsOwnSignsTellTheWinner(t *testing.T) {
	for name, test := range map[string]struct {
		edit    func(*replaytest.File)
		want    string
		decided float64 // loops
	}{
		"nothing": {func(*replaytest.File) {}, "winner none from none: - L - - L L", 0},
		"structures that a player destroyed": {func(f *replaytest.File) {
			born, died := defended(4) // a player of the second team: it was the first's
			f.Tracker = append(append(born, f.Tracker...), died...)
		}, "winner 2 from objective: L? L L? W? W? W?", 9300},
		"structures that were not destroyed": {func(f *replaytest.File) {
			born, died := defended(14)
			f.Tracker = append(append(born, f.Tracker...), died...)
		}, "winner 1 from objective: W? W? W? L? L L", 9300},
		"structures of which one still stands": {func(f *replaytest.File) {
			born, died := defended(14)
			f.Tracker = append(append(born, f.Tracker...), died[0])
		}, "winner none from none: - L - - L L", 0},
		"a mark": {func(f *replaytest.File) {
			mark := stream.TrackerEvent{Loop: 9990, Kind: stream.UpgradeDone, Player: 6, Upgrade: victoryMark, Count: 1}
			f.Tracker = append(f.Tracker, mark)
		}, "winner 2 from objective: L? L L? W? W? W?", 9990},
		"a mark that contradicts": {func(f *replaytest.File) {
			born, died := defended(14)
			mark := stream.TrackerEvent{Loop: 9990, Kind: stream.UpgradeDone, Player: 6, Upgrade: victoryMark, Count: 1}
			f.Tracker = append(append(append(born, f.Tracker...), died...), mark)
		}, "winner none from none: - L - - L L", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := strike(test.edit)
			f.Tracker = inOrder(f.Tracker)
			r, err := Parse(t.Context(), f.Bytes(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := outcome(r); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if test.decided > 0 && (r.DecidedBy != DecidedByObjective || math.Abs(*r.DecidedSeconds-test.decided/22.4) > 0.01) {
				t.Errorf("decided at %v by %s", r.DecidedSeconds, r.DecidedBy)
			}
		})
	}
}

// mission is a co-op mission: the partners sit in different lobby teams, each
// with computers beside them.
func mission(first, second replaytest.Result) replaytest.Game {
	return replaytest.Game{Players: []replaytest.Player{
		{Name: "Anteus", Commander: "Karax", Race: replaytest.Protoss, Result: first},
		{Name: "Spagheet", Commander: "Mengsk", Team: 1, Result: second},
		{Name: "Amon", Computer: true, Race: replaytest.Zerg},
		{Name: "Amon", Computer: true, Race: replaytest.Zerg, Team: 1},
	}}
}

func TestPartnersWinAndLoseAMissionTogether(t *testing.T) {
	for _, test := range []struct {
		first, second replaytest.Result
		side, want    string
	}{
		{replaytest.Undecided, replaytest.Win, "1", "winner none from metadata: W? W - -"},
		{replaytest.Loss, replaytest.Win, "1", "winner none from metadata: W? W - -"},
		{replaytest.Win, replaytest.Win, "1", "winner none from metadata: W W - -"},
		{replaytest.Loss, replaytest.Loss, "2", "winner none from metadata: L L - -"},
		{replaytest.Loss, replaytest.Undecided, "2", "winner none from guess: L L? - -"},
		{replaytest.Undecided, replaytest.Undecided, "none", "winner none from none: - - - -"},
	} {
		r, err := Parse(t.Context(), mission(test.first, test.second).Bytes(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(r); got != test.want || number(r.WinnerSide) != test.side {
			t.Errorf("%v %v: side %s, %s\nwant %s, %s", test.first, test.second, number(r.WinnerSide), got, test.side, test.want)
		}
		var sides []int
		for _, p := range r.Players {
			sides = append(sides, p.Side)
		}
		if fmt.Sprint(sides) != "[1 1 2 2]" || r.Format != "coop" || r.GameType != GameCoop ||
			r.Players[0].Commander != "Karax" || r.Players[2].Commander != "" {
			t.Errorf("sides %v, %s, %s, %+v", sides, r.Format, r.GameType, r.Players[0])
		}
	}
}
