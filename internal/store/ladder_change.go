package store

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// writer writes what the rules changed, noun after noun, in the order of the locks and of
// what refers to what.
type writer struct {
	store *Store
	tx    session
	act   ladder.Act
	read  scope
}

func (w writer) players(ctx context.Context, out *Outcome) error {
	for _, p := range out.Players {
		if err := writePlayer(ctx, w.tx, p); err != nil {
			return err
		}
		if err := nameStandings(ctx, w.tx, p); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) match(ctx context.Context, out *Outcome) error {
	if out.Match == nil {
		return nil
	}
	return writeMatch(ctx, w.tx, *out.Match, w.read.Match)
}

func (w writer) entries(ctx context.Context, out *Outcome) error {
	return writeEntries(ctx, w.tx, out.Entries)
}

func (w writer) games(ctx context.Context, out *Outcome) error {
	for _, g := range out.Games {
		if err := writeGame(ctx, w.tx, g); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) rulings(ctx context.Context, out *Outcome) error {
	return writeRulings(ctx, w.tx, out.Rulings)
}

func (w writer) reports(ctx context.Context, out *Outcome) error {
	values := make([][]any, len(out.Reports))
	for i, r := range out.Reports {
		values[i] = []any{w.store.ids.next(), int64(r.Match), int64(r.Player), string(r.Result), r.At}
	}
	return insertRows(ctx, w.tx, `reports (id, match_id, player_id, result, at)`, values)
}

func (w writer) handles(ctx context.Context, out *Outcome) error {
	for _, toon := range out.Unbound {
		if err := unbindHandle(ctx, w.tx, toon, w.read.handles[toon]); err != nil {
			return err
		}
	}
	return writeHandles(ctx, w.tx, out.Handles, w.read.handles)
}

func (w writer) penalties(ctx context.Context, out *Outcome) error {
	for _, p := range out.Penalties {
		if err := writePenalty(ctx, w.tx, p); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) ledger(ctx context.Context, out *Outcome) error {
	if err := writeLines(ctx, w.tx, out.Lines); err != nil {
		return err
	}
	return writeRatings(ctx, w.tx, out.Ratings)
}

func (w writer) audit(ctx context.Context, out *Outcome) error {
	return w.store.insertAudit(ctx, w.tx, w.read.Season.ID, out.Audit...)
}

// standings brings the board up to what the act changed of final matches and ratings.
func (w writer) standings(ctx context.Context, out *Outcome) error {
	if w.read.Season.State == ladder.SeasonEnded || w.read.Season.ID == 0 {
		return nil
	}
	keys := make(map[standingKey]bool)
	for _, l := range out.Lines {
		keys[standingKey{l.Player, l.Race}] = true
	}
	m, was := out.Match, w.read.Match != nil && w.read.Match.State == ladder.MatchFinal
	if m != nil && (len(out.Rulings) > 0 || m.State == ladder.MatchFinal || was) {
		for _, s := range m.Seats {
			keys[standingKey{s.Player, s.Race}] = true
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return refreshStandings(ctx, w.tx, w.read.Season, keys, was && m != nil && m.State != ladder.MatchFinal)
}
