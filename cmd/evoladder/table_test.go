package main

import (
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay"
)

func TestScoreSaysWhoBeatWhom(t *testing.T) {
	t.Parallel()
	player := func(name string, team int, race replay.Race, result replay.Result) replay.Player {
		return replay.Player{Name: name, Team: team, Race: race, Result: result}
	}
	two := 2
	for _, test := range []struct {
		want   string
		winner *int
		of     []replay.Player
	}{
		{"B (Z) beat A (BW T)", nil, []replay.Player{player("A", 1, replay.BWTerran, replay.Loss), player("B", 2, replay.Zerg, replay.Win)}},
		{"C (P), D (T) beat A (T), B (?)", &two, []replay.Player{
			player("A", 1, replay.Terran, replay.Undecided), player("C", 2, replay.Protoss, replay.Undecided),
			player("B", 1, "", replay.Undecided), player("D", 2, replay.Terran, replay.Undecided),
		}},
		{"A (T) vs B (T) vs C (T) · result: unknown", nil, []replay.Player{
			player("C", 3, replay.Terran, replay.Loss), player("A", 1, replay.Terran, replay.Undecided), player("B", 2, replay.Terran, replay.Undecided),
		}},
		{"A (T) vs B (T): a tie", nil, []replay.Player{player("A", 1, replay.Terran, replay.Tie), player("B", 2, replay.Terran, replay.Tie)}},
		{"(no name) (P) beat (no name) (T)", nil, []replay.Player{player("", 1, replay.Terran, replay.Loss), player("\u202e", 2, replay.Protoss, replay.Win)}},
		{"A (T) won", nil, []replay.Player{player("A", 1, replay.Terran, replay.Win)}},
	} {
		if got := score(&replay.Replay{Players: test.of, WinnerTeam: test.winner}); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestScoreOfGamesThatAreNoDuels(t *testing.T) {
	t.Parallel()
	mission := &replay.Replay{Format: "coop", WinnerSide: new(1), Players: []replay.Player{
		{Name: "A", Team: 1, Side: 1, Race: replay.Protoss, Commander: "Karax", Result: replay.Win},
		{Name: "C", Team: 1, Side: 2, Race: replay.Zerg, AI: true, Result: replay.Undecided},
		{Name: "B", Team: 2, Side: 1, Race: replay.Terran, Result: replay.Win},
	}}
	guess := &replay.Replay{WinnerTeam: new(2), WinnerSide: new(2), WinnerSource: replay.WinnerFromGuess, Players: []replay.Player{
		{Name: "A", Team: 1, Side: 1, Race: replay.Protoss, Result: replay.Loss},
		{Name: "B", Team: 2, Side: 2, Race: replay.Terran, Result: replay.Win},
	}}
	lobby := &replay.Replay{Format: "other", Players: []replay.Player{
		{Name: "A", Team: 1, Side: 1, Race: replay.Protoss, Result: replay.Win},
		{Name: "B", Team: 1, Side: 1, Race: replay.Terran, Result: replay.Undecided},
	}}
	for want, game := range map[string]*replay.Replay{
		"A (Karax), B (T) beat C (Z)": mission,
		"B (T) probably beat A (P) (Result from: a guess: part of one side left, and the recording ends there)": guess,
		"A (P), B (T) · result: unknown": lobby,
	} {
		if got := score(game); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWrapBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                   {""},
		"äöü äöü äöü":        {"äöü äöü", "äöü"},
		"a loooooooong word": {"a", "loooooooong", "word"},
	} {
		if got := wrap(text, 7); !slices.Equal(got, want) {
			t.Errorf("wrap(%q) = %q, want %q", text, got, want)
		}
	}
}
