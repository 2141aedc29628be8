package bot

import (
	"slices"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// maxPlaces is how many channels outside the watched ones are remembered for
// reading back.
const maxPlaces = 512

// places remembers the channels that replays came from and how far they have
// been read.
type places struct {
	mu    sync.Mutex
	known map[string]spot
	// used are the channels in which the bot was addressed other than by an
	// upload, which are still to be recorded.
	used map[string]submission.Channel
}

// spot is one channel.
type spot struct {
	channel string
	guild   string    // "" where it is not known
	direct  bool      // a channel between the bot and one person
	watched bool      // every replay in it counts
	used    time.Time // the last use that is known
	last    string    // newest message with a replay that an event brought
	debt    debt
	from    string // with a debt: read back what came after it; "": since the bookmark
}

// debt says whether messages of a channel may have gone by unread. It is kept
// apart from last, since events go on bringing messages after a gap.
type debt int

const (
	none debt = iota
	held      // there is a gap, which is open until the next session begins
	due       // to be read back
)

func newPlaces() *places {
	return &places{known: make(map[string]spot), used: make(map[string]submission.Channel)}
}

// saw notes that an event brought a message of a channel; guild is "" for a
// direct one.
func (p *places) saw(channel, message, guild string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.find(channel)
	at.guild, at.direct, at.used = guild, guild == "", time.Now()
	if discord.Newer(message, at.last) {
		at.last = message
	}
	p.known[channel] = at
}

// hold notes that events go by from now on: what comes after the last one is
// to be read back once the next session has begun. The watched channels count
// whether any replay came from them or not.
func (p *places) hold(watched []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, channel := range watched {
		at := p.find(channel)
		at.watched = true
		p.known[channel] = at
	}
	for channel, at := range p.known {
		if at.debt == none {
			at.from = at.last
		}
		at.debt = held
		p.known[channel] = at
	}
}

// release makes due what was held, since events come again.
func (p *places) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for channel, at := range p.known {
		if at.debt == held {
			at.debt = due
			p.known[channel] = at
		}
	}
}

// claim returns the channels that are due, for the caller to read back, watched
// ones first and then those used last. If reading one back fails, the caller must
// return it with again.
func (p *places) claim() []spot {
	p.mu.Lock()
	defer p.mu.Unlock()
	var spots []spot
	for channel, at := range p.known {
		if at.debt != due {
			continue
		}
		spots = append(spots, at)
		at.debt, at.from = none, ""
		p.known[channel] = at
	}
	slices.SortFunc(spots, func(a, b spot) int {
		if a.watched != b.watched {
			if a.watched {
				return -1
			}
			return 1
		}
		return b.used.Compare(a.used)
	})
	return spots
}

// recall makes due the channels in which the bot was used before this session
// began. Those with a gap that is known already are left as they are.
func (p *places) recall(channels []submission.Channel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range channels {
		at := p.find(c.ID)
		at.guild, at.direct = c.Guild, c.Guild == ""
		if c.Used.After(at.used) {
			at.used = c.Used
		}
		if at.debt == none {
			at.debt, at.from = due, ""
		}
		p.known[c.ID] = at
	}
}

// use notes that the bot was addressed in a channel, for the next process;
// guild is "" for a direct one. Uploads are recorded with their channel anyway.
func (p *places) use(channel, guild string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.used) < maxPlaces {
		p.used[channel] = submission.Channel{ID: channel, Guild: guild, Used: time.Now()}
	}
}

// unrecorded returns what use has noted, for the caller to record. If that fails,
// it must be noted again.
func (p *places) unrecorded() []submission.Channel {
	p.mu.Lock()
	defer p.mu.Unlock()
	channels := make([]submission.Channel, 0, len(p.used))
	for _, c := range p.used {
		channels = append(channels, c)
	}
	clear(p.used)
	return channels
}

// again gives back a debt that was not paid.
func (p *places) again(unpaid spot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.find(unpaid.channel)
	if at.debt == none || discord.Newer(at.from, unpaid.from) {
		at.from = unpaid.from
	}
	if at.debt == none {
		at.debt = due
	}
	p.known[at.channel] = at
}

// paid says that there is no gap anywhere.
func (p *places) paid() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.known {
		if at.debt != none {
			return false
		}
	}
	return true
}

// find is the spot of a channel, a new one where there is none. p.mu is held.
func (p *places) find(channel string) spot {
	at, ok := p.known[channel]
	if !ok && len(p.known) >= maxPlaces {
		p.forgetOne()
	}
	at.channel = channel
	return at
}

// forgetOne makes room. Which channel goes matters little: it is only read
// back when the gateway loses a session.
func (p *places) forgetOne() {
	for channel, at := range p.known {
		if at.debt == none {
			delete(p.known, channel)
			return
		}
	}
}
