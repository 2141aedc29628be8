package tasks_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

func TestRedisURL(t *testing.T) {
	t.Parallel()
	options, err := tasks.Redis("redis://:secret@queue.internal:6380/2")
	if err != nil {
		t.Fatal(err)
	}
	if options.Addr != "queue.internal:6380" || options.Password != "secret" || options.DB != 2 {
		t.Errorf("read as %s/%d", options.Addr, options.DB)
	}
	if _, err := tasks.Redis("http://:secret@queue.internal"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v, want one without the password", err)
	}
}

func TestCheckRedisWarnsOfWhatLosesWork(t *testing.T) {
	t.Parallel()
	checks := map[string]struct {
		options func(t *testing.T) *redis.Options
		warning string // empty: none
	}{
		"sound": {func(t *testing.T) *redis.Options {
			return redistest.Private(t, "--appendonly", "yes").Options()
		}, ""},
		"evicts": {func(t *testing.T) *redis.Options {
			return redistest.Private(t, "--appendonly", "yes", "--maxmemory-policy", "allkeys-lru").Options()
		}, "evicts keys"},
		"keeps nothing": {func(t *testing.T) *redis.Options { return redistest.Private(t).Options() }, "append-only"},
		"is down": {func(t *testing.T) *redis.Options {
			server := redistest.Private(t)
			server.Kill()
			return server.Options()
		}, "does not answer"},
		"is embedded": {func(t *testing.T) *redis.Options { return redistest.Embedded(t) }, ""},
		"is full": {func(t *testing.T) *redis.Options {
			return redistest.Private(t, "--appendonly", "yes", "--maxmemory", "1").Options()
		}, "cannot be used"},
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines bytes.Buffer
			options := check.options(t)
			if err := tasks.CheckRedis(t.Context(), options, slog.New(slog.NewTextHandler(&lines, nil))); err != nil {
				t.Fatal(err)
			}
			if check.warning == "" && lines.Len() > 0 || !strings.Contains(lines.String(), check.warning) {
				t.Errorf("logged %q, want a line with %q", &lines, check.warning)
			}
		})
	}
}

// What no waiting mends ends the start, with the name of the setting.
func TestRedisThatRefusesOurLoginEndsTheStart(t *testing.T) {
	t.Parallel()
	const password = "open-sesame"
	for name, options := range map[string]func(t *testing.T) *redis.Options{
		"no password is given (NOAUTH)": func(t *testing.T) *redis.Options {
			return redistest.Private(t, "--requirepass", password).Options()
		},
		"the password is wrong (WRONGPASS)": func(t *testing.T) *redis.Options {
			options := redistest.Private(t, "--requirepass", password).Options()
			options.Password = "wrong"
			return options
		},
		"the user may not write (NOPERM)": func(t *testing.T) *redis.Options {
			options := redistest.Private(t, "--user", "reader", "on", ">"+password, "~*", "+@read", "+@connection").Options()
			options.Username, options.Password = "reader", password
			return options
		},
		"the user may not run scripts (NOPERM)": func(t *testing.T) *redis.Options {
			options := redistest.Private(t, "--user", "writer", "on", ">"+password, "~*", "+@all", "-@scripting").Options()
			options.Username, options.Password = "writer", password
			return options
		},
		"there is no such database": func(t *testing.T) *redis.Options {
			options := redistest.Private(t, "--databases", "1").Options()
			options.DB = 7
			return options
		},
		"embedded": func(t *testing.T) *redis.Options {
			options := redistest.Embedded(t)
			options.Password = "wrong"
			return options
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tasks.CheckRedis(t.Context(), options(t), quiet())
			if !errors.Is(err, tasks.ErrRedisLogin) || !strings.Contains(err.Error(), "REDIS_URL") || strings.Contains(err.Error(), password) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestPausedQueuesAreNamed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		client := newClient(options)
		defer client.Close()
		inspector := asynq.NewInspector(tasks.NewMonitor(options))
		defer inspector.Close()
		look := func(want ...tasks.Queue) {
			t.Helper()
			if got, err := client.Health(t.Context()); err != nil || !slices.Equal(got, want) {
				t.Errorf("paused %v, %v; want %v", got, err, want)
			}
		}
		look()
		if err := inspector.PauseQueue(string(tasks.Discord)); err != nil {
			t.Fatal(err)
		}
		look(tasks.Discord)
		if err := inspector.UnpauseQueue(string(tasks.Discord)); err != nil {
			t.Fatal(err)
		}
		look()
	})
}

func TestOldRedisIsRefused(t *testing.T) {
	t.Parallel()
	for version, old := range map[string]bool{"6.0.16": true, "5.0": true, "6.2.0": false, "7.0.15": false, "10.1": false} {
		if got := tasks.TooOld(version); got != old {
			t.Errorf("version %s: too old %v", version, got)
		}
	}
}

func TestConnectionsToRedisStayWithinTheirNumber(t *testing.T) {
	t.Parallel()
	const limit = 12
	server := redistest.Private(t)
	options := tasks.Bounded(server.Options(), limit)
	client := tasks.NewClient(options)
	defer client.Close()
	var handled sync.WaitGroup
	handled.Add(60)
	for _, queue := range []tasks.Queue{tasks.Replays, tasks.Discord, tasks.Bulk} {
		concurrency := 16
		if queue == tasks.Bulk {
			concurrency = 1
		}
		consumer := tasks.NewServer(options, queue, concurrency, quiet())
		if queue == tasks.Replays {
			consumer.Handle(job.Parse, func(context.Context, job.ID) error { handled.Done(); return nil })
		}
		if err := consumer.Start(); err != nil {
			t.Fatal(err)
		}
		defer consumer.Shutdown(context.Background())
	}
	for i := range 60 {
		go func() {
			if err := client.Enqueue(context.Background(), job.Job{ID: job.ID(i + 1), Kind: job.Parse}); err != nil {
				t.Error(err)
			}
		}()
	}
	handled.Wait()
	raw := redis.NewClient(server.Options())
	defer raw.Close()
	clients, err := raw.ClientList(context.Background()).Result()
	if err != nil {
		t.Fatal(err)
	}
	if held := strings.Count(clients, "\n") - 1; held > limit || held < 4 { // without this test's own
		t.Errorf("%d connections of %d:\n%s", held, limit, clients)
	}
}
