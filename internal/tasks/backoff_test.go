package tasks

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
)

// dequeue is the command that asynq polls for tasks with.
func dequeue(ctx context.Context) *redis.Cmd {
	return redis.NewCmd(ctx, "evalsha", "0", 4, pendingKey(Replays), queueKey(Replays, "paused"),
		activeKey(Replays), leaseKey(Replays), 0, queueKey(Replays, "t:"))
}

func TestFullRedisIsAskedSlowlyAndLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		w := newWaker(Replays, newQuietBell(), slog.New(slog.NewTextHandler(&lines, nil)))
		full := true
		poll := hook{waker: w}.ProcessHook(func(_ context.Context, cmd redis.Cmder) error {
			if full {
				return errors.New("OOM command not allowed when used memory > 'maxmemory'")
			}
			return redis.Nil
		})
		start, asked := time.Now(), 0
		for time.Since(start) < time.Minute {
			asked++
			if err := poll(t.Context(), dequeue(t.Context())); err == nil {
				t.Fatal("the error was swallowed")
			}
		}
		if asked > 40 {
			t.Errorf("asked %d times a minute", asked)
		}
		full = false
		time.AfterFunc(time.Minute, w.stop)
		for range 3 {
			if err := poll(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) {
				t.Fatal(err)
			}
		}
		if n := strings.Count(lines.String(), "\n"); n != 2 {
			t.Errorf("%d lines, want one for each change:\n%s", n, &lines)
		}
	})
}

// quietBell has the tokens that a test puts in.
type quietBell struct {
	tokens  chan struct{}
	closed  chan struct{}
	err     error // of each wait
	waits   int
	tasks   int64 // waiting
	asked   int   // how many wait
	cleared int
}

func newQuietBell() *quietBell {
	return &quietBell{tokens: make(chan struct{}, 100), closed: make(chan struct{})}
}

func (b *quietBell) wait(_ context.Context, long time.Duration) (bool, error) {
	b.waits++
	if b.err != nil {
		return false, b.err
	}
	select {
	case <-b.tokens:
		return true, nil
	case <-time.After(long):
		return false, nil
	case <-b.closed:
		return false, redis.ErrClosed
	}
}

func (b *quietBell) pending(context.Context) (int64, error) { b.asked++; return b.tasks, nil }
func (b *quietBell) clear(context.Context) error            { b.cleared++; return nil }
func (b *quietBell) close() error                           { close(b.closed); return nil }

// lookout is a waker whose queue holds tasks.
type lookout struct {
	*waker
	bell  *quietBell
	tasks atomic.Int64
	asked int
	poll  redis.ProcessHook
}

func newLookout() *lookout {
	l := &lookout{bell: newQuietBell()}
	l.waker = newWaker(Replays, l.bell, slog.New(slog.DiscardHandler))
	l.poll = hook{waker: l.waker}.ProcessHook(func(context.Context, redis.Cmder) error {
		l.asked++
		if l.tasks.Load() == 0 {
			return redis.Nil
		}
		l.tasks.Add(-1)
		return nil
	})
	return l
}

// push makes a task wait, with its token or without.
func (l *lookout) push(token bool) {
	l.tasks.Add(1)
	if token {
		l.bell.tokens <- struct{}{}
	}
}

func TestServerLooksWhenWokenAndElseWhenItIsTime(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		token bool
		after time.Duration
	}{
		"woken":                {true, 700 * time.Millisecond},
		"the wake-up was lost": {false, pollInterval},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLookout()
				time.AfterFunc(700*time.Millisecond, func() { l.push(c.token) })
				start := time.Now()
				if err := l.poll(t.Context(), dequeue(t.Context())); err != nil || time.Since(start) != c.after {
					t.Errorf("%v after %v, want the task after %v", err, time.Since(start), c.after)
				}
				if l.asked != 2 {
					t.Errorf("asked %d times, want once at the start and once for the task", l.asked)
				}
			})
		})
	}
}

func TestServerStopsWaitingAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLookout()
		time.AfterFunc(time.Millisecond, l.stop)
		start := time.Now()
		for range 2 {
			if err := l.poll(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) || time.Since(start) != time.Millisecond {
				t.Errorf("%v after %v, want nothing after a millisecond", err, time.Since(start))
			}
		}
	})
}

func TestServerThatCannotBeWokenPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLookout()
		l.bell.err = errors.New("NOPERM this user has no permissions to run the 'blpop' command")
		start := time.Now()
		for range 3 {
			if err := l.poll(t.Context(), dequeue(t.Context())); !errors.Is(err, redis.Nil) || time.Since(start) != 0 {
				t.Errorf("%v after %v, want asynq's own polling", err, time.Since(start))
			}
		}
		l.push(false)
		if err := l.poll(t.Context(), dequeue(t.Context())); err != nil {
			t.Errorf("%v, want the task", err)
		}
	})
}

// What was found without tokens is found as fast as before, and its tokens go.
func TestBacklogIsTakenUpWithoutTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLookout()
		l.push(true)
		for range 50 { // as after a restart, or when tokens were trimmed
			l.push(false)
		}
		start := time.Now()
		for range 51 {
			if err := l.poll(t.Context(), dequeue(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if l.asked != 51 || l.bell.waits != 0 || time.Since(start) != 0 {
			t.Errorf("asked %d times, waited %d times, %v", l.asked, l.bell.waits, time.Since(start))
		}
		time.AfterFunc(time.Minute, l.stop)
		_ = l.poll(t.Context(), dequeue(t.Context()))
		if l.bell.cleared == 0 {
			t.Error("the tokens of tasks that are gone were left")
		}
	})
}

func TestFloodIsNotTakenUpByTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLookout()
		l.waiting = true
		l.bell.tasks = floodFrom
		for range floodCheck {
			l.push(true)
		}
		for range 100 {
			l.push(false)
		}
		for range floodCheck + 100 {
			if err := l.poll(t.Context(), dequeue(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if l.bell.waits != floodCheck || l.bell.asked != 1 {
			t.Errorf("waited %d times and counted %d times, want %d and 1", l.bell.waits, l.bell.asked, floodCheck)
		}
	})
}

// forward is the command that asynq polls for due retries with.
func forward(ctx context.Context, from string) *redis.Cmd {
	return redis.NewCmd(ctx, "evalsha", "0", 2, queueKey(Replays, from), pendingKey(Replays), 0, queueKey(Replays, "t:"), 0, "")
}

// retried is the command that asynq puts a task off with.
func retried(ctx context.Context, at time.Time) *redis.Cmd {
	q := func(name string) string { return queueKey(Replays, name) }
	return redis.NewCmd(ctx, "evalsha", "0", 8, q("t:1"), q("active"), q("lease"), q("retry"), q("processed:x"), q("failed:x"), q("processed"), q("failed"),
		"1", "message", at.Unix(), 0, 0, 0)
}

func TestRetriesAreLookedForWhenTheyAreDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Duration
		start := time.Now()
		w := newWaker(Replays, newQuietBell(), slog.New(slog.DiscardHandler))
		run := hook{waker: w}.ProcessHook(func(_ context.Context, cmd redis.Cmder) error {
			if scriptOn(cmd, Replays) == forwardScript {
				asked = append(asked, time.Since(start))
				cmd.(*redis.Cmd).SetVal(int64(0)) // moved; asynq asks until nothing is left
			}
			return nil
		})
		second := func() {
			for _, from := range []string{"scheduled", "retry"} {
				cmd := forward(t.Context(), from)
				if err := run(t.Context(), cmd); err != nil || cmd.Val() != int64(0) {
					t.Fatal(cmd.Val(), err)
				}
			}
			time.Sleep(time.Second)
		}
		second() // others may have put something off before this server started
		if err := run(t.Context(), retried(t.Context(), start.Add(3*time.Second))); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			second()
		}
		if want := []time.Duration{0, 0, 3 * time.Second, 3 * time.Second}; !slices.Equal(asked, want) {
			t.Errorf("polled after %v, want %v", asked, want)
		}
		for range 120 {
			second()
		}
		if n := len(asked) - 4; n < 2*3 || n > 2*12 {
			t.Errorf("polled %d times in two minutes for what others put off", n)
		}
	})
}
