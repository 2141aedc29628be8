package discord

import (
	"context"
	"encoding/json"

	"github.com/bwmarrin/discordgo"
)

// onEvent hands an event to its handler. discordgo gives each event twice: as
// a type of its own, which one part that it does not know leaves empty, and as
// it came, which is decoded here.
func (b *Bot) onEvent(work context.Context, l *link, e *discordgo.Event) {
	defer logPanic(b.log, "event")
	switch e.Type {
	case "READY":
		b.onReady(l, e)
	case "RESUMED":
		l.connected()
	case "MESSAGE_CREATE":
		var m message
		if err := json.Unmarshal(e.RawData, &m); err != nil {
			b.undecodable("message", err, "event", e.Sequence)
			return
		}
		b.onMessage(work, &m)
	case "INTERACTION_CREATE":
		var i interaction
		if err := json.Unmarshal(e.RawData, &i); err != nil {
			b.undecodable("interaction", err, "event", e.Sequence)
			return
		}
		b.onInteraction(work, &i)
	}
}

// onReady notes that a new session has begun.
func (b *Bot) onReady(l *link, e *discordgo.Event) {
	var ready struct {
		Resume string `json:"resume_gateway_url"`
	}
	err := json.Unmarshal(e.RawData, &ready)
	if err == nil && ready.Resume != "" {
		err = l.address.learn(ready.Resume, b.cfg.APIBase != "")
	}
	if err != nil {
		b.undecodable("ready", err)
	}
	// Only discordgo can resume, by the id that it has understood.
	known, ok := e.Struct.(*discordgo.Ready)
	l.greeted.Store(ok && known.SessionID != "")
	l.connected()
	b.log.Info("gateway connected", "bot", *b.user.Load())
	b.places.release()
	select {
	case b.behind <- struct{}{}:
	default: // it is being caught up with
	}
}
