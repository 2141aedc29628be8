//go:build unix

package tasks_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// journal is a log that tests read while it is written.
type journal struct {
	mu    sync.Mutex
	lines []string
	said  chan string
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	j.lines = append(j.lines, string(line))
	j.mu.Unlock()
	j.said <- string(line)
	return len(line), nil
}

// await waits for a line and returns all until then.
func (j *journal) await(t *testing.T, part string) {
	t.Helper()
	for !strings.Contains(receive(t, j.said, "line saying "+part), part) {
	}
}

// TestRedisThatRefusesWrites: what was accepted stays pending, the server neither
// spins nor floods the log, and all is done once Redis takes writes again.
func TestRedisThatRefusesWrites(t *testing.T) {
	t.Parallel()
	refusals := map[string]struct {
		says       error // of readiness
		begin, end func(ctx context.Context, raw *redis.Client) error
	}{
		"full": {
			tasks.ErrRedisFull,
			func(ctx context.Context, raw *redis.Client) error {
				return raw.ConfigSet(ctx, "maxmemory", "1").Err()
			},
			func(ctx context.Context, raw *redis.Client) error {
				return raw.ConfigSet(ctx, "maxmemory", "0").Err()
			},
		},
		"a read-only replica": {
			tasks.ErrRedisRefuses,
			func(ctx context.Context, raw *redis.Client) error { return raw.ReplicaOf(ctx, "127.0.0.1", "1").Err() },
			func(ctx context.Context, raw *redis.Client) error { return raw.ReplicaOf(ctx, "NO", "ONE").Err() },
		},
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := redistest.Private(t).Options()
			b := newBroom(t, options, parseJob(1), parseJob(2))
			b.sweep(t) // one waits before the trouble
			log := &journal{said: make(chan string, 1000)}
			server := tasks.NewServer(options, tasks.Replays, 1, slog.New(slog.NewTextHandler(log, nil)))
			handled := make(chan job.ID, 2)
			server.Handle(job.Parse, func(_ context.Context, id job.ID) error {
				defer func() { handled <- id }() // only then has the store no job
				return b.store.finish(id)
			})
			if err := refusal.begin(t.Context(), b.raw); err != nil {
				t.Fatal(err)
			}
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			defer server.Shutdown(context.Background())
			log.await(t, "queue unusable")
			if server.Usable() {
				t.Error("a queue that refuses writes is usable")
			}
			if _, err := b.client.Health(t.Context()); !errors.Is(err, refusal.says) {
				t.Errorf("health: %v, want %v", err, refusal.says)
			}
			if err := b.client.Enqueue(t.Context(), parseJob(9)); err == nil {
				t.Error("enqueued")
			}
			b.now = b.now.Add(time.Minute)
			if _, err := b.Sweep(t.Context()); err == nil {
				t.Error("swept")
			}
			if err := refusal.end(t.Context(), b.raw); err != nil {
				t.Fatal(err)
			}
			log.await(t, "queue usable again")
			receive(t, handled, "task")
			receive(t, handled, "task")
			if _, err := b.client.Health(t.Context()); err != nil {
				t.Errorf("health afterwards: %v", err)
			}
			if b.sweep(t).Enqueued != 0 || b.store.pending() != 0 {
				t.Errorf("%d jobs are still pending", b.store.pending())
			}
			log.mu.Lock()
			defer log.mu.Unlock()
			if len(log.lines) != 2 {
				t.Errorf("%d lines, want one for each change: %q", len(log.lines), log.lines)
			}
		})
	}
}

// TestLostReply: Redis takes the push but its answer never arrives, so the
// producer believes that it failed, and pushes again.
func TestLostReply(t *testing.T) {
	t.Parallel()
	server := redistest.Private(t)
	b := newBroom(t, server.Options(), parseJob(1))
	// Connects, so that the next command is written at once.
	if _, err := b.client.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	resume := server.Pause()
	failed := make(chan error, 1)
	go func() { failed <- b.client.Enqueue(context.Background(), parseJob(1)) }()
	if err := receive(t, failed, "end of the push"); err == nil {
		t.Error("pushed to a Redis that does not answer")
	}
	resume()
	if err := b.client.Enqueue(t.Context(), parseJob(1)); err != nil {
		t.Errorf("pushed again: %v", err)
	}
	if ids := b.waiting(t); len(ids) != 1 {
		t.Errorf("waiting %v, want the job once", ids)
	}
}

// A Redis that accepts connections and never answers keeps a player waiting for
// the client's own timeout, which is the only one that callers have.
func TestEnqueueEndsByItself(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	options, err := tasks.Redis("redis://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := tasks.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	err = client.Enqueue(context.WithoutCancel(t.Context()), job.Job{ID: 1, Kind: job.Parse, Subject: 1, EnqueueAttempt: 1})
	if err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("ended with %v", err)
	}
}
