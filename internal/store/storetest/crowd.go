package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Crowd is how large a ladder is for a benchmark.
type Crowd struct {
	Players int // each with two races
	Matches int // one every 10 seconds, to the moment of Fill
	Lines   int // of the ledger, of each rating
}

// Fill makes the crowd in a season past the store, which does not know its board yet:
// matches between random players, none of them rated, and lines that staff made.
func (c Crowd) Fill(t testing.TB, url string, season ladder.SeasonID, at time.Time) {
	t.Helper()
	now := at.UTC().Format("2006-01-02 15:04:05.999999-07")
	now = fmt.Sprintf("CAST('%s' AS TIMESTAMPTZ)", now)
	ago := now + " - i * INTERVAL '10 seconds'"
	if strings.HasPrefix(url, "sqlite") {
		now = fmt.Sprint(at.UnixMicro())
		ago = now + " - i * 10000000"
	}
	replace := strings.NewReplacer("$ago", ago, "$noon", now, "$season", fmt.Sprint(season),
		"$players", fmt.Sprint(c.Players), "$matches", fmt.Sprint(c.Matches), "$lines", fmt.Sprint(c.Lines))
	for _, statement := range crowd {
		execute(t, url, replace.Replace(statement))
	}
}

// Settle lets the engine know its tables, as it does by itself after a while.
func Settle(t testing.TB, url string) {
	t.Helper()
	execute(t, url, `ANALYZE`)
}

// execute runs a statement past the store.
func execute(t testing.TB, url, statement string) {
	t.Helper()
	name, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		name, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// crowd fills the tables. Player i plays a race of each side, by i; match i is of players
// that a multiplication scatters.
var crowd = []string{
	`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $players)
	INSERT INTO players (id, version, discord, name, folded, battletag, aliases, country, region, language, races, vetoes, state, banned, ban_reason, notify, created_at)
	SELECT i, 1, CAST(i AS TEXT), 'P' || CAST(i AS TEXT), 'p' || CAST(i AS TEXT), 'x#1', '[]', 'C' || CAST(i % 50 AS TEXT), 'R' || CAST(i % 16 AS TEXT), 'en',
		'[]', '[]', 'ready', false, '', false, $noon FROM n`,
	`INSERT INTO entries (id, version, season_id, state, live, joined_at, since, reminded, channel)
	SELECT id, 1, $season, 'closed', false, $noon, $noon, false, '' FROM players`,
	`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $matches)
	INSERT INTO matches (id, version, season_id, state, map, map_hash, server, rated, offered_at, accepted_at, ended_at,
		upload_reminded, dispute_reminded, outage, reports_open, dispute, ruling_id)
	SELECT i, 1, $season, 'final', 'Map ' || CAST(i % 9 AS TEXT), '', 'EUC', false, $ago, $ago, $ago, true, 0, 0, '', '', i FROM n`,
	`INSERT INTO seats (match_id, place, team, player_id, entry_id, race, reminded, answer, report, remake)
	SELECT id, 0, 0, player, player, CASE player % 3 WHEN 0 THEN 'bw_zerg' WHEN 1 THEN 'bw_terran' ELSE 'bw_protoss' END, false, 'accepted', '', false
	FROM (SELECT id, (id * 7919) % $players + 1 AS player FROM matches) AS m`,
	`INSERT INTO seats (match_id, place, team, player_id, entry_id, race, reminded, answer, report, remake)
	SELECT id, 1, 1, player, player, CASE player % 3 WHEN 0 THEN 'zerg' WHEN 1 THEN 'terran' ELSE 'protoss' END, false, 'accepted', '', false
	FROM (SELECT id, (id * 7919 + 1 + (id * 31) % ($players - 1)) % $players + 1 AS player FROM matches) AS m`,
	`INSERT INTO rulings (id, match_id, number, result, void, source, role, person, reason, rated, unrated, at)
	SELECT id, id, 1, CASE id % 7 WHEN 0 THEN 'team0' WHEN 1 THEN 'team1' WHEN 2 THEN 'team0' WHEN 3 THEN 'draw' ELSE 'team1' END, false,
		'reports', 'player', '', '', false, 'pair', ended_at FROM matches`,
	`INSERT INTO ratings (player_id, race, system, value, deviation, volatility, n, games)
	SELECT DISTINCT s.player_id, s.race, y.system, 1000 + (s.player_id * 37 + s.team * 500) % 1000, CASE y.system WHEN 'elo' THEN 0 ELSE 100 END, 0, $lines, 0
	FROM seats s CROSS JOIN (SELECT 'elo' AS system UNION ALL SELECT 'glicko2') AS y`,
	`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $lines)
	INSERT INTO ledger (id, player_id, race, system, version, n, season_id, kind, sequence, rating_before, delta, rating_after, deviation, volatility,
		from_deviation, from_volatility, k, spread, tau, expected, opponent, games, reason, role, person, at)
	SELECT row_number() OVER (ORDER BY i, player_id, race, system), player_id, race, system, 1, i, $season, 'manual', 0, value, 0, value, deviation, volatility,
		0, 0, 0, 0, 0, 0, 0, 0, '', 'operator', '', $noon
	FROM ratings CROSS JOIN n`,
}
