package store

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

const gameColumns = `id, version, match_id, replay_id, identity, uploader, received_at, judgement, barred, confirmed, dismissed`

func scanGame(r row) (ladder.Game, error) {
	var g ladder.Game
	err := r.Scan(&g.ID, &g.Version, &g.Match, &g.Replay, &g.Identity, optional[ladder.PlayerID]{&g.Uploader}, moment{&g.Received},
		document{&g.Judgement}, &g.Barred, document{&g.Confirmed}, document{&g.Dismissed})
	return g, err
}

// readGames is the replays that were handed in for a match, in order.
func readGames(ctx context.Context, q session, id ladder.MatchID) ([]ladder.Game, error) {
	all, err := collect(ctx, q, scanGame, `SELECT `+gameColumns+` FROM games WHERE match_id = $1 ORDER BY id`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read games: %w", err)
	}
	return all, nil
}

func writeGame(ctx context.Context, tx session, g ladder.Game) error {
	return put(ctx, tx, "games", int64(g.ID), g.Version, []column{
		{"match_id", int64(g.Match)},
		{"replay_id", int64(g.Replay)},
		{"identity", g.Identity},
		{"uploader", ref(g.Uploader)},
		{"received_at", g.Received},
		{"judgement", encoded(g.Judgement)},
		{"barred", g.Barred},
		{"confirmed", encoded(g.Confirmed)},
		{"dismissed", encoded(g.Dismissed)},
	})
}

const rulingColumns = `id, match_id, number, result, void, source, reason, game_id, rated, unrated, at, superseded_at, ` + actorColumns

func scanRuling(r row) (ladder.Ruling, error) {
	var d ladder.Ruling
	into := []any{
		&d.ID, &d.Match, &d.Number, &d.Result, &d.Void, &d.By, &d.Reason,
		optional[ladder.GameID]{&d.Game},
		&d.Rated, &d.Unrated,
		moment{&d.At},
		moment{&d.Superseded},
	}
	err := r.Scan(append(into, actorTargets(&d.Actor)...)...)
	return d, err
}

// readRulings is a match's rulings in order.
func readRulings(ctx context.Context, q session, id ladder.MatchID) ([]ladder.Ruling, error) {
	all, err := collect(ctx, q, scanRuling, `SELECT `+rulingColumns+` FROM rulings WHERE match_id = $1 ORDER BY number`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read rulings: %w", err)
	}
	return all, nil
}

// writeRulings adds a match's next rulings. The one in force is superseded.
func writeRulings(ctx context.Context, tx session, rulings []ladder.Ruling) error {
	for _, d := range rulings {
		if d.Number > 1 {
			err := tx.change(ctx, writing("rulings"), `UPDATE rulings SET superseded_at = $2 WHERE match_id = $1 AND superseded_at IS NULL`, int64(d.Match), d.At)
			if err != nil {
				return err
			}
		}
		args := append([]any{
			int64(d.ID), int64(d.Match), d.Number, string(d.Result), d.Void, string(d.By), d.Reason, ref(d.Game), d.Rated, d.Unrated,
			d.At, d.Superseded,
		}, actorValues(d.Actor)...)
		err := tx.change(ctx, writing("rulings"), `
			INSERT INTO rulings (`+rulingColumns+`, identity)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
				(SELECT identity FROM games WHERE id = $8 AND identity <> ''))`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func scanReport(r row) (ladder.Report, error) {
	var p ladder.Report
	err := r.Scan(&p.Match, &p.Player, &p.Result, moment{&p.At})
	return p, err
}

// readReports is what a match's players said, in order.
func readReports(ctx context.Context, q session, id ladder.MatchID) ([]ladder.Report, error) {
	all, err := collect(ctx, q, scanReport, `SELECT match_id, player_id, result, at FROM reports WHERE match_id = $1 ORDER BY id`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	return all, nil
}

func scanPenalty(r row) (ladder.Penalty, error) {
	var p ladder.Penalty
	err := r.Scan(&p.ID, &p.Version, &p.Player, optional[ladder.MatchID]{&p.Match}, &p.Step, &p.Reason,
		moment{&p.From}, moment{&p.Until}, moment{&p.Cleared})
	return p, err
}

const penaltyColumns = `id, version, player_id, match_id, step, reason, from_at, until_at, cleared_at`

// readPenalties is those of these players that stand and ended after a moment.
func readPenalties(ctx context.Context, q session, players []ladder.PlayerID, since time.Time) ([]ladder.Penalty, error) {
	var where conditions
	in(&where, "player_id", numbers(players))
	where.add("until_at >= %s", since)
	all, err := collect(ctx, q, scanPenalty, `SELECT `+penaltyColumns+` FROM penalties`+where.text()+` AND cleared_at IS NULL ORDER BY id`, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read penalties: %w", err)
	}
	return all, nil
}

// Penalties is all that a player ever had, the newest first.
func (s *Store) Penalties(ctx context.Context, player ladder.PlayerID) ([]ladder.Penalty, error) {
	var all []ladder.Penalty
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanPenalty, `SELECT `+penaltyColumns+` FROM penalties WHERE player_id = $1 ORDER BY id DESC`, int64(player))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read penalties of player %d: %w", player, err)
	}
	return all, nil
}

func writePenalty(ctx context.Context, tx session, p ladder.Penalty) error {
	return put(ctx, tx, "penalties", int64(p.ID), p.Version, []column{
		{"player_id", int64(p.Player)},
		{"match_id", ref(p.Match)},
		{"step", p.Step},
		{"reason", string(p.Reason)},
		{"from_at", p.From},
		{"until_at", p.Until},
		{"cleared_at", p.Cleared},
	})
}
