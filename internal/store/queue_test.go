package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/backlog"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestTheQueueIsMeasured(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		at := noon.Truncate(time.Microsecond)
		look := func(after time.Duration) backlog.Queue {
			queue, err := s.ParseQueue(t.Context(), at.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return queue
		}
		if got := look(0); got.Waiting != 0 || got.Stalled() {
			t.Errorf("an empty queue: %+v", got)
		}
		var waiting []job.ID
		for n := range 10 {
			a := arrival(fmt.Sprint(n))
			a.At = at.Add(time.Duration(n) * time.Second)
			_, parse := w.submit(a)
			if n >= 4 { // all but the first four are done at once
				if _, err := s.Begin(t.Context(), parse, "w", a.At.Add(-time.Second/2)); err != nil {
					t.Fatal(err)
				}
				verdict := good(1, `{}`)
				verdict.At = a.At
				w.record(parse, verdict)
			} else {
				waiting = append(waiting, parse)
			}
		}
		want := backlog.Queue{Waiting: 4, Oldest: at, Parsed: 6, Busy: at.Add(3500 * time.Millisecond), At: at.Add(9 * time.Second)}
		if got := look(9 * time.Second); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		// Those at 8 and 9 s; the first of them was begun at 7.5 s.
		if got := look(17 * time.Second); got.Parsed != 2 || !got.Busy.Equal(at.Add(7500*time.Millisecond)) {
			t.Errorf("in the last ten seconds %d verdicts, busy since %v", got.Parsed, got.Busy)
		}
		// An outage: what was begun before it says nothing, nor what is given up.
		if _, err := s.Begin(t.Context(), waiting[0], "dead", at.Add(18*time.Second)); err != nil {
			t.Fatal(err)
		}
		gone := bad(0, failure.Poison, phrase.Poison)
		gone.At = at.Add(time.Hour - time.Second)
		w.record(waiting[1], gone)
		if got := look(time.Hour); got.Waiting != 3 || got.Parsed != 0 || !got.Stalled() {
			t.Errorf("in an outage: %+v", got)
		}
		// After it the speed is that of the workers.
		if _, err := s.Begin(t.Context(), waiting[2], "w", at.Add(time.Hour+time.Second)); err != nil {
			t.Fatal(err)
		}
		got := look(time.Hour + 3*time.Second)
		if work, known := got.Work(); !known || work != 6*time.Second {
			t.Errorf("after an outage: %v of work (known: %v) in %+v", work, known, got)
		}
	})
}
