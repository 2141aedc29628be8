package tasks_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// broom is a sweeper with what it sweeps between.
type broom struct {
	*tasks.Sweeper
	store  *memory
	client *tasks.Client
	raw    *redis.Client
	now    time.Time // fixed unless a test moves it
}

func newBroom(t *testing.T, options *redis.Options, jobs ...job.Job) *broom {
	t.Helper()
	b := &broom{
		store:  newMemory(jobs...),
		client: newClient(options),
		raw:    redis.NewClient(options),
		now:    time.Now(),
	}
	b.Sweeper = tasks.NewSweeper(options, b.store, b.client, tasks.SweeperOptions{
		Now: func() time.Time { return b.now },
		Log: quiet(),
		DeadLetter: map[job.Kind]tasks.DeadLetter{
			job.Parse: func(_ context.Context, id job.ID, _ string) error { return b.store.finish(id) },
		},
	})
	b.SetTimeout(testTimeout)
	t.Cleanup(func() {
		b.Close()
		b.client.Close()
		b.raw.Close()
	})
	return b
}

func (b *broom) sweep(t *testing.T) tasks.Swept {
	t.Helper()
	swept, err := b.Sweep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return swept
}

// waiting is the ids of the tasks that wait for a worker.
func (b *broom) waiting(t *testing.T) []string {
	t.Helper()
	ids, err := b.raw.LRange(t.Context(), "asynq:{replays}:pending", 0, -1).Result()
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestSweepPushesWhatTheQueueNeverHeardOf(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		b := newBroom(t, options, parseJob(1), parseJob(2))
		if err := b.client.Enqueue(t.Context(), parseJob(1)); err != nil {
			t.Fatal(err)
		}
		if swept := b.sweep(t); swept.Asked != 2 || swept.Enqueued != 1 {
			t.Errorf("swept %+v, want two asked after and one enqueued", swept)
		}
		if b.store.attempt(1) != 1 || b.store.attempt(2) != 2 {
			t.Errorf("attempts %d and %d, want 1 and 2", b.store.attempt(1), b.store.attempt(2))
		}
		if swept := b.sweep(t); swept != (tasks.Swept{}) {
			t.Errorf("a second sweep found %+v", swept)
		}
		b.now = b.now.Add(time.Minute)
		if swept := b.sweep(t); swept.Asked != 2 || swept.Enqueued != 0 {
			t.Errorf("a minute later swept %+v, want both left alone", swept)
		}
	})
}

func TestSweepLeavesKindsOfNewerPrograms(t *testing.T) {
	t.Parallel()
	b := newBroom(t, redistest.Embedded(t), job.Job{ID: 1, Kind: "replay:paint", EnqueueAttempt: 1})
	if swept := b.sweep(t); swept.Asked != 1 || swept.Enqueued != 0 {
		t.Errorf("swept %+v", swept)
	}
}

func TestSweepAfterRedisLostItsData(t *testing.T) {
	t.Parallel()
	losses := map[string]func(t *testing.T, b *broom){
		"wiped": func(t *testing.T, b *broom) {
			if err := b.raw.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
		},
		"restored from an old snapshot": func(t *testing.T, b *broom) {
			if err := b.raw.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			if err := b.raw.Set(t.Context(), "evoladder:epoch", 1, 0).Err(); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, options *redis.Options) {
				b := newBroom(t, options, parseJob(1), parseJob(2))
				for range 3 {
					b.sweep(t)
				}
				lose(t, b)
				if swept := b.sweep(t); !swept.Lost || swept.Enqueued != 2 {
					t.Errorf("swept %+v, want the loss seen and both enqueued", swept)
				}
				if n := len(b.waiting(t)); n != 2 {
					t.Errorf("%d tasks wait, want 2", n)
				}
				queues, err := asynq.NewInspectorFromRedisClient(b.raw).Queues()
				if err != nil || len(queues) != len(tasks.Queues) {
					t.Errorf("dashboards see queues %v (%v)", queues, err)
				}
			})
		})
	}
}

func TestSweepWhileRedisIsDownClaimsNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Private(t)
	b := newBroom(t, server.Options(), parseJob(1))
	server.Kill()
	if _, err := b.Sweep(t.Context()); err == nil {
		t.Fatal("swept without Redis")
	}
	server.Start()
	if swept := b.sweep(t); swept.Enqueued != 1 {
		t.Errorf("swept %+v, want the job still due and enqueued", swept)
	}
}

func TestSweepRecordsArchivedTasks(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		b := newBroom(t, options, parseJob(1), parseJob(2))
		if err := b.client.Enqueue(t.Context(), parseJob(1), parseJob(2)); err != nil {
			t.Fatal(err)
		}
		inspector := asynq.NewInspectorFromRedisClient(b.raw)
		for _, id := range []job.ID{1, 2} {
			if err := inspector.ArchiveTask("replays", tasks.TaskID(parseJob(id))); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.store.finish(2); err != nil { // somebody recorded it meanwhile
			t.Fatal(err)
		}
		if swept := b.sweep(t); swept.Archived != 2 || swept.Enqueued != 0 {
			t.Errorf("swept %+v, want both settled", swept)
		}
		if n := b.store.pending(); n != 0 {
			t.Errorf("%d jobs are still pending", n)
		}
		if left, err := inspector.ListArchivedTasks("replays"); err != nil || len(left) != 0 {
			t.Errorf("%d tasks are left in the archive (%v)", len(left), err)
		}
	})
}

