package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// nonceLife is how long a nonce is remembered: "the past few minutes".
// https://discord.com/developers/docs/resources/message#create-message
const nonceLife = 3 * time.Minute

// nonced is a message sent with enforce_nonce.
type nonced struct {
	message *message
	at      time.Time
}

// visible returns a channel that the bot may see. s.mu is held.
func (s *Server) visible(c *call) (*channel, *refusal) {
	found := s.world.channels[c.PathValue("channel_id")]
	switch {
	case found == nil || found.deleted:
		return nil, unknownChannel
	case !s.shown(found):
		return nil, missingAccess
	}
	return found, nil
}

// writable refuses a message of the bot in a channel that it may see.
func (s *Server) writable(in *channel, files bool) *refusal {
	if in.kind == typeDM {
		return s.world.reachable(in.recipient)
	}
	send := SendMessages
	if in.isThread() {
		send = SendInThreads
	}
	switch {
	case in.archived && in.locked:
		return threadArchived
	case in.locked && !in.allows(ManageThreads):
		return threadLocked
	case !in.allows(send), files && !in.allows(AttachFiles):
		return missingPermissions
	case in.archived && s.full(in.guild): // it would be opened again
		return tooManyThreads
	}
	return nil
}

// standing returns a message that stands in a channel that the bot may see. An
// ephemeral one cannot be reached with the bot's token.
func (s *Server) standing(c *call) (*message, *refusal) {
	in, refused := s.visible(c)
	if refused != nil {
		return nil, refused
	}
	m := s.world.messages[c.PathValue("message_id")]
	if m == nil || m.deleted || m.ephemeral || m.channel != in {
		return nil, unknownMessage
	}
	return m, nil
}

func (s *Server) getChannel(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, refused := s.visible(c)
	if refused != nil {
		return refuse(refused)
	}
	return ok(s.wireChannelOf(found))
}

// showTyping shows "EvoLadder is typing…".
func (s *Server) showTyping(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, refused := s.visible(c)
	if refused == nil {
		refused = s.writable(in, false)
	}
	if refused != nil {
		return refuse(refused)
	}
	return noContent()
}

func (s *Server) getMessage(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refused := s.standing(c)
	if refused != nil {
		return refuse(refused)
	}
	if !m.channel.allows(ReadMessageHistory) {
		return refuse(missingAccess)
	}
	return ok(s.restMessage(m))
}

// restMessage renders a message for REST, where the grant in the developer
// portal decides about content, not the intents of a session.
func (s *Server) restMessage(m *message) *wireMessage {
	w := s.wireMessage(m, s.options.Granted&IntentMessageContent != 0 || s.exempt(m))
	if s.options.IgnoreNonces {
		w.Nonce = ""
	}
	return w
}

// listMessages returns messages newest first.
func (s *Server) listMessages(c *call) (answer, *refusal) {
	query := c.URL.Query()
	limit := 50
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return refuse(invalidForm(fieldError{"limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100."}))
		}
		limit = n
	}
	before, after, around := query.Get("before"), query.Get("after"), query.Get("around")
	for _, id := range []string{before, after, around} {
		if id != "" && !isSnowflake(id) {
			return refuse(invalidForm(fieldError{"before", "NUMBER_TYPE_COERCE", "Value is not snowflake."}))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in, refused := s.visible(c)
	if refused != nil {
		return refuse(refused)
	}
	list := []json.RawMessage{}
	for _, m := range window(in.history(), before, after, around, limit) {
		list = append(list, s.distorted(ListedMessage, encode(s.restMessage(m))))
	}
	slices.Reverse(list)
	return ok(list)
}

// history is what the bot can read in a channel, oldest first.
func (c *channel) history() []*message {
	if !c.allows(ReadMessageHistory) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.messages), func(m *message) bool { return m.deleted || m.ephemeral })
}

// window cuts the page out of a history that before, after or around ask for.
func window(all []*message, before, after, around string, limit int) []*message {
	from := func(id string) int {
		i, _ := slices.BinarySearchFunc(all, id, func(m *message, id string) int {
			switch {
			case m.id == id:
				return 0
			case older(m.id, id):
				return -1
			}
			return 1
		})
		return i
	}
	switch {
	case before != "":
		end := from(before)
		return all[max(0, end-limit):end]
	case after != "":
		start := from(after)
		if start < len(all) && all[start].id == after {
			start++
		}
		return all[start:min(len(all), start+limit)]
	case around != "":
		start := max(0, from(around)-limit/2)
		return all[start:min(len(all), start+limit)]
	}
	return all[max(0, len(all)-limit):]
}

func (s *Server) deleteMessage(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refused := s.standing(c)
	switch {
	case refused != nil:
		return refuse(refused)
	case m.author.ID != s.bot.ID && m.channel.kind == typeDM:
		return refuse(notInDM)
	case m.author.ID != s.bot.ID && !m.channel.allows(ManageMessages):
		return refuse(missingPermissions)
	}
	s.remove(m)
	return noContent()
}
