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
	retryScript          // puts a task off until a retry is due
	requeueScript        // gives a task back, at a shutdown
)

// retryAtPlace is where among its arguments, after its keys, the retry script is
// given the time of the retry, in Unix seconds.
const retryAtPlace = 2

// scriptOn recognises a script by the keys it is given: hashes change with
// every comma in asynq's source, keys with its data model only.
func scriptOn(cmd redis.Cmder, q Queue) script {
	keys := scriptKeys(cmd)
	is := func(place int, name string) bool { return place < len(keys) && keys[place] == queueKey(q, name) }
	switch {
	case is(0, "pending") && is(1, "paused"):
		return dequeueScript
	case is(1, "pending") && (is(0, "retry") || is(0, "scheduled")):
		return forwardScript
	case is(1, "active") && is(2, "lease") && is(3, "retry"):
		return retryScript
	case is(0, "active") && is(1, "lease") && is(2, "pending"):
		return requeueScript
	default:
		return otherScript
	}
}

// scriptKeys are the keys that a command gives a script; none if it runs none.
func scriptKeys(cmd redis.Cmder) []string {
	args := cmd.Args() // EVALSHA hash number-of-keys key… argument…
	if name := cmd.Name(); name != "evalsha" && name != "eval" || len(args) < 3 {
		return nil
	}
	n, _ := args[2].(int)
	if n < 0 || len(args) < 3+n {
		return nil
	}
	keys := make([]string, n)
	for i := range keys {
		keys[i], _ = args[3+i].(string)
	}
	return keys
}

// scriptArg is an argument of a script, after its keys.
func scriptArg(cmd redis.Cmder, place int) any {
	args := cmd.Args()
	if at := 3 + len(scriptKeys(cmd)) + place; at < len(args) {
		return args[at]
	}
	return nil
}
