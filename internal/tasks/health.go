package tasks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Why Redis is of no use although it answers.
var (
	// ErrRedisLogin says that the server does not let us in, or not do what the
	// queue does. No waiting helps: the setting or the server's ACL is wrong.
	ErrRedisLogin = errors.New("redis refuses what REDIS_URL says: its user, password or database is wrong or may not use the queue; " +
		"set REDIS_URL to redis://user:password@host:port/database")
	// ErrRedisFull says that its memory is full, and that it evicts nothing.
	ErrRedisFull = errors.New("redis is full: maxmemory is reached")
	// ErrRedisRefuses says that it takes no writes for another reason: it is a
	// replica, cannot save, or is still loading.
	ErrRedisRefuses = errors.New("redis refuses writes")
)

const (
	// probeKey is written to see whether Redis takes writes.
	probeKey  = "evoladder:probe"
	probeLife = time.Minute
)

// pausedScript says of each key whether it is there: asynq has one for a paused
// queue. It is a script because asynq's commands are scripts on such keys, which
// a login may be refused.
var pausedScript = redis.NewScript(`
local paused = {}
for i, key in ipairs(KEYS) do paused[i] = redis.call("EXISTS", key) end
return paused`)

// Health uses Redis as the queue does, with a write and a script, and says which
// queues an operator has paused. Its error is one of those above where Redis
// answers.
func (c *Client) Health(ctx context.Context) (paused []Queue, err error) {
	return health(ctx, c.redis)
}

func health(ctx context.Context, client *redis.Client) (paused []Queue, err error) {
	if err := client.Set(ctx, probeKey, "", probeLife).Err(); err != nil {
		return nil, unusable(err)
	}
	keys := make([]string, len(Queues))
	for i, q := range Queues {
		keys[i] = queueKey(q, "paused")
	}
	found, err := pausedScript.Run(ctx, client, keys).Int64Slice()
	if err != nil {
		return nil, unusable(err)
	}
	for i, one := range found {
		if one == 1 {
			paused = append(paused, Queues[i])
		}
	}
	return paused, nil
}

// unusable names what an error of Redis means for the queue.
func unusable(err error) error {
	_, answered := errors.AsType[redis.Error](err)
	switch {
	case !answered:
		return fmt.Errorf("use redis: %w", err)
	case refusesLogin(err):
		return fmt.Errorf("%w: %w", ErrRedisLogin, err)
	case redis.IsOOMError(err):
		return fmt.Errorf("%w: %w", ErrRedisFull, err)
	}
	return fmt.Errorf("%w: %w", ErrRedisRefuses, err)
}

// refusesLogin says whether an answer will be the same until somebody changes
// the setting or the server: WRONGPASS, NOAUTH, NOPERM, a password where none is
// wanted, a database that is not there.
func refusesLogin(err error) bool {
	if redis.IsAuthError(err) || redis.IsPermissionError(err) {
		return true
	}
	return strings.Contains(err.Error(), "DB index") // of SELECT, when a connection is made
}
