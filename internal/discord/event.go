package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// event acts on an event. What a listener does with it may take long, so it does
// it in a goroutine of its own.
func (c *connection) event(p payload) {
	s := c.session
	switch p.Type {
	case "READY":
		s.ready(p.Data)
	case "RESUMED":
		s.greeted()
	case "MESSAGE_CREATE":
		go deliver(s, p, "message", s.to.Message)
	case "INTERACTION_CREATE":
		go deliver(s, p, "interaction", s.to.Interaction)
	}
}

// deliver decodes an event and hands it to a listener's function.
func deliver[T any](s *gatewaySession, p payload, kind string, to func(context.Context, *T)) {
	defer LogPanic(s.client.log, "event")
	value := new(T)
	if err := json.Unmarshal(p.Data, value); err != nil {
		s.client.Undecodable(kind, err, "event", p.Sequence)
		return
	}
	to(s.work, value)
}

// ready notes that the session has begun.
func (s *gatewaySession) ready(data json.RawMessage) {
	defer LogPanic(s.client.log, "ready")
	var ready struct {
		ID     string `json:"session_id"`
		Resume string `json:"resume_gateway_url"`
	}
	err := json.Unmarshal(data, &ready) // a member of another kind leaves the others as they are
	if err == nil && ready.Resume != "" {
		_, err = gatewayAddress(ready.Resume, s.client.cfg.APIBase != "")
	}
	if err != nil {
		s.client.Undecodable("ready", err)
		ready.Resume = ""
	}
	s.id, s.resumeAt = ready.ID, ready.Resume
	s.greeted()
	s.client.log.Info("gateway connected", "bot", s.client.Self())
	s.to.Begun()
}

// greeted notes that the session has begun or was resumed on its connection.
func (s *gatewaySession) greeted() {
	s.failed = 0
	s.client.state.Store(nil)
}

// LogPanic is deferred by everything that handles an event: one bad event must
// not end the process that answers all others.
func LogPanic(log *slog.Logger, what string) {
	if value := recover(); value != nil {
		log.Error("panic while handling an event", "what", what,
			"panic", tokenInPath.ReplaceAllString(fmt.Sprint(value), "${1}redacted"), "stack", string(debug.Stack()))
	}
}
