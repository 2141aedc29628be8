package submission

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// longQueue is how much work must wait before a place in the queue is
	// worth saying, and shortQueue how little before it no longer is.
	longQueue  = time.Minute
	shortQueue = 30 * time.Second

	// rateWindow is how far back the queue's speed is measured, and rateLeast
	// how long the queue must have stood for there to be anything to measure.
	rateWindow = 10 * time.Second
	rateLeast  = time.Second

	// lookPause is the least time between two looks at the queue, and lookShare
	// stretches it so that looking takes at most 1/50 of the time however long
	// the queue is. While it is long it is looked at every watchPause.
	lookPause  = time.Second
	lookShare  = 50
	watchPause = 5 * time.Second
	// lookStale is when what was seen is no longer worth saying.
	lookStale = 10 * time.Second
	// lookTimeout bounds one look.
	lookTimeout = 5 * time.Second
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

// Pressure knows whether the queue is long. Asking costs nothing: it is looked
// at beside those who ask, and not more than once in a lookPause.
type Pressure struct {
	queues queues
	log    *slog.Logger
	asked  chan struct{}
	seen   atomic.Pointer[seen]
}

// seen is what the last look saw.
type seen struct {
	queue Queue
	state state
	added atomic.Int64 // uploads that were given their position since
}

// NewPressure knows nothing until it runs.
func NewPressure(queues queues, log *slog.Logger) *Pressure {
	return &Pressure{queues: queues, log: log, asked: make(chan struct{}, 1)}
}

// Place is the place in the queue of an upload that is about to be accepted, 0
// while the queue is short. One that stalls is not: a player waits as well. It never waits.
func (p *Pressure) Place() int {
	select {
	case p.asked <- struct{}{}:
	default:
	}
	last := p.seen.Load()
	if last == nil || last.state == short || time.Since(last.queue.At) > lookStale {
		return 0
	}
	return last.queue.Waiting + int(last.added.Add(1))
}

// Run looks at the queue for those who ask, and while it is long, until ctx
// ends. It says once when the queue becomes long or stalls and once when it no
// longer is or does.
func (p *Pressure) Run(ctx context.Context) error {
	for {
		var watch <-chan time.Time
		if last := p.seen.Load(); last != nil && last.state != short {
			watch = time.After(watchPause)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.asked:
		case <-watch:
		}
		pause := time.NewTimer(max(lookPause, lookShare*p.look(ctx)))
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// look looks once and says how long that took. What cannot be seen is left as
// it was: it goes stale.
func (p *Pressure) look(ctx context.Context) time.Duration {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	queue, err := p.queues.ParseQueue(ctx, began)
	if err != nil {
		return time.Since(began)
	}
	was := short
	if last := p.seen.Load(); last != nil {
		was = last.state
	}
	now := &seen{queue: queue, state: queue.state(was)}
	p.seen.Store(now)
	if now.state != was {
		p.say(now)
	}
	return time.Since(began)
}

func (p *Pressure) say(now *seen) {
	queue := now.queue
	log := p.log.With("waiting", queue.Waiting)
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
