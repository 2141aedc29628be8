package tasks

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"github.com/evoladder/evoladderbot/internal/job"
)

// Queue names a queue; each has servers of its own, so that none waits for
// another's work.
type Queue string

// The queues.
const (
	Replays Queue = "replays" // somebody waits for it
	Bulk    Queue = "bulk"    // none does
	Discord Queue = "discord" // consumed by the process that holds the token
	Ladder  Queue = "ladder"  // timers, consumed by the process that runs the matchmaker
)

// Queues are all queues there are.
var Queues = []Queue{Replays, Bulk, Discord, Ladder}

const (
	// maxRetry ends a task whose handler fails for our own reasons. With the
	// delays of retryDelay it takes a day: longer than an outage we would sit
	// out, short enough that somebody gets an answer.
	maxRetry = 24 * 60

	// parseTimeout is far over the deadlines of two parser children, the file's
	// download and two transactions. asynq counts whole seconds.
	parseTimeout = 2 * time.Minute

	// announceTimeout lets a message wait out Discord's rate limits.
	announceTimeout = 2 * time.Minute

	// fetchTimeout is over the bot's own deadlines for finding a reply, one
	// upload and one refusal.
	fetchTimeout = 2 * time.Minute

	// ladderTimeout is far over one transaction and the tries it may take.
	ladderTimeout = time.Minute

	maxRetryDelay = time.Minute
)

// route is how tasks of one kind travel.
type route struct {
	queue   Queue
	timeout time.Duration
}

var routes = map[job.Kind]route{
	job.Parse:    {Replays, parseTimeout},
	job.Reparse:  {Bulk, parseTimeout},
	job.Announce: {Discord, announceTimeout},
	job.Fetch:    {Discord, fetchTimeout},

	job.MatchTimer: {Ladder, ladderTimeout},
	job.EntryTimer: {Ladder, ladderTimeout},
}

// payload is the body of every task.
type payload struct {
	Job job.ID `json:"job"`
}

// newTask is j as it goes over the wire.
func newTask(j job.Job) (*asynq.Task, error) {
	route, ok := routes[j.Kind]
	if !ok {
		return nil, fmt.Errorf("no queue for jobs of kind %q", j.Kind)
	}
	body, err := json.Marshal(payload{Job: j.ID})
	if err != nil {
		return nil, fmt.Errorf("encode job %d: %w", j.ID, err)
	}
	return asynq.NewTask(string(j.Kind), body,
		asynq.Queue(string(route.queue)),
		asynq.TaskID(taskID(j)),
		asynq.MaxRetry(maxRetry),
		asynq.Timeout(route.timeout),
	), nil
}

// taskID names one enqueue attempt of j.
func taskID(j job.Job) string {
	return string(j.Kind) + ":" + strconv.FormatInt(int64(j.ID), 10) + ":" + strconv.Itoa(j.EnqueueAttempt)
}

// parseTaskID is the inverse of taskID, as far as the sweeper needs it.
func parseTaskID(id string) (job.Kind, job.ID, error) {
	rest, _, ok := cutLast(id)
	kind, number, ok2 := cutLast(rest)
	jobID, err := strconv.ParseInt(number, 10, 64)
	if !ok || !ok2 || err != nil {
		return "", 0, fmt.Errorf("task id %q is not ours", id)
	}
	return job.Kind(kind), job.ID(jobID), nil
}

func cutLast(s string) (before, after string, found bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return s, "", false
	}
	return s[:colon], s[colon+1:], true
}

// parsePayload reads the body of a task.
func parsePayload(body []byte) (job.ID, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return 0, fmt.Errorf("decode task payload: %w", err)
	}
	if p.Job <= 0 {
		return 0, fmt.Errorf("decode task payload: job id %d", p.Job)
	}
	return p.Job, nil
}
