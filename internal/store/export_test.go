package store

import (
	"context"
	"errors"

	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

// LadderRows is all rows of the ladder, in the order of their ids.
func (s *Store) LadderRows(ctx context.Context) (laddertest.Rows, error) {
	var r laddertest.Rows
	err := s.readOneState(ctx, func(q session) error {
		var errs []error
		r.Players = all(ctx, q, &errs, scanPlayer, `SELECT `+playerColumns+` FROM players ORDER BY id`)
		r.Matches = all(ctx, q, &errs, scanMatch, `SELECT `+matchColumns+` FROM matches ORDER BY id`)
		errs = append(errs, seatsOf(ctx, q, r.Matches))
		r.Reports = all(ctx, q, &errs, scanReport, `SELECT match_id, player_id, result, at FROM reports ORDER BY id`)
		r.Rulings = all(ctx, q, &errs, scanRuling, `SELECT `+rulingColumns+` FROM rulings ORDER BY id`)
		r.Lines = all(ctx, q, &errs, scanLine, `SELECT `+lineColumns+` FROM ledger ORDER BY id`)
		r.Ratings = all(ctx, q, &errs, scanRating, `SELECT `+ratingColumns+` FROM ratings`)
		r.Penalties = all(ctx, q, &errs, scanPenalty, `SELECT `+penaltyColumns+` FROM penalties ORDER BY id`)
		r.Games = all(ctx, q, &errs, scanGame, `SELECT `+gameColumns+` FROM games ORDER BY id`)
		handles := all(ctx, q, &errs, scanHandle, `SELECT `+handleColumns+` FROM handles`)
		for _, h := range handles {
			r.Handles = append(r.Handles, h.Handle)
		}
		var err error
		r.Entries, err = entriesWhere(ctx, q, conditions{})
		return errors.Join(append(errs, err)...)
	})
	return r, err
}

func all[T any](ctx context.Context, q session, errs *[]error, scan func(row) (T, error), query string) []T {
	found, err := collect(ctx, q, scan, query)
	*errs = append(*errs, err)
	return found
}
