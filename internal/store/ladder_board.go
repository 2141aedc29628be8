package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// standingKey is what has a line on the board.
type standingKey struct {
	player ladder.PlayerID
	race   ladder.Race
}

// rebuildStandings is the board of a season as a query, for the keys that a condition on
// seats s lets pass. $1 is the season, $2 the rating of who has none yet.
const rebuildStandings = `
	INSERT INTO standings (season_id, player_id, race, hidden, rating, last_at, share, games, wins, losses, draws, deviation, name, country, region)
	SELECT season_id, player_id, race, hidden, rating, last_at, (wins + draws / 2.0) / games, games, wins, losses, draws, deviation, name, country, region
	FROM (
		SELECT m.season_id, s.player_id, s.race, p.banned OR p.state = 'deleted' AS hidden, COALESCE(elo.value, $2) AS rating,
			max(m.ended_at) AS last_at, count(*) AS games,
			sum(CASE WHEN r.result = 'team0' AND s.team = 0 OR r.result = 'team1' AND s.team = 1 THEN 1 ELSE 0 END) AS wins,
			sum(CASE WHEN r.result = 'team0' AND s.team = 1 OR r.result = 'team1' AND s.team = 0 THEN 1 ELSE 0 END) AS losses,
			sum(CASE WHEN r.result = 'draw' THEN 1 ELSE 0 END) AS draws,
			COALESCE(glicko.deviation, 0) AS deviation, COALESCE(p.folded, '') AS name, p.country, p.region
		FROM seats s JOIN matches m ON m.id = s.match_id JOIN rulings r ON r.id = m.ruling_id JOIN players p ON p.id = s.player_id
			LEFT JOIN ratings elo ON elo.player_id = s.player_id AND elo.race = s.race AND elo.system = 'elo'
			LEFT JOIN ratings glicko ON glicko.player_id = s.player_id AND glicko.race = s.race AND glicko.system = 'glicko2'
		WHERE m.state = 'final' AND m.season_id = $1`

const rebuildGroups = `
		GROUP BY m.season_id, s.player_id, s.race, p.banned, p.state, elo.value, glicko.deviation, p.folded, p.country, p.region
	) AS board`

// refreshStandings makes lines of the board anew from what they are made of.
func refreshStandings(ctx context.Context, tx session, season ladder.Season, keys map[standingKey]bool) error {
	var gone, made conditions
	gone.place(int64(season.ID))
	made.place(int64(season.ID))
	made.place(float64(season.Rules.Start))
	var old, anew []string
	for k := range keys {
		old = append(old, "player_id = "+gone.place(int64(k.player))+" AND race = "+gone.place(string(k.race)))
		anew = append(anew, "s.player_id = "+made.place(int64(k.player))+" AND s.race = "+made.place(string(k.race)))
	}
	_, err := tx.exec(ctx, `DELETE FROM standings WHERE season_id = $1 AND (`+strings.Join(old, " OR ")+`)`, gone.args...)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, rebuildStandings+` AND (`+strings.Join(anew, " OR ")+`)`+rebuildGroups, made.args...)
	return err
}

// nameStandings brings the board up to what a player is called and whether they are shown.
func nameStandings(ctx context.Context, tx session, p ladder.Player) error {
	_, err := tx.exec(ctx, `
		UPDATE standings SET hidden = $2, name = $3, country = $4, region = $5
		WHERE player_id = $1 AND season_id IN (SELECT id FROM seasons WHERE state <> 'ended')`,
		int64(p.ID), p.Banned || p.State == ladder.Deleted, folded(p.Name), p.Country, string(p.Region))
	if err != nil {
		return fmt.Errorf("write standings: %w", err)
	}
	return nil
}
