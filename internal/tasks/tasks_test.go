package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

func TestMain(m *testing.M) {
	if url := os.Getenv("TASKS_TEST_HANG_ON"); url != "" {
		hang(url)
	}
	tasks.RouteRedisLogs(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m)
}

// hang is a worker process that takes a task up, says so and never ends it.
func hang(url string) {
	options, err := tasks.Redis(url)
	if err != nil {
		panic(err)
	}
	server := tasks.NewServer(options, tasks.Replays, 1, slog.New(slog.DiscardHandler))
	server.Handle(job.Parse, func(context.Context, job.ID) error {
		os.Stdout.WriteString("taken\n")
		select {}
	})
	if err := server.Start(); err != nil {
		panic(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	os.Exit(0)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// world is a queue with one consumer of parse jobs.
type world struct {
	client *tasks.Client
	server *tasks.Server
}

// newClient has as long for an Enqueue as its options give to one command.
func newClient(options *redis.Options) *tasks.Client {
	client := tasks.NewClient(options)
	client.SetTimeout(options.ReadTimeout)
	return client
}

func newWorld(t testing.TB, options *redis.Options, handle func(context.Context, job.ID) error) *world {
	t.Helper()
	w := &world{
		client: newClient(options),
		server: tasks.NewServer(options, tasks.Replays, 2, quiet()),
	}
	w.server.Handle(job.Parse, handle)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		w.client.Close()
	})
	return w
}

func (w *world) start(t testing.TB) {
	t.Helper()
	if err := w.server.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestHandlersAnswer(t *testing.T) {
	t.Parallel()
	// Each first answer, and how often the handler is then called in all.
	answers := map[string]struct {
		first func() error
		calls int64
	}{
		"nil ends the task":         {func() error { return nil }, 1},
		"a done job ends the task":  {func() error { return job.ErrDone }, 1},
		"an error is retried":       {func() error { return errors.New("database down") }, 2},
		"a panic is survived":       {func() error { panic("nil map") }, 2},
		"a wrapped done job counts": {func() error { return errors.Join(errors.New("begin"), job.ErrDone) }, 1},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, options *redis.Options) {
				t.Parallel()
				var calls atomic.Int64
				last := make(chan job.ID, 10)
				w := newWorld(t, options, func(_ context.Context, id job.ID) error {
					n := calls.Add(1)
					if n == answer.calls {
						defer func() { last <- id }()
					}
					if n == 1 {
						return answer.first()
					}
					return nil
				})
				w.start(t)
				if err := w.client.Enqueue(t.Context(), parseJob(7)); err != nil {
					t.Fatal(err)
				}
				if id := receive(t, last, "task"); id != 7 {
					t.Errorf("handled job %d, want 7", id)
				}
				waitGone(t, options, parseJob(7))
				if n := calls.Load(); n != answer.calls {
					t.Errorf("handled %d times, want %d", n, answer.calls)
				}
			})
		})
	}
}

// waitGone waits until no trace of j's push is left.
func waitGone(t *testing.T, options *redis.Options, j job.Job) {
	t.Helper()
	client := redis.NewClient(options)
	defer client.Close()
	deadline := time.Now().Add(testTimeout)
	for {
		n, err := client.Exists(t.Context(), "asynq:{replays}:t:"+tasks.TaskID(j)).Result()
		if err == nil && n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("task %s is still there: %v", tasks.TaskID(j), err)
		}
		time.Sleep(2 * time.Millisecond) // there is no event to wait for
	}
}

func TestTaskOnTheWire(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		client := newClient(options)
		defer client.Close()
		for range 2 { // the second time as after a lost reply
			if err := client.Enqueue(t.Context(), parseJob(42)); err != nil {
				t.Fatal(err)
			}
		}
		raw := redis.NewClient(options)
		defer raw.Close()
		waiting, err := asynq.NewInspectorFromRedisClient(raw).ListPendingTasks("replays")
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d tasks wait (%v), want one", len(waiting), err)
		}
		task := waiting[0]
		if task.ID != "replay:parse:42:1" || task.Type != "replay:parse" || string(task.Payload) != `{"job":42}` {
			t.Errorf("task %q of type %q with payload %s", task.ID, task.Type, task.Payload)
		}
		if task.MaxRetry != 24*60 || task.Timeout != 2*time.Minute || task.Retention != 0 {
			t.Errorf("max retry %d, timeout %v, retention %v", task.MaxRetry, task.Timeout, task.Retention)
		}
	})
}

func TestEnqueueRefusesUnknownKind(t *testing.T) {
	t.Parallel()
	client := newClient(redistest.Embedded(t))
	defer client.Close()
	if err := client.Enqueue(t.Context(), job.Job{ID: 1, Kind: "replay:paint"}); err == nil {
		t.Error("a kind without a queue was enqueued")
	}
}

