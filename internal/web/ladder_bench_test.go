package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/web"
)

// BenchmarkLadderPages asks for the ladder's pages, any of them, after 500,000 matches of
// 10,000 players with two races each, and prints the quantiles.
//
//	go test ./internal/web -run '^$' -bench LadderPages -benchtime 1000x
func BenchmarkLadderPages(b *testing.B) {
	crowd := storetest.Crowd{Players: 10_000, Matches: 500_000, Lines: 25}
	for name, open := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			url := open(b)
			s := emptyLadder(b, url)
			s.begin("First Season")
			crowd.Fill(b, url, s.ID, time.Now())
			s.must(s.RebuildStandings(context.Background()))
			storetest.Settle(b, url)
			site, random := s.site(web.Config{}), rand.New(rand.NewPCG(1, 2))
			for page, address := range map[string]func() string{
				"board":  func() string { return anyBoard(random, 2*crowd.Players) },
				"player": func() string { return fmt.Sprintf("/players/%d", 1+random.IntN(crowd.Players)) },
				"match":  func() string { return fmt.Sprintf("/matches/%d", 1+random.IntN(crowd.Matches)) },
			} {
				b.Run(page, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						r := httptest.NewRequest("GET", address(), nil)
						r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:9", random.IntN(256), random.IntN(256)) // else it reads too fast
						answer, begun := httptest.NewRecorder(), time.Now()
						site.ServeHTTP(answer, r)
						took = append(took, time.Since(begun))
						if answer.Code != 200 {
							b.Fatalf("%s: %d", r.URL, answer.Code)
						}
					}
					slices.Sort(took)
					for _, percent := range []int{50, 99} {
						b.ReportMetric(float64(took[len(took)*percent/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", percent))
					}
				})
			}
		})
	}
}

// anyBoard is any page of the board of a season with so many places, of all or filtered.
func anyBoard(random *rand.Rand, places int) string {
	switch random.IntN(3) {
	case 0:
		return fmt.Sprintf("/ladder?from=%d", 1+random.IntN(places))
	case 1:
		return fmt.Sprintf("/ladder?race=%s&from=%d", ladder.Races[random.IntN(len(ladder.Races))], 1+random.IntN(places/6))
	default:
		return fmt.Sprintf("/ladder?rank=%s", ladder.Ranks[random.IntN(len(ladder.Ranks))])
	}
}
