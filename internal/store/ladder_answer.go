package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// matchAnswer is what an upload came to for its match; nil where it is none of the match's
// games.
func matchAnswer(ctx context.Context, q session, v upload.View, id ladder.MatchID) (*upload.Match, error) {
	answer := upload.Match{ID: id}
	var mine, ruling ladder.Game
	var r ladder.Ruling
	var open string
	var result, source, unrated, identity sql.NullString
	var void sql.NullBool
	err := q.row(ctx, `
		SELECT m.state, m.reports_open, g.id, g.identity, g.judgement, g.barred,
			r.id, r.result, r.void, r.source, r.unrated, r.game_id, r.identity
		FROM matches m JOIN games g ON g.match_id = m.id AND g.replay_id = $2 LEFT JOIN rulings r ON r.id = m.ruling_id
		WHERE m.id = $1`, int64(id), int64(v.ReplayID),
	).Scan(&answer.State, &open, &mine.ID, &mine.Identity, document{&mine.Judgement}, &mine.Barred,
		optional[ladder.RulingID]{&r.ID}, &result, &void, &source, &unrated, optional[ladder.GameID]{&r.Game}, &identity)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what became of match %d: %w", id, err)
	}
	r.Result, r.Void, r.By = ladder.Result(result.String), void.Bool, ladder.RulingSource(source.String)
	ruling.ID, ruling.Identity = r.Game, identity.String
	answer.Effect, answer.Evidence = ladder.EffectOf(mine, ruling, r), mine.Evidence
	answer.Open = answer.State == ladder.MatchPlaying && open != ""
	answer.Result, answer.Unrated = r.Result, unrated.String
	answer.Sides, err = sidesOf(ctx, q, id)
	return &answer, err
}

// sidesOf is a match's players with what it last did to their ratings.
func sidesOf(ctx context.Context, q session, id ladder.MatchID) ([]upload.Side, error) {
	sides, err := collect(ctx, q, scanSide, `
		SELECT p.name, s.team, s.race, l.rating_before, l.rating_after
		FROM seats s JOIN players p ON p.id = s.player_id LEFT JOIN ledger l ON l.id = (
			SELECT max(id) FROM ledger
			WHERE match_id = s.match_id AND player_id = s.player_id AND race = s.race AND system = 'elo' AND kind IN ('match', 'restore'))
		WHERE s.match_id = $1 ORDER BY s.place`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read the sides of match %d: %w", id, err)
	}
	return sides, nil
}

func scanSide(r row) (upload.Side, error) {
	var s upload.Side
	var before, after sql.NullFloat64
	err := r.Scan(&s.Name, &s.Team, &s.Race, &before, &after)
	s.Before, s.After = before.Float64, after.Float64
	return s, err
}
