package bot

import (
	"slices"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// maxGaps is how many channels outside the watched ones are remembered for
// reading back.
const maxGaps = 512

// gaps remembers the channels that replays came from, and the gaps in what events
// brought of them.
type gaps struct {
	mu    sync.Mutex
	known map[discord.ChannelID]readState
	// used are the channels in which the bot was addressed other than by an
	// upload, which are still to be recorded.
	used map[discord.ChannelID]upload.Channel
}

// readState is how far one channel is read.
type readState struct {
	channel discord.ChannelID
	guild   discord.GuildID   // "" where it is not known
	direct  bool              // a channel between the bot and one person
	watched bool              // every replay in it counts
	used    time.Time         // the last use that is known
	last    discord.MessageID // newest message with a replay that an event brought
	gap     gap
	from    discord.MessageID // with a gap: read back what came after it; "": since the bookmark
}

// gap says whether messages of a channel may have gone by unread. It is kept
// apart from last, since events go on bringing messages after a gap.
type gap int

const (
	noGap  gap = iota
	open       // events go by, until the next session begins
	closed     // to be read back
)

func newGaps() *gaps {
	return &gaps{known: make(map[discord.ChannelID]readState), used: make(map[discord.ChannelID]upload.Channel)}
}

// saw notes that an event brought a message of a channel; guild is "" for a
// direct one.
func (g *gaps) saw(channel discord.ChannelID, message discord.MessageID, guild discord.GuildID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.find(channel)
	at.guild, at.direct, at.used = guild, guild == "", time.Now()
	if snowflake.Newer(message, at.last) {
		at.last = message
	}
	g.known[channel] = at
}

// hold notes that events go by from now on: what comes after the last one is
// to be read back once the next session has begun. The watched channels count
// whether any replay came from them or not.
func (g *gaps) hold(watched []discord.ChannelID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, channel := range watched {
		at := g.find(channel)
		at.watched = true
		g.known[channel] = at
	}
	for channel, at := range g.known {
		if at.gap == noGap {
			at.from = at.last
		}
		at.gap = open
		g.known[channel] = at
	}
}

// release makes due what was open, since events come again.
func (g *gaps) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for channel, at := range g.known {
		if at.gap == open {
			at.gap = closed
			g.known[channel] = at
		}
	}
}

// claim returns the channels that are due, for the caller to read back, watched
// ones first and then those used last. If reading one back fails, the caller must
// return it with again.
func (g *gaps) claim() []readState {
	g.mu.Lock()
	defer g.mu.Unlock()
	var channels []readState
	for channel, at := range g.known {
		if at.gap != closed {
			continue
		}
		channels = append(channels, at)
		at.gap, at.from = noGap, ""
		g.known[channel] = at
	}
	slices.SortFunc(channels, func(a, b readState) int {
		if a.watched != b.watched {
			if a.watched {
				return -1
			}
			return 1
		}
		return b.used.Compare(a.used)
	})
	return channels
}

// recall makes due the channels in which the bot was used before this session
// began. Those with a gap that is known already are left as they are.
func (g *gaps) recall(channels []upload.Channel) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range channels {
		id := c.ID
		at := g.find(id)
		at.guild, at.direct = c.Guild, c.Guild == ""
		if c.Used.After(at.used) {
			at.used = c.Used
		}
		if at.gap == noGap {
			at.gap, at.from = closed, ""
		}
		g.known[id] = at
	}
}

// use notes that the bot was addressed in a channel, for the next process;
// guild is "" for a direct one. Uploads are recorded with their channel anyway.
func (g *gaps) use(channel discord.ChannelID, guild discord.GuildID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.used) < maxGaps {
		g.used[channel] = upload.Channel{ID: channel, Guild: guild, Used: time.Now()}
	}
}

// unrecorded returns what use has noted, for the caller to record. If that fails,
// it must be noted again.
func (g *gaps) unrecorded() []upload.Channel {
	g.mu.Lock()
	defer g.mu.Unlock()
	channels := make([]upload.Channel, 0, len(g.used))
	for _, c := range g.used {
		channels = append(channels, c)
	}
	clear(g.used)
	return channels
}

// putBack returns a channel that could not be read back.
func (g *gaps) putBack(unread readState) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.find(unread.channel)
	if at.gap == noGap || snowflake.Newer(at.from, unread.from) {
		at.from = unread.from
	}
	if at.gap == noGap {
		at.gap = closed
	}
	g.known[at.channel] = at
}

// none says that there is no gap anywhere.
func (g *gaps) none() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, at := range g.known {
		if at.gap != noGap {
			return false
		}
	}
	return true
}

// find is the state of a channel, a new one where there is noGap. g.mu is open.
func (g *gaps) find(channel discord.ChannelID) readState {
	at, ok := g.known[channel]
	if !ok && len(g.known) >= maxGaps {
		g.forgetOne()
	}
	at.channel = channel
	return at
}

// forgetOne makes room. Which channel goes matters little: it is only read
// back when the gateway loses a session.
func (g *gaps) forgetOne() {
	for channel, at := range g.known {
		if at.gap == noGap {
			delete(g.known, channel)
			return
		}
	}
}
