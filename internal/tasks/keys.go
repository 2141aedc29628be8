package tasks

import (
	"github.com/redis/go-redis/v9"
)

// asynq's keys, as laid out by its internal/base package at v0.26.0.

func queueKey(q Queue, name string) string { return "asynq:{" + string(q) + "}:" + name }
func pendingKey(q Queue) string            { return queueKey(q, "pending") }
func activeKey(q Queue) string             { return queueKey(q, "active") }
func leaseKey(q Queue) string              { return queueKey(q, "lease") }
func archivedKey(q Queue) string           { return queueKey(q, "archived") }
func taskKey(q Queue, id string) string    { return queueKey(q, "t:") + id }

// allQueuesKey holds the queues that dashboards show. A producer registers a
// queue once in its life, so after Redis was wiped somebody else has to.
const allQueuesKey = "asynq:queues"

// script is a Lua script of asynq's that a hook cares for.
type script int

const (
	otherScript   script = iota
	dequeueScript        // takes a task up
	forwardScript        // moves what is due from scheduled or retry to pending
)

// scriptOn recognises a script by the keys it is given: hashes change with
// every comma in asynq's source, keys with its data model only.
func scriptOn(cmd redis.Cmder, q Queue) script {
	args := cmd.Args() // EVALSHA hash number-of-keys key… argument…
	if name := cmd.Name(); name != "evalsha" && name != "eval" || len(args) < 5 {
		return otherScript
	}
	prefix := queueKey(q, "")
	first, _ := args[3].(string)
	second, _ := args[4].(string)
	switch {
	case first == prefix+"pending" && second == prefix+"paused":
		return dequeueScript
	case second == prefix+"pending" &&
		(first == prefix+"retry" || first == prefix+"scheduled"):
		return forwardScript
	default:
		return otherScript
	}
}
