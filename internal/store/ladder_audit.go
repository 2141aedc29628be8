package store

import (
	"context"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// AuditLine is a line of the audit.
type AuditLine struct {
	ladder.Audit
	ID     int64
	Season ladder.SeasonID // 0: not about a season
}

// AuditFilter says which lines to read; zero values let all pass.
type AuditFilter struct {
	Match  ladder.MatchID
	Player ladder.PlayerID
	Before int64 // id; 0: from the newest on
	Limit  int
}

// Audit is who did what, the newest first.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]AuditLine, error) {
	var where conditions
	if f.Match != 0 {
		where.add("match_id = %s", int64(f.Match))
	}
	if f.Player != 0 {
		where.add("player_id = %s", int64(f.Player))
	}
	if f.Before != 0 {
		where.add("id < %s", f.Before)
	}
	limit := where.place(f.Limit)
	var all []AuditLine
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanAudit, `
			SELECT id, kind, season_id, match_id, entry_id, player_id, state_before, state_after, reason, at, `+actorColumns+`
			FROM audit`+where.text()+` ORDER BY id DESC LIMIT `+limit, where.args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return all, nil
}

func scanAudit(r row) (AuditLine, error) {
	var l AuditLine
	into := []any{
		&l.ID, &l.Kind,
		optional[ladder.SeasonID]{&l.Season},
		optional[ladder.MatchID]{&l.Match},
		optional[ladder.EntryID]{&l.Entry},
		optional[ladder.PlayerID]{&l.Player},
		&l.Before, &l.After, &l.Reason,
		moment{&l.At},
	}
	err := r.Scan(append(into, actorTargets(&l.Actor)...)...)
	return l, err
}

// insertAudit writes lines; season is 0 where they are about none.
func (s *Store) insertAudit(ctx context.Context, tx session, season ladder.SeasonID, all ...ladder.Audit) error {
	lines := make([][]any, len(all))
	for i, a := range all {
		lines[i] = append([]any{
			s.ids.next(), string(a.Kind), ref(season), ref(a.Match), ref(a.Entry), ref(a.Player), a.Before, a.After, a.Reason, a.At,
		}, actorValues(a.Actor)...)
	}
	return insertRows(ctx, tx, `audit (id, kind, season_id, match_id, entry_id, player_id, state_before, state_after, reason, at, `+actorColumns+`)`, lines)
}
