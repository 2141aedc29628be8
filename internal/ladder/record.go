package ladder

import (
	"errors"
	"time"
)

// ErrNotFound is what stores answer of an id that nothing has.
var ErrNotFound = errors.New("not found")

// Record is how many matches were won, lost and drawn.
type Record struct{ Wins, Losses, Draws int }

// Count adds a result as a team has it.
func (r *Record) Count(result Result, team int) {
	switch {
	case result == Draw:
		r.Draws++
	case (result == Team0) == (team == 0):
		r.Wins++
	default:
		r.Losses++
	}
}

// Games are all that count.
func (r Record) Games() int { return r.Wins + r.Losses + r.Draws }

// WinRate is the share of games won, a draw as half; 0 without games.
func (r Record) WinRate() float64 {
	if r.Games() == 0 {
		return 0
	}
	return (float64(r.Wins) + float64(r.Draws)/2) / float64(r.Games())
}

// RaceRecord is a record with one race against one.
type RaceRecord struct {
	Race, Against Race
	Record
}

// MapRecord is a record on a map.
type MapRecord struct {
	Map string
	Record
}

// OpponentRecord is a record against a player, whose name is empty once deleted.
type OpponentRecord struct {
	Player PlayerID
	Name   string
	Record
	Last time.Time
}

// RatingPoint is a rating after a line of the ledger.
type RatingPoint struct {
	Race  Race
	Value float64
	At    time.Time
}

// PlayedMatch is a match as one of its players has it.
type PlayedMatch struct {
	Match
	Opponent string  // name; empty once deleted
	Result   Result  // in force, of the match's teams; empty: none
	Change   float64 // of the player's rating, by all lines of the match
}

// Seat is a player's seat in the match; the zero Seat if there is none.
func (m PlayedMatch) Seat(id PlayerID) Seat {
	for _, s := range m.Seats {
		if s.Player == id {
			return s
		}
	}
	return Seat{}
}

// Profile is what a player has played, counted from final matches.
type Profile struct {
	Player    Player
	Ratings   []Rating
	ByRace    []RaceRecord
	ByMap     []MapRecord
	Opponents []OpponentRecord // who was met most often first
	Last      []PlayedMatch    // the newest first
	Timeline  []RatingPoint    // Elo, the oldest first
}

// MatchFile is what is known of a match: the match itself, and all that was handed in, said
// and ruled.
type MatchFile struct {
	Match
	Games   []Game
	Rulings []Ruling
	Reports []Report
	Lines   []Line
}

// BoardFilter says which part of a board to read; zero values let all pass.
type BoardFilter struct {
	Season  SeasonID // 0: the one that has not ended
	Race    Race
	Region  Region
	Country string
	Rank    Rank
	Offset  int
	Limit   int
	At      time.Time // now: who played lately has a rank
}

// BoardPage is a part of a board. A place is among those that the filter lets pass, a rank
// among all.
type BoardPage struct {
	Places []Place
	Total  int // that the filter lets pass
}

// Crowd is how many are on the ladder now.
type Crowd struct {
	BW, SC2, Either int // who search with a race of one side alone, or of both
	Playing         int // matches
}
