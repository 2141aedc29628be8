package discord

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count.
const discordEpoch = 1420070400000

// MadeAt is when a snowflake was made; the zero time for what is none.
func MadeAt(id string) time.Time {
	flake, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(flake>>22 + discordEpoch)
}

// Snowflake is the oldest id that could be made at a time.
func Snowflake(at time.Time) string {
	return strconv.FormatInt((at.UnixMilli()-discordEpoch)<<22, 10)
}

// Newer says whether snowflake a was made after b; "" is older than all.
// https://discord.com/developers/docs/reference#snowflakes
func Newer(a, b string) bool {
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
