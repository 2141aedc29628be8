package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// BenchmarkParseQueue looks at a queue of 100,000 replays.
func BenchmarkParseQueue(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			address := url(b)
			s := storetest.Open(b, address)
			execute(b, address, `INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
				SELECT i, 'replay:parse', i, 1, `+map[string]string{"sqlite": "1", "postgres": "now()"}[name]+`, 0, '', `+
				map[string]string{"sqlite": "1", "postgres": "now()"}[name]+` FROM n`)
			for b.Loop() {
				queue, err := s.ParseQueue(context.Background(), time.Now())
				if err != nil || queue.Waiting != 100_000 {
					b.Fatal(queue, err)
				}
			}
		})
	}
}

// BenchmarkUsage counts for a player and a server that have sent all they may.
func BenchmarkUsage(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := storetest.Open(b, url(b))
			for n := range 700 {
				a := arrival(fmt.Sprint(n % 7))
				a.Guild, a.Uploader, a.At = "9", snowflake.UserID(fmt.Sprint(n%10)), noon.Add(time.Duration(n)*time.Second)
				if _, err := s.Accept(context.Background(), a); err != nil {
					b.Fatal(err)
				}
			}
			asked := arrival("another")
			asked.Guild, asked.Uploader, asked.Key, asked.At = "9", "3", "a key", noon.Add(700*time.Second)
			asked.Quota = quota.Quota{PlayerInFlight: 5, PlayerHour: 60, GuildHour: 600}
			for b.Loop() {
				if used, err := s.Usage(context.Background(), asked); err != nil || used.GuildFrom.IsZero() || used.PlayerFrom.IsZero() {
					b.Fatal(used, err)
				}
			}
		})
	}
}
