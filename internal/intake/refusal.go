package intake

import (
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// maxRefusals is how many senders are remembered. All are forgotten when there
// are more: they are then refused by the database again.
const maxRefusals = 4096

// guildMemory is how long it is remembered that a server's quota or a member's
// share is used up. Junk among what was counted gives room at any time.
const guildMemory = time.Minute

// refusals remembers whose hourly quota is used up, and until when. Nothing
// gives a player room earlier, so what is remembered stays true; a server is
// remembered for guildMemory.
type refusals struct {
	mu   sync.Mutex
	used map[sender]usedUp
}

type usedUp struct {
	quota.Usage
	at time.Time
}

// sender is what a quota is for.
type sender struct {
	uploader snowflake.UserID
	guild    snowflake.GuildID
}

// note remembers a sender who was refused with what was used.
func (r *refusals) note(s sender, used quota.Usage, now time.Time) {
	used.Recorded, used.InFlight = false, 0 // true only at this moment
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == nil || len(r.used) >= maxRefusals {
		r.used = make(map[sender]usedUp)
	}
	r.used[s] = usedUp{used, now}
}

// of is what is remembered of a sender.
func (r *refusals) of(s sender, now time.Time) quota.Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.used[s]
	if now.Sub(known.at) >= guildMemory {
		return quota.Usage{PlayerFrom: known.PlayerFrom, JunkFrom: known.JunkFrom}
	}
	return known.Usage
}
