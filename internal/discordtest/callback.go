package discordtest

import (
	"encoding/json"
	"fmt"
)

// respond takes the bot's acknowledgement of an interaction.
func (s *Server) respond(c *call) (answer, *refusal) {
	var form struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if refused := c.decode(&form); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.inter[c.PathValue("interaction_token")]
	switch {
	case i == nil || i.ID != c.PathValue("interaction_id"):
		return refuse(unknownInteraction)
	case i.ack != 0 && i.unaware:
		again := *alreadyAcknowledged
		again.fault = false // the bot had to try again
		return refuse(&again)
	case i.ack != 0:
		return refuse(alreadyAcknowledged)
	case s.now().Sub(i.born) > ackWithin:
		return refuse(unknownInteraction)
	case !i.accepts(form.Type):
		return refuse(invalidForm(fieldError{"type", formChoices, fmt.Sprintf("callback %d does not answer an interaction of type %d", form.Type, i.kind)}))
	}
	c.payload = form.Data
	if refused := s.acknowledge(c, i, form.Type); refused != nil {
		for n := range refused.fields {
			refused.fields[n].path = "data." + refused.fields[n].path
		}
		return refuse(refused)
	}
	i.ack, i.after, i.unaware = form.Type, c.arrived.Sub(i.sent), c.lost
	if !c.flag("with_response") || s.options.BareCallbacks {
		return noContent()
	}
	return ok(s.callbackResponse(i))
}

// accepts reports whether a callback type answers the interaction.
func (i *Interaction) accepts(callback int) bool {
	switch callback {
	case AckMessage, AckDeferred:
		return i.kind != interactionAutocomplete
	case AckDeferredUpdate, AckUpdate:
		return i.target != nil
	case AckAutocomplete:
		return i.kind == interactionAutocomplete
	case AckModal:
		return i.kind == interactionCommand || i.kind == interactionComponent
	}
	return false
}

// acknowledge does what a callback asks for. s.mu is held.
func (s *Server) acknowledge(c *call, i *Interaction, callback int) *refusal {
	var d draft
	if callback != AckModal && callback != AckAutocomplete {
		if refused := c.decode(&d); refused != nil {
			return refused
		}
	}
	switch callback {
	case AckMessage:
		m, refused := s.answerWith(c, i, &d)
		i.original = m
		return refused
	case AckDeferred:
		m := i.message(&d)
		i.original = m
		s.post(m, Version{Flags: FlagLoading | d.Flags.value&FlagEphemeral})
	case AckDeferredUpdate:
		i.original = i.target
	case AckUpdate:
		i.original = i.target
		return s.revise(c, &d, i.target)
	case AckAutocomplete:
		return i.suggest(c)
	case AckModal:
		return i.show(c)
	}
	return nil
}

// message is a new message in answer to the interaction.
func (i *Interaction) message(d *draft) *message {
	s := i.server
	m := &message{
		channel: s.world.channels[i.Channel.ID], author: s.bot, kind: i.origin, interaction: i,
		ephemeral: d.Flags.value&FlagEphemeral != 0,
	}
	if i.target != nil {
		m.reply = i.target
	}
	return m
}

// answerWith posts a message in answer to an interaction. That needs no
// permission in the channel.
func (s *Server) answerWith(c *call, i *Interaction, d *draft) (*message, *refusal) {
	const maySet = FlagSuppressEmbeds | FlagSuppressNotifications | FlagComponentsV2 | FlagEphemeral
	if d.Flags.value&^maySet != 0 {
		return nil, invalidForm(fieldError{"flags", "BASE_TYPE_INVALID", "a flag that bots cannot set"})
	}
	m := i.message(d)
	v, refused := s.compose(c, d, m.channel, Version{Flags: d.Flags.value & (FlagEphemeral | FlagSuppressNotifications)})
	if refused != nil {
		return nil, refused
	}
	s.mention(m, &v, d)
	s.post(m, v)
	return m, nil
}

func (i *Interaction) suggest(c *call) *refusal {
	var form struct {
		Choices []Choice `json:"choices"`
	}
	if refused := c.decode(&form); refused != nil {
		return refused
	}
	if len(form.Choices) > maxAutocompletions {
		return invalidForm(fieldError{"choices", formBadLength, "Must be 25 or fewer in length."})
	}
	i.choices = form.Choices
	return nil
}

func (i *Interaction) show(c *call) *refusal {
	var m Modal
	if refused := c.decode(&m); refused != nil {
		return refused
	}
	if errs := checkModal(m); len(errs) > 0 {
		return invalidForm(errs...)
	}
	i.modal = &m
	return nil
}

// callbackResponse is the body of a callback with with_response.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback-interaction-callback-response-object
func (s *Server) callbackResponse(i *Interaction) map[string]any {
	interaction := map[string]any{"id": i.ID, "type": i.kind}
	body := map[string]any{"interaction": interaction}
	if m := i.original; m != nil {
		interaction["response_message_id"] = m.id
		interaction["response_message_loading"] = m.current().Loading()
		interaction["response_message_ephemeral"] = m.ephemeral
		if i.ack == AckMessage || i.ack == AckUpdate {
			body["resource"] = map[string]any{"type": i.ack, "message": s.wireMessage(m, true)}
		}
	}
	return body
}
