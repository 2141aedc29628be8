package tasks

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
)

// dequeue is the command that asynq looks for tasks with.
func dequeue(ctx context.Context) *redis.Cmd {
	return redis.NewCmd(ctx, "evalsha", "0", 4, pendingKey(Replays), queueKey(Replays, "paused"),
		activeKey(Replays), leaseKey(Replays), 0, queueKey(Replays, "t:"))
}

func TestFullRedisIsAskedSlowlyAndLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		w := newWaker(Replays, slog.New(slog.NewTextHandler(&lines, nil)))
		full := true
		look := w.ProcessHook(func(_ context.Context, cmd redis.Cmder) error {
			if full {
				return errors.New("OOM command not allowed when used memory > 'maxmemory'")
			}
			return redis.Nil
		})
		start, asked := time.Now(), 0
		for time.Since(start) < time.Minute {
			asked++
			if err := look(t.Context(), dequeue(t.Context())); err == nil {
				t.Fatal("the error was swallowed")
			}
		}
		if asked > 40 {
			t.Errorf("asked %d times a minute", asked)
		}
		full = false
		for range 3 {
			if err := look(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) {
				t.Fatal(err)
			}
		}
		if n := strings.Count(lines.String(), "\n"); n != 2 {
			t.Errorf("%d lines, want one for each change:\n%s", n, &lines)
		}
	})
}

func TestIdleServerLooksOnceASecondUntilWoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWaker(Replays, slog.New(slog.DiscardHandler))
		w.listening.Store(true)
		var tasks atomic.Int64
		asked := 0
		look := w.ProcessHook(func(_ context.Context, cmd redis.Cmder) error {
			asked++
			if tasks.Load() == 0 {
				return redis.Nil
			}
			return nil
		})
		start := time.Now()
		if err := look(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) || time.Since(start) != pollInterval {
			t.Errorf("%v after %v, want nothing after %v", err, time.Since(start), pollInterval)
		}
		start = time.Now()
		time.AfterFunc(time.Millisecond, func() { tasks.Store(1); w.signal() })
		if err := look(t.Context(), dequeue(t.Context())); err != nil || time.Since(start) != time.Millisecond {
			t.Errorf("%v after %v, want the task at once", err, time.Since(start))
		}
		tasks.Store(0)
		w.listening.Store(false)
		start = time.Now()
		if err := look(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) || time.Since(start) != 0 {
			t.Errorf("%v after %v, want asynq's own polling while nothing can wake it", err, time.Since(start))
		}
		if asked != 4 {
			t.Errorf("asked %d times, want 4", asked)
		}
	})
}
