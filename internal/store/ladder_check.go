package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// checkedAtOnce is how many matches, and lines, a check holds in memory.
const checkedAtOnce = 500

// LedgerCheck follows the ledger from its first line to every rating, every ruling to its
// lines, and the board to its matches, and calls found for each difference. It reads one
// state of the database, however long it takes, in little memory. It returns how many
// lines and matches it followed.
func (s *Store) LedgerCheck(ctx context.Context, found func(ladder.Difference)) (lines, matches int, err error) {
	err = s.readOneState(ctx, func(q session) error {
		c := ledgerCheck{q: q, found: found}
		for _, check := range []func(context.Context) error{c.keys, c.strayRatings, c.matches, c.strayLines, c.standings} {
			if err := check(ctx); err != nil {
				return err
			}
		}
		lines, matches = c.lineCount, c.matchCount
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("check ledger: %w", err)
	}
	return lines, matches, nil
}

// readOneState runs queries that all see the database as it is at the first.
func (s *Store) readOneState(ctx context.Context, act func(session) error) error {
	options := sql.TxOptions{ReadOnly: true}
	if s.engine == postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return s.again(ctx, func() error {
		tx, err := s.reader.BeginTx(ctx, &options)
		if err != nil {
			return unsent(err)
		}
		defer func() { _ = tx.Rollback() }() // nothing was written
		return act(session{engine: s.engine, run: tx})
	})
}

// ledgerCheck is the work of one check.
type ledgerCheck struct {
	q                     session
	found                 func(ladder.Difference)
	lineCount, matchCount int
}

func (c *ledgerCheck) say(all []ladder.Difference) {
	for _, d := range all {
		c.found(d)
	}
}

// keys follows every key's lines to its rating.
func (c *ledgerCheck) keys(ctx context.Context) error {
	var after ladder.RatingKey
	for {
		keys, err := collect(ctx, c.q, scanRatingKey, `
			SELECT DISTINCT player_id, race, system FROM ledger
			WHERE (player_id, race, system) > ($1, $2, $3) ORDER BY player_id, race, system LIMIT $4`,
			int64(after.Player), string(after.Race), string(after.System), checkedAtOnce)
		if err != nil {
			return fmt.Errorf("list ratings: %w", err)
		}
		if len(keys) == 0 {
			return nil
		}
		for _, key := range keys {
			if err := c.key(ctx, key); err != nil {
				return err
			}
		}
		after = keys[len(keys)-1]
	}
}

func scanRatingKey(r row) (ladder.RatingKey, error) {
	var k ladder.RatingKey
	err := r.Scan(&k.Player, &k.Race, &k.System)
	return k, err
}

func (c *ledgerCheck) key(ctx context.Context, key ladder.RatingKey) error {
	lines, err := readLines(ctx, c.q, `player_id = $1 AND race = $2 AND system = $3 AND version = $4`,
		int64(key.Player), string(key.Race), string(key.System), ladder.LedgerVersion)
	if err != nil {
		return err
	}
	caches, err := collect(ctx, c.q, scanRating, `SELECT `+ratingColumns+` FROM ratings WHERE player_id = $1 AND race = $2 AND system = $3`,
		int64(key.Player), string(key.Race), string(key.System))
	if err != nil {
		return fmt.Errorf("read ratings: %w", err)
	}
	var cache ladder.Rating
	if len(caches) > 0 {
		cache = caches[0]
	}
	c.lineCount += len(lines)
	c.say(ladder.CheckKey(cache, lines))
	return nil
}

// strayRatings finds ratings without a line.
func (c *ledgerCheck) strayRatings(ctx context.Context) error {
	stray, err := collect(ctx, c.q, scanRating, `SELECT `+ratingColumns+` FROM ratings r WHERE NOT EXISTS (
		SELECT 1 FROM ledger l WHERE l.player_id = r.player_id AND l.race = r.race AND l.system = r.system)`)
	if err != nil {
		return fmt.Errorf("look for ratings without lines: %w", err)
	}
	for _, r := range stray {
		c.say(ladder.CheckKey(r, nil))
	}
	return nil
}

// matches follows every match's rulings to its lines.
func (c *ledgerCheck) matches(ctx context.Context) error {
	var after ladder.MatchID
	for {
		batch, err := collect(ctx, c.q, scanMatch, `SELECT `+matchColumns+` FROM matches WHERE id > $1
			AND (ruling_id IS NOT NULL OR EXISTS (SELECT 1 FROM rulings WHERE match_id = matches.id)) ORDER BY id LIMIT $2`, int64(after), checkedAtOnce)
		if err == nil {
			err = seatsOf(ctx, c.q, batch)
		}
		if err != nil {
			return fmt.Errorf("read matches: %w", err)
		}
		if len(batch) == 0 {
			return nil
		}
		if err := c.batch(ctx, batch); err != nil {
			return err
		}
		after = batch[len(batch)-1].ID
	}
}

func (c *ledgerCheck) batch(ctx context.Context, matches []ladder.Match) error {
	var where conditions
	ids := make([]int64, len(matches))
	for i, m := range matches {
		ids[i] = int64(m.ID)
	}
	in(&where, "match_id", ids)
	lines := make(map[ladder.MatchID][]ladder.Line)
	all, err := collect(ctx, c.q, scanLine, `SELECT `+lineColumns+` FROM ledger`+where.text(), where.args...)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	for _, l := range all {
		lines[l.Match] = append(lines[l.Match], l)
	}
	rulings := make(map[ladder.MatchID][]ladder.Ruling)
	decided, err := collect(ctx, c.q, scanRuling, `SELECT `+rulingColumns+` FROM rulings`+where.text(), where.args...)
	if err != nil {
		return fmt.Errorf("read rulings: %w", err)
	}
	for _, r := range decided {
		rulings[r.Match] = append(rulings[r.Match], r)
	}
	for _, m := range matches {
		c.matchCount++
		c.say(ladder.CheckMatch(m, rulings[m.ID], lines[m.ID]))
	}
	return nil
}

// strayLines finds lines of matches that have no ruling.
func (c *ledgerCheck) strayLines(ctx context.Context) error {
	stray, err := readLines(ctx, c.q, `match_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rulings r WHERE r.match_id = ledger.match_id)`)
	for _, l := range stray {
		c.found(ladder.Difference{Key: l.RatingKey, Match: l.Match, Line: l.ID, What: "a line of a match without a ruling"})
	}
	return err
}

// standings compares the board of the open season with what it is made of.
func (c *ledgerCheck) standings(ctx context.Context) error {
	seasons, err := collect(ctx, c.q, scanSeason, `SELECT id, version, state, document FROM seasons WHERE state <> 'ended'`)
	if err != nil {
		return fmt.Errorf("read season: %w", err)
	}
	const compared = `player_id, race, hidden, rating, last_at, share, games, wins, losses, draws, deviation, name, country, region`
	for _, season := range seasons {
		made := `SELECT ` + compared + ` FROM (` + boardOf + boardGroups + `) AS made`
		kept := `SELECT ` + compared + ` FROM standings WHERE season_id = $1`
		for _, differ := range []struct{ query, what string }{
			{made + ` EXCEPT ` + kept, "the board lacks a line that final matches come to"},
			{kept + ` EXCEPT ` + made, "the board has a line that final matches do not come to"},
		} {
			keys, err := collect(ctx, c.q, scanStandingKey, `SELECT player_id, race FROM (`+differ.query+`) AS differing ORDER BY player_id, race`,
				int64(season.ID), float64(season.Rules.Start))
			if err != nil {
				return fmt.Errorf("compare board: %w", err)
			}
			for _, k := range keys {
				c.found(ladder.Difference{Key: ladder.RatingKey{Player: k.player, Race: k.race}, What: differ.what})
			}
		}
	}
	return nil
}

func scanStandingKey(r row) (standingKey, error) {
	var k standingKey
	err := r.Scan(&k.player, &k.race)
	return k, err
}

// RebuildStandings makes the board of the open season anew from what it is made of.
func (s *Store) RebuildStandings(ctx context.Context) error {
	err := s.write(ctx, func(tx session) error {
		season, err := s.season(ctx, tx, 0, " FOR UPDATE")
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM standings WHERE season_id = $1`, int64(season.ID)); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO standings (`+boardColumns+`) `+boardOf+boardGroups, int64(season.ID), float64(season.Rules.Start))
		return err
	})
	if err != nil {
		return fmt.Errorf("rebuild board: %w", err)
	}
	return nil
}
