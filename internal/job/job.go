// Package job defines the jobs of the transactional outbox: a row is written in
// the transaction that makes the work necessary and deleted in the one that
// records it done. A task in the queue only refers to the row; losing the queue
// loses no job.
package job

import (
	"errors"
	"time"
)

// ID identifies a job row.
type ID int64

// Kind says what is to be done. Kinds are the task types on the queue's wire and
// stand in the database: they never change their meaning.
type Kind string

// The kinds of job, with what Subject identifies.
const (
	Parse    Kind = "replay:parse"     // an upload.ReplayID somebody waits for
	Reparse  Kind = "replay:reparse"   // an upload.ReplayID read again by a newer parser
	Announce Kind = "discord:announce" // an announcement.ID
	Fetch    Kind = "discord:fetch"    // an upload.PendingID whose bot may have died

	// Timers of the ladder: one for each live row, due when it next has something to do.
	MatchTimer Kind = "ladder:match" // a ladder.MatchID
	EntryTimer Kind = "ladder:entry" // a ladder.EntryID
)

// Job is a row of the outbox.
type Job struct {
	ID             ID
	Kind           Kind
	Subject        int64 // the id of what the work is about; see Kind
	EnqueueAttempt int   // how often it was enqueued; part of the task's id
	Created        time.Time
}

// ErrDone says that a job's row is gone: another process recorded the
// work first. A handler that gets it writes nothing and treats the work as done.
var ErrDone = errors.New("job is already done")
