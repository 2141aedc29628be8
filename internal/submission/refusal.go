package submission

import "sync"

// maxRefusals is how many senders are remembered. All are forgotten when there
// are more: they are then refused by the database again.
const maxRefusals = 4096

// refusals remembers whose hourly quota is used up, and until when. Nothing
// gives room earlier, so what is remembered stays true.
type refusals struct {
	mu   sync.Mutex
	used map[sender]Usage
}

// sender is whom a quota is for.
type sender struct{ uploader, guild string }

// note remembers a sender of whom used is known.
func (r *refusals) note(s sender, used Usage) {
	if used.PlayerFrom.IsZero() && used.GuildFrom.IsZero() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == nil || len(r.used) >= maxRefusals {
		r.used = make(map[sender]Usage)
	}
	r.used[s] = Usage{PlayerFrom: used.PlayerFrom, GuildFrom: used.GuildFrom}
}

// of is what is remembered of a sender.
func (r *refusals) of(s sender) Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.used[s]
}
