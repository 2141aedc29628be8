package tasks

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// pollInterval is how long an idle server waits for a wake-up before it
	// polls by itself: the most a lost wake-up costs. Where no player waits for the
	// work it is patientPoll.
	pollInterval = 3 * time.Second
	patientPoll  = 10 * time.Second

	// fallbackInterval is asynq's own pause between polls, in force when nothing
	// can wake the server.
	fallbackInterval = 20 * time.Millisecond

	// forwardFallback is how often a server polls for due retries that it did not
	// put off itself: those of a server that died meanwhile. It polls for its own
	// when they are due.
	forwardFallback = 20 * time.Second

	// Where at least floodFrom tasks wait, tokens are not waited for: looking at
	// the queue itself saves a round trip a task, and some tokens may have been
	// trimmed. A server asks how many wait after floodCheck tasks.
	floodFrom  = 16
	floodCheck = 8

	// Pauses after a poll that failed. asynq makes none itself: against a full
	// or read-only Redis an idle server would ask 26,000 times a second.
	minBackoff = 100 * time.Millisecond
	maxBackoff = 2 * time.Second
)

// waking is a bell, or a test's.
type waking interface {
	wait(ctx context.Context, long time.Duration) (bool, error)
	pending(ctx context.Context) (int64, error)
	clear(ctx context.Context) error
	close() error
}

// waker is a go-redis hook on a server's connection. It sees asynq poll for a
// task; where the queue was empty before, it holds the call until a token says
// that one was pushed, and then polls. It lets asynq poll for due retries only
// when there may be some. And it sees first whether Redis can be used at all,
// and says so once per change.
type waker struct {
	queue Queue
	log   *slog.Logger
	bell  waking
	quit  chan struct{} // closed: let every call through
	poll  time.Duration

	failing  atomic.Bool  // the last poll failed
	polls    atomic.Int64 // dequeue scripts recognised
	backoff  time.Duration
	quitOnce sync.Once

	// Of the one goroutine of asynq's that polls:
	waiting bool // wait for a token before the next poll
	found   int  // tasks found by tokens since the number of waiting ones was asked
	deaf    bool // the last wait failed

	mu      sync.Mutex
	due     map[int64]bool // Unix seconds at which retries are due that this server put off
	forward time.Time      // when to poll for others' next
}

func newWaker(queue Queue, bell waking, log *slog.Logger) *waker {
	w := &waker{
		queue: queue, log: log, bell: bell,
		quit: make(chan struct{}),
		poll: pollInterval, backoff: minBackoff, due: map[int64]bool{},
	}
	if queue == Bulk {
		w.poll = patientPoll
	}
	return w
}

// stop lets calls through from now on, so that a shutdown need not wait.
func (w *waker) stop() {
	w.quitOnce.Do(func() {
		close(w.quit)
		_ = w.bell.close()
	})
}

func (w *waker) stopped() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

// hook is the waker on one client, through which it wakes others.
type hook struct {
	*waker
	client *redis.Client
}

