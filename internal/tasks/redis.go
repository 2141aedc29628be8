package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Deadlines on one round trip to Redis. It stands next to its users; what
// takes longer is an outage, which the sweeper makes up for.
const (
	dialTimeout  = 2 * time.Second
	replyTimeout = 3 * time.Second

	// enqueueTimeout is how long a producer without a deadline waits; the reply to
	// a player may wait for it. Every caller has this one.
	enqueueTimeout = time.Second
)

// connBuffer is for each direction of a connection: our commands are short,
// and the default of 32 KiB is felt with dozens of connections.
const connBuffer = 4 << 10

// minVersion is the first Redis with every command asynq sends.
const minVersion = "6.2"

// ErrRedisTooOld says that the server lacks commands the queue needs.
var ErrRedisTooOld = errors.New("redis is older than " + minVersion)

// Redis reads a connection URL ("redis://:password@host:6379/0", "rediss://…"
// for TLS, "unix:///path") into options that suit asynq. All that uses the
// queue is made from such options.
func Redis(url string) (*redis.Options, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		// go-redis quotes the URL, which holds the password.
		return nil, errors.New("redis URL is not of the form redis://[user:password@]host:port[/db]")
	}
	return tuned(options), nil
}

// What a process with every part has: two connections for each of the three
// servers (one waits for wake-ups, asynq's for cancelled tasks) and one connection
// each for the sweeper (which sends one command after the other), the bulk
// server and the dashboard. The producer and the two busy servers share what is left.
const (
	fixedConns = 9
	busyPools  = 3
)

// Bounded divides total connections, at least fixedConns+busyPools, among all
// that one process makes from the options, so that they never exceed it. 0 leaves
// the options as they are.
func Bounded(options *redis.Options, total int) *redis.Options {
	if total == 0 {
		return options
	}
	own := *options
	own.PoolSize = max(1, (total-fixedConns)/busyPools)
	return &own
}

// small is options for what is seldom busy; its commands wait for each other.
func small(options *redis.Options) *redis.Options {
	own := *options
	own.PoolSize = 1
	return &own
}

func tuned(options *redis.Options) *redis.Options {
	// Redis before 7.2 answers both with errors that go-redis logs.
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DialTimeout = dialTimeout
	options.DialerRetries = 1
	options.ReadTimeout = replyTimeout
	options.WriteTimeout = replyTimeout
	options.ContextTimeoutEnabled = true
	options.ReadBufferSize = connBuffer
	options.WriteBufferSize = connBuffer
	options.PipelinePoolSize = -1
	return options
}

// forProducers gives up at once: a player waits for the process that enqueues,
// and the sweeper tries again.
func forProducers(options *redis.Options) *redis.Options {
	own := *options
	own.MaxRetries = -1
	return &own
}

// forConsumers repeats a command once, which bridges a restarted Redis.
func forConsumers(options *redis.Options) *redis.Options {
	own := *options
	own.MaxRetries = 1
	return &own
}

// RouteRedisLogs sends what go-redis would write to standard error to log, at
// level debug: each failure also reaches a caller, who says it once. It is
// process-wide; a main calls it first.
func RouteRedisLogs(log *slog.Logger) { redis.SetLogger(redisLog{log}) }

type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(ctx context.Context, format string, args ...any) {
	if l.log.Enabled(ctx, slog.LevelDebug) {
		l.log.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, args...))
	}
}

// CheckRedis looks at the server once, at start. It warns of settings that
// lose work or stop the queue, and of a server that does not answer or takes no
// writes, for a process may start before its Redis; only a server that can never
// do is an error (ErrRedisTooOld, ErrRedisLogin).
func CheckRedis(ctx context.Context, options *redis.Options, log *slog.Logger) error {
	client := redis.NewClient(forProducers(options))
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, replyTimeout)
	defer cancel()
	_, err := health(ctx, client)
	_, answered := errors.AsType[redis.Error](err)
	switch {
	case errors.Is(err, ErrRedisLogin):
		return err
	case answered:
		log.Warn("redis cannot be used; work waits in the database until it can", "error", err)
	case err != nil:
		log.Warn("redis does not answer; work waits in the database until it does", "error", err)
		return nil
	}
	reply, err := client.Info(ctx, "server").Result()
	if err != nil {
		return nil // embedded, or a service that hides its settings
	}
	if version := infoField(reply, "redis_version"); olderThan(version, minVersion) {
		return fmt.Errorf("%w: version %s", ErrRedisTooOld, version)
	}
	memory, _ := client.Info(ctx, "memory").Result()
	if policy := infoField(memory, "maxmemory_policy"); policy != "" && policy != "noeviction" {
		log.Warn("redis evicts keys when it is full; set maxmemory-policy noeviction", "maxmemory_policy", policy)
	}
	persistence, _ := client.Info(ctx, "persistence").Result()
	if infoField(persistence, "aof_enabled") == "0" {
		log.Warn("redis keeps no append-only file; after its restart pending jobs are enqueued again from the database")
	}
	return nil
}

// infoField is one line of INFO's answer, empty when it is not there.
func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}

// olderThan compares dotted versions by their first two numbers; a version
// that cannot be read is not older.
func olderThan(version, minimum string) bool {
	v, w := strings.SplitN(version, ".", 3), strings.SplitN(minimum, ".", 3)
	for i := range 2 {
		if i >= len(v) || i >= len(w) {
			return false
		}
		a, errA := strconv.Atoi(v[i])
		b, errB := strconv.Atoi(w[i])
		if errA != nil || errB != nil || a > b {
			return false
		}
		if a < b {
			return true
		}
	}
	return false
}
