package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
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
			storetest.Settle(b, url)
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

// fill makes a season with the crowd.
func fill(b *testing.B, s *store.Store, url string) ladder.SeasonID {
	b.Helper()
	season, err := s.SaveSeason(context.Background(), seasonOne(), operator, "begins", noon)
	if err != nil {
		b.Fatal(err)
	}
	storetest.Crowd{Players: crowdPlayers, Matches: crowdMatches, Lines: crowdLines}.Fill(b, url, season.ID, noon)
	return season.ID
}
