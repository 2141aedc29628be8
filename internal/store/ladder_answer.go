package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// matchAnswer is what an upload came to for its match; nil where it is none of the match's
// games.
func matchAnswer(ctx context.Context, q session, v upload.View, id ladder.MatchID) (*upload.Match, error) {
	m, err := readMatch(ctx, q, id, "")
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	games, err := readGames(ctx, q, id)
	if err != nil {
		return nil, err
	}
	rulings, err := readRulings(ctx, q, id)
	if err != nil {
		return nil, err
	}
	var inForce ladder.Ruling
	for _, r := range rulings {
		if r.ID == m.Ruling {
			inForce = r
		}
	}
	for _, g := range games {
		if g.Replay != ladder.ReplayID(v.ReplayID) {
			continue
		}
		sides, err := sidesOf(ctx, q, m)
		return &upload.Match{
			ID: m.ID, State: m.State, Effect: ladder.EffectOf(g, games, inForce), Evidence: g.Evidence,
			Open: m.State == ladder.MatchPlaying && m.ReportsOpen != "", Result: inForce.Result, Unrated: inForce.Unrated, Sides: sides,
		}, err
	}
	return nil, nil
}

// sidesOf is a match's players with what it has done to their ratings.
func sidesOf(ctx context.Context, q session, m ladder.Match) ([]upload.Side, error) {
	ids := make([]ladder.PlayerID, len(m.Seats))
	for i, seat := range m.Seats {
		ids[i] = seat.Player
	}
	players, err := readPlayers(ctx, q, ids, "")
	if err != nil {
		return nil, err
	}
	lines, err := readLines(ctx, q, `match_id = $1 AND system = '`+string(ladder.Elo)+`'`, int64(m.ID))
	if err != nil {
		return nil, fmt.Errorf("match %d: %w", m.ID, err)
	}
	sides := make([]upload.Side, len(m.Seats))
	for i, seat := range m.Seats {
		sides[i] = upload.Side{Team: seat.Team, Race: seat.Race}
		for _, p := range players {
			if p.ID == seat.Player {
				sides[i].Name = p.Name
			}
		}
		for _, l := range lines {
			if l.Player == seat.Player && l.Ruling == m.Ruling && l.Kind != ladder.LineVoid && l.Kind != ladder.LineRefund {
				sides[i].Before, sides[i].After = l.Before, l.After
			}
		}
	}
	return sides, nil
}
