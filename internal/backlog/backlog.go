// Package backlog knows how many accepted uploads are not finished, and says their
// queue position to players while that is worth saying.
package backlog

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// longQueue is how much work must wait before a queue position is
	// worth saying, and shortQueue how little before it no longer is.
	longQueue  = time.Minute
	shortQueue = 30 * time.Second

	// rateWindow is how far back the queue's speed is measured, and rateLeast
	// how long the queue must have stood for there to be anything to measure.
	rateWindow = 10 * time.Second
	rateLeast  = time.Second

	// pollPause is the least time between two polls of the queue, and pollShare
	// stretches it so that polling takes at most 1/50 of the time however long
	// the queue is. While it is long it is polled every watchPause.
	pollPause  = time.Second
	pollShare  = 50
	watchPause = 5 * time.Second
	// pollStale is when what was seen is no longer worth saying.
	pollStale = 10 * time.Second
	// pollTimeout bounds one poll.
	pollTimeout = 5 * time.Second
)

// Queue is the replays that wait for a parse, as of At.
type Queue struct {
	Waiting int       // those being parsed included
	Oldest  time.Time // when the oldest of them came
	Parsed  int       // verdicts since RateFrom
	// Busy is since when workers are known to have been at it, at the earliest
	// RateFrom; zero where nothing was begun or done since then.
	Busy time.Time
	At   time.Time
}

// RateFrom is since when verdicts are counted for a queue's speed: as long as
// something was waiting, so that the workers were never idle.
func RateFrom(oldest, at time.Time) time.Time {
	if from := at.Add(-rateWindow); oldest.Before(from) {
		return from
	}
	return oldest
}

// Work is how long the workers will take for all of it; known is false where it
// is too early to say, or nothing to measure: an outage, in which work waits and
// none is done, says nothing of how fast it is done.
func (q Queue) Work() (work time.Duration, known bool) {
	if q.Waiting == 0 {
		return 0, true
	}
	span := q.At.Sub(q.Busy)
	if q.Busy.IsZero() || span < rateLeast {
		return 0, false
	}
	// One more than were done: the next may be done in this moment.
	return time.Duration(float64(q.Waiting) * float64(span) / float64(q.Parsed+1)), true
}

// Stalled says whether a replay waits for long and none is begun or done.
func (q Queue) Stalled() bool {
	return q.Waiting > 0 && q.Busy.IsZero() && q.At.Sub(q.Oldest) >= longQueue
}

// queues is where the queue's length is read.
type queues interface {
	ParseQueue(ctx context.Context, now time.Time) (Queue, error)
}

// state is how much a queue is a player's affair.
type state int

const (
	short   state = iota
	long          // more than a minute of work waits
	stalled       // nothing is done
)

// state is what a queue is that was last.
func (q Queue) state(last state) state {
	work, known := q.Work()
	switch {
	case q.Stalled():
		return stalled
	case !known:
		return last
	case work >= longQueue || last == long && work >= shortQueue:
		return long
	}
	return short
}

// Monitor knows whether the queue is long. Asking costs nothing: the queue is polled
// beside those who ask, and not more than once in a pollPause.
type Monitor struct {
	queues queues
	log    *slog.Logger
	asked  chan struct{}
	seen   atomic.Pointer[seen]
}

// seen is what the last poll saw.
type seen struct {
	queue Queue
	state state
	added atomic.Int64 // uploads that were given their position since
}

// NewMonitor knows nothing until it runs.
func NewMonitor(queues queues, log *slog.Logger) *Monitor {
	return &Monitor{queues: queues, log: log, asked: make(chan struct{}, 1)}
}

// Position is the queue position of an upload that is about to be accepted, 0
// while the queue is short. One that stalls is not: a player waits as well. It never waits.
func (m *Monitor) Position() int {
	select {
	case m.asked <- struct{}{}:
	default:
	}
	last := m.seen.Load()
	if last == nil || last.state == short || time.Since(last.queue.At) > pollStale {
		return 0
	}
	return last.queue.Waiting + int(last.added.Add(1))
}

// Run polls the queue for those who ask, and while it is long, until ctx
// ends. It says once when the queue becomes long or stalls and once when it no
// longer is or does.
func (m *Monitor) Run(ctx context.Context) error {
	for {
		var watch <-chan time.Time
		if last := m.seen.Load(); last != nil && last.state != short {
			watch = time.After(watchPause)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-m.asked:
		case <-watch:
		}
		pause := time.NewTimer(max(pollPause, pollShare*m.poll(ctx)))
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// poll polls once and says how long that took. What cannot be seen is left as
// it was: it goes stale.
func (m *Monitor) poll(ctx context.Context) time.Duration {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	queue, err := m.queues.ParseQueue(ctx, began)
	if err != nil {
		return time.Since(began)
	}
	was := short
	if last := m.seen.Load(); last != nil {
		was = last.state
	}
	now := &seen{queue: queue, state: queue.state(was)}
	m.seen.Store(now)
	if now.state != was {
		m.say(now)
	}
	return time.Since(began)
}

func (m *Monitor) say(now *seen) {
	queue := now.queue
	log := m.log.With("waiting", queue.Waiting)
	switch now.state {
	case long:
		work, _ := queue.Work()
		log.Warn("the queue is longer than a minute of work; players read their queue position",
			"work", work.Round(time.Second), "oldest", queue.At.Sub(queue.Oldest).Round(time.Second))
	case stalled:
		log.Warn("replays wait and none is parsed; players read their queue position",
			"oldest", queue.At.Sub(queue.Oldest).Round(time.Second))
	case short:
		log.Info("the queue is short again")
	}
}
