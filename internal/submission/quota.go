package submission

import (
	"fmt"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// QuotaWindow is the time that an hourly quota looks back.
const QuotaWindow = time.Hour

// inFlightWait is when somebody whose replays are all being read may ask again,
// where a protocol wants a number. Most are read within a second.
const inFlightWait = 30 * time.Second

// Quota is how much one sender may hand in; 0 is no limit.
type Quota struct {
	PlayerInFlight int // uploads of one player without an answer
	PlayerHour     int // uploads of one player in a QuotaWindow
	GuildHour      int // uploads from one Discord server in a QuotaWindow
}

// Usage is how much of a quota was used before an upload.
type Usage struct {
	Recorded   bool      // the upload itself is on record; it is no new one
	InFlight   int       // the player's uploads without an answer
	PlayerFrom time.Time // when the player's hourly quota has room; zero: it has
	GuildFrom  time.Time // when the server's has
}

// Judge refuses an upload at the time now that is over the quota.
func (q Quota) Judge(used Usage, now time.Time) error {
	switch {
	case used.Recorded:
		return nil
	case q.PlayerHour > 0 && used.PlayerFrom.After(now):
		return limited(phrase.LimitedPlayer, q.PlayerHour, used.PlayerFrom.Sub(now))
	case q.GuildHour > 0 && used.GuildFrom.After(now):
		return limited(phrase.LimitedGuild, q.GuildHour, used.GuildFrom.Sub(now))
	case q.PlayerInFlight > 0 && used.InFlight >= q.PlayerInFlight:
		return limited(phrase.LimitedInFlight, q.PlayerInFlight, inFlightWait)
	}
	return nil
}

// limited is the refusal of an upload that may come again after wait.
func limited(key phrase.Key, limit int, wait time.Duration) *fault.Error {
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	refusal := fault.New(fault.Limited, phrase.Say(key, "limit", strconv.Itoa(limit), "minutes", strconv.FormatInt(minutes, 10)),
		fmt.Errorf("over the limit of %d for another %s", limit, wait.Round(time.Second)))
	refusal.Wait = wait
	return refusal
}