// DialHook is part of redis.Hook.
func (h hook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook is part of redis.Hook.
func (h hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook is part of redis.Hook.
func (h hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		switch scriptOn(cmd, h.queue) {
		case dequeueScript:
			return h.dequeue(ctx, cmd, next)
		case forwardScript:
			moved, err := h.forwardDue(ctx, cmd, next)
			h.ring(ctx, moved)
			return err
		case retryScript:
			err := next(ctx, cmd)
			if at, ok := scriptArg(cmd, retryAtPlace).(int64); ok && err == nil {
				h.expect(at)
			}
			return err
		case requeueScript:
			err := next(ctx, cmd)
			if err == nil {
				h.ring(ctx, 1)
			}
			return err
		default:
			return next(ctx, cmd)
		}
	}
}

// ring wakes as many servers as there are new tasks. That it fails is made up
// for by their own polls.
func (h hook) ring(ctx context.Context, tasks int) {
	if tasks > 0 {
		h.client.LPush(ctx, wakeKey(h.queue), pushTokens(tasks)...)
	}
}

// dequeue runs asynq's dequeue script until it finds a task or fails, or the
// server is stopped: at once as long as there were tasks, and else whenever a
// token comes or the time to poll. asynq calls it from one goroutine.
func (w *waker) dequeue(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	for {
		woken := false
		if w.waiting {
			var ok bool
			if woken, ok = w.wait(ctx); !ok {
				cmd.SetErr(redis.Nil)
				return redis.Nil
			}
		}
		w.polls.Add(1)
		cmd.SetErr(nil)
		err := next(ctx, cmd)
		switch {
		case err == nil:
			w.worked()
			// Found without a token, there may be more without.
			w.waiting = w.waiting && woken && !w.flooded(ctx)
			return nil
		case !errors.Is(err, redis.Nil):
			w.waiting = false
			if !redis.HasErrorPrefix(err, "NOSCRIPT") { // asynq sends the script itself next
				w.failed(err)
			}
			return err
		}
		w.worked()
		if woken || !w.waiting {
			// The tokens of tasks that were found without them are of no more use.
			_ = w.bell.clear(ctx)
		}
		w.waiting = true
	}
}

// wait waits for a token or the time to poll. It is not ok when the server is
// stopped or cannot be woken; then asynq polls.
func (w *waker) wait(ctx context.Context) (woken, ok bool) {
	if w.stopped() {
		return false, false
	}
	woken, err := w.bell.wait(ctx, w.poll)
	if w.stopped() {
		return woken, woken // a token is for one server alone, so its task is dequeued
	}
	if err != nil {
		w.waiting = false
		if !w.deaf && redis.HasErrorPrefix(err, "NOPERM") {
			w.log.Warn("redis does not allow waiting for tasks; polling", "queue", w.queue, "error", err)
		}
	}
	w.deaf = err != nil
	return woken, err == nil
}

// flooded says, after every few tasks, whether many more wait.
func (w *waker) flooded(ctx context.Context) bool {
	if w.found++; w.found < floodCheck {
		return false
	}
	w.found = 0
	n, err := w.bell.pending(ctx)
	return err != nil || n >= floodFrom
}

// forwardDue runs asynq's forward script if there may be something to move, and
// returns how many tasks it moved.
func (w *waker) forwardDue(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) (int, error) {
	reply, ok := cmd.(*redis.Cmd)
	if !ok {
		return 0, next(ctx, cmd)
	}
	now := time.Now()
	if !w.mayForward(now) {
		reply.SetVal(int64(0))
		return 0, nil
	}
	if err := next(ctx, cmd); err != nil {
		return 0, err
	}
	moved, _ := reply.Int()
	if moved == 0 && scriptKeys(cmd)[0] == queueKey(w.queue, "retry") { // the second of two, and all of it
		w.forwarded(now)
	}
	return moved, nil
}

func (w *waker) mayForward(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !now.Before(w.forward) {
		return true
	}
	for at := range w.due {
		if at <= now.Unix() {
			return true
		}
	}
	return false
}

// forwarded notes that all that was due at now has been moved.
func (w *waker) forwarded(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for at := range w.due {
		if at <= now.Unix() {
			delete(w.due, at)
		}
	}
	// Spread, so that servers that started together poll one after the other.
	w.forward = now.Add(forwardFallback/2 + rand.N(forwardFallback))
}

// expect notes when a retry is due. Retries are at most maxRetryDelay away, so
// there are few such seconds.
func (w *waker) expect(at int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.due[at] = true
}

func (w *waker) failed(err error) {
	if !w.failing.Swap(true) {
		w.log.Warn("queue unusable; looking again until it is", "queue", w.queue, "error", err)
	}
	w.pause(w.backoff)
	w.backoff = min(2*w.backoff, maxBackoff)
}

func (w *waker) worked() {
	if w.failing.Swap(false) {
		w.log.Info("queue usable again", "queue", w.queue)
	}
	w.backoff = minBackoff
}

// pause ends early when the server is stopped.
func (w *waker) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.quit:
	}
}
