package tasks

import (
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Monitor is a connection for a program that shows the queues; it is what asynq calls
// a RedisConnOpt.
type Monitor struct{ options *redis.Options }

// NewMonitor is a way to connect to the queue that options lead to.
func NewMonitor(options *redis.Options) Monitor { return Monitor{options} }

// MakeRedisClient returns a redis.UniversalClient of its own, which its user
// closes.
func (m Monitor) MakeRedisClient() any { return redis.NewClient(small(forConsumers(m.options))) }

// DescribePayload says in words what a task's payload means.
func DescribePayload(_ string, payload []byte) string {
	id, err := parsePayload(payload)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("job %d; what it is about stands in the table jobs", id)
}
