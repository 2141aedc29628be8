package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// versioned is a handle and how often it was written.
type versioned struct {
	ladder.Handle
	version int
}

const handleColumns = `toon, version, region, player_id, state, opponents, bound_at, match_id`

func scanHandle(r row) (versioned, error) {
	var h versioned
	err := r.Scan(&h.Toon, &h.version, &h.Region, &h.Player, &h.State, document{&h.Opponents}, moment{&h.Bound}, optional[ladder.MatchID]{&h.Match})
	return h, err
}

// readHandles is those of the players, and these.
func readHandles(ctx context.Context, q session, players []ladder.PlayerID, toons []string) ([]versioned, error) {
	var where conditions
	if len(players) > 0 {
		in(&where, "player_id", numbers(players))
	}
	if len(toons) > 0 {
		in(&where, "toon", toons)
	}
	all, err := collect(ctx, q, scanHandle, `SELECT `+handleColumns+` FROM handles WHERE `+strings.Join(where.all, " OR ")+` ORDER BY toon`, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read handles: %w", err)
	}
	return all, nil
}

// writeHandles writes handles over the versions that were read: 0 where there was none.
func writeHandles(ctx context.Context, tx session, handles []ladder.Handle, versions map[string]int) error {
	var anew, old [][]any
	for _, h := range handles {
		version := versions[h.Toon]
		values := []any{h.Toon, version, h.Region, int64(h.Player), string(h.State), encoded(h.Opponents), h.Bound, ref(h.Match)}
		if version == 0 {
			values[1] = 1
			anew = append(anew, values)
		} else {
			old = append(old, values)
		}
	}
	if err := insertRows(ctx, tx, `handles (`+handleColumns+`)`, anew); err != nil || len(old) == 0 {
		return err
	}
	values, args := rows(old, "TEXT", "INTEGER", "TEXT", "BIGINT", "TEXT", "JSON", "TIMESTAMPTZ", "BIGINT")
	return tx.change(ctx, guarded(len(old), "handles"), `
		UPDATE handles SET version = version + 1, region = column3, player_id = column4, state = column5, opponents = column6,
			bound_at = column7, match_id = column8
		FROM (`+values+`) AS news WHERE toon = column1 AND version = column2`, args...)
}

// unbindHandle deletes a handle of the version that was read.
func unbindHandle(ctx context.Context, tx session, toon string, version int) error {
	return tx.change(ctx, guarded(1, "handle "+toon), `DELETE FROM handles WHERE toon = $1 AND version = $2`, toon, version)
}

// Handles is a player's game accounts.
func (s *Store) Handles(ctx context.Context, player ladder.PlayerID) ([]ladder.Handle, error) {
	var all []ladder.Handle
	err := s.read(ctx, func(q session) error {
		found, err := readHandles(ctx, q, []ladder.PlayerID{player}, nil)
		for _, h := range found {
			all = append(all, h.Handle)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read handles of player %d: %w", player, err)
	}
	return all, nil
}
