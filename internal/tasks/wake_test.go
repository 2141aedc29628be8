package tasks_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// TestWakeUp fails when the wake-up no longer recognises how asynq looks for
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
		if !w.server.Listening() {
			t.Error("nothing can wake the server")
		}
		// Each wake-up is one look, with asynq's own after it. Without the hook
		// there would be none, and with one that does not hold there would be
		// fifty a second.
		if n := w.server.Looks(); n < 20 || n > 100 {
			t.Errorf("looked %d times for 20 tasks", n)
		}
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
