package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// pastSeats is how many of a player's last matches and offers are looked at for a pairing:
// more than anybody plays in a day.
const pastSeats = "24"

// Waiting is all who search in the open season, with what their pairing depends on, at one
// moment: who is taken between two queries would be somebody without a region or a rating.
func (s *Store) Waiting(ctx context.Context, at time.Time) ([]ladder.Waiting, error) {
	var all []ladder.Waiting
	err := s.readOneState(ctx, func(q session) (err error) {
		all, err = s.waiting(ctx, q, at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who waits: %w", err)
	}
	return all, nil
}

func (s *Store) waiting(ctx context.Context, q session, at time.Time) ([]ladder.Waiting, error) {
	var where conditions
	where.add("e.state = 'searching'")
	entries, err := entriesWhere(ctx, q, where)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	season, err := s.season(ctx, q, entries[0].Season, "")
	if err != nil {
		return nil, err
	}
	const searching = `SELECT m.player_id FROM entry_members m JOIN entries e ON e.id = m.entry_id WHERE e.state = 'searching'`
	players, err := byPlayer(ctx, q, scanPlayer, func(p ladder.Player) ladder.PlayerID { return p.ID },
		`SELECT `+playerColumns+` FROM players WHERE id IN (`+searching+`)`)
	if err != nil {
		return nil, err
	}
	ratings, err := byPlayer(ctx, q, scanRating, func(r ladder.Rating) ladder.PlayerID { return r.Player },
		`SELECT `+ratingColumns+` FROM ratings WHERE player_id IN (`+searching+`) ORDER BY race, system`)
	if err != nil {
		return nil, err
	}
	past, err := byPlayer(ctx, q, scanPast, func(p ladder.Past) ladder.PlayerID { return p.Player }, pastQuery)
	if err != nil {
		return nil, err
	}
	all := make([]ladder.Waiting, len(entries))
	for i, e := range entries {
		w := ladder.Waiting{Entry: e}
		for _, m := range e.Members {
			w.Players = append(w.Players, players[m.Player]...)
			w.Ratings = append(w.Ratings, ofRaces(ratings[m.Player], m.Races)...)
			w.Past = append(w.Past, lately(past[m.Player], season.Rules, at)...)
		}
		all[i] = w
	}
	return all, nil
}

// byPlayer is the rows of a query by the player that they are about.
func byPlayer[T any](ctx context.Context, q session, scan func(row) (T, error), of func(T) ladder.PlayerID, query string) (map[ladder.PlayerID][]T, error) {
	all, err := collect(ctx, q, scan, query)
	if err != nil {
		return nil, err
	}
	by := make(map[ladder.PlayerID][]T)
	for _, one := range all {
		by[of(one)] = append(by[of(one)], one)
	}
	return by, nil
}

func ofRaces(ratings []ladder.Rating, races []ladder.Race) []ladder.Rating {
	var of []ladder.Rating
	for _, r := range ratings {
		for _, race := range races {
			if r.Race == race {
				of = append(of, r)
			}
		}
	}
	return of
}

// pastQuery is the last matches and offers of all who search, the newest first.
const pastQuery = `
	SELECT a.player_id, b.player_id, CASE WHEN m.state = 'lapsed' THEN m.ended_at ELSE m.offered_at END, m.map, m.state
	FROM entry_members me JOIN entries e ON e.id = me.entry_id
		JOIN seats a ON a.player_id = me.player_id
		JOIN matches m ON m.id = a.match_id
		JOIN seats b ON b.match_id = m.id AND b.team <> a.team
	WHERE e.state = 'searching' AND a.match_id IN (
		SELECT match_id FROM seats WHERE player_id = me.player_id ORDER BY match_id DESC LIMIT ` + pastSeats + `)
	ORDER BY m.id DESC`

func scanPast(r row) (ladder.Past, error) {
	var p ladder.Past
	err := r.Scan(&p.Player, &p.Opponent, moment{&p.At}, &p.Map, &p.State)
	return p, err
}

// lastMatches is how many matches count against a rematch, whatever their age. Void ones,
// which do not count, leave the place to those before.
const lastMatches = 3

// lately leaves of a player's past, the newest first, what a pairing looks at.
func lately(past []ladder.Past, rules ladder.Rules, at time.Time) []ladder.Past {
	var kept []ladder.Past
	matches := 0
	for _, p := range past {
		keepFor, counts := rules.PairWindow, false
		switch p.State {
		case ladder.MatchLapsed:
			keepFor = rules.Reoffer
		case ladder.MatchVoid:
		default:
			matches++
			counts = matches <= lastMatches
		}
		if counts || at.Sub(p.At) <= time.Duration(keepFor) {
			kept = append(kept, p)
		}
	}
	return kept
}

// Crowd is how many are on the ladder now, for the queue's panel.
type Crowd = ladder.Crowd

// Crowd counts who is on the ladder now.
func (s *Store) Crowd(ctx context.Context) (Crowd, error) {
	var c Crowd
	err := s.read(ctx, func(q session) error {
		c = Crowd{}
		var where conditions
		where.add("e.state = 'searching'")
		entries, err := entriesWhere(ctx, q, where)
		if err != nil {
			return err
		}
		for _, e := range entries {
			count(&c, e)
		}
		// The second condition is the index's own, by which SQLite knows that it may use it.
		return q.row(ctx, `SELECT count(*) FROM matches WHERE state = 'playing' AND state IN ('offered', 'playing', 'disputed')`).Scan(&c.Playing)
	})
	if err != nil {
		return Crowd{}, fmt.Errorf("count who is on the ladder: %w", err)
	}
	return c, nil
}

// count adds who waits.
func count(c *Crowd, e ladder.Entry) {
	sides := make(map[ladder.Side]bool)
	for _, m := range e.Members {
		for _, r := range m.Races {
			sides[r.Side()] = true
		}
	}
	switch {
	case sides[ladder.BW] && sides[ladder.SC2]:
		c.Either++
	case sides[ladder.BW]:
		c.BW++
	default:
		c.SC2++
	}
}

// MatchingRun is what a run of the matchmaker found and did.
type MatchingRun struct {
	At     time.Time
	Crowd  Crowd // before it
	Pairs  int
	Took   time.Duration
	Detail json.RawMessage // the matchmaker's own figures
}

// RecordMatchingRun keeps what a run found and did.
func (s *Store) RecordMatchingRun(ctx context.Context, r MatchingRun) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO matching_runs (id, at, bw, sc2, either, pairs, took, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			s.ids.next(), r.At, r.Crowd.BW, r.Crowd.SC2, r.Crowd.Either, r.Pairs, r.Took.Microseconds(), string(r.Detail))
		return err
	})
	if err != nil {
		return fmt.Errorf("record run of the matchmaker: %w", err)
	}
	return nil
}

