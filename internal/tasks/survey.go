package tasks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
)

const (
	// leaseDuration is what asynq's servers extend the lease on a running task
	// to, every beat of 5 seconds.
	leaseDuration = 30 * time.Second

	// deadAfter is how long a server may let a lease be before its task is
	// taken from it: two beats and some grace for a slow one. A server that is
	// only slow loses nothing but work done twice.
	deadAfter = 12 * time.Second

	// archiveBatch is how many archived tasks one sweep settles in each queue.
	archiveBatch = 100
)

// found is the state of the queues at one moment.
type found struct {
	lost     bool
	first    bool               // nothing was known before
	pending  int64              // waiting tasks, all queues together
	silent   map[Queue][]string // running tasks whose server is silent
	archived map[Queue][]string // tasks asynq gave up
}

// survey reads all it needs to know in one round trip.
func (s *Sweeper) survey(ctx context.Context) (found, error) {
	pipe := s.redis.Pipeline()
	epoch := pipe.Incr(ctx, epochKey)
	pending := make(map[Queue]*redis.IntCmd, len(Queues))
	silent := make(map[Queue]*redis.StringSliceCmd, len(Queues))
	archived := make(map[Queue]*redis.StringSliceCmd, len(Queues))
	for _, q := range Queues {
		pipe.SAdd(ctx, allQueuesKey, string(q))
		pending[q] = pipe.LLen(ctx, pendingKey(q))
		silent[q] = pipe.ZRangeByScore(ctx, leaseKey(q), &redis.ZRangeBy{Min: "-inf", Max: s.silentBefore()})
		archived[q] = pipe.ZRange(ctx, archivedKey(q), 0, archiveBatch-1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return found{}, err
	}
	f := found{silent: map[Queue][]string{}, archived: map[Queue][]string{}}
	f.first = s.epoch == 0 && !s.known
	f.lost = epoch.Val() == 1 || epoch.Val() <= s.epoch
	s.epoch, s.known = epoch.Val(), true
	for _, q := range Queues {
		f.pending += pending[q].Val()
		f.silent[q] = silent[q].Val()
		f.archived[q] = archived[q].Val()
	}
	return f, nil
}

// silentBefore is the lease, in Unix seconds, that a server which missed its
// beats left behind at best.
func (s *Sweeper) silentBefore() string {
	return strconv.FormatInt(s.now().Add(leaseDuration-deadAfter).Unix(), 10)
}

// takeScript removes a running task whose lease was not extended, so that one
// sweeper alone enqueues its job again and asynq's own recovery, a minute or two
// later, does not.
//
//	KEYS[1] lease, KEYS[2] active, KEYS[3] the task
//	ARGV[1] the task's id, ARGV[2] the lease of silent servers
//
// It returns 1 when it removed the task, 0 when the task ended or lives.
var takeScript = redis.NewScript(`
local lease = redis.call("ZSCORE", KEYS[1], ARGV[1])
if not lease or tonumber(lease) > tonumber(ARGV[2]) then
	return 0
end
redis.call("ZREM", KEYS[1], ARGV[1])
redis.call("LREM", KEYS[2], 0, ARGV[1])
redis.call("DEL", KEYS[3])
return 1`)

// takeOrphans takes tasks from dead servers and enqueues their jobs again. Dying in
// between leaves the jobs to askAfterDue.
func (s *Sweeper) takeOrphans(ctx context.Context, silent map[Queue][]string, swept *Swept) error {
	var ids []job.ID
	for q, tasks := range silent {
		for _, task := range tasks {
			keys := []string{leaseKey(q), activeKey(q), taskKey(q, task)}
			taken, err := takeScript.Run(ctx, s.redis, keys, task, s.silentBefore()).Int()
			if err != nil {
				return fmt.Errorf("take task %s: %w", task, err)
			}
			_, id, err := parseTaskID(task)
			if taken == 0 || err != nil {
				continue // it moved, or has no job
			}
			swept.Orphaned++
			ids = append(ids, id)
			s.log.Warn("worker died; enqueueing its task again", "job_id", id, "task_id", task)
		}
	}
	return s.enqueueAgain(ctx, ids, swept)
}

// settleArchived records the failure of jobs that asynq gave up, then deletes
// the task: the archive holds what was not dealt with. Kinds that this
// process cannot record are left to another.
func (s *Sweeper) settleArchived(ctx context.Context, archived map[Queue][]string, swept *Swept) error {
	for q, tasks := range archived {
		for _, task := range tasks {
			kind, id, err := parseTaskID(task)
			if deadLetter := s.deadLetter[kind]; err == nil {
				if deadLetter == nil {
					continue
				}
				err = deadLetter(ctx, id, s.lastError(q, task))
				if err != nil && !errors.Is(err, job.ErrDone) {
					return fmt.Errorf("give up job %d: %w", id, err)
				}
			}
			err = s.inspect.DeleteTask(string(q), task)
			if err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
				return fmt.Errorf("delete archived task %s: %w", task, err)
			}
			swept.Archived++
			s.log.Error("task given up", "job_id", id, "task_id", task)
		}
	}
	return nil
}

// lastError is what asynq noted of a task's last failure.
func (s *Sweeper) lastError(q Queue, task string) string {
	info, err := s.inspect.GetTaskInfo(string(q), task)
	if err != nil || info.LastErr == "" {
		return "archived without an error"
	}
	return info.LastErr
}

// absent are those of jobs whose last enqueue attempt left no task. A kind that only a
// newer program knows is that program's to enqueue.
func (s *Sweeper) absent(ctx context.Context, jobs []job.Job) ([]job.ID, error) {
	pipe := s.redis.Pipeline()
	traces := make(map[job.ID]*redis.IntCmd, len(jobs))
	for _, j := range jobs {
		if route, known := routes[j.Kind]; known {
			traces[j.ID] = pipe.Exists(ctx, taskKey(route.queue, taskID(j)))
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var ids []job.ID
	for id, trace := range traces {
		if trace.Val() == 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // older first
	return ids, nil
}
