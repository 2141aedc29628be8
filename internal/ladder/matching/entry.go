package matching

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// PlayerID identifies a player.
type PlayerID int64

// EntryID identifies an entry.
type EntryID int64

// Side is one of the two games that meet on the ladder.
type Side uint8

// The sides. A Standing of an entry is indexed by them.
const (
	BW Side = iota
	SC2
)

// An Entry is who queues together: one player, or a party of a whole team.
type Entry struct {
	ID        EntryID
	Players   []PlayerID
	Standings [2]Standing // by Side
	Region    int         // a row of Rule.Regions
	Since     time.Time   // when the wait began; an innocent keeps it after a lapsed offer
	Recent    []Meeting   // matches, in any order
	Lapsed    []Meeting   // offers that came to nothing, in any order
}

// A Standing is an entry's rating on one side; of a team, the team's.
type Standing struct {
	Plays     bool // whether the entry queues with this side
	Rating    float64
	Deviation float64 // of the rating, as in Glicko-2 on Elo's scale
}

// A Meeting is a match or an offer with one opponent.
type Meeting struct {
	Opponent PlayerID
	At       time.Time
}

// A candidate is an entry of one run with what the run derives from it.
type candidate struct {
	*Entry
	wait float64 // seconds, never negative
	ties []tie

	// By Side; a side whose rating is no number is not played.
	plays    [2]bool
	rating   [2]float64
	spread   [2]float64 // σ² above that of a settled rating
	newcomer [2]bool
}

// MaxWait bounds a wait in seconds, so that a clock far off gives no absurd weights.
const maxWait = 24 * 60 * 60

// MaxRating bounds a rating's size, as maxWait does.
const maxRating = 1e4

// admit makes candidates of the entries that can be paired, in the order of their ids.
// Of entries that share a player the one that waits longest stays, of equal ones that
// with the lowest id.
func admit(now time.Time, entries []Entry, rule Rule, run *Run) []candidate {
	order := make([]*Entry, len(entries))
	for i := range entries {
		order[i] = &entries[i]
	}
	slices.SortStableFunc(order, func(a, b *Entry) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	admitted := make([]candidate, 0, len(order))
	ids, players := make(map[EntryID]bool), make(map[PlayerID]bool)
	for _, e := range order {
		c := newCandidate(now, e, rule)
		switch {
		case !c.fits(rule):
			run.Unfit++
		case ids[e.ID] || slices.ContainsFunc(e.Players, func(p PlayerID) bool { return players[p] }):
			run.Duplicates++
		default:
			ids[e.ID] = true
			for _, p := range e.Players {
				players[p] = true
			}
			admitted = append(admitted, c)
		}
	}
	slices.SortFunc(admitted, func(a, b candidate) int { return cmp.Compare(a.ID, b.ID) })
	return admitted
}

// newCandidate takes a start in the future, which a clock set back leaves behind, as
// no wait.
func newCandidate(now time.Time, e *Entry, rule Rule) candidate {
	c := candidate{Entry: e, wait: min(maxWait, max(0, now.Sub(e.Since).Seconds()))}
	for side, s := range e.Standings {
		deviation, settled := within(s.Deviation, 0, 0, 1000), rule.SettledDeviation
		c.plays[side] = s.Plays && !math.IsNaN(s.Rating)
		c.rating[side] = min(maxRating, max(-maxRating, s.Rating))
		c.spread[side] = max(0, deviation*deviation-settled*settled)
		c.newcomer[side] = deviation >= rule.NewcomerDeviation
	}
	return c
}

// fits says whether an entry is a whole team of different players who queue with a side.
func (c *candidate) fits(rule Rule) bool {
	if len(c.Players) != rule.TeamSize || !c.plays[BW] && !c.plays[SC2] {
		return false
	}
	for i, p := range c.Players {
		if slices.Contains(c.Players[:i], p) {
			return false
		}
	}
	return true
}
