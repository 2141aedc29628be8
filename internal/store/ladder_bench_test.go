package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

const (
	crowdPlayers = 10_000 // each with two races
	crowdMatches = 500_000
	crowdLines   = 25 // of each rating
)

// BenchmarkBoard reads pages of a board of 20,000 players × races after 500,000 matches:
// any page, of all and filtered. It prints the quantiles, and what a ruling, the rebuilding
// of the board and the check of the ledger (of a million lines) take there.
//
//	go test ./internal/store -run '^$' -bench Board -benchtime 2000x
func BenchmarkBoard(b *testing.B) {
	for name, open := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			url := open(b)
			s, ctx := storetest.Open(b, url), context.Background()
			season := fill(b, s, url)
			rebuilt := timed(b, func() error { return s.RebuildStandings(ctx) })
			settle(b, url)
			random := rand.New(rand.NewPCG(1, 2))
			board, err := s.Standings(ctx, store.BoardFilter{Season: season, Limit: 1, At: noon})
			if err != nil || board.Total != 2*crowdPlayers {
				b.Fatalf("a board of %d, %v", board.Total, err)
			}
			var took []time.Duration
			for b.Loop() {
				f := anyPage(random, season)
				took = append(took, timed(b, func() error { board, err = s.Standings(ctx, f); return err }))
				if len(board.Places) == 0 {
					b.Fatalf("no places by %+v", f)
				}
			}
			report(b, "", took)
			b.ReportMetric(rebuilt.Seconds(), "rebuild-s")
			report(b, "ruling-", rulings(b, s))
			checked, most := check(b, s)
			b.ReportMetric(checked.Seconds(), "check-s")
			b.ReportMetric(float64(most)/(1<<20), "check-MB")
		})
	}
}

func anyPage(random *rand.Rand, season ladder.SeasonID) store.BoardFilter {
	f := store.BoardFilter{Season: season, Limit: 40, At: noon}
	switch random.IntN(4) {
	case 0:
		f.Offset = random.IntN(2*crowdPlayers - 40)
	case 1:
		f.Race, f.Offset = ladder.Races[random.IntN(len(ladder.Races))], random.IntN(3000)
	case 2:
		f.Country = "C" + fmt.Sprint(random.IntN(50))
	case 3:
		f.Region, f.Offset = ladder.Region("R"+fmt.Sprint(random.IntN(16))), random.IntN(1000)
	}
	return f
}

func timed(b *testing.B, do func() error) time.Duration {
	b.Helper()
	begun := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}

func report(b *testing.B, what string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, percent := range []int{50, 99} {
		at := took[len(took)*percent/100]
		b.ReportMetric(float64(at.Microseconds())/1000, fmt.Sprintf("%sp%d-ms", what, percent))
	}
}

// rulings is what staff's rulings take, each of another match.
func rulings(b *testing.B, s *store.Store) (took []time.Duration) {
	b.Helper()
	for i := range 100 {
		act := ruling(ladder.Void, ladder.MatchID(i*1000+1), "", noon)
		took = append(took, timed(b, func() error { _, err := s.Act(context.Background(), act); return err }))
	}
	return took
}

// check is how long the ledger's check takes, and the most memory that was in use
// meanwhile.
func check(b *testing.B, s *store.Store) (took time.Duration, most uint64) {
	b.Helper()
	done, sampled := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var memory runtime.MemStats
		for {
			select {
			case <-done:
				sampled <- most
				return
			case <-time.After(50 * time.Millisecond):
				runtime.ReadMemStats(&memory)
				most = max(most, memory.HeapInuse)
			}
		}
	}()
	took = timed(b, func() error {
		lines, matches, err := s.LedgerCheck(context.Background(), func(d ladder.Difference) { b.Error(d) })
		if lines < crowdLines*crowdPlayers*4 || matches < crowdMatches {
			b.Errorf("followed %d lines and %d matches", lines, matches)
		}
		return err
	})
	close(done)
	return took, <-sampled
}

// fill makes the crowd past the store: matches between random players, none of them rated,
// and lines that staff made.
func fill(b *testing.B, s *store.Store, url string) ladder.SeasonID {
	b.Helper()
	w := world{nil, s}
	season, err := w.SaveSeason(context.Background(), seasonOne(), operator, "begins", noon)
	if err != nil {
		b.Fatal(err)
	}
	db := raw(b, url)
	db.SetMaxOpenConns(1)
	ago, base := "CAST('2026-03-14 12:00:00+00' AS TIMESTAMPTZ) - i * INTERVAL '10 seconds'", "CAST('2026-03-14 12:00:00+00' AS TIMESTAMPTZ)"
	if strings.HasPrefix(url, "sqlite") {
		ago, base = fmt.Sprintf("%d - i * 10000000", noon.UnixMicro()), fmt.Sprint(noon.UnixMicro())
	}
	replace := strings.NewReplacer("$ago", ago, "$noon", base, "$season", fmt.Sprint(season.ID),
		"$players", fmt.Sprint(crowdPlayers), "$matches", fmt.Sprint(crowdMatches), "$lines", fmt.Sprint(crowdLines))
	for _, statement := range crowd {
		if _, err := db.ExecContext(context.Background(), replace.Replace(statement)); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	return season.ID
}

// settle lets the server know its tables, as it does by itself after a while.
func settle(b *testing.B, url string) {
	b.Helper()
	if _, err := raw(b, url).ExecContext(context.Background(), `ANALYZE`); err != nil {
		b.Fatal(err)
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