const runColumns = `at, bw, sc2, either, pairs, took, detail`

func scanRun(r row) (MatchingRun, error) {
	var m MatchingRun
	var took int64
	err := r.Scan(moment{&m.At}, &m.Crowd.BW, &m.Crowd.SC2, &m.Crowd.Either, &m.Pairs, &took, document{&m.Detail})
	m.Took = time.Duration(took) * time.Microsecond
	return m, err
}

// MatchingRuns is the runs since a moment, the oldest first.
func (s *Store) MatchingRuns(ctx context.Context, since time.Time) ([]MatchingRun, error) {
	var all []MatchingRun
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanRun, `SELECT `+runColumns+` FROM matching_runs WHERE at >= $1 ORDER BY at, id`, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read runs of the matchmaker: %w", err)
	}
	return all, nil
}

// LastMatchingRun is the last run; ErrNotFound where there is none.
func (s *Store) LastMatchingRun(ctx context.Context) (MatchingRun, error) {
	var last MatchingRun
	err := s.read(ctx, func(q session) (err error) {
		last, err = scanRun(q.row(ctx, `SELECT `+runColumns+` FROM matching_runs ORDER BY at DESC, id DESC LIMIT 1`))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return MatchingRun{}, ErrNotFound
	}
	if err != nil {
		return MatchingRun{}, fmt.Errorf("read the matchmaker's last run: %w", err)
	}
	return last, nil
}

// ForgetMatchingRuns deletes the runs before a moment.
func (s *Store) ForgetMatchingRuns(ctx context.Context, before time.Time) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `DELETE FROM matching_runs WHERE at < $1`, before)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete old runs of the matchmaker: %w", err)
	}
	return nil
}
