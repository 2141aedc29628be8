package app

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// slowServer drains for work, or as long as it may.
type slowServer struct {
	work time.Duration
	fail error

	drained bool
	took    time.Duration
}

func (s *slowServer) Start() error { return s.fail }

func (s *slowServer) Shutdown(drain context.Context) error {
	begin := time.Now()
	select {
	case <-drain.Done():
	case <-time.After(s.work):
		s.drained = true
	}
	s.took = time.Since(begin)
	return nil
}

func TestServersOfAPartDrainSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replays, bulk := &slowServer{work: 8 * time.Second}, &slowServer{work: time.Hour}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := RunParts(ctx, quiet(), 10*time.Second, consumer("queues", queuesWeight, replays, bulk)); err != nil {
			t.Error(err)
		}
		if !replays.drained {
			t.Errorf("the uploads were cut off after %s", replays.took)
		}
		if bulk.drained || bulk.took != 9*time.Second {
			t.Errorf("the re-parse had %s, want the whole share of the part", bulk.took)
		}
	})
}

func TestAServerThatCannotStartEndsItsPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		beside := &slowServer{work: time.Hour}
		begin := time.Now()
		err := consumer("queues", queuesWeight, beside, &slowServer{fail: broken}).Run(t.Context())
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("the other server held the part for %s", took)
		}
	})
}

func TestCloseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := newBase(quiet(), time.Second)
		base.closes = []func() error{func() error { time.Sleep(time.Minute); return nil }}
		begin := time.Now()
		if err := base.Close(); !errors.Is(err, ErrUndrained) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("waited %s", took)
		}
		time.Sleep(time.Minute)
	})
}

func TestCloseIsInTheReverseOrderAndReportsAll(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var order []error
	base := newBase(quiet(), time.Minute)
	for _, err := range []error{first, second} {
		base.closes = append(base.closes, func() error { order = append(order, err); return err })
	}
	if err := base.Close(); !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("got %v", err)
	}
	if want := []error{second, first}; !slices.Equal(order, want) {
		t.Errorf("closed in the order %v", order)
	}
	if err := base.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}
