package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// BenchmarkReplay is everything the database does for one replay: heard of,
// accepted, begun, parsed, announced, delivered. The summary and timeline are of the
// size of a real 1v1's.
func BenchmarkReplay(b *testing.B) {
	for name, open := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, parallel := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", name, parallel), func(b *testing.B) {
				wire := new(storetest.Wire)
				s := storetest.Open(b, open(b), wire.Option())
				var count atomic.Int64
				b.SetParallelism(parallel / 2) // times GOMAXPROCS, 2 here
				if parallel == 1 {
					b.SetParallelism(1)
				}
				b.ReportAllocs()
				b.ResetTimer()
				if parallel == 1 {
					for b.Loop() {
						travel(b, s, fmt.Sprint(count.Add(1)))
					}
				} else {
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							travel(b, s, fmt.Sprint(count.Add(1)))
						}
					})
				}
				b.ReportMetric(float64(wire.Sent())/float64(count.Load()), "statements/replay")
				b.ReportMetric(float64(count.Load())/b.Elapsed().Seconds(), "replays/s")
			})
		}
	}
}

var (
	benchSummary = `{"game_id": "5f0c", "map": {"title": "Radeon", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		"format": "1v1", "category": "private", "duration_seconds": 812.5, "ended_at": "2026-03-14T12:00:00Z", "players": [
			{"name": "somebody", "toon": "2-S2-1-278321", "team": 1, "race": "bw_zerg", "result": "win", "apm": 123.4},
			{"name": "another", "toon": "2-S2-1-278322", "team": 2, "race": "terran", "result": "loss", "apm": 98.7}],
		"chat": [` + strings.Repeat(`{"loop": 812, "from": "somebody", "to": "all", "text": "gl hf"},`, 60) + `{}]}`
	benchTimeline = `{"samples": [` + strings.Repeat(`{"seconds": 7.14, "minerals": {"current": 120, "rate": 800}},`, 1500) + `{}]}`
)

// travel takes one replay from upload to answer.
func travel(b testing.TB, s *store.Store, file string) {
	ctx := context.Background()
	a := arrival(file)
	a.Key, a.At = upload.Key(file), time.Now()
	heard := requested(string(a.Key))
	heard.Received = a.At
	if _, err := s.RecordPending(ctx, []upload.Pending{heard}, a.At.Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	receipt, err := s.Accept(ctx, a)
	if err != nil {
		b.Fatal(err)
	}
	work, err := s.Begin(ctx, receipt.Jobs[0].ID, "worker", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	verdict := upload.Verdict{ParserVersion: 1, Summary: []byte(benchSummary), Timeline: []byte(benchTimeline), At: time.Now()}
	jobs, err := s.RecordVerdict(ctx, work.Job.ID, verdict)
	if err != nil {
		b.Fatal(err)
	}
	message, err := s.Announcement(ctx, jobs[0].ID)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Submission(ctx, upload.ID(message.Subject)); err != nil {
		b.Fatal(err)
	}
	if err := s.RecordDelivery(ctx, jobs[0].ID, announcement.Delivery{Sent: true, At: time.Now()}); err != nil {
		b.Fatal(err)
	}
}

// Each statement is a round trip to a server; the benchmark counts those that
// open and end transactions too.
func TestOneReplayTakesFewStatements(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		wire := new(storetest.Wire)
		s := storetest.Open(t, url, wire.Option())
		travel(t, s, "first of its hour in its channel")
		wire.Sent()
		travel(t, s, "counted")
		want := 18 + 4*2 // four transactions begun and committed
		if strings.HasPrefix(url, "sqlite:") {
			want += 2 // and one more for a single statement
		}
		if n := wire.Sent(); n != want {
			t.Errorf("%d statements, want %d", n, want)
		}
	})
}
