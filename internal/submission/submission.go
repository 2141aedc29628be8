// Package submission owns what a player hands in: the path of one file from
// intake to answer, as plain values, and the one door through which every
// file enters.
package submission

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// ID identifies one upload; the same file uploaded twice has two.
type ID int64

// ReplayID identifies one distinct file, whatever its uploads.
type ReplayID int64

// AnnouncementID identifies one message to Discord.
type AnnouncementID int64

// RequestID identifies one Request.
type RequestID int64

// Source is the edge an upload came in by.
type Source string

// The edges.
const (
	FromDiscord Source = "discord"
	FromWeb     Source = "web"
	FromCLI     Source = "cli"
)

// State is how far a submission has come, as a player sees it.
type State string

// The states, in their order; Done and Failed are final.
const (
	Queued  State = "queued"
	Parsing State = "parsing"
	Done    State = "done"
	Failed  State = "failed"
)

// Final says whether the answer is known.
func (s State) Final() bool { return s == Done || s == Failed }

// Reply is the Discord message that becomes the answer.
type Reply struct {
	ChannelID string
	MessageID string // the message to edit; empty: it is not known, or there is none
	UserID    string // the user to mention when a new message is needed
	Command   Command
}

// Request is an upload to Discord that was heard of and is neither in nor
// refused: all that another process needs to go on with it.
type Request struct {
	ID          RequestID
	Key         string // see Arrival.Key
	Channel     string
	Message     string // that holds the file and is replied to; empty: a command
	User        string
	Guild       string // empty in direct messages, and where it is not known
	Direct      bool   // by direct message; for RecordRequests alone, which does not keep it here
	FileName    string
	Bytes       int64  // as Discord says
	URL         string // of the file; signed, so never for a log
	Application string // with Token, what finds a command's reply
	Token       string // of the interaction, for 15 minutes; a secret
	Part        int    // which of a command's replies: 0 is the response, others follow it
	Received    time.Time
	Language    phrase.Language // of what its player reads; empty: English
}

// Arrival is an upload whose bytes are safe in the blob store.
type Arrival struct {
	Source        Source
	Uploader      string          // Discord user id; empty where no user is known
	Guild         string          // Discord server id; empty outside of one
	Unlisted      bool            // not for the public list
	Language      phrase.Language // of the answer; empty: English
	FileName      string
	Key           string // names the upload itself, so that its repetition is recognised; empty: never a repetition
	SHA256        string // lower-case hex of the file
	Bytes         int64
	ParserVersion int       // a result older than this is not an answer
	Reply         *Reply    // where the answer goes; nil: somebody looks for it
	Quota         Quota     // what Uploader and Guild may send
	Sent          time.Time // when its sender sent it; zero: At
	At            time.Time // when it is recorded, which quotas count by
}

// Receipt says what became of an Arrival.
type Receipt struct {
	ID       ID
	ReplayID ReplayID
	SHA256   string
	Known    bool      // the answer was there already; nothing is parsed again
	Repeated bool      // this very upload was recorded before; nothing was written
	Jobs     []job.Job // to be enqueued
}

// Work is a parse job as a worker takes it up.
type Work struct {
	Job        job.Job
	Replay     ReplayID
	Submission ID // the first that waits for it; 0: none does
	SHA256     string
	Bytes      int64
	Attempts   int // how often some worker has begun it, this time included
}

// Verdict is what became of a file: either Summary or Failure is set.
type Verdict struct {
	ParserVersion int
	Summary       json.RawMessage // the JSON of replay.Replay without its timeline
	Timeline      json.RawMessage // the JSON of replay.Timeline; nil where there is none
	Failure       *failure.Error
	At            time.Time
}

// View is a submission as pages and messages show it.
type View struct {
	ID       ID
	ReplayID ReplayID
	Source   Source
	FileName string
	SHA256   string
	Bytes    int64
	Unlisted bool            // not for the public list: shown to those who have its address
	Language phrase.Language // of a message that gives the answer; pages have their readers'
	State    State
	Sent     time.Time       // when its sender sent it, or as near to that as is known
	Answered time.Time       // zero until State is final
	Summary  json.RawMessage // set when Done
	Failure  *failure.Error  // set when Failed; its Cause is nil
}

// ErrUnknown says that there is no submission of the id asked for.
var ErrUnknown = errors.New("no such submission")

// AnnouncementKind says what an announcement tells. The kinds stand in the
// database.
type AnnouncementKind string

// ReplayResult announces the answer to one submission.
const ReplayResult AnnouncementKind = "replay_result"

// Announcement is one message to Discord.
type Announcement struct {
	ID         AnnouncementID
	Kind       AnnouncementKind
	Reply      Reply
	Submission View
}

// Delivery is how an announcement ended.
type Delivery struct {
	Sent      bool   // false: undeliverable, for good
	ChannelID string // where the message stands, when Sent
	MessageID string
	Detail    string // why it is undeliverable, for the operator
	At        time.Time
}
