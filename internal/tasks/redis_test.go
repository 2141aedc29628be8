package tasks_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/job"

	"github.com/redis/go-redis/v9"

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
		"refuses our password": {func(t *testing.T) *redis.Options {
			options := redistest.Embedded(t)
			options.Password = "wrong"
			return options
		}, "does not answer"},
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
