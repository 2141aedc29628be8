// Package snowflake has the ids of Discord, which is all that many rooms know of it.
package snowflake

import (
	"strconv"
	"time"
)

// Discord's ids, each of its own kind so that none stands where another is meant.
// All are snowflakes, which grow with time.
// https://discord.com/developers/docs/reference#snowflakes
type (
	UserID        string // of a player, or of a bot
	GuildID       string // of a server; "" in direct messages, and where it is not known
	ChannelID     string
	MessageID     string
	AttachmentID  string
	InteractionID string
	ApplicationID string
	RoleID        string
)

// epoch is the first millisecond of 2015, from which snowflakes count.
const epoch = 1420070400000

// MadeAt is when a snowflake was made; the zero time for what is none.
func MadeAt[T ~string](id T) time.Time {
	flake, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(flake>>22 + epoch)
}

// At is the oldest id that a message of that time could have.
func At(at time.Time) MessageID {
	return MessageID(strconv.FormatInt((at.UnixMilli()-epoch)<<22, 10))
}

// Newer says whether snowflake a was made after b; "" is older than all.
func Newer[T ~string](a, b T) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}
