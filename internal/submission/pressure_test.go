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
		age             time.Duration // of the oldest
		want            time.Duration
	}{
		"nothing waits":             {0, 500, 0, 0},
		"too early to say":          {5000, 20, 900 * time.Millisecond, 0},
		"a flood just began":        {3000, 99, time.Second, 30 * time.Second},
		"a flood goes on":           {9000, 999, time.Minute, 90 * time.Second},
		"one replay takes long":     {1, 0, 3 * time.Second, 3 * time.Second},
		"no worker is there":        {12, 0, time.Hour, 2 * time.Minute},
		"an old one, nothing to do": {1, 0, time.Hour, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queue := submission.Queue{Waiting: test.waiting, Parsed: test.parsed, Oldest: noon.Add(-test.age), At: noon}
			if got := queue.Work(); got.Round(time.Second/10) != test.want {
				t.Errorf("%v of work, want %v", got, test.want)
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
}

func (l *line) ParseQueue(_ context.Context, now time.Time) (submission.Queue, error) {
	l.looks.Add(1)
	time.Sleep(l.slow)
	return submission.Queue{Waiting: int(l.waiting.Load()), Parsed: 9, Oldest: now.Add(-time.Hour), At: now}, nil
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
		time.Sleep(time.Minute) // nobody asks, and it is watched all the same
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

func TestLookingCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := &line{slow: 100 * time.Millisecond}
		p := submission.NewPressure(queue, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Run(ctx) }()
		time.Sleep(time.Minute)
		if queue.looks.Load() != 0 {
			t.Errorf("looked %d times for nobody", queue.looks.Load())
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
