package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Outage is a time in which players could not act on the ladder. The zero value is none.
type Outage struct{ From, To time.Time }

// Length is how long it was.
func (o Outage) Length() time.Duration { return o.To.Sub(o.From) }

// Beat says that the ladder can be reached at a moment. Beats that are at most apart from
// each other make no outage; after a longer silence the outage is returned, and the
// heartbeat stands still until ExtendDeadlines has made up for it.
func (s *Store) Beat(ctx context.Context, at time.Time, apart time.Duration) (Outage, error) {
	at = utc(at)
	var outage Outage
	err := s.write(ctx, func(tx session) error {
		outage = Outage{}
		last, err := lastBeat(ctx, tx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.exec(ctx, `INSERT INTO heartbeat (id, at) VALUES ('all', $1) ON CONFLICT (id) DO NOTHING`, at)
		case err == nil && at.Sub(last) > apart:
			outage = Outage{From: last, To: at}
		case err == nil && at.After(last): // not when the clock went back
			_, err = tx.exec(ctx, `UPDATE heartbeat SET at = $1 WHERE id = 'all'`, at)
		}
		return err
	})
	if err != nil {
		return Outage{}, fmt.Errorf("record heartbeat: %w", err)
	}
	return outage, nil
}

func lastBeat(ctx context.Context, tx session) (time.Time, error) {
	var last time.Time
	err := tx.row(ctx, `SELECT at FROM heartbeat WHERE id = 'all' FOR UPDATE`).Scan(moment{&last})
	return last, err
}

// ExtendDeadlines moves the deadlines of all that is live by an outage's length, and their
// timers, in one transaction, and says how many rows it moved. An outage that is made up for
// already moves nothing.
func (s *Store) ExtendDeadlines(ctx context.Context, outage Outage, by ladder.Actor) (int, error) {
	var moved int
	err := s.writeLadder(ctx, func(tx session) error {
		moved = 0
		last, err := lastBeat(ctx, tx)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !last.Equal(utc(outage.From)) {
			return nil
		}
		if err != nil {
			return err
		}
		if moved, err = s.extendAll(ctx, tx, ladder.Act{Kind: ladder.Extend, Actor: by, At: outage.To, Outage: outage.Length()}); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE heartbeat SET at = $1 WHERE id = 'all'`, outage.To)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("extend deadlines by %v: %w", outage.Length(), err)
	}
	return moved, nil
}

// extendAll extends all that is live. It first takes all locks, in their order, since it is
// about more than one match.
func (s *Store) extendAll(ctx context.Context, tx session, act ladder.Act) (moved int, err error) {
	matches, err := collect(ctx, tx, scanID, `SELECT id FROM matches WHERE state IN ('offered', 'playing') ORDER BY id FOR NO KEY UPDATE`)
	if err != nil {
		return 0, fmt.Errorf("lock matches: %w", err)
	}
	_, err = collect(ctx, tx, scanID, `
		SELECT id FROM players WHERE id IN (SELECT player_id FROM entry_members WHERE live) ORDER BY id FOR NO KEY UPDATE`)
	if err != nil {
		return 0, fmt.Errorf("lock players: %w", err)
	}
	entries, err := collect(ctx, tx, scanID, `SELECT id FROM entries WHERE state = 'searching' ORDER BY id`)
	if err != nil {
		return 0, fmt.Errorf("read entries: %w", err)
	}
	for _, id := range matches {
		act.Match = ladder.MatchID(id)
		if _, err := s.actIn(ctx, tx, act); err != nil {
			return 0, err
		}
	}
	act.Match = 0
	for _, id := range entries {
		act.Entry = ladder.EntryID(id)
		if _, err := s.actIn(ctx, tx, act); err != nil {
			return 0, err
		}
	}
	return len(matches) + len(entries), nil
}
