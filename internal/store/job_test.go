package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func (w world) claim(now time.Time, limit int) []job.Job {
	w.Helper()
	due, err := w.ClaimDue(context.Background(), now, now.Add(time.Minute), limit)
	if err != nil {
		w.Fatal(err)
	}
	return due
}

func TestClaimDueTakesWhatIsDueOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		early, late := arrival("early"), arrival("late")
		late.At = noon.Add(time.Hour)
		receipt, parse := w.submit(early)
		w.submit(late)

		if due := w.claim(noon.Add(store.EnqueueGrace-time.Millisecond), 10); len(due) != 0 {
			t.Errorf("claimed %+v within its grace", due)
		}
		now := noon.Add(store.EnqueueGrace)
		want := []job.Job{{ID: parse, Kind: job.Parse, Subject: int64(receipt.ReplayID), EnqueueAttempt: 1, Created: noon.Truncate(time.Microsecond)}}
		if diff := cmp.Diff(want, w.claim(now, 10)); diff != "" {
			t.Error(diff)
		}
		if due := w.claim(now.Add(59*time.Second), 10); len(due) != 0 {
			t.Errorf("claimed %+v a second time", due)
		}
		if due := w.claim(now.Add(time.Minute), 10); len(due) != 1 {
			t.Errorf("claimed %+v when due again, want one", due)
		}
	})
}

func TestClaimDueSharesTheWork(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, other := world{t, storetest.Open(t, url)}, world{t, storetest.Open(t, url)}
		const jobs = 60
		for i := range jobs {
			w.submit(arrival(string(rune('가' + i))))
		}
		now := noon.Add(time.Hour)
		claimed := make(chan job.Job, jobs)
		var all sync.WaitGroup
		for _, w := range []world{w, other, w, other} {
			all.Go(func() {
				for {
					due, err := w.ClaimDue(context.Background(), now, now.Add(time.Hour), 7)
					if err != nil || len(due) > 7 {
						t.Errorf("claimed %d of at most 7: %v", len(due), err)
					}
					for _, j := range due {
						claimed <- j
					}
					if len(due) == 0 {
						return
					}
				}
			})
		}
		all.Wait()
		close(claimed)
		seen := map[job.ID]int{}
		for j := range claimed {
			seen[j.ID]++
		}
		// Somebody may find only locked rows and stop early; the others go on.
		if len(seen) != jobs {
			t.Errorf("%d jobs claimed, want %d", len(seen), jobs)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %d claimed %d times", id, n)
			}
		}
	})
}

func TestRaiseEnqueueAttemptNumbersTheAttempts(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		_, done := w.submit(arrival("done"))
		w.record(done, good(1, `{}`))
		var ids []job.ID
		for i := range 5 {
			_, id := w.submit(arrival(string(rune('a' + i))))
			ids = append(ids, id)
		}
		raised, err := s.RaiseEnqueueAttempt(context.Background(), append(ids, done))
		if err != nil {
			t.Fatal(err)
		}
		if len(raised) != len(ids) {
			t.Errorf("raised %d, want the %d still pending", len(raised), len(ids))
		}
		for _, j := range raised {
			if j.EnqueueAttempt != 2 {
				t.Errorf("attempt %d of %+v, want 2", j.EnqueueAttempt, j)
			}
		}
		if none, err := s.RaiseEnqueueAttempt(context.Background(), nil); err != nil || len(none) != 0 {
			t.Errorf("raise nothing: %v, %v", none, err)
		}
	})
}

func TestMakeAllDue(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		w.submit(arrival("a"))
		w.submit(arrival("b"))
		// A timer: work that was never enqueued, due tomorrow.
		execute(t, url, `INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
			SELECT 1, 'timer', 1, 0, max(push_at), 0, '', max(created_at) FROM jobs`)
		n, err := w.MakeAllDue(context.Background(), noon)
		if err != nil || n != 2 {
			t.Errorf("made %d due: %v, want 2", n, err)
		}
		if due := w.claim(noon, 10); len(due) != 2 {
			t.Errorf("claimed %+v, want all but the timer", due)
		}
		if due := w.claim(noon.Add(store.EnqueueGrace), 10); len(due) != 1 || due[0].EnqueueAttempt != 0 {
			t.Errorf("claimed %+v, want the timer at its time", due)
		}
	})
}

func TestBacklogCountsByKind(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		_, parse := w.submit(arrival("answered"))
		w.record(parse, good(1, `{}`))
		later := arrival("later")
		later.At = noon.Add(time.Minute)
		w.submit(later)
		_, begun := w.submit(arrival("begun"))
		w.begin(begun)
		got, err := s.Backlog(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		micro := noon.Truncate(time.Microsecond)
		want := []store.Backlog{
			{Kind: job.Announce, Waiting: 1, Oldest: micro.Add(time.Second)},
			{Kind: job.Parse, Waiting: 1, Begun: 1, Oldest: micro},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
