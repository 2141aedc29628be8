package tasks

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// wakeChannel carries the name of a queue that was pushed to.
const wakeChannel = "evoladder:wake"

const (
	// pollInterval is how long an idle server waits for a wake-up before it
	// looks by itself: the most a lost wake-up costs.
	pollInterval = time.Second

	// silence is how long a subscription may say nothing before it is asked
	// whether it lives.
	silence = 15 * time.Second

	// fallbackInterval is asynq's own pause between looks, in force when nothing
	// can wake the server.
	fallbackInterval = 20 * time.Millisecond

	// Pauses after a look that failed. asynq makes none itself: against a full
	// or read-only Redis an idle server would ask 26,000 times a second.
	minBackoff = 100 * time.Millisecond
	maxBackoff = 2 * time.Second
)

// waker is a go-redis hook on a server's connection. It sees asynq look for a
// task; where asynq would go away empty-handed and sleep, it holds the call
// until the queue is pushed to and then looks again. It also sees first
// whether Redis can be used at all, and says so once per change.
type waker struct {
	queue Queue
	log   *slog.Logger
	wake  chan struct{} // one token: something was pushed since the last look
	quit  chan struct{} // closed: let every call through
	poll  time.Duration // pollInterval

	listening atomic.Bool  // the subscription stands
	failing   atomic.Bool  // the last look failed
	looks     atomic.Int64 // dequeue scripts recognised
	backoff   time.Duration
	quitOnce  sync.Once
}

func newWaker(queue Queue, log *slog.Logger) *waker {
	return &waker{
		queue: queue, log: log,
		wake: make(chan struct{}, 1), quit: make(chan struct{}),
		poll: pollInterval, backoff: minBackoff,
	}
}

// stop lets calls through from now on, so that a shutdown need not wait.
func (w *waker) stop() { w.quitOnce.Do(func() { close(w.quit) }) }

func (w *waker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// listen passes on wake-ups until ctx ends. While it has no connection the
// server polls.
func (w *waker) listen(ctx context.Context, client *redis.Client) {
	for ctx.Err() == nil {
		w.subscribe(ctx, client)
		w.listening.Store(false)
		w.pause(ctx.Done(), pollInterval)
	}
}

// subscribe passes on wake-ups until the subscription breaks, or stays silent
// although it was asked for a sign of life.
func (w *waker) subscribe(ctx context.Context, client *redis.Client) {
	subscription := client.Subscribe(ctx, wakeChannel)
	defer subscription.Close()
	// Receive does not watch its context.
	defer context.AfterFunc(ctx, func() { subscription.Close() })()
	asked := false
	for {
		message, err := subscription.ReceiveTimeout(ctx, silence)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() && !asked {
			asked = true
			if subscription.Ping(ctx) == nil {
				continue
			}
		}
		if err != nil {
			return
		}
		asked = false
		switch message := message.(type) {
		case *redis.Subscription:
			w.listening.Store(true)
			w.signal() // pushes may have been missed until now
		case *redis.Message:
			if message.Payload == string(w.queue) {
				w.signal()
			}
		}
	}
}

// DialHook is part of redis.Hook.
func (w *waker) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook is part of redis.Hook.
func (w *waker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook is part of redis.Hook.
func (w *waker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		switch scriptOn(cmd, w.queue) {
		case dequeueScript:
			return w.look(ctx, cmd, next)
		case forwardScript:
			err := next(ctx, cmd)
			if moved, ok := cmd.(*redis.Cmd); ok && err == nil {
				if n, _ := moved.Int(); n > 0 {
					w.signal()
				}
			}
			return err
		default:
			return next(ctx, cmd)
		}
	}
}

// look runs asynq's dequeue script, and once more after a wake-up. asynq calls
// it from one goroutine.
func (w *waker) look(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	w.looks.Add(1)
	// A token from before this look is stale; one that comes during it stays.
	select {
	case <-w.wake:
	default:
	}
	err := next(ctx, cmd)
	if err != nil && !errors.Is(err, redis.Nil) {
		if !redis.HasErrorPrefix(err, "NOSCRIPT") { // asynq sends the script itself next
			w.failed(err)
		}
		return err
	}
	w.worked()
	if err == nil || !w.listening.Load() {
		return err
	}
	timer := time.NewTimer(w.poll)
	defer timer.Stop()
	select {
	case <-w.wake:
	case <-timer.C:
		return err // the next look comes at once
	case <-w.quit:
		return err
	}
	cmd.SetErr(nil)
	return next(ctx, cmd)
}

func (w *waker) failed(err error) {
	if !w.failing.Swap(true) {
		w.log.Warn("queue unusable; looking again until it is", "queue", w.queue, "error", err)
	}
	w.pause(w.quit, w.backoff)
	w.backoff = min(2*w.backoff, maxBackoff)
}

func (w *waker) worked() {
	if w.failing.Swap(false) {
		w.log.Info("queue usable again", "queue", w.queue)
	}
	w.backoff = minBackoff
}

func (w *waker) pause(quit <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-quit:
	}
}
