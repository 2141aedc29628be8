// Package upload holds the values of one upload's path, from the file as an edge
// received it to the answer as pages and messages show it.
package upload

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// ID identifies one upload; the same file uploaded twice has two.
type ID int64

// ReplayID identifies one distinct file, whatever its uploads.
type ReplayID int64

// PendingID identifies one Pending upload.
type PendingID int64

// Key names an upload itself, so that its repetition is recognised; empty: it is
// never a repetition.
type Key string

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

// Pending is an upload to Discord whose player was promised an answer and which is
// neither accepted nor refused: all that another process needs to go on with it.
type Pending struct {
	ID          PendingID
	Key         Key
	Channel     snowflake.ChannelID
	Message     snowflake.MessageID // that holds the file and is replied to; empty: a command
	User        snowflake.UserID
	Guild       snowflake.GuildID // empty in direct messages, and where it is not known
	Direct      bool              // by direct message; for RecordPending alone, which does not keep it here
	FileName    string
	Bytes       int64                   // as Discord says
	URL         string                  // of the file; signed, so never for a log
	Application snowflake.ApplicationID // with Token, what finds a command's reply
	Token       string                  // of the interaction, for 15 minutes; a secret
	Part        int                     // which of a command's replies: 0 is the response, others follow it
	Received    time.Time
	Language    phrase.Language // of what its player reads; empty: English
}

// Incoming is a file as an edge received it, its bytes in memory.
type Incoming struct {
	Source   Source
	Uploader snowflake.UserID  // empty where no user is known
	Guild    snowflake.GuildID // empty outside of a Discord server
	Address  string            // of the sender, where that is all that is known of him; never recorded
	Unlisted bool              // not for the public list: it was sent in private
	Language phrase.Language   // of the answer; empty: English
	FileName string            // as the uploader's machine wrote it
	Key      Key
	Data     []byte
	Reply    *announcement.Reply // see Arrival.Reply
	Sent     time.Time           // when its sender sent it, before anything of ours; zero: it is not known
}

// Arrival is an upload whose bytes are safe in the blob store.
type Arrival struct {
	Source        Source
	Uploader      snowflake.UserID  // empty where no user is known
	Guild         snowflake.GuildID // empty outside of a Discord server
	Unlisted      bool              // not for the public list
	Language      phrase.Language   // of the answer; empty: English
	FileName      string
	Key           Key
	SHA256        string // lower-case hex of the file
	Bytes         int64
	ParserVersion int                 // a result older than this is not an answer
	Reply         *announcement.Reply // where the answer goes; nil: somebody looks for it
	Quota         quota.Quota         // what Uploader and Guild may send
	Sent          time.Time           // when its sender sent it; zero: At
	At            time.Time           // when it is recorded, which quotas count by
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
	Timeline      json.RawMessage // the JSON of a timeline.Timeline; nil where there is none
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
	Match    *Match          // of Submission alone; nil: the upload belongs to none, or shows none of its games
}

// ErrUnknown says that there is no submission of the id asked for.
var ErrUnknown = errors.New("no such submission")
