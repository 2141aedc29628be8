package tasks_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// TestWakeUp fails when the wake-up no longer recognises how asynq polls for
// tasks: its own polling is out of reach here, so only a wake-up finds them.
func TestWakeUp(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		handled := make(chan job.ID, 1)
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			handled <- id
			return nil
		})
		w.server.SetPoll(time.Hour)
		w.start(t)
		for id := job.ID(1); id <= 20; id++ {
			if err := w.client.Enqueue(t.Context(), parseJob(id)); err != nil {
				t.Fatal(err)
			}
			if got := receive(t, handled, "task"); got != id {
				t.Fatalf("handled job %d, want %d", got, id)
			}
		}
		// Each wake-up is one poll. Without the hook there would be none, and with
		// one that does not hold there would be fifty a second.
		if n := w.server.Polls(); n < 20 || n > 100 {
			t.Errorf("polled %d times for 20 tasks", n)
		}
	})
}

// fleet is servers of one queue that wait for a wake-up and never poll.
type fleet []*tasks.Server

func newFleet(t *testing.T, options *redis.Options, size int, handle func(context.Context, job.ID) error) fleet {
	t.Helper()
	var all fleet
	for range size {
		w := newWorld(t, options, handle)
		w.server.SetPoll(time.Hour)
		w.start(t)
		all = append(all, w.server)
	}
	all.rest(t, options)
	return all
}

// rest waits until all wait for a wake-up.
func (f fleet) rest(t *testing.T, options *redis.Options) {
	t.Helper()
	raw := redis.NewClient(options)
	defer raw.Close()
	until(t, "all servers wait", func() bool {
		info, err := raw.InfoMap(t.Context(), "clients").Result()
		return err == nil && info["Clients"]["blocked_clients"] == strconv.Itoa(len(f))
	})
}

func (f fleet) polls() (n int64) {
	for _, server := range f {
		n += server.Polls()
	}
	return n
}

// until asks again and again: Redis sends no event when it changes.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(testTimeout)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("not in %v: %s", testTimeout, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestOnePushWakesOneServer(t *testing.T) {
	t.Parallel()
	options := redistest.Real(t)
	handled := make(chan job.ID, 100)
	all := newFleet(t, options, 10, func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	client := newClient(options)
	defer client.Close()
	push := func(id job.ID) {
		if err := client.Enqueue(t.Context(), parseJob(id)); err != nil {
			t.Fatal(err)
		}
		receive(t, handled, "task")
	}
	push(1) // the first goes to Redis twice: it does not know the script yet
	all.rest(t, options)
	before := all.polls()
	for id := job.ID(2); id <= 31; id++ {
		push(id)
	}
	all.rest(t, options)
	if n := all.polls() - before; n != 30 {
		t.Errorf("10 servers polled %d times for 30 tasks, want once for each", n)
	}
}

func TestManyPushesWakeAsManyServers(t *testing.T) {
	t.Parallel()
	options := redistest.Real(t)
	running, release := make(chan job.ID, 10), make(chan struct{})
	newFleet(t, options, 10, func(_ context.Context, id job.ID) error {
		running <- id
		<-release
		return nil
	})
	defer close(release)
	client := newClient(options)
	defer client.Close()
	var jobs []job.Job
	for id := job.ID(1); id <= 20; id++ { // two for each: as many as they have slots
		jobs = append(jobs, parseJob(id))
	}
	if err := client.Enqueue(t.Context(), jobs...); err != nil {
		t.Fatal(err)
	}
	for range jobs {
		receive(t, running, "task")
	}
}

// A server dies with a wake-up in its hands, or is cut off from Redis. Only a real
// Redis serves waiting clients in their order; the embedded one has one process.
func TestLostWakeUpCostsOnePoll(t *testing.T) {
	t.Parallel()
	options := redistest.Real(t)
	raw := redis.NewClient(options)
	defer raw.Close()
	stolen := make(chan error, 1)
	go func() { stolen <- raw.BLPop(t.Context(), 0, tasks.WakeKey(tasks.Replays)).Err() }()
	until(t, "the thief waits first", func() bool {
		stats := raw.PoolStats()
		return stats.TotalConns > stats.IdleConns
	})
	handled := make(chan job.ID, 1)
	w := newWorld(t, options, func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	// Redis does not know asynq's script before its first use, which is sent twice,
	// with a wake-up each.
	if err := w.client.Enqueue(t.Context(), job.Job{ID: 9, Kind: job.Announce, Subject: 1, EnqueueAttempt: 1}); err != nil {
		t.Fatal(err)
	}
	w.server.SetPoll(time.Second)
	w.start(t)
	until(t, "the server waits as well", func() bool {
		info, err := raw.Info(t.Context(), "clients").Result()
		return err == nil && strings.Contains(info, "blocked_clients:2")
	})
	if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil {
		t.Fatal(err)
	}
	if err := receive(t, stolen, "wake-up"); err != nil {
		t.Fatal(err)
	}
	if id := receive(t, handled, "task"); id != 1 {
		t.Errorf("handled job %d", id)
	}
}

func TestWakeUpsWithoutServersAreBounded(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		client, raw := newClient(options), redis.NewClient(options)
		defer client.Close()
		defer raw.Close()
		tokens := make([]any, tasks.MaxTokens)
		for i := range tokens {
			tokens[i] = 1
		}
		key := tasks.WakeKey(tasks.Replays)
		if err := raw.LPush(t.Context(), key, tokens...).Err(); err != nil {
			t.Fatal(err)
		}
		for id := job.ID(1); id <= 10; id++ {
			if err := client.Enqueue(t.Context(), parseJob(id)); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := raw.LLen(t.Context(), key).Result(); err != nil || n < 10 || n > tasks.MaxTokens {
			t.Errorf("%d wake-ups wait (%v), want at most %d", n, err, tasks.MaxTokens)
		}
		// A server takes the tasks up and leaves none of the tokens.
		handled := make(chan job.ID, 10)
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			handled <- id
			return nil
		})
		w.start(t)
		for range 10 {
			receive(t, handled, "task")
		}
		until(t, "no wake-up is left", func() bool {
			n, err := raw.Exists(t.Context(), key).Result()
			return err == nil && n == 0
		})
		if n := w.server.Polls(); n > 30 {
			t.Errorf("polled %d times for 10 tasks", n)
		}
	})
}

