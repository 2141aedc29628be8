// Package tasks owns the contract of the queue: what stands on its wire, how
// often and how long a task is tried, which server is woken for it, and how
// work is found again that the queue lost.
//
// # The truth is elsewhere
//
// A row in jobs is an outbox job (see package job). The queue only refers to
// it: a task's payload is the job's id, and a
// handler that finds the row gone has nothing to do. So a task may be lost,
// doubled, early or late without harm, and the whole of Redis may be wiped.
//
// # The wire
//
//	kind              queue    what the job's subject is
//	replay:parse      replays  a replay that a player waits for
//	replay:reparse    bulk     a replay read again by a newer parser
//	discord:announce  discord  a message to post on Discord
//	discord:fetch     discord  a pending upload; enqueued by sweepers alone
//	ladder:match      ladder   a match with a moment that is due; by sweepers alone
//	ladder:entry      ladder   an entry of the queue, likewise
//
// A task's id is "kind:job id:attempt". The number makes each enqueue attempt of
// a job a task of its own, since asynq keeps an id taken as long as any trace
// of the task is left. There is no Retention (it would keep ids taken), no
// Unique (its locks leak) and no group.
//
// # What becomes of a task
//
//	the handler says           the task is         the job is
//	nil, job.ErrDone           done                gone: the handler recorded its end
//	job.Snooze                 run again then     pending; none of its retries is used
//	any other error            retried             pending; 1 s later, then 2, 4 … 60 s, or when
//	                                               the error's RetryAfter says
//	(it panics)                retried             pending; the stack is logged
//	nothing before Timeout     retried             pending; the handler's context is cancelled
//	(its kind is unknown)      retried             pending; a newer worker knows the kind
//	(its payload is unreadable) archived           not ours; the sweeper deletes the task
//	errors for about a day     archived            failed: the sweeper records it, then deletes the task
//	(its process is killed)    taken by a sweeper  pending; enqueued again within 20 s
//	(Redis lost it)            absent              pending; enqueued again by a sweeper
//	(its worker drains)        pending again       pending; the next worker takes it
//
// A failure that is the file's own is no error here: the handler records it as
// the answer and returns nil. Nothing is skipped: asynq.SkipRetry is used for
// unreadable payloads alone.
//
// # asynq's layout
//
// asynq v0.26 has no blocking pop, reports a killed worker's tasks only after
// one to two and a half minutes, and its inspector forgets a queue when Redis
// was wiped. Three parts of this package therefore read asynq's own keys: the
// wake-up (bell.go, wake.go), the taking of tasks whose worker is gone and the lookup of
// tasks by id (keys.go). The version is pinned, and TestLayout and TestWakeUp
// fail when it no longer fits; the wake-up then falls back to polling.
package tasks
