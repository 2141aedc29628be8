package discord

import "sync"

// maxPlaces is how many channels outside the watched ones are remembered for
// reading back.
const maxPlaces = 512

// places remembers the channels that replays came from and how far they have
// been read.
type places struct {
	mu    sync.Mutex
	known map[string]spot
}

type spot struct {
	channel string
	direct  bool   // a channel between the bot and one person
	last    string // newest message with a replay
	missed  string // oldest message there was no room for; "" for none
}

func newPlaces() *places { return &places{known: make(map[string]spot)} }

// saw notes that a channel has been read up to a message.
func (p *places) saw(channel, message string, direct bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.known[channel]
	if !ok && len(p.known) >= maxPlaces {
		p.forgetOne()
	}
	at.channel, at.direct = channel, direct
	if newer(message, at.last) {
		at.last = message
	}
	p.known[channel] = at
}

// forgetOne makes room. Which channel goes matters little: it is only read
// back when the gateway loses a session.
func (p *places) forgetOne() {
	for channel, at := range p.known {
		if at.missed == "" {
			delete(p.known, channel)
			return
		}
	}
}

// missed notes a message that is to be read again, and says whether it is the
// channel's first.
func (p *places) missed(channel, message string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.known[channel]
	at.channel = channel
	first := at.missed == ""
	if first || newer(at.missed, message) {
		at.missed = message
	}
	p.known[channel] = at
	return first
}

// overdue returns the channels with missed messages that have room again, and
// counts them as read.
func (p *places) overdue(room func(channel string) bool) []spot {
	p.mu.Lock()
	defer p.mu.Unlock()
	var due []spot
	for channel, at := range p.known {
		if at.missed == "" || !room(channel) {
			continue
		}
		due = append(due, at)
		at.missed = ""
		p.known[channel] = at
	}
	return due
}

// all are the channels replays came from, the watched ones whether any came
// or not.
func (p *places) all(watched []string) []spot {
	p.mu.Lock()
	defer p.mu.Unlock()
	spots := make([]spot, 0, len(p.known)+len(watched))
	for _, at := range p.known {
		spots = append(spots, at)
	}
	for _, channel := range watched {
		if _, ok := p.known[channel]; !ok {
			spots = append(spots, spot{channel: channel})
		}
	}
	return spots
}

// newer says whether snowflake a was made after b; "" is older than all.
// https://discord.com/developers/docs/reference#snowflakes
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}