func TestPausedQueueGoesOn(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		raw := redis.NewClient(options)
		defer raw.Close()
		inspector := asynq.NewInspectorFromRedisClient(raw)
		handled := make(chan job.ID, 3)
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			handled <- id
			return nil
		})
		w.server.SetPoll(200 * time.Millisecond)
		if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil { // asynq pauses only what it knows
			t.Fatal(err)
		}
		if err := inspector.PauseQueue(string(tasks.Replays)); err != nil {
			t.Fatal(err)
		}
		w.start(t)
		for id := job.ID(2); id <= 3; id++ {
			polled := w.server.Polls()
			if err := w.client.Enqueue(t.Context(), parseJob(id)); err != nil {
				t.Fatal(err)
			}
			until(t, "the server polled in vain", func() bool { return w.server.Polls() > polled })
		}
		if err := inspector.UnpauseQueue(string(tasks.Replays)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			receive(t, handled, "task")
		}
	})
}

func TestQueuesWakeTheirOwnServers(t *testing.T) {
	t.Parallel()
	options := redistest.Real(t)
	handled := make(chan job.ID, 2)
	bulk := tasks.NewServer(options, tasks.Bulk, 1, quiet())
	bulk.Handle(job.Reparse, func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	defer bulk.Shutdown(context.Background())
	bulk.SetPoll(time.Hour)
	if err := bulk.Start(); err != nil {
		t.Fatal(err)
	}
	fleet{bulk}.rest(t, options)
	w := newWorld(t, options, nil)
	w.server.SetPoll(time.Hour)
	w.start(t)
	fleet{bulk, w.server}.rest(t, options)
	before := w.server.Polls()
	for id := job.ID(1); id <= 5; id++ {
		if err := w.client.Enqueue(t.Context(), job.Job{ID: id, Kind: job.Reparse, Subject: 1, EnqueueAttempt: 1}); err != nil {
			t.Fatal(err)
		}
		receive(t, handled, "task")
	}
	if n := w.server.Polls() - before; n != 0 {
		t.Errorf("the other queue's server polled %d times", n)
	}
}

// What a server gives back when it ends is dequeued by another at once.
func TestTaskGivenBackWakesAnother(t *testing.T) {
	t.Parallel()
	options := redistest.Real(t)
	running, release := make(chan job.ID), make(chan struct{})
	leaving := newWorld(t, options, func(ctx context.Context, id job.ID) error {
		running <- id
		<-release
		return ctx.Err()
	})
	leaving.start(t)
	if err := leaving.client.Enqueue(t.Context(), parseJob(1)); err != nil {
		t.Fatal(err)
	}
	receive(t, running, "task")
	handled := make(chan job.ID, 1)
	next := newWorld(t, options, func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	next.server.SetPoll(time.Hour)
	next.start(t)
	fleet{leaving.server, next.server}.rest(t, options) // the first has a slot left
	defer close(release)
	drain, cut := context.WithCancel(t.Context())
	cut()
	if err := leaving.server.Shutdown(drain); err != nil {
		t.Fatal(err)
	}
	receive(t, handled, "task that was given back")
}

// TestRetryWakesItsServer fails when the hook no longer recognises how asynq puts
// a task off: there is no other poll for retries here.
func TestRetryWakesItsServer(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		var calls atomic.Int64
		again := make(chan job.ID, 1)
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			if calls.Add(1) == 1 {
				return errors.New("database down")
			}
			again <- id
			return nil
		})
		w.server.SetPoll(time.Hour)
		w.server.SetForwarded()
		w.start(t)
		if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil {
			t.Fatal(err)
		}
		receive(t, again, "retry")
	})
}

// BenchmarkPickUp is the way of one job through an idle queue: enqueue, wake,
// dequeue, handler.
func BenchmarkPickUp(b *testing.B) {
	handled := make(chan job.ID, 1)
	w := newWorld(b, redistest.Real(b), func(_ context.Context, id job.ID) error {
		handled <- id
		return nil
	})
	w.start(b)
	id := job.ID(0)
	for b.Loop() {
		id++
		if err := w.client.Enqueue(b.Context(), parseJob(id)); err != nil {
			b.Fatal(err)
		}
		receive(b, handled, "task")
	}
}
