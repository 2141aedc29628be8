package discord

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// The ids of what is on the wire.
type (
	UserID        = snowflake.UserID
	GuildID       = snowflake.GuildID
	ChannelID     = snowflake.ChannelID
	MessageID     = snowflake.MessageID
	AttachmentID  = snowflake.AttachmentID
	InteractionID = snowflake.InteractionID
	ApplicationID = snowflake.ApplicationID
	RoleID        = snowflake.RoleID
)

// Mention names a user in a text. Outgoing.Mentions says whether that notifies.
func Mention(user UserID) string { return "<@" + string(user) + ">" }

// Nonce is a name that keeps a message single at Discord; at most 25
// characters: https://discord.com/developers/docs/resources/message#create-message
func Nonce(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}
