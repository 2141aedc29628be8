// Package service owns how the parts become processes: it opens what every
// process stands on, and puts the bot, the worker and the page together from
// it. The binaries under cmd choose which of them run side by side.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/process"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/blob"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// openTimeout bounds the wait for a database that is still starting, or being
// migrated by another process.
const openTimeout = 70 * time.Second

// slowOpen is after how long the log says what is waited for.
const slowOpen = 2 * time.Second

// Base is what every process stands on: the database, the files, the queue.
type Base struct {
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Store   *store.Store
	Blobs   *blob.Store
	Queue   *tasks.Client

	redis  *redis.Options
	closes []func() error // in the order of opening
}

// Open opens the base. Nothing of it is kept when it fails.
func Open(ctx context.Context, log *slog.Logger, settings config.Storage) (*Base, error) {
	tasks.RouteRedisLogs(log)
	b := &Base{Log: log, Metrics: telemetry.NewMetrics()}
	if err := b.open(ctx, settings); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Base) open(ctx context.Context, settings config.Storage) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	defer time.AfterFunc(slowOpen, func() { b.Log.Info("waiting for the database or the file storage") }).Stop()
	var err error
	if b.Store, err = store.Open(ctx, settings.Database(), store.WithMaxConns(settings.MaxConns()), store.WithLog(b.Log)); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	b.closes = append(b.closes, b.Store.Close)
	b.Metrics.WatchBacklog(b.backlog)

	keys := blob.WithKeys(settings.S3KeyID, settings.S3Secret.Reveal())
	if b.Blobs, err = blob.Open(ctx, settings.Blobs(), keys, blob.Waiting()); err != nil {
		return err
	}
	if err := shareFiles(ctx, b.Store, b.Blobs); err != nil {
		return fmt.Errorf("check file storage: %w", err)
	}
	if b.redis, err = b.openRedis(settings); err != nil {
		return fmt.Errorf("open queue: %w", err)
	}
	// A Redis that is away is waited for; one that would lose tasks is not.
	if err := tasks.CheckRedis(ctx, b.redis, b.Log); err != nil {
		return fmt.Errorf("check queue: %w", err)
	}
	b.Queue = tasks.NewClient(b.redis)
	b.closes = append(b.closes, b.Queue.Close)
	return nil
}

func (b *Base) openRedis(settings config.Storage) (*redis.Options, error) {
	if settings.RedisURL != "" {
		options, err := tasks.Redis(settings.RedisURL.Reveal())
		if err != nil {
			return nil, err
		}
		return tasks.Bounded(options, settings.RedisPool), nil
	}
	embedded, err := tasks.Embedded()
	if err != nil {
		return nil, err
	}
	b.closes = append(b.closes, func() error { embedded.Close(); return nil })
	return embedded.Options(), nil
}

// Close closes everything in the reverse order of opening.
func (b *Base) Close() error {
	var errs []error
	for i := len(b.closes) - 1; i >= 0; i-- {
		errs = append(errs, b.closes[i]())
	}
	b.closes = nil
	return errors.Join(errs...)
}

// Checks are what a process needs to be of use.
func (b *Base) Checks() []telemetry.Check {
	return []telemetry.Check{
		{Name: "database", Probe: b.database},
		{Name: "queue", Probe: func(ctx context.Context) error {
			_, err := b.Queue.Health(ctx)
			return err
		}},
	}
}

// database says whether the database answers, and whether its server refuses
// the process more connections than it has.
func (b *Base) database(ctx context.Context) error {
	err := b.Store.Ping(ctx)
	switch {
	case !b.Store.Refused():
		return err
	case err != nil:
		return telemetry.Failing("failing: too many connections")
	}
	return telemetry.Fine("degraded: too many connections")
}

// Sweeper is the part that finds work the queue lost. Every process that
// enqueues runs one; they share the work.
func (b *Base) Sweeper() process.Part {
	return process.Part{Name: "sweeper", Run: func(ctx context.Context) error {
		sweeper := tasks.NewSweeper(b.redis, b.Store, b.Queue, tasks.SweeperOptions{Log: b.Log, GiveUp: b.giveUp()})
		sweeper.Run(ctx)
		return sweeper.Close()
	}}
}

// consumer is the part that runs a server of the queue.
func consumer(name string, server *tasks.Server) process.Part {
	return process.Part{Name: name, Run: func(ctx context.Context) error {
		if err := server.Start(); err != nil {
			return err
		}
		<-ctx.Done()
		return server.Shutdown(context.WithoutCancel(ctx))
	}}
}

func (b *Base) backlog(ctx context.Context) ([]telemetry.Backlog, error) {
	owed, err := b.Store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]telemetry.Backlog, 0, len(owed))
	for _, o := range owed {
		rows = append(rows, telemetry.Backlog{Kind: string(o.Kind), Count: o.Waiting + o.Begun, Oldest: time.Since(o.Oldest)})
	}
	return rows, nil
}

// processName tells processes apart in logs, in job rows and as holders of a
// lease. Host and number alone would not: every container's is number 1, and
// some are named alike.
var processName = sync.OnceValue(func() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%04x", host, os.Getpid(), rand.Uint32N(1<<16))
})
