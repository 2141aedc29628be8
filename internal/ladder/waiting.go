package ladder

import "time"

// Waiting is a searching entry with all that its pairing depends on.
type Waiting struct {
	Entry   Entry
	Players []Player // of its members, in their order
	Ratings []Rating // of these players and the entry's races, in both systems; absent: none yet
	// Past are the last matches of its members, the newest first: at least those of
	// Rules.PairWindow, the last three with every member whatever their age, and
	// offers that lapsed within Rules.Reoffer.
	Past []Past
}

// Past is a match that a player of an entry was in, or an offer that lapsed.
type Past struct {
	Player   PlayerID
	Opponent PlayerID
	At       time.Time // of the offer, or when it lapsed
	Map      string
	State    MatchState
}
