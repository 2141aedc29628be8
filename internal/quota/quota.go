// Package quota decides how much one sender may hand in.
package quota

import (
	"fmt"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// Window is the time that an hourly quota looks back.
const Window = time.Hour

// inFlightWait is when somebody whose replays are all being read may ask again,
// where a protocol wants a number. Most are read within a second.
const inFlightWait = 30 * time.Second

// Quota is how much one sender may hand in; 0 is no limit.
type Quota struct {
	PlayerInFlight int // uploads of one player without an answer
	PlayerHour     int // uploads of one player in a Window
	PlayerJunk     int // uploads of one player in a Window that turn out to be no replays
	GuildHour      int // uploads from one Discord server in a Window that are replays, or not read yet
}

// Usage is how much of a quota was used before an upload.
type Usage struct {
	Recorded   bool      // the upload itself is on record; it is no new one
	InFlight   int       // the player's uploads without an answer
	PlayerFrom time.Time // when the player's hourly quota has room; zero: it has
	JunkFrom   time.Time // when the player may send junk again; zero: now
	GuildFrom  time.Time // when the server's hourly quota has room
	Guild      int       // uploads that count towards the server's
	Here       int       // those of them that are the player's
	HereFrom   time.Time // when the oldest of the player's no longer counts; zero: there is none
	InMatch    bool      // the upload belongs to a match of the ladder, which the server's quota does not hold up
}

// guildShare keeps a server's quota from being used up by a few: a member may
// send while he has sent less than this part of what is left. Ten members who
// send all they can use 333 of 600 and leave 29 to the next one; it takes as
// many members as the quota has uploads to leave nothing.
const guildShare = 8

// shared says whether the player has used his share of the server's quota. Who
// has sent nothing may always send.
func (q Quota) shared(used Usage) bool {
	return used.Here > 0 && used.Here*guildShare >= q.GuildHour-used.Guild
}

// GuildOver says whether the server's quota, or the player's share of it, would refuse an
// upload at the time now.
func (q Quota) GuildOver(used Usage, now time.Time) bool {
	return q.GuildHour > 0 && (used.GuildFrom.After(now) || q.shared(used))
}

// Junk says whether a failure means that a file is no replay that can be read. It
// counts for its sender alone then. What may be our own fault is not junk.
func Junk(answer *failure.Error) bool {
	if answer == nil || answer.Text.Key == phrase.FileMissing {
		return false
	}
	switch answer.Kind {
	case failure.Invalid, failure.Unsupported, failure.TooLarge, failure.Poison:
		return true
	}
	return false
}

// Judge refuses an upload at the time now that is over the quota.
func (q Quota) Judge(used Usage, now time.Time) error {
	switch {
	case used.Recorded:
		return nil
	case q.PlayerHour > 0 && used.PlayerFrom.After(now):
		return Exceeded(phrase.LimitedPlayer, q.PlayerHour, used.PlayerFrom.Sub(now))
	case q.PlayerJunk > 0 && used.JunkFrom.After(now):
		return Exceeded(phrase.LimitedJunk, q.PlayerJunk, used.JunkFrom.Sub(now))
	case !used.InMatch && q.GuildOver(used, now):
		if used.GuildFrom.After(now) {
			return Exceeded(phrase.LimitedGuild, q.GuildHour, used.GuildFrom.Sub(now))
		}
		return Exceeded(phrase.LimitedShare, q.GuildHour, max(used.HereFrom.Sub(now), time.Minute))
	case q.PlayerInFlight > 0 && used.InFlight >= q.PlayerInFlight:
		return Exceeded(phrase.LimitedInFlight, q.PlayerInFlight, inFlightWait)
	}
	return nil
}

// Exceeded is the refusal of an upload that may come again after wait.
func Exceeded(key phrase.Key, limit int, wait time.Duration) *failure.Error {
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	refusal := failure.New(failure.Limited, phrase.Say(key, "limit", strconv.Itoa(limit), "minutes", strconv.FormatInt(minutes, 10)),
		fmt.Errorf("over the limit of %d for another %s", limit, wait.Round(time.Second)))
	refusal.Wait = wait
	return refusal
}