func TestEnqueueWhileRedisIsDown(t *testing.T) {
	t.Parallel()
	server := redistest.Private(t)
	client := tasks.NewClient(server.Options())
	defer client.Close()
	server.Kill()
	if err := client.Enqueue(t.Context(), parseJob(1)); err == nil {
		t.Error("enqueued on a dead Redis")
	}
	server.Start()
	if err := client.Enqueue(t.Context(), parseJob(1)); err != nil {
		t.Errorf("after Redis came back: %v", err)
	}
}

func TestShutdownWaitsForRunningTasks(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		running, release := make(chan job.ID), make(chan struct{})
		var ended atomic.Bool
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			running <- id
			<-release
			ended.Store(true)
			return nil
		})
		w.start(t)
		if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil {
			t.Fatal(err)
		}
		receive(t, running, "task")
		shut := make(chan error, 1)
		go func() { shut <- w.server.Shutdown(context.Background()) }()
		close(release)
		if err := receive(t, shut, "end of the shutdown"); err != nil {
			t.Error(err)
		}
		if !ended.Load() {
			t.Error("shutdown did not wait for the task")
		}
	})
}

// The time for the drain is the caller's: the server has none of its own.
func TestShutdownRequeuesWhatItCutsOff(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		running, cancelled := make(chan job.ID), make(chan struct{})
		w := newWorld(t, options, func(ctx context.Context, id job.ID) error {
			running <- id
			<-ctx.Done()
			close(cancelled)
			return ctx.Err()
		})
		w.start(t)
		if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil {
			t.Fatal(err)
		}
		receive(t, running, "task")
		drain, cut := context.WithCancel(context.Background())
		shut := make(chan error, 1)
		go func() { shut <- w.server.Shutdown(drain) }()
		select {
		case <-cancelled:
			t.Fatal("cut off before its time")
		case err := <-shut:
			t.Fatalf("shut down over a running task: %v", err)
		case <-time.After(300 * time.Millisecond): // more than asynq's own timeout
		}
		cut()
		if err := receive(t, shut, "end of the shutdown"); err != nil {
			t.Error(err)
		}
		receive(t, cancelled, "end of the handler")
		inspector := asynq.NewInspector(tasks.NewMonitor(options))
		defer inspector.Close()
		queue, err := inspector.GetQueueInfo(string(tasks.Replays))
		if err != nil {
			t.Fatal(err)
		}
		if queue.Pending != 1 || queue.Active+queue.Retry+queue.Archived != 0 {
			t.Errorf("pending %d, active %d, to retry %d, archived %d", queue.Pending, queue.Active, queue.Retry, queue.Archived)
		}
	})
}

func TestServerSurvivesRedis(t *testing.T) {
	t.Parallel()
	redisServer := redistest.Private(t)
	redisServer.Kill() // it is not there when the process starts
	handled := make(chan job.ID, 10)
	w := newWorld(t, redisServer.Options(), func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	w.start(t)
	for id := job.ID(1); id <= 2; id++ {
		redisServer.Start()
		if err := w.client.Enqueue(t.Context(), parseJob(id)); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, handled, "task"); got != id {
			t.Errorf("handled job %d, want %d", got, id)
		}
		if !w.server.Usable() {
			t.Error("a queue just read is not usable")
		}
		waitGone(t, redisServer.Options(), parseJob(id))
		redisServer.Kill()
	}
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	if d := tasks.RetryDelay(3, job.Snooze(2*time.Hour, "later")); d != 2*time.Hour {
		t.Errorf("snoozed for %v", d)
	}
	if d := tasks.RetryDelay(3, asynq.ErrLeaseExpired); d != 0 {
		t.Errorf("after a dead worker: %v, want none", d)
	}
	trouble := errors.New("database down")
	var all time.Duration
	for n := range 24 * 60 {
		d := tasks.RetryDelay(n, trouble)
		if d < time.Second || d > 66*time.Second {
			t.Fatalf("retry %d after %v", n, d)
		}
		all += d
	}
	if all < 23*time.Hour || all > 27*time.Hour {
		t.Errorf("retries end after %v, want about a day", all)
	}
}

// A snoozed task comes again when it asked to, and no retry is used up.
func TestSnoozesAreNoRetries(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		t.Parallel()
		const snoozes = 3
		var calls atomic.Int64
		retried := make(chan int, 1)
		w := newWorld(t, options, func(ctx context.Context, _ job.ID) error {
			if calls.Add(1) <= snoozes {
				return fmt.Errorf("look: %w", job.Snooze(time.Millisecond, "not yet"))
			}
			n, _ := asynq.GetRetryCount(ctx)
			retried <- n
			return nil
		})
		w.start(t)
		if err := w.client.Enqueue(t.Context(), parseJob(7)); err != nil {
			t.Fatal(err)
		}
		if n := receive(t, retried, "task"); n != 0 {
			t.Errorf("%d retries are used up", n)
		}
	})
}
