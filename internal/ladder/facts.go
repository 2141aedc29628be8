package ladder

import "time"

// Facts is what a replay says that evidence is judged by. It is made of a stored
// summary, so that a file that is known already is judged as one just parsed.
type Facts struct {
	ParserVersion int
	Identity      string // replay.Replay.GameID: the same in every file of one game; empty: cannot be told
	Format        string
	Resumed       bool
	Players       []FactPlayer
	Region        string // "us", "eu", "kr", …
	MapTitle      string
	MapHash       string
	Handles       []string      // hashes of the dependencies, in the file's order; the map last
	Length        time.Duration // real time
	EndedAt       time.Time     // the recorder's clock
	Speed         string
	Privacy       string
	Locked        *bool
	Observers     int
	Winner        *int       // team; nil: unknown
	Draw          bool       // the game says so of everybody
	WinnerSource  string     // replay.WinnerSource
	Contradiction string     // what contradicts the winner; empty: nothing
	Chat          []FactChat // of the players
}

// FactPlayer is somebody, or an AI, who played.
type FactPlayer struct {
	Name string
	Toon string
	Team int
	Race Race // empty for what is none of the mod's
	AI   bool
}

// FactChat is a line that a player wrote to all.
type FactChat struct {
	Toon string
	Text string
}
