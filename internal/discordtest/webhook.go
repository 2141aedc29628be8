package discordtest

import "net/http"

// answered returns the interaction whose token is in a path, once the bot has
// acknowledged it and as long as the token lives. s.mu is held.
func (s *Server) answered(c *call) (*Interaction, *refusal) {
	i := s.inter[c.PathValue("webhook_token")]
	switch {
	case i == nil || c.PathValue("webhook_id") != s.bot.ID:
		return nil, unknownWebhook
	case s.now().Sub(i.born) > tokenLife:
		return nil, invalidWebhookToken
	case i.ack == 0 && c.Method == http.MethodGet:
		return nil, unknownWebhook // to ask is how a bot learns that it did not answer
	case i.ack == 0:
		s.violate(c.Method+" "+c.URL.Path, "the interaction is used before it is acknowledged")
		return nil, unknownWebhook
	}
	return i, nil
}

// replied returns an interaction and the message of it that a path names.
func (s *Server) replied(c *call) (*Interaction, *message, *refusal) {
	i, refused := s.answered(c)
	if refused != nil {
		return nil, nil, refused
	}
	id := c.PathValue("message_id")
	candidates := append([]*message{i.original}, i.followups...)
	if id == "" { // @original
		candidates, id = candidates[:1], idOf(i.original)
	}
	for _, m := range candidates {
		if m != nil && m.id == id && !m.deleted && !m.channel.deleted {
			return i, m, nil
		}
	}
	return nil, nil, unknownMessage
}

func idOf(m *message) string {
	if m == nil {
		return ""
	}
	return m.id
}

func (s *Server) getReply(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, refused := s.replied(c)
	if refused != nil {
		return refuse(refused)
	}
	return ok(s.wireMessage(m, true))
}

func (s *Server) editReply(c *call) (answer, *refusal) {
	var d draft
	if refused := c.decode(&d); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, refused := s.replied(c)
	if refused != nil {
		return refuse(refused)
	}
	if refused := s.revise(c, &d, m); refused != nil {
		return refuse(refused)
	}
	return ok(s.wireMessage(m, true))
}

func (s *Server) deleteReply(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, refused := s.replied(c)
	if refused != nil {
		return refuse(refused)
	}
	s.remove(m)
	return noContent()
}

// followUp sends a further message in answer to an interaction. The first one
// after a deferral takes the place of the deferred answer, as documented.
func (s *Server) followUp(c *call) (answer, *refusal) {
	var d draft
	if refused := c.decode(&d); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.answered(c)
	if refused != nil {
		return refuse(refused)
	}
	if m := i.original; m != nil && !m.deleted && m.current().Loading() {
		if refused := s.revise(c, &d, m); refused != nil {
			return refuse(refused)
		}
		return ok(s.wireMessage(m, true))
	}
	m, refused := s.answerWith(c, i, &d)
	if refused != nil {
		return refuse(refused)
	}
	i.followups = append(i.followups, m)
	return ok(s.wireMessage(m, true))
}
