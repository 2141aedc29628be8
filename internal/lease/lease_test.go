package lease_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/lease"
)

// memory keeps one lease, by the bubble's clock.
type memory struct {
	mu     sync.Mutex
	holder string
	until  time.Time
	away   bool
}

var errAway = errors.New("database away")

func (m *memory) LeaseHolder(context.Context, string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return "", errAway
	}
	if !time.Now().Before(m.until) {
		return "", nil
	}
	return m.holder, nil
}

func (m *memory) TakeLease(_ context.Context, _, holder string, term time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return false, errAway
	}
	if m.holder != holder && time.Now().Before(m.until) {
		return false, nil
	}
	m.holder, m.until = holder, time.Now().Add(term)
	return true, nil
}

func (m *memory) ReleaseLease(_ context.Context, _, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errAway
	}
	if m.holder == holder {
		m.until = time.Time{}
	}
	return nil
}

func (m *memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// process is one that wants the lease.
type process struct {
	keeper *lease.Keeper
	began  chan time.Time // the work began
	left   chan time.Time // the work was asked to end
	stop   context.CancelFunc
	ended  chan error
}

func start(m *memory, holder string, drain time.Duration) *process {
	ctx, stop := context.WithCancel(context.Background())
	p := &process{
		keeper: lease.NewKeeper(m, "bot", holder, lease.Timing{}, slog.New(slog.DiscardHandler)),
		began:  make(chan time.Time, 8), left: make(chan time.Time, 8), stop: stop, ended: make(chan error, 1),
	}
	go func() {
		p.ended <- p.keeper.Run(ctx, func(ctx context.Context) error {
			p.began <- time.Now()
			<-ctx.Done()
			p.left <- time.Now()
			time.Sleep(drain)
			return nil
		})
	}()
	return p
}

func (p *process) end(t *testing.T) {
	t.Helper()
	p.stop()
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
}

func TestOnlyOneWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first := start(&m, "a", 0)
		<-first.began
		second := start(&m, "b", 0)
		time.Sleep(time.Hour)
		if len(second.began) != 0 || len(first.left) != 0 || !first.keeper.Held() || second.keeper.Held() {
			t.Errorf("after an hour: first held %v, second held %v", first.keeper.Held(), second.keeper.Held())
		}
		first.end(t)
		second.end(t)
	})
}

func TestAPeacefulEndHandsOverAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first, second := start(&m, "a", 4*time.Second), start(&m, "b", 4*time.Second)
		time.Sleep(time.Minute)
		one, other := first, second
		if second.keeper.Held() {
			one, other = second, first
		}
		end := time.Now()
		one.end(t)
		// Not before what the first one drains is done.
		if took := (<-other.began).Sub(end); took < 4*time.Second || took > 5*time.Second {
			t.Errorf("taken over after %v", took)
		}
		other.end(t)
	})
}

func TestAReleaseAheadOfTheEndHandsOverBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first := start(&m, "a", time.Hour)
		<-first.began
		second := start(&m, "b", 0)
		time.Sleep(time.Minute)
		first.stop()
		released := time.Now()
		first.keeper.Release(t.Context())
		if took := (<-second.began).Sub(released); took > time.Second {
			t.Errorf("taken over after %v", took)
		}
		if err := <-first.ended; err != nil {
			t.Error(err)
		}
		second.end(t)
	})
}

func TestASilentHolderIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory{holder: "killed", until: time.Now().Add(10 * time.Second)}
		killed := time.Now()
		second := start(&m, "b", 0)
		if took := (<-second.began).Sub(killed); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("taken over after %v", took)
		}
		second.end(t)
	})
}

func TestTheHolderStopsBeforeAnotherMayBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first := start(&m, "a", 0)
		<-first.began
		time.Sleep(7 * time.Second) // renewed last at 6 s
		m.set(func() { m.away = true })
		left := <-first.left
		m.mu.Lock()
		expires := m.until
		m.mu.Unlock()
		if early := expires.Sub(left); early < time.Second/2 || early > 2*time.Second {
			t.Errorf("stopped %v before the lease ran out", early)
		}
		// The database comes back and no other process took it.
		m.set(func() { m.away = false })
		<-first.began
		if !first.keeper.Held() {
			t.Error("works without the lease")
		}
		first.end(t)
	})
}

func TestAShortOutageCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first := start(&m, "a", 0)
		<-first.began
		for range 20 {
			m.set(func() { m.away = true })
			time.Sleep(3 * time.Second)
			m.set(func() { m.away = false })
			time.Sleep(3 * time.Second)
		}
		if len(first.left) != 0 || !first.keeper.Held() {
			t.Error("the lease was lost")
		}
		first.end(t)
	})
}

func TestAStolenLeaseIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		first := start(&m, "a", 0)
		<-first.began
		m.set(func() { m.holder, m.until = "b", time.Now().Add(10*time.Second) })
		stolen := time.Now()
		if took := (<-first.left).Sub(stolen); took > 3*time.Second {
			t.Errorf("went on for %v", took)
		}
		<-first.began // b was never heard of again
		first.end(t)
	})
}

func TestWorkThatFailsEndsTheKeeper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		broken := errors.New("token refused")
		keeper := lease.NewKeeper(&m, "bot", "a", lease.Timing{}, slog.New(slog.DiscardHandler))
		if err := keeper.Run(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("ended with %v", err)
		}
		if holder, _ := m.LeaseHolder(t.Context(), "bot"); holder != "" {
			t.Errorf("%s still holds the lease", holder)
		}
	})
}
