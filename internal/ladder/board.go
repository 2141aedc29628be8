package ladder

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Standing is a player's race in a season, as counted from its final matches.
type Standing struct {
	Player    PlayerID
	Name      string
	Country   string
	Race      Race
	Rating    float64
	Deviation float64 // of Glicko-2: the ± shown
	Wins      int
	Losses    int
	Draws     int
	Last      time.Time // last played
	Hidden    bool      // banned or deleted
}

// Games are all that count.
func (s Standing) Games() int { return s.Wins + s.Losses + s.Draws }

// WinRate is the share of games won, a draw as half; 0 without games.
func (s Standing) WinRate() float64 {
	if s.Games() == 0 {
		return 0
	}
	return (float64(s.Wins) + float64(s.Draws)/2) / float64(s.Games())
}

// Rank is a letter that says where among the active a standing is; empty: unranked.
type Rank string

// The ranks, the best first.
const (
	RankS    Rank = "S"
	RankA    Rank = "A"
	RankB    Rank = "B"
	RankC    Rank = "C"
	RankD    Rank = "D"
	RankE    Rank = "E"
	RankF    Rank = "F"
	Unranked Rank = ""
)

// Place is a standing on a board.
type Place struct {
	Standing
	Place       int // from 1
	Rank        Rank
	Provisional bool // fewer games than the season settles a rating with
}

// Ranks are all ranks, the best first.
var Ranks = []Rank{RankS, RankA, RankB, RankC, RankD, RankE, RankF}

// ActiveFor is how long after its last game a standing has a rank.
const ActiveFor = 30 * 24 * time.Hour

// Board orders standings: by rating, then who played last, win rate, games, name and id,
// so that no two are equal. Who is hidden is left out; who has not played for ActiveFor
// has no rank.
func Board(standings []Standing, now time.Time, r Rules) []Place {
	shown := slices.DeleteFunc(slices.Clone(standings), func(s Standing) bool { return s.Hidden })
	slices.SortFunc(shown, CompareStandings)
	active := 0
	for _, s := range shown {
		if s.active(now) {
			active++
		}
	}
	letters := ranks(active)
	board := make([]Place, len(shown))
	for i, s := range shown {
		board[i] = Place{Standing: s, Place: i + 1, Provisional: s.Games() < r.Provisional}
		if s.active(now) {
			board[i].Rank, letters = letters[0], letters[1:]
		}
	}
	return board
}

func (s Standing) active(now time.Time) bool { return now.Sub(s.Last) <= ActiveFor }

// CompareStandings is the order of a board: negative if a is before b.
func CompareStandings(a, b Standing) int {
	return cmp.Or(
		cmp.Compare(b.Rating, a.Rating),
		b.Last.Compare(a.Last),
		cmp.Compare(b.WinRate(), a.WinRate()),
		cmp.Compare(b.Games(), a.Games()),
		strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
		cmp.Compare(a.Player, b.Player),
		cmp.Compare(slices.Index(Races, a.Race), slices.Index(Races, b.Race)),
	)
}

// shares are the ranks' percentages, the best first.
var shares = []struct {
	rank    Rank
	percent int
}{{RankS, 1}, {RankA, 7}, {RankB, 21}, {RankC, 21}, {RankD, 21}, {RankE, 21}, {RankF, 8}}

// leftOver is the order in which ranks get what rounding down leaves.
var leftOver = []Rank{RankD, RankC, RankE, RankB, RankF, RankA, RankS}

// RankSizes are how many of n have each rank. From one for each rank on, each has one;
// the rest go by share.
func RankSizes(n int) map[Rank]int {
	sizes := make(map[Rank]int, len(shares))
	rest := n
	if n >= len(shares) {
		for _, s := range shares {
			sizes[s.rank] = 1
		}
		rest -= len(shares)
	}
	left := rest
	for _, s := range shares {
		share := rest * s.percent / 100
		sizes[s.rank] += share
		left -= share
	}
	for i := range left {
		sizes[leftOver[i%len(leftOver)]]++
	}
	return sizes
}

// ranks are the letters of n standings in order.
func ranks(n int) []Rank {
	sizes := RankSizes(n)
	letters := make([]Rank, 0, n)
	for _, s := range shares {
		for range sizes[s.rank] {
			letters = append(letters, s.rank)
		}
	}
	return letters
}

// Snapshot is a season's board as it was when the season ended. It never changes: rulings
// that come later are noted beside it.
type Snapshot struct {
	Season SeasonID  `json:"season"`
	Taken  time.Time `json:"taken"`
	Places []Place   `json:"places"`
}

// TakeSnapshot is a season's board at its end.
func TakeSnapshot(s Season, standings []Standing, now time.Time) Snapshot {
	return Snapshot{Season: s.ID, Taken: now, Places: Board(standings, now, s.Rules)}
}
