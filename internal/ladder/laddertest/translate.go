package laddertest

import (
	"math/rand/v2"
	"slices"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// seldom are the kinds of steps that keep a match from being played. With them as likely
// as the others there would be hardly any.
var seldom = []ladder.ActKind{
	ladder.Leave, ladder.Decline, ladder.Unreach, ladder.Extend, ladder.TickEntry,
	ladder.Ban, ladder.Remove, ladder.Unbind, ladder.SetRating, ladder.Void,
}

// Pick is one of the steps that may come next, by chance: first a kind of step, then one
// of that kind.
func (w *World) Pick(random *rand.Rand) Step {
	rare := random.IntN(6) == 0
	kinds := make(map[ladder.ActKind][]Step)
	var order []ladder.ActKind
	steps := w.Steps()
	for _, s := range steps {
		kind := s.Acts[0].Kind
		if slices.Contains(seldom, kind) != rare {
			continue
		}
		if len(kinds[kind]) == 0 {
			order = append(order, kind)
		}
		kinds[kind] = append(kinds[kind], s)
	}
	if len(order) == 0 {
		return steps[random.IntN(len(steps))]
	}
	of := kinds[order[random.IntN(len(order))]]
	return of[random.IntN(len(of))]
}

// Translate is an act on other rows to which the same happened, and which gave other ids:
// the first match is the first match. Replays keep their ids.
func Translate(act ladder.Act, from, to Rows) ladder.Act {
	player := func(id ladder.PlayerID) ladder.PlayerID {
		return other(id, from.Players, to.Players, func(p ladder.Player) ladder.PlayerID { return p.ID })
	}
	entry := func(id ladder.EntryID) ladder.EntryID {
		return other(id, from.Entries, to.Entries, func(e ladder.Entry) ladder.EntryID { return e.ID })
	}
	act.Player, act.Actor.Player, act.Entry = player(act.Player), player(act.Actor.Player), entry(act.Entry)
	act.Match = other(act.Match, from.Matches, to.Matches, func(m ladder.Match) ladder.MatchID { return m.ID })
	act.Game = other(act.Game, from.Games, to.Games, func(g ladder.Game) ladder.GameID { return g.ID })
	if act.Pair == nil {
		return act
	}
	pair := *act.Pair
	pair.Entries, pair.Seats = slices.Clone(pair.Entries), slices.Clone(pair.Seats)
	for i := range pair.Entries {
		pair.Entries[i] = entry(pair.Entries[i])
	}
	for i := range pair.Seats {
		s := &pair.Seats[i]
		s.Player, s.Entry = player(s.Player), entry(s.Entry)
	}
	act.Pair = &pair
	return act
}

// other is the id at the same place in the other rows; 0 for none.
func other[T any, ID ~int64](id ID, from, to []T, of func(T) ID) ID {
	at := slices.IndexFunc(from, func(row T) bool { return of(row) == id })
	if at < 0 || at >= len(to) {
		return 0
	}
	return of(to[at])
}
