package submission_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/submission"
)

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
			queue := submission.Queue{Waiting: test.waiting, Parsed: test.parsed, Oldest: noon.Add(-test.age), At: noon}
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
	looks   atomic.Int64
	slow    time.Duration
	stands  atomic.Bool // nothing is done
}

func (l *line) ParseQueue(_ context.Context, now time.Time) (submission.Queue, error) {
	l.looks.Add(1)
	time.Sleep(l.slow)
	queue := submission.Queue{Waiting: int(l.waiting.Load()), Oldest: now.Add(-time.Hour), At: now}
	if !l.stands.Load() {
		queue.Parsed, queue.Busy = 9, now.Add(-10*time.Second)
	}
	return queue, nil
}

func TestAPlaceIsSaidWhileTheQueueIsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log record
		queue := &line{}
		queue.waiting.Store(59)
		p := submission.NewPressure(queue, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		places := func() (first, second int) {
			p.Place() // asks
			time.Sleep(2 * time.Second)
			return p.Place(), p.Place()
		}
		if a, b := places(); a != 0 || b != 0 || log.String() != "" {
			t.Errorf("a short queue has places %d and %d: %s", a, b, log.String())
		}
		queue.waiting.Store(100)
		if a, b := places(); a != 101 || b != 102 {
			t.Errorf("places %d and %d, want 101 and 102", a, b)
		}
		queue.waiting.Store(40) // still long once it was
		if a, _ := places(); a != 41 {
			t.Errorf("place %d, want 41", a)
		}
		time.Sleep(time.Minute) // not asked, and watched all the same
		queue.waiting.Store(20)
		time.Sleep(time.Minute)
		if p.Place() != 0 {
			t.Error("a place is said although the queue is short again")
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
		p := submission.NewPressure(queue, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		p.Place() // asks
		time.Sleep(2 * time.Second)
		if place := p.Place(); place != 8 {
			t.Errorf("place %d, want 8", place)
		}
		queue.stands.Store(false)
		time.Sleep(10 * time.Second) // not asked
		if place := p.Place(); place != 0 {
			t.Errorf("place %d after the outage", place)
		}
		stop()
		<-ended
		text := log.String()
		if strings.Count(text, "\n") != 2 || !strings.Contains(text, "none is parsed") || !strings.Contains(text, "short again") {
			t.Errorf("the operator reads\n%s", text)
		}
	})
}

func TestLookingCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := &line{slow: 100 * time.Millisecond}
		p := submission.NewPressure(queue, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		time.Sleep(time.Minute)
		if queue.looks.Load() != 0 {
			t.Errorf("polled %d times without a caller", queue.looks.Load())
		}
		for range 51_000 {
			p.Place()
			time.Sleep(time.Millisecond)
		}
		if n := queue.looks.Load(); n < 8 || n > 11 {
			t.Errorf("looked %d times in 51 s at 0.1 s each, want 10", n)
		}
		stop()
		<-ended
	})
}
