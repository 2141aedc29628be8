package tasks

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// maxTokens bounds the wake-ups that no server waits for; see Client.Enqueue. Who
// trims leaves half of them, so that trimming is rare.
const maxTokens = 4096

// wakeKey is the list of a queue's wake-ups, one token for each task that was
// pushed. A blocking pop hands each to one server, the one that waits longest.
func wakeKey(q Queue) string { return "evoladder:{" + string(q) + "}:wake" }

// pushTokens are n tokens as LPUSH takes them.
func pushTokens(n int) []any {
	tokens := make([]any, min(n, maxTokens/2))
	for i := range tokens {
		tokens[i] = 1
	}
	return tokens
}

// bell is a server's end of its queue's wake-ups.
type bell struct {
	queue  Queue
	client *redis.Client // of one connection, which is blocked while the server is idle
}

func newBell(options *redis.Options, queue Queue) *bell {
	own := small(options)
	own.MaxRetries = -1 // a wake-up that failed is followed by a poll of the queue
	return &bell{queue, redis.NewClient(own)}
}

// wait takes a token, or says that none came for so long.
func (b *bell) wait(ctx context.Context, long time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, long+replyTimeout)
	defer cancel()
	err := b.client.BLPop(ctx, long, wakeKey(b.queue)).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// pending is how many tasks wait.
func (b *bell) pending(ctx context.Context) (int64, error) {
	return b.client.LLen(ctx, pendingKey(b.queue)).Result()
}

// clearScript drops the tokens of tasks that were found without them. A token
// is pushed after its task, so none is dropped whose task still waits.
//
//	KEYS[1] pending, KEYS[2] the tokens
var clearScript = redis.NewScript(`
if redis.call("LLEN", KEYS[1]) == 0 then
	redis.call("DEL", KEYS[2])
end
return 0`)

func (b *bell) clear(ctx context.Context) error {
	return clearScript.Run(ctx, b.client, []string{pendingKey(b.queue), wakeKey(b.queue)}).Err()
}

// close ends a wait that is under way.
func (b *bell) close() error { return b.client.Close() }

// ringer is a go-redis hook on a producer's connections. It pushes a token with
// each task, in the same round trip.
type ringer struct{ client *redis.Client }

// DialHook is part of redis.Hook.
func (r ringer) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook is part of redis.Hook.
func (r ringer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook is part of redis.Hook.
func (r ringer) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		q, ok := enqueues(cmd)
		if !ok {
			return next(ctx, cmd)
		}
		pipe := r.client.Pipeline()
		_ = pipe.Process(ctx, cmd)
		tokens := pipe.LPush(ctx, wakeKey(q), pushTokens(1)...)
		// Servers that miss the wake-up poll by themselves a little later, so only
		// what became of the task itself is of interest.
		_, _ = pipe.Exec(ctx)
		if tokens.Val() > maxTokens {
			r.client.LTrim(ctx, wakeKey(q), 0, maxTokens/2-1)
		}
		return cmd.Err()
	}
}

// enqueues recognises asynq's script that pushes a task, and its queue.
func enqueues(cmd redis.Cmder) (Queue, bool) {
	keys := scriptKeys(cmd)
	if len(keys) != 2 {
		return "", false
	}
	for _, q := range Queues {
		if keys[1] == pendingKey(q) && strings.HasPrefix(keys[0], taskKey(q, "")) {
			return q, true
		}
	}
	return "", false
}
