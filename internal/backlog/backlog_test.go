package backlog_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/backlog"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestTheQueuesWorkIsEstimated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		waiting, parsed int
		age, busy       time.Duration // of the oldest; how long workers were at it, 0: they were not
		want            time.Duration // negative: not known
		stalled         bool
	}{
		"nothing waits":            {0, 500, 0, 0, 0, false},
		"too early to say":         {5000, 20, 900 * time.Millisecond, 900 * time.Millisecond, -1, false},
		"a flood just began":       {3000, 99, time.Second, time.Second, 30 * time.Second, false},
		"a flood goes on":          {9000, 999, time.Minute, 10 * time.Second, 90 * time.Second, false},
		"one replay takes long":    {1, 0, 3 * time.Second, 3 * time.Second, 3 * time.Second, false},
		"an outage begins":         {70, 0, 15 * time.Second, 0, -1, false},
		"an outage lasts":          {12, 0, time.Hour, 0, -1, true},
		"an outage is over":        {12, 29, time.Hour, 1500 * time.Millisecond, 600 * time.Millisecond, false},
		"one in an outage":         {1, 0, time.Hour, 0, -1, true},
		"an outage leaves a flood": {9000, 199, time.Hour, 2 * time.Second, 90 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queue := backlog.Queue{Waiting: test.waiting, Parsed: test.parsed, Oldest: noon.Add(-test.age), At: noon}
			if test.busy > 0 {
				queue.Busy = noon.Add(-test.busy)
			}
			got, known := queue.Work()
			if known != (test.want >= 0) || known && got.Round(time.Second/10) != test.want {
				t.Errorf("%v of work, want %v", got, test.want)
			}
			if queue.Stalled() != test.stalled {
				t.Errorf("stalled: %v", queue.Stalled())
			}
		})
	}
}

// record is a log that may be read while it is written.
type record struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// line is a queue of a given length that moves at one a second.
type line struct {
	waiting atomic.Int64
	polls   atomic.Int64
	slow    time.Duration
	stands  atomic.Bool // nothing is done
}

func (l *line) ParseQueue(_ context.Context, now time.Time) (backlog.Queue, error) {
	l.polls.Add(1)
	time.Sleep(l.slow)
	queue := backlog.Queue{Waiting: int(l.waiting.Load()), Oldest: now.Add(-time.Hour), At: now}
	if !l.stands.Load() {
		queue.Parsed, queue.Busy = 9, now.Add(-10*time.Second)
	}
	return queue, nil
}

func TestAQueuePositionIsSaidWhileTheQueueIsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log record
		queue := &line{}
		queue.waiting.Store(59)
		m := backlog.NewMonitor(queue, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- m.Run(ctx) }()
		positions := func() (first, second int) {
			m.Position() // asks
			time.Sleep(2 * time.Second)
			return m.Position(), m.Position()
		}
		if a, b := positions(); a != 0 || b != 0 || log.String() != "" {
			t.Errorf("a short queue has positions %d and %d: %s", a, b, log.String())
		}
		queue.waiting.Store(100)
		if a, b := positions(); a != 101 || b != 102 {
			t.Errorf("positions %d and %d, want 101 and 102", a, b)
		}
		queue.waiting.Store(40) // still long once it was
		if a, _ := positions(); a != 41 {
			t.Errorf("position %d, want 41", a)
		}
		time.Sleep(time.Minute) // not asked, and watched all the same
		queue.waiting.Store(20)
		time.Sleep(time.Minute)
		if m.Position() != 0 {
			t.Error("a position is said although the queue is short again")
		}
		if text := log.String(); strings.Count(text, "\n") != 2 || !strings.Contains(text, "longer than a minute") || !strings.Contains(text, "short again") {
			t.Errorf("the operator reads\n%s", text)
		}
		stop()
		<-ended
	})
}

// What waits in an outage is no minute of work, and the log says what it is.
func TestAStandingQueueIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log record
		queue := &line{}
		queue.waiting.Store(7)
		queue.stands.Store(true)
		m := backlog.NewMonitor(queue, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- m.Run(ctx) }()
		m.Position() // asks
		time.Sleep(2 * time.Second)
		if position := m.Position(); position != 8 {
			t.Errorf("position %d, want 8", position)
		}
		queue.stands.Store(false)
		time.Sleep(10 * time.Second) // not asked
		if position := m.Position(); position != 0 {
			t.Errorf("position %d after the outage", position)
		}
		stop()
		<-ended
		text := log.String()
		if strings.Count(text, "\n") != 2 || !strings.Contains(text, "none is parsed") || !strings.Contains(text, "short again") {
			t.Errorf("the operator reads\n%s", text)
		}
	})
}

func TestPollingCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := &line{slow: 100 * time.Millisecond}
		m := backlog.NewMonitor(queue, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- m.Run(ctx) }()
		time.Sleep(time.Minute)
		if queue.polls.Load() != 0 {
			t.Errorf("polled %d times without a caller", queue.polls.Load())
		}
		for range 51_000 {
			m.Position()
			time.Sleep(time.Millisecond)
		}
		if n := queue.polls.Load(); n < 8 || n > 11 {
			t.Errorf("polled %d times in 51 s at 0.1 s each, want 10", n)
		}
		stop()
		<-ended
	})
}
