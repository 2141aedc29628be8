package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/submission"
)

func TestTheQueueIsMeasured(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		at := noon.Truncate(time.Microsecond)
		look := func(after time.Duration) submission.Queue {
			queue, err := s.ParseQueue(t.Context(), at.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return queue
		}
		if got := look(0); got.Waiting != 0 || got.Work() != 0 {
			t.Errorf("an empty queue: %+v", got)
		}
		for n := range 10 {
			a := upload(fmt.Sprint(n))
			a.At = at.Add(time.Duration(n) * time.Second)
			_, parse := w.owed(a)
			if n >= 4 { // all but the first four are done at once
				verdict := good(1, `{}`)
				verdict.At = a.At
				w.record(parse, verdict)
			}
		}
		if got, want := look(9*time.Second), (submission.Queue{Waiting: 4, Oldest: at, Parsed: 6, At: at.Add(9 * time.Second)}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := look(17 * time.Second); got.Parsed != 2 { // those at 8 and 9 s
			t.Errorf("%d verdicts in the last ten seconds", got.Parsed)
		}
	})
}
