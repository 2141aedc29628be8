// Package laddertest is a ladder in memory, for tests: rows, a Scope cut from them as a
// store cuts it, a Change written back with the guards that a store has, and every step
// that may come next. What is tried on it can be tried on a store with the same steps, and
// both must come to the same Dump.
package laddertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Rows are all rows of a ladder that Apply reads or writes, each table by id.
type Rows struct {
	Players   []ladder.Player
	Entries   []ladder.Entry
	Matches   []ladder.Match
	Reports   []ladder.Report
	Games     []ladder.Game
	Rulings   []ladder.Ruling
	Lines     []ladder.Line
	Ratings   []ladder.Rating
	Penalties []ladder.Penalty
	Handles   []ladder.Handle
}

// World is a ladder at a moment. A copy of the struct is a world of its own: tables are
// copied when they are written.
type World struct {
	Rows
	Now       time.Time
	Season    ladder.Season
	QueueOpen bool
	Audits    []ladder.Audit
	Messages  []ladder.Message // of the last act
	ids       int64
}

// Start is the moment at which worlds begin.
var Start = time.Date(2026, 5, 1, 18, 0, 0, 0, time.UTC)

// New is a world with as many players as are asked for, at most five, who are set up: the
// first and the fourth play BW, the second and the fifth SC2, the third both.
func New(season ladder.Season, players int) *World {
	w := &World{Now: Start, Season: season, QueueOpen: true, ids: 100}
	races := [][]ladder.Race{{ladder.BWTerran}, {ladder.Zerg}, {ladder.BWZerg, ladder.Protoss}, {ladder.BWProtoss}, {ladder.Terran}}
	for i, name := range []string{"Alpha", "Bravo", "Carol", "Delta", "Echo"}[:players] {
		w.Players = append(w.Players, ladder.Player{
			ID: ladder.PlayerID(i + 1), Version: 1, Discord: fmt.Sprint(1000 + i), Name: name, BattleTag: name + "#1234",
			Region: "EUW", Country: "DE", Language: "en", Races: races[i], State: ladder.Ready, Created: Start,
		})
	}
	return w
}

// Do applies an act at its time and writes what it changes. A refusal changes nothing but
// the time.
func (w *World) Do(act ladder.Act) (ladder.Change, error) {
	w.Now = act.At
	c, err := ladder.Apply(w.Scope(act), w.known(act))
	if err != nil {
		return c, err
	}
	return c, w.Write(c)
}

// known fills in what a store knows about a replay.
func (w *World) known(act ladder.Act) ladder.Act {
	if act.Replay == nil {
		return act
	}
	replay := *act.Replay
	replay.Known = ladder.Known{Handles: w.handles(act), Games: make(map[string]ladder.MatchID)}
	for _, r := range w.Rulings {
		if r.Game == 0 {
			continue
		}
		if g := w.game(r.Game); g.Identity == replay.Facts.Identity && !r.Void {
			replay.Known.Games[g.Identity] = r.Match
		}
	}
	act.Replay = &replay
	return act
}

func (w *World) game(id ladder.GameID) ladder.Game {
	for _, g := range w.Games {
		if g.ID == id {
			return g
		}
	}
	return ladder.Game{}
}

// Scope cuts from the rows what an act may read.
func (w *World) Scope(act ladder.Act) ladder.Scope {
	sc := ladder.Scope{Season: w.Season, QueueOpen: w.QueueOpen, NewID: w.newID}
	sc.Entry = w.entryOf(act)
	sc.Match = w.matchOf(act, sc.Entry)
	players := []ladder.PlayerID{act.Player}
	if act.Pair != nil {
		sc.Entries = filter(w.Entries, func(e ladder.Entry) bool { return slices.Contains(act.Pair.Entries, e.ID) })
	}
	if m := sc.Match; m != nil {
		sc.Games = filter(w.Games, func(g ladder.Game) bool { return g.Match == m.ID })
		for _, r := range w.Rulings {
			if r.Game != 0 && r.Match != m.ID {
				sc.Elsewhere = append(sc.Elsewhere, w.game(r.Game).Identity)
			}
		}
		sc.Rulings = filter(w.Rulings, func(r ladder.Ruling) bool { return r.Match == m.ID })
		sc.Lines = filter(w.Lines, func(l ladder.Line) bool { return l.Match == m.ID })
		for _, s := range m.Seats {
			players = append(players, s.Player)
			sc.Entries = append(sc.Entries, filter(w.Entries, func(e ladder.Entry) bool { return e.ID == s.Entry })...)
		}
	}
	for _, e := range sc.Entries {
		for _, m := range e.Members {
			players = append(players, m.Player)
		}
	}
	if sc.Entry != nil {
		for _, m := range sc.Entry.Members {
			players = append(players, m.Player)
		}
	}
	sc.Players = filter(w.Players, func(p ladder.Player) bool { return slices.Contains(players, p.ID) })
	sc.Penalties = filter(w.Penalties, func(p ladder.Penalty) bool { return p.Cleared.IsZero() && slices.Contains(players, p.Player) })
	sc.Ratings = filter(w.Ratings, func(r ladder.Rating) bool { return slices.Contains(players, r.Player) })
	sc.Handles = w.handles(act)
	return sc
}

