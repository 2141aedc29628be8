package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Names is what players are called, by id; empty once deleted. Ids that nobody has are left
// out.
func (s *Store) Names(ctx context.Context, ids []ladder.PlayerID) (map[ladder.PlayerID]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := make(map[ladder.PlayerID]string, len(ids))
	err := s.read(ctx, func(q session) error {
		players, err := readPlayers(ctx, q, ids, "")
		for _, p := range players {
			names[p.ID] = p.Name
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return names, nil
}

// PlayerByHandle is the player that a game account is bound to; ErrNotFound where there is none, or
// contested.
func (s *Store) PlayerByHandle(ctx context.Context, toon string) (ladder.PlayerID, error) {
	var id ladder.PlayerID
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT player_id FROM handles WHERE toon = $1 AND state <> $2`, toon, string(ladder.Contested)).Scan(&id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("read handle %s: %w", toon, err)
	}
	return id, nil
}

// MatchUploads is the last upload of each replay that was handed in for a match.
func (s *Store) MatchUploads(ctx context.Context, id ladder.MatchID) (map[ladder.ReplayID]upload.ID, error) {
	uploads := make(map[ladder.ReplayID]upload.ID)
	err := s.read(ctx, func(q session) error {
		_, err := collect(ctx, q, func(r row) (struct{}, error) {
			var replay ladder.ReplayID
			var last upload.ID
			err := r.Scan(&replay, &last)
			uploads[replay] = last
			return struct{}{}, err
		}, `SELECT replay_id, max(id) FROM submissions WHERE match_id = $1 GROUP BY replay_id`, int64(id))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read uploads of match %d: %w", id, err)
	}
	return uploads, nil
}
