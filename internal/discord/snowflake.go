package discord

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
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
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count.
const discordEpoch = 1420070400000

// MadeAt is when a snowflake was made; the zero time for what is none.
func MadeAt[T ~string](id T) time.Time {
	flake, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(flake>>22 + discordEpoch)
}

// Snowflake is the oldest id that a message of that time could have.
func Snowflake(at time.Time) MessageID {
	return MessageID(strconv.FormatInt((at.UnixMilli()-discordEpoch)<<22, 10))
}

// Newer says whether snowflake a was made after b; "" is older than all.
func Newer[T ~string](a, b T) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// Nonce is a name that keeps a message single at Discord; at most 25
// characters: https://discord.com/developers/docs/resources/message#create-message
func Nonce(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}
