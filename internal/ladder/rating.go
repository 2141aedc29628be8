package ladder

import "time"

// RatingKey is what has a rating of its own.
type RatingKey struct {
	Player PlayerID
	Race   Race
	System System
}

// Rating is the cache of a ledger's last line.
type Rating struct {
	RatingKey
	Value      float64   // whole numbers in Elo
	Deviation  float64   // Glicko-2 only
	Volatility float64   // Glicko-2 only
	N          int       // of the ledger's last line; 0: none yet
	Games      int       // that count
	Last       time.Time // of the last line with Sequence 0 of a match: when it was last played
}

// LineKind is why a rating changed.
type LineKind string

// The kinds of a line. Those of match, void and restore of one match sum to 0.
const (
	LineMatch   LineKind = "match"
	LineVoid    LineKind = "void"    // takes a match's change back
	LineRestore LineKind = "restore" // gives it again
	LineSeason  LineKind = "season"  // a start carries or resets
	LineManual  LineKind = "manual"  // by staff, or moved in
	LineRefund  LineKind = "refund"  // to a victim of a cheater
)

// LedgerVersion is raised when the same matches would be rated differently.
const LedgerVersion = 1

// Line is a rating event: one line of the ledger, never changed and never deleted.
type Line struct {
	ID LineID
	RatingKey
	Version  int // LedgerVersion
	N        int // of the key's lines, from 1, without a gap
	Season   SeasonID
	Kind     LineKind
	Match    MatchID  // 0: none
	Ruling   RulingID // 0: none
	Sequence int      // of the match's lines for this key, from 0
	Before   float64
	Delta    float64
	After    float64
	// Of Glicko-2, after the line; so that the next starts from there.
	Deviation  float64
	Volatility float64
	// Of Glicko-2, what a match was computed from: the deviation grown by the time without
	// a game. A match that is ruled again starts from there.
	FromDeviation  float64
	FromVolatility float64
	// The season's constants that a match was computed with; 0 for other lines. They may
	// be edited later, and the line must still recompute.
	K        int
	Spread   int
	Tau      float64
	Expected float64 // score that the system predicted; 0 for lines without an opponent
	Opponent float64 // rating before, of the other team's mean
	Games    int     // of the key after the line
	Reason   string
	Actor    Actor
	At       time.Time
}
