package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/evoladder/evoladderbot/internal/blob"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// openTimeout bounds a command's wait for a database that is still starting, or
// being migrated by another process. A long-running program waits without end:
// its health answers meanwhile, and a supervisor that counts restarts would give
// it up for an outage that is not its own.
const openTimeout = 70 * time.Second

// closeTimeout bounds a command's end. A long-running program closes within its
// share of SHUTDOWN_TIMEOUT.
const closeTimeout = 10 * time.Second

// The log says what is waited for after slowOpen, and again every stillOpening.
const (
	slowOpen     = 2 * time.Second
	stillOpening = time.Minute
)

// Base is what every process stands on: the database, the files, the queue.
type Base struct {
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Store   *store.Store
	Blobs   *blob.Store
	Queue   *tasks.Client

	redis  *redis.Options
	closes []func() error // in the order of opening
	// closeTimeout bounds Close: a database or a disk that hangs must not hold a
	// process that has drained.
	closeTimeout time.Duration
	waiting      atomic.Pointer[string] // what opening waits for
	yields       bool                   // see store.Yielding
}

// Open opens the base for a command, which does not wait longer than a minute.
// Nothing of it is kept when it fails.
func Open(ctx context.Context, log *slog.Logger, settings config.Storage) (*Base, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	b := newBase(log, closeTimeout)
	return b, b.open(ctx, settings)
}

func newBase(log *slog.Logger, closeTimeout time.Duration) *Base {
	tasks.RouteRedisLogs(log)
	b := &Base{Log: log, Metrics: telemetry.NewMetrics(), closeTimeout: closeTimeout}
	b.Metrics.Built(Version())
	b.waits("its settings")
	return b
}

// open opens everything, and waits until ctx ends for what is away. It closes
// again what it opened when it fails.
func (b *Base) open(ctx context.Context, settings config.Storage) (err error) {
	opened := make(chan struct{})
	go b.sayWaiting(opened)
	defer func() {
		close(opened)
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	b.waits("the database")
	if b.Store, err = b.openStore(ctx, settings); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	b.closes = append(b.closes, b.Store.Close)
	b.Metrics.WatchBacklog(b.backlog)

	b.waits("the file storage")
	keys := blob.WithKeys(settings.S3KeyID, settings.S3Secret.Reveal())
	if b.Blobs, err = blob.Open(ctx, settings.Blobs(), keys, blob.Waiting()); err != nil {
		return err
	}
	if err := shareFiles(ctx, b.Store, b.Blobs); err != nil {
		return fmt.Errorf("check file storage: %w", err)
	}
	b.waits("the queue")
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

// openStore opens the database, and waits for one that cannot be reached.
func (b *Base) openStore(ctx context.Context, settings config.Storage) (*store.Store, error) {
	options := []store.Option{store.WithMaxConns(settings.MaxConns()), store.WithLog(b.Log)}
	if b.yields {
		options = append(options, store.Yielding())
	}
	for {
		database, err := store.Open(ctx, settings.Database(), options...)
		if err == nil || !store.Away(err) || ctx.Err() != nil {
			return database, err
		}
		b.Log.Warn("the database cannot be reached; waiting for it", "error", err)
	}
}

// waits notes what opening waits for.
func (b *Base) waits(what string) { b.waiting.Store(&what) }

// sayWaiting says in the log what opening waits for, until it has opened.
func (b *Base) sayWaiting(opened <-chan struct{}) {
	for pause := slowOpen; ; pause = stillOpening {
		select {
		case <-opened:
			return
		case <-time.After(pause):
			b.Log.Info("waiting for " + *b.waiting.Load())
		}
	}
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

// Close closes everything in the reverse order of opening. What has not closed in
// time is left to the end of the process: nothing of it is kept in memory alone.
func (b *Base) Close() error {
	closes := b.closes
	b.closes = nil
	closed := make(chan error, 1)
	go func() {
		var errs []error
		for _, one := range slices.Backward(closes) {
			errs = append(errs, one())
		}
		closed <- errors.Join(errs...)
	}()
	select {
	case err := <-closed:
		return err
	case <-time.After(b.closeTimeout):
		return fmt.Errorf("close connections: %w", ErrUndrained)
	}
}

// Checks are what a process needs to be of use. One that consumes is of none
// without the queue; one that only takes uploads is, since their jobs are in the
// database and enqueued later.
func (b *Base) Checks(consumes bool) []telemetry.Check {
	return []telemetry.Check{
		{Name: "database", Probe: b.database},
		{Name: "queue", Probe: func(ctx context.Context) error { return b.queue(ctx, consumes) }},
		{Name: "files", Probe: b.files},
	}
}

// queue says whether Redis does what the queue needs, and which queues wait for
// an operator.
func (b *Base) queue(ctx context.Context, consumes bool) error {
	paused, err := b.Queue.Health(ctx)
	if err == nil && len(paused) > 0 {
		return telemetry.Fine("degraded: paused by an operator: " + joined(paused))
	}
	if err == nil {
		return nil
	}
	why := "redis does not answer"
	for known, says := range map[error]string{
		tasks.ErrRedisFull:    "redis is full",
		tasks.ErrRedisRefuses: "redis refuses writes",
		tasks.ErrRedisLogin:   "redis refuses the login of REDIS_URL",
	} {
		if errors.Is(err, known) {
			why = says
		}
	}
	if !consumes {
		return telemetry.Fine("degraded: " + why + "; uploads are accepted and parsed later")
	}
	return telemetry.Failing("failing: " + why)
}

func joined(queues []tasks.Queue) string {
	names := make([]string, len(queues))
	for i, q := range queues {
		names[i] = string(q)
	}
	return strings.Join(names, ", ")
}

// files says whether the file storage answers, and whether it did what this
// process last asked of it.
func (b *Base) files(ctx context.Context) error {
	if err := b.Blobs.Ping(ctx); err != nil {
		return telemetry.Failing("failing: the file storage cannot be reached")
	}
	if act := b.Blobs.Failing(); act != "" {
		return telemetry.Failing("failing: files cannot be " + act)
	}
	return nil
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
func (b *Base) Sweeper() Part {
	return Part{Name: "sweeper", Run: func(ctx context.Context) error {
		sweeper := tasks.NewSweeper(b.redis, b.Store, b.Queue, tasks.SweeperOptions{Log: b.Log, DeadLetter: b.deadLetter()})
		sweeper.Run(ctx)
		return sweeper.Close()
	}}
}

// queueServer is a tasks.Server.
type queueServer interface {
	Start() error
	Shutdown(ctx context.Context) error
}

// consumer is the part that runs servers of queues. They drain side by side, each in
// the whole of the part's share.
func consumer(name string, weight int, servers ...queueServer) Part {
	return Part{Name: name, Weight: weight, Run: func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		for _, server := range servers {
			group.Go(func() error {
				if err := server.Start(); err != nil {
					return err
				}
				<-ctx.Done()
				drain, cancel := Drain(ctx)
				defer cancel()
				return server.Shutdown(drain)
			})
		}
		return group.Wait()
	}}
}

func (b *Base) backlog(ctx context.Context) ([]telemetry.Backlog, error) {
	jobs, err := b.Store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]telemetry.Backlog, 0, len(jobs))
	for _, j := range jobs {
		rows = append(rows, telemetry.Backlog{Kind: string(j.Kind), Count: j.Waiting + j.Begun, Oldest: time.Since(j.Oldest)})
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
