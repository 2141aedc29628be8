package process

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// journal records the order in which parts end.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) part(name string, drain time.Duration) Part {
	return Part{Name: name, Run: func(ctx context.Context) error {
		<-ctx.Done()
		time.Sleep(drain) // under synctest: no real time passes
		j.mu.Lock()
		defer j.mu.Unlock()
		j.lines = append(j.lines, name)
		return nil
	}}
}

func TestPartsEndInReverseOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		ctx, stop := context.WithCancel(t.Context())
		go func() { time.Sleep(time.Second); stop() }()
		err := Run(ctx, quiet(), 10*time.Second, j.part("queue", 0), j.part("worker", time.Second), j.part("intake", 2*time.Second))
		if err != nil {
			t.Error(err)
		}
		if want := []string{"intake", "worker", "queue"}; !slices.Equal(j.lines, want) {
			t.Errorf("parts ended in the order %v, want %v", j.lines, want)
		}
	})
}

func TestFailureOfOnePartEndsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		broken := errors.New("broken")
		err := Run(t.Context(), quiet(), time.Second, j.part("queue", 0), Part{"gateway", func(context.Context) error { return broken }})
		if !errors.Is(err, broken) {
			t.Errorf("got %v, want the failure", err)
		}
		if !slices.Equal(j.lines, []string{"queue"}) {
			t.Errorf("drained: %v", j.lines)
		}
	})
}

func TestEarlyEndIsAFailure(t *testing.T) {
	err := Run(t.Context(), quiet(), time.Second, Part{"page", func(context.Context) error { return nil }})
	if !errors.Is(err, errEarly) {
		t.Errorf("got %v", err)
	}
}

func TestSlowPartIsNotWaitedForBeyondTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		ctx, stop := context.WithCancel(t.Context())
		stop()
		begin := time.Now()
		err := Run(ctx, quiet(), 10*time.Second, j.part("worker", time.Minute), j.part("intake", 0))
		if !errors.Is(err, ErrUndrained) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("waited %s", took)
		}
		time.Sleep(2 * time.Minute)
	})
}