func filter[T any](rows []T, is func(T) bool) []T {
	var of []T
	for _, r := range rows {
		if is(r) {
			of = append(of, r)
		}
	}
	return of
}

// entryOf is the act's entry, or the live one of its player.
func (w *World) entryOf(act ladder.Act) *ladder.Entry {
	for _, e := range w.Entries {
		mine := e.State.Live() && slices.ContainsFunc(e.Members, func(m ladder.Member) bool { return m.Player == act.Player })
		if act.Entry != 0 && e.ID == act.Entry || act.Entry == 0 && act.Player != 0 && mine {
			return &e
		}
	}
	return nil
}

// matchOf is the act's match, or the one that its player's entry is in.
func (w *World) matchOf(act ladder.Act, e *ladder.Entry) *ladder.Match {
	id := act.Match
	if id == 0 && e != nil {
		id = e.Match
	}
	for _, m := range w.Matches {
		if id != 0 && m.ID == id {
			return &m
		}
	}
	return nil
}

// handles are those of the act's toon, of its replay and of all players: there are few.
func (w *World) handles(ladder.Act) []ladder.Handle { return slices.Clone(w.Handles) }

func (w *World) newID() int64 {
	w.ids++
	return w.ids
}

// SkipIDs lets ids go on from a higher one.
func (w *World) SkipIDs(n int64) { w.ids += n }

// ErrGuard is a Change that is not of the rows as they are, which a store would not write.
var ErrGuard = errors.New("a row that was changed is not the one that was read")

// Write writes a change, each row only over the version that it was read in.
func (w *World) Write(c ladder.Change) error {
	err := errors.Join(
		write(&w.Entries, c.Entries, func(e *ladder.Entry) (ladder.EntryID, *int) { return e.ID, &e.Version }),
		write(&w.Games, c.Games, func(g *ladder.Game) (ladder.GameID, *int) { return g.ID, &g.Version }),
		write(&w.Penalties, c.Penalties, func(p *ladder.Penalty) (ladder.PenaltyID, *int) { return p.ID, &p.Version }),
		write(&w.Players, c.Players, func(p *ladder.Player) (ladder.PlayerID, *int) { return p.ID, &p.Version }),
	)
	if c.Match != nil {
		err = errors.Join(err, write(&w.Matches, []ladder.Match{*c.Match}, func(m *ladder.Match) (ladder.MatchID, *int) { return m.ID, &m.Version }))
	}
	w.Reports = append(slices.Clip(w.Reports), c.Reports...)
	w.Lines = append(slices.Clip(w.Lines), c.Lines...)
	for _, r := range c.Rulings {
		w.Rulings = slices.Clone(w.Rulings)
		for i := range w.Rulings {
			if w.Rulings[i].Match == r.Match && w.Rulings[i].Superseded.IsZero() {
				w.Rulings[i].Superseded = r.At
			}
		}
		w.Rulings = append(w.Rulings, r)
	}
	w.Ratings = upsert(w.Ratings, c.Ratings, func(r ladder.Rating) ladder.RatingKey { return r.RatingKey })
	w.Handles = upsert(w.Handles, c.Handles, func(h ladder.Handle) string { return h.Toon })
	w.Handles = slices.DeleteFunc(slices.Clone(w.Handles), func(h ladder.Handle) bool { return slices.Contains(c.Unbound, h.Toon) })
	w.Audits = append(slices.Clip(w.Audits), c.Audit...)
	w.Messages = c.Messages
	return err
}

// write writes rows that have a version: 0 is a new row.
func write[T any, ID comparable](table *[]T, rows []T, of func(*T) (ID, *int)) error {
	if len(rows) == 0 {
		return nil
	}
	*table = slices.Clone(*table)
	for _, row := range rows {
		id, version := of(&row)
		at := slices.IndexFunc(*table, func(o T) bool { other, _ := of(&o); return other == id })
		if at < 0 {
			if *version != 0 {
				return fmt.Errorf("%w: %T %v is not there", ErrGuard, row, id)
			}
			*version = 1
			*table = append(*table, row)
			continue
		}
		if _, there := of(&(*table)[at]); *there != *version {
			return fmt.Errorf("%w: %T %v has version %d, the change %d", ErrGuard, row, id, *there, *version)
		}
		*version++
		(*table)[at] = row
	}
	return nil
}

func upsert[T any, K comparable](table, rows []T, key func(T) K) []T {
	if len(rows) == 0 {
		return table
	}
	table = slices.Clone(table)
	for _, row := range rows {
		if at := slices.IndexFunc(table, func(o T) bool { return key(o) == key(row) }); at >= 0 {
			table[at] = row
		} else {
			table = append(table, row)
		}
	}
	return table
}
