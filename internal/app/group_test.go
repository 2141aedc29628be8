package app

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
		err := RunParts(ctx, quiet(), 10*time.Second, j.part("queue", 0), j.part("worker", time.Second), j.part("intake", 2*time.Second))
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
		err := RunParts(t.Context(), quiet(), time.Second, j.part("queue", 0), Part{Name: "gateway", Run: func(context.Context) error { return broken }})
		if !errors.Is(err, broken) {
			t.Errorf("got %v, want the failure", err)
		}
		if !slices.Equal(j.lines, []string{"queue"}) {
			t.Errorf("drained: %v", j.lines)
		}
	})
}

func TestEarlyEndIsAFailure(t *testing.T) {
	err := RunParts(t.Context(), quiet(), time.Second, Part{Name: "page", Run: func(context.Context) error { return nil }})
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
		err := RunParts(ctx, quiet(), 10*time.Second, j.part("worker", time.Minute), j.part("intake", 0))
		if !errors.Is(err, ErrUndrained) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 10*time.Second {
			t.Errorf("waited %s", took)
		}
		time.Sleep(2 * time.Minute)
	})
}

// greedy drains for work, or as long as it may: took says how long that was.
func greedy(name string, weight int, work time.Duration, took map[string]time.Duration) Part {
	return Part{Name: name, Weight: weight, Run: func(ctx context.Context) error {
		<-ctx.Done()
		begin := time.Now()
		drain, cancel := Drain(ctx)
		defer cancel()
		select {
		case <-drain.Done():
		case <-time.After(work):
		}
		took[name] = time.Since(begin)
		return nil
	}}
}

func TestSharesDeriveFromTheGrace(t *testing.T) {
	for _, grace := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second, 2 * time.Minute} {
		t.Run(grace.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took := map[string]time.Duration{}
				ctx, stop := context.WithCancel(t.Context())
				stop()
				begin := time.Now()
				if err := RunParts(ctx, quiet(), grace,
					greedy("queue", 1, time.Hour, took), greedy("worker", 2, time.Hour, took), greedy("intake", 5, time.Hour, took)); err != nil {
					t.Error(err)
				}
				if all := time.Since(begin); all > grace {
					t.Errorf("ended after %s", all)
				}
				// The last tenth of each share is for cutting off, and left to the next
				// where that takes no time.
				intake := grace * 5 / 8 * 9 / 10
				worker := (grace - intake) * 2 / 3 * 9 / 10
				queue := (grace - intake - worker) * 9 / 10
				for name, want := range map[string]time.Duration{"intake": intake, "worker": worker, "queue": queue} {
					if off := took[name] - want; off.Abs() > time.Microsecond {
						t.Errorf("%s had %s, want %s", name, took[name], want)
					}
				}
			})
		})
	}
}

// Work of 12 s is cut off under 10 s and finished under 30 s.
func TestALongerGraceFinishesLongerWork(t *testing.T) {
	for grace, finished := range map[time.Duration]bool{10 * time.Second: false, 30 * time.Second: true} {
		synctest.Test(t, func(t *testing.T) {
			took := map[string]time.Duration{}
			ctx, stop := context.WithCancel(t.Context())
			stop()
			if err := RunParts(ctx, quiet(), grace, greedy("queue", 1, 0, took), greedy("worker", 2, 12*time.Second, took)); err != nil {
				t.Error(err)
			}
			if got := took["worker"] == 12*time.Second; got != finished {
				t.Errorf("under %s the worker had %s", grace, took["worker"])
			}
		})
	}
}

func TestAPartLeavesTheRestToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := map[string]time.Duration{}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := RunParts(ctx, quiet(), 10*time.Second, greedy("worker", 1, 8*time.Second, took), greedy("intake", 9, time.Second, took)); err != nil {
			t.Error(err)
		}
		if took["worker"] != 8*time.Second {
			t.Errorf("the worker had %s of the 9 s left", took["worker"])
		}
	})
}

// One that overruns does not take the time of the others.
func TestAPartThatOverrunsIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		took := map[string]time.Duration{}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		begin := time.Now()
		if err := RunParts(ctx, quiet(), 10*time.Second, greedy("worker", 1, 2*time.Second, took), j.part("intake", 8*time.Second)); err != nil {
			t.Error(err)
		}
		if took["worker"] != 2*time.Second {
			t.Errorf("the worker had %s", took["worker"])
		}
		if all := time.Since(begin); all != 8*time.Second {
			t.Errorf("ended after %s", all)
		}
	})
}

// A group within a part, as the bot is one under its lease, ends in that part's share.
func TestAGroupWithinAPartSharesItsPartsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := map[string]time.Duration{}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		begin := time.Now()
		inner := Part{Name: "discord", Weight: 2, Run: func(ctx context.Context) error {
			under, lost := context.WithCancel(ctx) // as a lease does
			defer lost()
			defer func() { took["discord"] = time.Since(begin) }()
			return RunParts(under, quiet(), 10*time.Second, greedy("announcer", 1, time.Hour, took), greedy("gateway", 1, time.Hour, took))
		}}
		if err := RunParts(ctx, quiet(), 10*time.Second, greedy("sweeper", 1, time.Hour, took), inner); err != nil {
			t.Error(err)
		}
		share := 10 * time.Second * 2 / 3
		if took["discord"] > share || took["gateway"] < share/3 || took["announcer"] < share/3 || took["sweeper"] < 2*time.Second {
			t.Errorf("of %s: %v", share, took)
		}
		if all := time.Since(begin); all > 10*time.Second {
			t.Errorf("ended after %s", all)
		}
	})
}

func TestDrainEndsAtOnceWithoutAGroupsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		drain, cancel := Drain(ctx)
		defer cancel()
		synctest.Wait()
		if drain.Err() != nil {
			t.Error("ended before its part")
		}
		stop()
		synctest.Wait()
		if drain.Err() == nil {
			t.Error("goes on")
		}
	})
}
