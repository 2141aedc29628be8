package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
)

const (
	// drainTimeout is how long running tasks may take to end once a server
	// shuts down; then they go back to the queue. It leaves four of the ten
	// seconds a process has for everything else.
	drainTimeout = 6 * time.Second

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
		ShutdownTimeout: drainTimeout,
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

// Usable says whether the queue could be read when it was last looked at, for
// readiness.
func (s *Server) Usable() bool { return s.waker.looks.Load() > 0 && !s.waker.failing.Load() }

// Shutdown takes no more tasks, waits for those that run, gives back those
// that take too long and disconnects. It returns early with ctx's error when
// ctx ends; the sweeper then finds what was not given back.
func (s *Server) Shutdown(ctx context.Context) error {
	s.waker.stop()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.asynq.Shutdown()
		s.redis.Close()
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("shut down server of queue %s: %w", s.queue, ctx.Err())
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
