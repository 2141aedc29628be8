package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
)

const (
	// abortTimeout is asynq's own timeout of a shutdown, which cannot be changed
	// once the server is made. Shutdown therefore drains before it lets asynq shut
	// down, and leaves to this the moment that asynq takes to record the ends of
	// handlers that have returned.
	abortTimeout = 100 * time.Millisecond

	// requeueTimeout is how long a shutdown waits for tasks that were cut off to
	// be back in the queue.
	requeueTimeout = time.Second

	// forwardInterval is how exactly retries are made when they are due; see
	// waker.forwardDue.
	forwardInterval = time.Second

	// janitorInterval is how often asynq deletes completed tasks that are kept
	// for a while. There are none, for none has a Retention.
	janitorInterval = time.Hour
)

// Server consumes one queue.
type Server struct {
	queue Queue
	log   *slog.Logger
	redis *redis.Client
	asynq *asynq.Server
	mux   *asynq.ServeMux
	waker *waker
	slots chan struct{} // one taken by each running handler; all of them once the server is drained

	ending sync.Once
	ended  chan struct{} // closed when the shutdown is over
}

// NewServer is a consumer of queue that runs up to concurrency tasks at once.
func NewServer(options *redis.Options, queue Queue, concurrency int, log *slog.Logger) *Server {
	if concurrency == 1 {
		options = small(options)
	}
	s := &Server{
		queue: queue,
		log:   log,
		redis: redis.NewClient(forConsumers(options)),
		mux:   asynq.NewServeMux(),
		waker: newWaker(queue, newBell(options, queue), log),
		slots: make(chan struct{}, concurrency),
		ended: make(chan struct{}),
	}
	s.redis.AddHook(hook{s.waker, s.redis})
	s.asynq = asynq.NewServerFromRedisClient(s.redis, asynq.Config{
		Concurrency:              concurrency,
		Queues:                   map[string]int{string(queue): 1},
		TaskCheckInterval:        fallbackInterval,
		DelayedTaskCheckInterval: forwardInterval,
		JanitorInterval:          janitorInterval,
		RetryDelayFunc:           func(n int, err error, _ *asynq.Task) time.Duration { return retryDelay(n, err) },
		IsFailure: func(err error) bool {
			_, snoozed := job.Snoozed(err)
			return !snoozed
		},
		ShutdownTimeout: abortTimeout,
		Logger:          asynqLog{log},
	})
	return s
}

// Handle makes handle responsible for jobs of kind, which must belong to the
// server's queue. What it returns decides over the task, not over the job; see
// the package's table.
func (s *Server) Handle(kind job.Kind, handle func(ctx context.Context, id job.ID) error) {
	if routes[kind].queue != s.queue {
		panic(fmt.Sprintf("tasks: jobs of kind %q do not travel on queue %q", kind, s.queue))
	}
	s.mux.HandleFunc(string(kind), func(ctx context.Context, task *asynq.Task) error {
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		case <-ctx.Done(): // dequeued as the server stopped: asynq has requeued it
			return ctx.Err()
		}
		id, err := parsePayload(task.Payload())
		if err != nil {
			s.log.Error("unreadable task", "kind", kind, "error", err)
			return errors.Join(err, asynq.SkipRetry)
		}
		err = s.guarded(ctx, kind, id, handle)
		if errors.Is(err, job.ErrDone) {
			return nil
		}
		return err
	})
}

// guarded turns a panic of handle into an error.
func (s *Server) guarded(ctx context.Context, kind job.Kind, id job.ID,
	handle func(ctx context.Context, id job.ID) error,
) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.Error("handler panicked", "kind", kind, "job_id", id, "cause", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("handler of %s panicked: %v", kind, cause)
		}
	}()
	return handle(ctx, id)
}

// Start begins to consume. Redis need not be there yet.
func (s *Server) Start() error {
	if err := s.asynq.Start(s.mux); err != nil {
		return fmt.Errorf("start server of queue %s: %w", s.queue, err)
	}
	return nil
}

// Usable says whether the queue could be read when it was last polled, for
// readiness.
func (s *Server) Usable() bool { return s.waker.polls.Load() > 0 && !s.waker.failing.Load() }

// Shutdown takes no more tasks, waits for the running handlers until ctx ends,
// then cancels the rest and requeues their tasks, and disconnects. It returns an
// error when that takes too long; the sweeper requeues what is left. A second call
// waits for the first one's shutdown.
func (s *Server) Shutdown(ctx context.Context) error {
	s.ending.Do(func() {
		s.waker.stop()
		go func() {
			defer close(s.ended)
			s.asynq.Stop()
			s.drain(ctx)
			s.asynq.Shutdown()
			s.redis.Close()
		}()
	})
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(requeueTimeout):
		return fmt.Errorf("shut down server of queue %s: tasks not requeued in time: %w", s.queue, ctx.Err())
	}
}

// drain waits until no handler runs or ctx ends.
func (s *Server) drain(ctx context.Context) {
	for range cap(s.slots) {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// retryDelay is the pause before the retry after the n-th (from 0) failed one.
// A task whose worker died waited long enough; a handler that was given a time to
// wait does so.
func retryDelay(n int, err error) time.Duration {
	if errors.Is(err, asynq.ErrLeaseExpired) {
		return 0
	}
	if wait, ok := job.Snoozed(err); ok {
		return wait
	}
	var asked interface{ RetryAfter() time.Duration }
	if errors.As(err, &asked) && asked.RetryAfter() > 0 {
		return min(asked.RetryAfter(), maxRetryDelay)
	}
	delay := maxRetryDelay
	if n < 6 {
		delay = time.Second << n
	}
	// Spread by a tenth, so that what failed together does not return together.
	return delay + time.Duration(rand.Int64N(int64(delay/10)))
}

// asynqLog keeps asynq's own words to level debug: it repeats an outage with
// every poll. The first part that notices a change logs it once: the waker, the
// sweeper, the intake. asynq never calls Fatal in a server.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.say(args) }
func (l asynqLog) Info(args ...any)  { l.say(args) }
func (l asynqLog) Warn(args ...any)  { l.say(args) }
func (l asynqLog) Error(args ...any) { l.say(args) }
func (l asynqLog) Fatal(args ...any) { l.say(args) }

func (l asynqLog) say(args []any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("asynq", "message", fmt.Sprint(args...))
	}
}
