package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

const lineColumns = `id, player_id, race, system, version, n, season_id, kind, match_id, ruling_id, sequence,
	rating_before, delta, rating_after, deviation, volatility, from_deviation, from_volatility, k, spread, tau,
	expected, opponent, games, reason, at, ` + actorColumns

func scanLine(r row) (ladder.Line, error) {
	var l ladder.Line
	into := []any{
		&l.ID, &l.Player, &l.Race, &l.System, &l.Version, &l.N, &l.Season, &l.Kind,
		optional[ladder.MatchID]{&l.Match},
		optional[ladder.RulingID]{&l.Ruling},
		&l.Sequence, &l.Before, &l.Delta, &l.After, &l.Deviation, &l.Volatility,
		&l.FromDeviation, &l.FromVolatility, &l.K, &l.Spread, &l.Tau, &l.Expected, &l.Opponent, &l.Games, &l.Reason,
		moment{&l.At},
	}
	err := r.Scan(append(into, actorTargets(&l.Actor)...)...)
	return l, err
}

// readLines is the lines that meet a condition, in the order in which they were written.
func readLines(ctx context.Context, q session, condition string, args ...any) ([]ladder.Line, error) {
	all, err := collect(ctx, q, scanLine, `SELECT `+lineColumns+` FROM ledger WHERE `+condition+` ORDER BY id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	return all, nil
}

// writeLines appends to the ledger. A line whose place is taken is refused by the schema,
// as a clash.
func writeLines(ctx context.Context, tx session, lines []ladder.Line) error {
	values := make([][]any, len(lines))
	for i, l := range lines {
		values[i] = append([]any{
			int64(l.ID), int64(l.Player), string(l.Race), string(l.System), l.Version, l.N, int64(l.Season), string(l.Kind), ref(l.Match),
			ref(l.Ruling), l.Sequence, l.Before, l.Delta, l.After, l.Deviation, l.Volatility,
			l.FromDeviation, l.FromVolatility, l.K, l.Spread, l.Tau, l.Expected, l.Opponent, l.Games, l.Reason, l.At,
		}, actorValues(l.Actor)...)
	}
	return insertRows(ctx, tx, `ledger (`+lineColumns+`)`, values)
}

const ratingColumns = `player_id, race, system, value, deviation, volatility, n, games, last_at`

func scanRating(r row) (ladder.Rating, error) {
	var x ladder.Rating
	err := r.Scan(&x.Player, &x.Race, &x.System, &x.Value, &x.Deviation, &x.Volatility, &x.N, &x.Games, moment{&x.Last})
	return x, err
}

// readRatings is the ratings of keys in all systems, with a lock that is given as SQL.
func readRatings(ctx context.Context, q session, keys []ladder.RatingKey, lock string) ([]ladder.Rating, error) {
	var where conditions
	var either []string
	for _, k := range keys {
		either = append(either, "player_id = "+where.place(int64(k.Player))+" AND race = "+where.place(string(k.Race)))
	}
	all, err := collect(ctx, q, scanRating, `SELECT `+ratingColumns+` FROM ratings WHERE `+strings.Join(either, " OR ")+
		` ORDER BY player_id, race, system`+lock, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read ratings: %w", err)
	}
	return all, nil
}

// Ratings is a player's ratings, by race and system.
func (s *Store) Ratings(ctx context.Context, player ladder.PlayerID) ([]ladder.Rating, error) {
	var all []ladder.Rating
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanRating, `SELECT `+ratingColumns+` FROM ratings WHERE player_id = $1 ORDER BY race, system`, int64(player))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read ratings of player %d: %w", player, err)
	}
	return all, nil
}

// writeRatings writes the caches, which are locked where they exist.
func writeRatings(ctx context.Context, tx session, ratings []ladder.Rating) error {
	for some := range slices.Chunk(ratings, rowsMax) {
		var places conditions
		all := make([]string, len(some))
		for i, x := range some {
			all[i] = places.row([]any{int64(x.Player), string(x.Race), string(x.System), x.Value, x.Deviation, x.Volatility, x.N, x.Games, x.Last})
		}
		err := tx.change(ctx, writing("ratings"), `INSERT INTO ratings (`+ratingColumns+`) VALUES `+strings.Join(all, ", ")+`
			ON CONFLICT (player_id, race, system) DO UPDATE SET value = excluded.value, deviation = excluded.deviation,
				volatility = excluded.volatility, n = excluded.n, games = excluded.games, last_at = excluded.last_at`, places.args...)
		if err != nil {
			return err
		}
	}
	return nil
}
