package discordtest

import (
	"cmp"
	"context"
	"time"
)

// ackWithin is how long the bot may take to acknowledge an interaction, and
// tokenLife how long it may use its token.
// https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
const (
	ackWithin = 3 * time.Second
	tokenLife = 15 * time.Minute
)

// Interaction types.
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

// Callback types: how a bot acknowledges an interaction.
const (
	AckMessage         = 4 // a message at once
	AckDeferred        = 5 // a message later: "thinking…"
	AckDeferredUpdate  = 6 // a change of the pressed message later, or none
	AckUpdate          = 7 // a change of the pressed message at once
	AckAutocomplete    = 8
	AckModal           = 9
	maxAutocompletions = 25
)

// Interaction is something a user did that the bot must answer.
type Interaction struct {
	ID      string
	Token   string
	User    User
	Channel Channel

	server *Server
	kind   int
	origin int       // message type of a message that answers it
	sent   time.Time // by the wall clock, for AckedAfter
	born   time.Time // by the server's clock, for what expires
	target *message  // whose component was pressed
	// trigger is the interaction whose modal is sent with this one.
	trigger *Interaction

	// Guarded by server.mu:
	ack       int  // callback type, 0 before
	unaware   bool // the answer to the bot's acknowledgement was lost on purpose
	after     time.Duration
	original  *message
	followups []*message
	modal     *Modal
	choices   []Choice
}

// Modal is a form that the bot shows a user.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// Choice is a suggestion for the value of an option.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Acked is the callback type that the bot has acknowledged with, 0 before.
func (i *Interaction) Acked() int {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.ack
}

// AckedAfter is the time from the event to the arrival of the acknowledgement,
// which is 0 before there is one.
func (i *Interaction) AckedAfter() time.Duration {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.after
}

// WaitAck returns the callback type once the bot has acknowledged.
func (i *Interaction) WaitAck(ctx context.Context) (int, error) {
	err := i.server.Wait(ctx, func() bool { return i.Acked() != 0 })
	return i.Acked(), err
}

// Response is the message that answers the interaction, as it is now: after a
// component was pressed and updated, the message with the component.
func (i *Interaction) Response() (Message, bool) {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	if i.original == nil {
		return Message{}, false
	}
	return i.server.snapshot(i.original, len(i.original.versions), i.original.deleted), true
}

// WaitResponse returns the answer as soon as it is as wanted.
func (i *Interaction) WaitResponse(ctx context.Context, want func(Message) bool) (Message, error) {
	var m Message
	err := i.server.Wait(ctx, func() (ok bool) {
		m, ok = i.Response()
		return ok && want(m)
	})
	return m, err
}

// Followups are the further messages, oldest first, deleted ones included.
func (i *Interaction) Followups() []Message {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	var list []Message
	for _, m := range i.followups {
		list = append(list, i.server.snapshot(m, len(m.versions), m.deleted))
	}
	return list
}

// Modal is the form that the bot answered with.
func (i *Interaction) Modal() (Modal, bool) {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	if i.modal == nil {
		return Modal{}, false
	}
	return *i.modal, true
}

// Choices are the suggestions that the bot answered with.
func (i *Interaction) Choices() []Choice {
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	return i.choices
}

func (i *Interaction) owners() map[string]string {
	if i.Channel.GuildID == "" {
		return map[string]string{"0": "0"}
	}
	return map[string]string{"0": i.Channel.GuildID}
}

// wireInteraction is the payload of INTERACTION_CREATE.
type wireInteraction struct {
	ID              string            `json:"id"`
	ApplicationID   string            `json:"application_id"`
	Type            int               `json:"type"`
	Data            any               `json:"data"`
	GuildID         string            `json:"guild_id,omitempty"`
	ChannelID       string            `json:"channel_id"`
	Channel         wireChannel       `json:"channel"`
	Member          *wireMember       `json:"member,omitempty"`
	User            *wireUser         `json:"user,omitempty"`
	Token           string            `json:"token"`
	Version         int               `json:"version"`
	Message         *wireMessage      `json:"message,omitempty"`
	AppPermissions  string            `json:"app_permissions"`
	Locale          string            `json:"locale"`
	GuildLocale     string            `json:"guild_locale,omitempty"`
	Entitlements    []string          `json:"entitlements"`
	Owners          map[string]string `json:"authorizing_integration_owners"`
	Context         int               `json:"context"`
	AttachmentLimit int               `json:"attachment_size_limit"`
}

// happen makes an interaction of what a user did and tells the bot, whatever
// its intents. s.mu is held.
func (s *Server) happen(i *Interaction, permissions Permissions, data any) *Interaction {
	i.ID, i.Token = s.nextID(), "aW50ZXJhY3Rpb246"+randomHex(48)
	i.server, i.sent, i.born = s, time.Now(), s.now()
	s.inter[i.Token] = i
	c := s.world.channels[i.Channel.ID]
	w := wireInteraction{
		ID: i.ID, ApplicationID: s.bot.ID, Type: i.kind, Data: data,
		ChannelID: c.ID, Channel: s.wireChannelOf(c), Token: i.Token, Version: 1,
		AppPermissions: (AllPermissions &^ c.withheld()).String(), Locale: cmp.Or(s.world.users[i.User.ID].locale, defaultLocale), Entitlements: []string{},
		Owners: i.owners(), AttachmentLimit: maxFile,
	}
	if c.kind == typeDM {
		u := wireUserOf(s.world.users[i.User.ID].User)
		w.User, w.Context = &u, 1
	} else {
		m := s.wireMember(c.guild, i.User)
		m.Permissions = permissions.String()
		w.Member, w.GuildID, w.GuildLocale = &m, c.GuildID, cmp.Or(c.guild.locale, defaultLocale)
	}
	if i.target != nil {
		w.Message = s.wireMessage(i.target, true)
	}
	s.dispatch(event{name: "INTERACTION_CREATE", full: encode(w)})
	return i
}
