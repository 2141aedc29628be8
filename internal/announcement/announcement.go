// Package announcement holds what is to be said on Discord, whatever it is about: a
// kind, the id of its subject and, where the subject's row does not say everything, a
// small payload. A row is written in the transaction that makes the message
// necessary, and an outbox job delivers it.
package announcement

import (
	"encoding/json"
	"time"

	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// ID identifies one message to Discord.
type ID int64

// Kind says what an announcement is about, and so what its Subject identifies and
// what its Payload is. Kinds stand in the database: they never change their meaning.
type Kind string

// The kinds of announcement.
const (
	// ReplayResult is the answer to one upload, an upload.ID, without a payload.
	ReplayResult Kind = "replay_result"
	// Ladder is a message of the ladder: its payload is a ladder.Message, its subject the
	// message's match, else its entry, else its player.
	Ladder Kind = "ladder"
)

// Announcement is one message to Discord.
type Announcement struct {
	ID      ID
	Kind    Kind
	Subject int64           // the id of what it is about; see Kind
	Payload json.RawMessage // what the subject's row does not say; see Kind; nil: nothing
	Reply   Reply
	Made    time.Time // when it became necessary; the store's to say
}

// Reply is the Discord message that an announcement edits, or where a new one goes.
type Reply struct {
	ChannelID snowflake.ChannelID
	MessageID snowflake.MessageID // the message to edit; empty: it is not known, or there is none
	UserID    snowflake.UserID    // the user to mention when a new message is needed
	Command   Command
}

// Command is what finds the reply to a Discord command when the id of its
// message is not known.
type Command struct {
	Interaction snowflake.InteractionID // of the command's interaction; empty: no command
	Application snowflake.ApplicationID // with Token, what reads and edits the reply
	Token       string                  // works for 15 minutes; a secret
	Part        int                     // which of the command's replies: 0 is the response, others follow it
}

// Delivery is how an announcement ended.
type Delivery struct {
	Sent      bool                // false: undeliverable, for good
	ChannelID snowflake.ChannelID // where the message stands, when Sent
	MessageID snowflake.MessageID
	Detail    string // why it is undeliverable, for the operator
	At        time.Time
}
