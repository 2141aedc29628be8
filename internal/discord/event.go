package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/bwmarrin/discordgo"
)

// onEvent hands an event to the listener. discordgo gives each event twice: as
// a type of its own, which one part that it does not know leaves empty, and as
// it came, which is decoded here.
func (c *Client) onEvent(work context.Context, l *link, to Listener, e *discordgo.Event) {
	defer LogPanic(c.log, "event")
	switch e.Type {
	case "READY":
		c.onReady(l, to, e)
	case "RESUMED":
		l.connected()
	case "MESSAGE_CREATE":
		var m Message
		if err := json.Unmarshal(e.RawData, &m); err != nil {
			c.Undecodable("message", err, "event", e.Sequence)
			return
		}
		to.Message(work, &m)
	case "INTERACTION_CREATE":
		var i Interaction
		if err := json.Unmarshal(e.RawData, &i); err != nil {
			c.Undecodable("interaction", err, "event", e.Sequence)
			return
		}
		to.Interaction(work, &i)
	}
}

// onReady notes that a new session has begun.
func (c *Client) onReady(l *link, to Listener, e *discordgo.Event) {
	var ready struct {
		Resume string `json:"resume_gateway_url"`
	}
	err := json.Unmarshal(e.RawData, &ready)
	if err == nil && ready.Resume != "" {
		err = l.address.learn(ready.Resume, c.cfg.APIBase != "")
	}
	if err != nil {
		c.Undecodable("ready", err)
	}
	// Only discordgo can resume, by the id that it has understood.
	known, ok := e.Struct.(*discordgo.Ready)
	l.greeted.Store(ok && known.SessionID != "")
	l.connected()
	c.log.Info("gateway connected", "bot", c.Self())
	to.Begun()
}

// LogPanic is deferred by everything that handles an event: one bad event must
// not end the process that answers all others.
func LogPanic(log *slog.Logger, what string) {
	if value := recover(); value != nil {
		log.Error("panic while handling an event", "what", what,
			"panic", tokenInPath.ReplaceAllString(fmt.Sprint(value), "${1}redacted"), "stack", string(debug.Stack()))
	}
}
