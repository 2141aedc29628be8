package replay

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// game is a lobby of users 0, 1, … in the given teams.
func game(loops int, teams ...int) *meaning {
	r := &raw{header: stream.Header{Loops: loops, Version: stream.Version{BaseBuild: 80949}}, byUser: true}
	for i, team := range teams {
		name := string(rune('A' + i))
		r.details.Players = append(r.details.Players, stream.Player{
			Name: name, Toon: stream.Toon{ID: int64(i + 1)}, TeamID: team - 1, WorkingSetSlotID: i,
		})
		r.lobby.Users = append(r.lobby.Users, stream.User{Name: name})
		r.lobby.Lobby.Slots = append(r.lobby.Lobby.Slots, stream.Slot{
			Control: controlHuman, TeamID: team - 1, UserID: i, RacePref: none, WorkingSetSlotID: i, TandemLeaderID: none,
		})
	}
	return &meaning{raw: r, clock: clock.New(clock.Faster)}
}

func TestResultFromLeaves(t *testing.T) {
	const end = 10_000
	leave := func(loop int64, user int) gameLeave { return gameLeave{loop: loop, user: user} }
	tests := map[string]struct {
		teams  []int
		leaves []gameLeave
		want   []Result
	}{
		"the first to leave has lost":         {[]int{1, 2}, []gameLeave{leave(9000, 1), leave(end, 0)}, []Result{Win, Loss}},
		"the recorder's leave proves nothing": {[]int{1, 2}, []gameLeave{leave(end, 0)}, []Result{Undecided, Undecided}},
		"no leaves":                           {[]int{1, 2}, nil, []Result{Undecided, Undecided}},
		"a team loses when its last member is gone": {
			[]int{1, 1, 2, 2},
			[]gameLeave{leave(100, 0), leave(200, 2), leave(300, 3), leave(400, 1), leave(end, 1)},
			[]Result{Win, Win, Loss, Loss},
		},
		"half a team decides nothing":             {[]int{1, 1, 2, 2}, []gameLeave{leave(100, 0), leave(200, 2)}, []Result{Undecided, Undecided, Undecided, Undecided}},
		"leaving twice counts once":               {[]int{1, 1, 2}, []gameLeave{leave(100, 0), leave(200, 0)}, []Result{Undecided, Undecided, Undecided}},
		"of three teams none is said to win":      {[]int{1, 2, 3}, []gameLeave{leave(100, 0), leave(200, 1)}, []Result{Undecided, Undecided, Undecided}},
		"a leave of an unknown user is no matter": {[]int{1, 2}, []gameLeave{leave(100, 9), leave(200, none)}, []Result{Undecided, Undecided}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := game(end, test.teams...)
			m.game.leaves = test.leaves
			r := m.replay()
			var got []Result
			for _, p := range r.Players {
				got = append(got, p.Result)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			wantSource := WinnerFromNone
			if test.want[0] != Undecided {
				wantSource = WinnerFromLeaves
			}
			if r.WinnerSource != wantSource || (r.WinnerTeam != nil) != (wantSource == WinnerFromLeaves) {
				t.Errorf("winner %v from %s", r.WinnerTeam, r.WinnerSource)
			}
		})
	}
}

func TestResultOfAnAITeamIsNotReadFromLeaves(t *testing.T) {
	m := game(1000, 1, 2)
	m.raw.lobby.Lobby.Slots[1].Control, m.raw.lobby.Lobby.Slots[1].UserID = controlComputer, none
	m.game.leaves = []gameLeave{{loop: 500, user: 0}}
	if r := m.replay(); r.Players[0].Result != Loss || !r.Players[1].AI {
		t.Errorf("result %s, want the loss of who left the AI alone", r.Players[0].Result)
	}
}

func TestResultSourcesInTheirOrder(t *testing.T) {
	m := game(1000, 1, 2)
	m.raw.details.Players[0].Result, m.raw.details.Players[1].Result = 1, 2
	m.raw.metadata = &metadata{Players: []metadataPlayer{{PlayerID: 1, Result: "Loss"}, {PlayerID: 2, Result: "Win"}}}
	r := m.replay()
	if r.WinnerSource != WinnerFromMetadata || *r.WinnerTeam != 2 {
		t.Errorf("winner %d from %s, want metadata's 2", *r.WinnerTeam, r.WinnerSource)
	}
	m = &meaning{raw: m.raw, clock: m.clock}
	m.raw.metadata.Players[0].Result, m.raw.metadata.Players[1].Result = "Undecided", "Undecided"
	r = m.replay()
	if r.WinnerSource != WinnerFromDetails || *r.WinnerTeam != 1 {
		t.Errorf("winner %d from %s, want the player list's 1", *r.WinnerTeam, r.WinnerSource)
	}
}

func TestResultOfOneReachesTheTeamAndItsOpponents(t *testing.T) {
	m := game(1000, 1, 1, 2, 2)
	m.raw.details.Players[3].Result = 1
	r := m.replay()
	for i, want := range []Result{Loss, Loss, Win, Win} {
		source := ResultFromTeam
		if i == 3 {
			source = ResultSource(WinnerFromDetails)
		}
		if p := r.Players[i]; p.Result != want || p.ResultSource != source {
			t.Errorf("player %d: %s from %s, want %s from %s", i, p.Result, p.ResultSource, want, source)
		}
	}
}

func TestTieHasNoWinner(t *testing.T) {
	m := game(1000, 1, 2)
	m.raw.metadata = &metadata{Players: []metadataPlayer{{PlayerID: 1, Result: "Tie"}, {PlayerID: 2, Result: "Tie"}}}
	if r := m.replay(); r.WinnerTeam != nil || r.WinnerSource != WinnerFromNone || r.Players[0].Result != Tie {
		t.Errorf("winner %v from %s, result %s", r.WinnerTeam, r.WinnerSource, r.Players[0].Result)
	}
}