func TestUnreadableTaskIsArchivedAndSwept(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		b := newBroom(t, options)
		w := newWorld(t, options, func(context.Context, job.ID) error {
			t.Error("the handler saw an unreadable task")
			return nil
		})
		w.start(t)
		stranger := asynq.NewTask(string(job.Parse), []byte("job 7"))
		_, err := asynq.NewClientFromRedisClient(b.raw).
			EnqueueContext(t.Context(), stranger, asynq.Queue("replays"), asynq.TaskID("stranger"))
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(testTimeout); ; {
			if b.sweep(t).Archived == 1 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("never archived")
			}
			time.Sleep(5 * time.Millisecond) // asynq archives when it likes
		}
	})
}

// startHanging starts a worker process, waits until it took up a task that it
// will never end, and returns how to kill it.
func startHanging(t *testing.T, server *redistest.Server) (kill func()) {
	t.Helper()
	worker := exec.Command(os.Args[0])
	worker.Env = append(os.Environ(), "TASKS_TEST_HANG_ON="+server.URL())
	stdout, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "taken\n" {
		t.Fatalf("the worker said %q (%v)", line, err)
	}
	return func() {
		worker.Process.Kill()
		worker.Wait()
	}
}

func TestTaskOfKilledWorkerIsEnqueuedAgain(t *testing.T) {
	t.Parallel()
	server := redistest.Private(t)
	b := newBroom(t, server.Options(), parseJob(1))
	b.sweep(t) // enqueues it

	kill := startHanging(t, server)
	b.now = time.Now()
	if swept := b.sweep(t); swept.Orphaned != 0 || swept.Enqueued != 0 {
		t.Errorf("while it lives: %+v", swept)
	}
	kill()
	// A second of rounding: leases are whole seconds.
	b.now = time.Now().Add(tasks.DeadAfter + time.Second)
	if swept := b.sweep(t); swept.Orphaned != 1 || swept.Enqueued != 1 {
		t.Errorf("after its death: %+v, want the task taken and enqueued", swept)
	}
	if ids := b.waiting(t); len(ids) != 1 || ids[0] != "replay:parse:1:3" {
		t.Errorf("waiting %v, want replay:parse:1:3", ids)
	}
	if n, err := b.raw.LLen(t.Context(), "asynq:{replays}:active").Result(); err != nil || n != 0 {
		t.Errorf("%d tasks are still active (%v)", n, err)
	}
	if swept := b.sweep(t); swept.Orphaned != 0 || swept.Enqueued != 0 {
		t.Errorf("another sweep: %+v", swept)
	}
}

func TestTwoSweepersPushOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		first := newBroom(t, options)
		first.sweep(t)                // notes that this Redis is new, which makes all due
		for id := range job.ID(600) { // more than one claim
			first.store.jobs[id+1] = parseJob(id + 1)
		}
		second := newBroom(t, options)
		second.Sweeper = tasks.NewSweeper(options, first.store, second.client, tasks.SweeperOptions{Log: quiet()})
		second.SetTimeout(testTimeout)
		t.Cleanup(func() { second.Close() })
		errs := make(chan error, 2)
		for _, b := range []*broom{first, second} {
			go func() {
				_, err := b.Sweep(t.Context())
				errs <- err
			}()
		}
		if err := errors.Join(receive(t, errs, "sweep"), receive(t, errs, "sweep")); err != nil {
			t.Fatal(err)
		}
		if n := len(first.waiting(t)); n != 600 {
			t.Errorf("%d tasks wait, want each of 600 once", n)
		}
	})
}

// TestLayout fails when asynq no longer keeps its tasks where keys.go looks.
func TestLayout(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		b := newBroom(t, options, parseJob(1))
		taken, release := make(chan job.ID), make(chan struct{})
		w := newWorld(t, options, func(_ context.Context, id job.ID) error {
			taken <- id
			<-release
			return nil
		})
		defer close(release)
		if err := w.client.Enqueue(t.Context(), parseJob(1)); err != nil {
			t.Fatal(err)
		}
		if ids := b.waiting(t); len(ids) != 1 || ids[0] != "replay:parse:1:1" {
			t.Errorf("waiting %v", ids)
		}
		if n, err := b.raw.Exists(t.Context(), "asynq:{replays}:t:replay:parse:1:1").Result(); err != nil || n != 1 {
			t.Errorf("the task has %d keys (%v)", n, err)
		}
		before := time.Now()
		w.start(t)
		receive(t, taken, "task")
		lease, err := b.raw.ZScore(t.Context(), "asynq:{replays}:lease", "replay:parse:1:1").Result()
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Unix(int64(lease), 0).Sub(before); d < 29*time.Second {
			t.Errorf("a lease of %v, want asynq's 30 s", d)
		}
		active, err := b.raw.LRange(t.Context(), "asynq:{replays}:active", 0, -1).Result()
		if err != nil || len(active) != 1 {
			t.Errorf("active %v (%v)", active, err)
		}
	})
}
