package upload

import "github.com/evoladder/evoladderbot/internal/ladder"

// Match is what an upload came to for the match that it belongs to, as it stands now.
type Match struct {
	ID     ladder.MatchID
	Effect ladder.Effect
	State  ladder.MatchState
	// Evidence is what the replay shows about the match.
	Evidence []ladder.Evidence
	// Open says that the players may report the result.
	Open bool
	// Result is the one in force, of the match's teams; empty: none.
	Result ladder.Result
	// Unrated is why the result changes no rating: a code of the ruling; empty: it does,
	// or there is none.
	Unrated string
	Sides   []Side // in the order of the match's seats
}

// Side is a player of a match.
type Side struct {
	Name string // empty: deleted
	Team int
	Race ladder.Race
	// Before and After are the rating that the result in force has changed.
	Before, After float64
}

// Won says whether a side has won by the result in force.
func (m Match) Won(s Side) bool {
	return m.Result == ladder.Team0 && s.Team == 0 || m.Result == ladder.Team1 && s.Team == 1
}
