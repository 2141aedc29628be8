package tasks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
)

// Client tells the queue that there is work. It is safe for concurrent use.
type Client struct {
	redis *redis.Client
	asynq *asynq.Client

	timeout time.Duration // of an Enqueue whose context has no deadline
}

// NewClient connects lazily: Redis need not be there yet.
func NewClient(options *redis.Options) *Client {
	client := redis.NewClient(forProducers(options))
	client.AddHook(ringer{client})
	return &Client{redis: client, asynq: asynq.NewClientFromRedisClient(client), timeout: enqueueTimeout}
}

// Enqueue adds tasks for jobs in their order and stops at the first that cannot
// be added; that one and those after it are left to the sweeper. It takes a
// second at most unless ctx has a deadline of its own. Enqueueing a job again
// with the same attempt number does nothing. Each task wakes one server that waits.
func (c *Client) Enqueue(ctx context.Context, jobs ...job.Job) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	for _, j := range jobs {
		task, err := newTask(j)
		if err != nil {
			return err
		}
		_, err = c.asynq.EnqueueContext(ctx, task)
		// The id is ours alone, so a conflict means that this very attempt arrived
		// before: its reply was lost, or somebody was first.
		if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			return fmt.Errorf("enqueue %s: %w", taskID(j), err)
		}
	}
	return nil
}

// Close closes the client's connections.
func (c *Client) Close() error { return c.redis.Close() }
