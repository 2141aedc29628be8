package discordtest

import "unicode/utf8"

// createMessage sends a message of the bot.
func (s *Server) createMessage(c *call) (answer, *refusal) {
	var d draft
	if refused := c.decode(&d); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in, refused := s.visible(c)
	if refused != nil {
		return refuse(refused)
	}
	nonce := d.nonceText()
	if utf8.RuneCountInString(nonce) > maxNonce {
		return refuse(invalidForm(fieldError{"nonce", formTooLong, "Must be 25 or fewer in length."}))
	}
	if twin := s.nonces[nonce]; s.enforces(nonce, &d) && twin.message != nil && s.now().Sub(twin.at) < nonceLife {
		return ok(s.wireMessage(twin.message, true))
	}
	const maySet = FlagSuppressEmbeds | FlagSuppressNotifications | FlagComponentsV2
	if d.Flags.value&^maySet != 0 {
		return refuse(invalidForm(fieldError{"flags", "BASE_TYPE_INVALID", "a flag that bots cannot set"}))
	}
	if refused := s.writable(in, len(c.files) > 0); refused != nil {
		return refuse(refused)
	}
	m := &message{channel: in, author: s.bot, nonce: nonce}
	if refused := s.refer(m, &d); refused != nil {
		return refuse(refused)
	}
	v, refused := s.compose(c, &d, in, Version{Flags: d.Flags.value & FlagSuppressNotifications})
	if refused != nil {
		return refuse(refused)
	}
	s.mention(m, &v, &d)
	if in.archived {
		s.setThread(in, false, in.locked)
	}
	s.post(m, v)
	if s.enforces(nonce, &d) {
		s.remember(nonce, m)
	}
	return ok(s.wireMessage(m, true))
}

// enforces reports whether the nonce keeps the message single.
func (s *Server) enforces(nonce string, d *draft) bool {
	return nonce != "" && d.EnforceNonce && !s.options.IgnoreNonces
}

// refer makes a message a reply when its draft says so.
func (s *Server) refer(m *message, d *draft) *refusal {
	if d.Reference == nil {
		return nil
	}
	target := s.world.messages[d.Reference.MessageID]
	if target != nil && !target.deleted && target.channel == m.channel {
		m.reply, m.kind = target, messageReply
		return nil
	}
	if d.Reference.Required != nil && !*d.Reference.Required {
		return nil
	}
	refused := invalidForm(fieldError{"message_reference", formUnknownMessage, "Unknown message"})
	refused.fault = false // the message may have been deleted meanwhile
	return refused
}

// mention puts into a message its mentions, by its text and by replying, and
// takes away embeds that the bot may not send.
func (s *Server) mention(m *message, v *Version, d *draft) {
	m.mentions, m.everyone = nil, false
	for _, id := range v.Mentions {
		if id == "everyone" {
			m.everyone = true
			continue
		}
		m.mentions = append(m.mentions, s.world.users[id].User)
	}
	if m.reply != nil && len(m.versions) == 0 && (d.Allowed == nil || d.Allowed.RepliedUser) {
		m.mentions = append(m.mentions, m.reply.author)
		v.Mentions = append(v.Mentions, m.reply.author.ID)
	}
	if !m.channel.allows(EmbedLinks) && m.interaction == nil {
		v.Embeds = nil
	}
}

// maxNonces is when nonces that are over are swept out.
const maxNonces = 10_000

func (s *Server) remember(nonce string, m *message) {
	now := s.now()
	if len(s.nonces) >= maxNonces {
		for text, n := range s.nonces {
			if now.Sub(n.at) >= nonceLife {
				delete(s.nonces, text)
			}
		}
	}
	s.nonces[nonce] = nonced{m, now}
}

// editMessage changes a message of the bot, also one that answered an
// interaction, as long as it is not ephemeral.
func (s *Server) editMessage(c *call) (answer, *refusal) {
	var d draft
	if refused := c.decode(&d); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refused := s.standing(c)
	switch {
	case refused != nil:
		return refuse(refused)
	case m.author.ID != s.bot.ID:
		return refuse(notYourMessage)
	case m.channel.archived:
		return refuse(threadArchived)
	case m.channel.locked && !m.channel.allows(ManageThreads):
		return refuse(threadLocked)
	case len(c.files) > 0 && !m.channel.allows(AttachFiles):
		return refuse(missingPermissions)
	}
	if refused := s.revise(c, &d, m); refused != nil {
		return refuse(refused)
	}
	return ok(s.wireMessage(m, true))
}

// revise gives a message its next version by a draft. s.mu is held.
func (s *Server) revise(c *call, d *draft, m *message) *refusal {
	v, refused := s.compose(c, d, m.channel, m.current())
	if refused != nil {
		return refused
	}
	s.mention(m, &v, d)
	s.edit(m, v)
	return nil
}
