package show

import (
	"slices"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// The sides of a co-op mission.
const (
	partners  = 1
	computers = 2
)

// Side is who fought together.
type Side struct {
	Number  int
	Result  replay.Result // of the side; Undecided where its players' results differ
	Likely  bool          // the result is a guess
	Label   phrase.Text   // what to call it
	Players []replay.Player
}

// Sides are all sides of a game: the smaller first, as in "1v2", then by their
// number; the partners of a co-op mission before the computers.
func Sides(game *replay.Replay) []Side {
	var sides []Side
	for _, p := range game.Players {
		number := sideOf(game, p)
		at := slices.IndexFunc(sides, func(s Side) bool { return s.Number == number })
		if at < 0 {
			at, sides = len(sides), append(sides, Side{Number: number, Result: p.Result})
		}
		if sides[at].Result != p.Result {
			sides[at].Result = replay.Undecided
		}
		sides[at].Players = append(sides[at].Players, p)
	}
	settle(game, sides)
	slices.SortStableFunc(sides, func(a, b Side) int {
		if n := len(a.Players) - len(b.Players); n != 0 && !coop(game) {
			return n
		}
		return a.Number - b.Number
	})
	return sides
}

// settle gives each side its result and its label.
func settle(game *replay.Replay, sides []Side) {
	winner, known := winningSide(game, sides)
	for i := range sides {
		side := &sides[i]
		switch {
		case known && side.Number == winner:
			side.Result = replay.Win
		case known && len(sides) == 2:
			side.Result = replay.Loss
		}
		side.Likely = known && game.WinnerSource == replay.WinnerFromGuess && side.Result != replay.Undecided
		side.Label = label(game, side.Number, len(sides))
	}
}

func label(game *replay.Replay, number, sides int) phrase.Text {
	switch {
	case coop(game) && number == computers:
		return phrase.Say(phrase.LabelComputers)
	case coop(game) || sides == 1:
		return phrase.Say(phrase.LabelPlayers)
	}
	return phrase.Say(phrase.LabelTeam, "team", itoa(number))
}

func coop(game *replay.Replay) bool { return game.Format == "coop" }

// sideOf is a player's side; before parser version 3 there was only the team.
func sideOf(game *replay.Replay, p replay.Player) int {
	switch {
	case coop(game) && p.AI:
		return computers
	case coop(game):
		return partners
	case p.Side == 0:
		return p.Team
	}
	return p.Side
}

// winningSide is the side that won. Where the summary does not name it, it is
// the only one that has winners and no others; in co-op one winner does.
func winningSide(game *replay.Replay, sides []Side) (number int, known bool) {
	switch {
	case game.WinnerSide != nil:
		return *game.WinnerSide, true
	case game.WinnerTeam != nil && !coop(game):
		return *game.WinnerTeam, true
	}
	for _, side := range sides {
		won := slices.ContainsFunc(side.Players, func(p replay.Player) bool { return p.Result == replay.Win })
		if !won || !coop(game) && side.Result != replay.Win {
			continue
		}
		if known {
			return 0, false
		}
		number, known = side.Number, true
	}
	return number, known
}

// Verdict is how a game ended.
type Verdict int

// The verdicts.
const (
	Open  Verdict = iota // unknown
	Empty                // no player
	Won                  // Winners beat all of Others
	Led                  // Winners won, and of some of Others no result is known
	Alone                // Winners won, and there was no other side
	Tied
)

// Outcome is who won. Others are all sides that did not.
type Outcome struct {
	Verdict         Verdict
	Likely          bool // a guess
	Winners, Others []Side
}

// Judge says who won: a side that may have won, too, or of which nothing is
// known, is not among the winners' beaten.
func Judge(game *replay.Replay) Outcome {
	var o Outcome
	lost, tied := 0, false
	for _, side := range Sides(game) {
		if side.Result == replay.Win {
			o.Winners, o.Likely = append(o.Winners, side), o.Likely || side.Likely
			continue
		}
		o.Others = append(o.Others, side)
		if side.Result == replay.Loss {
			lost++
		}
		tied = tied || slices.ContainsFunc(side.Players, func(p replay.Player) bool { return p.Result == replay.Tie })
	}
	switch {
	case len(o.Winners)+len(o.Others) == 0:
		o.Verdict = Empty
	case len(o.Winners) > 0 && len(o.Others) == 0:
		o.Verdict = Alone
	case len(o.Winners) > 0 && lost == len(o.Others):
		o.Verdict = Won
	case len(o.Winners) > 0:
		o.Verdict = Led
	case tied:
		o.Verdict = Tied
	}
	return o
}
