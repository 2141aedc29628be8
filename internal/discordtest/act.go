package discordtest

import (
	"fmt"
	"slices"
	"strconv"
)

// everyone is what members may do by default: to see, to write, to attach, to
// read, and to use commands.
const everyone = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | 1<<31

// String is the permissions as Discord writes them, as a decimal number.
func (p Permissions) String() string { return strconv.FormatUint(uint64(p), 10) }

// Slash is a slash command as a user enters it.
type Slash struct {
	User    User
	Channel Channel
	Command string
	Options []Option
	// Permissions of the user in the channel. Default: those of everyone.
	Permissions Permissions
	// Typing asks for suggestions for the last option instead of running the command.
	Typing bool
}

// Option is an argument of a slash command: a value, a user or a file. A
// subcommand is an option with options.
type Option struct {
	Name    string
	Value   any
	User    *User
	File    *File
	Options []Option
}

// option types
const (
	optionSubcommand = 1
	optionGroup      = 2
	optionUser       = 6
	optionAttachment = 11
)

type wireOption struct {
	Name    string       `json:"name"`
	Type    int          `json:"type"`
	Value   any          `json:"value,omitempty"`
	Focused bool         `json:"focused,omitempty"`
	Options []wireOption `json:"options,omitempty"`
}

type wireResolved struct {
	Users       map[string]wireUser       `json:"users,omitempty"`
	Members     map[string]wireMember     `json:"members,omitempty"`
	Messages    map[string]*wireMessage   `json:"messages,omitempty"`
	Attachments map[string]wireAttachment `json:"attachments,omitempty"`
}

type wireCommandData struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Type     int           `json:"type"`
	GuildID  string        `json:"guild_id,omitempty"`
	Options  []wireOption  `json:"options,omitempty"`
	TargetID string        `json:"target_id,omitempty"`
	Resolved *wireResolved `json:"resolved,omitempty"`
}

// Slash runs a command that the bot has registered.
func (s *Server) Slash(act Slash) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	command, err := s.offered(act.Command, commandSlash, act.Channel)
	if err != nil {
		return nil, err
	}
	resolved := &wireResolved{Users: map[string]wireUser{}, Members: map[string]wireMember{}, Attachments: map[string]wireAttachment{}}
	options, err := s.fill(command.Options, act.Options, resolved, act.Typing)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", act.Command, err)
	}
	i := &Interaction{User: act.User, Channel: act.Channel, kind: interactionCommand, origin: messageSlash}
	if act.Typing {
		i.kind = interactionAutocomplete
	}
	if act.Permissions == 0 {
		act.Permissions = everyone
	}
	return s.happen(i, act.Permissions, wireCommandData{
		ID: command.ID, Name: command.Name, Type: command.Type, GuildID: command.GuildID, Options: options, Resolved: resolved,
	}), nil
}

// SlashReplay runs the command /replay with a file.
func (s *Server) SlashReplay(user User, in Channel, file File) (*Interaction, error) {
	return s.Slash(Slash{User: user, Channel: in, Command: "replay", Options: []Option{{Name: "file", File: &file}}})
}

// fill matches arguments with the options that a command has, as a client does.
func (s *Server) fill(defined []CommandOption, given []Option, resolved *wireResolved, typing bool) ([]wireOption, error) {
	var filled []wireOption
	for n, arg := range given {
		at := slices.IndexFunc(defined, func(o CommandOption) bool { return o.Name == arg.Name })
		if at < 0 {
			return nil, fmt.Errorf("the command has no option %q", arg.Name)
		}
		w := wireOption{Name: arg.Name, Type: defined[at].Type, Value: arg.Value, Focused: typing && n == len(given)-1}
		switch w.Type {
		case optionSubcommand, optionGroup:
			inner, err := s.fill(defined[at].Options, arg.Options, resolved, typing)
			if err != nil {
				return nil, err
			}
			w.Options, w.Focused = inner, false
		case optionUser:
			w.Value = arg.User.ID
			resolved.Users[arg.User.ID] = wireUserOf(*arg.User)
			member := s.wireMember(*arg.User)
			member.User, member.Permissions = nil, everyone.String()
			resolved.Members[arg.User.ID] = member
		case optionAttachment:
			a := s.cdn.storeEphemeral(s, *arg.File)
			w.Value = a.ID
			resolved.Attachments[a.ID] = s.wireAttachment(a)
		}
		filled = append(filled, w)
	}
	for _, o := range defined {
		if o.Required && !typing && !slices.ContainsFunc(given, func(arg Option) bool { return arg.Name == o.Name }) {
			return nil, fmt.Errorf("the option %q is required", o.Name)
		}
	}
	return filled, nil
}

// Menu runs a message context-menu command that the bot has registered. The bot
// gets the message whole, whatever its intents.
func (s *Server) Menu(user User, command, messageID string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.world.messages[messageID]
	if m == nil || m.deleted {
		return nil, fmt.Errorf("there is no message %s", messageID)
	}
	found, err := s.offered(command, commandMessage, m.channel.Channel)
	if err != nil {
		return nil, err
	}
	i := &Interaction{User: user, Channel: m.channel.Channel, kind: interactionCommand, origin: messageContextMenu}
	return s.happen(i, everyone, wireCommandData{
		ID: found.ID, Name: found.Name, Type: found.Type, GuildID: found.GuildID, TargetID: m.id,
		Resolved: &wireResolved{Messages: map[string]*wireMessage{m.id: s.wireMessage(m, true)}},
	}), nil
}

// Press presses a button, or picks values in a select, on a message of the bot.
func (s *Server) Press(user User, messageID, customID string, values ...string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.world.messages[messageID]
	if m == nil || m.deleted {
		return nil, fmt.Errorf("there is no message %s", messageID)
	}
	component, found := m.current().Component(customID)
	if !found || component.Disabled {
		return nil, fmt.Errorf("message %s has no component %q to press", messageID, customID)
	}
	for _, v := range values {
		if component.Type == StringSelect && !slices.ContainsFunc(component.Options, func(o SelectOption) bool { return o.Value == v }) {
			return nil, fmt.Errorf("the select %q has no value %q", customID, v)
		}
	}
	i := &Interaction{User: user, Channel: m.channel.Channel, kind: interactionComponent, origin: messageReply, target: m}
	return s.happen(i, everyone, struct {
		CustomID string   `json:"custom_id"`
		Type     int      `json:"component_type"`
		Values   []string `json:"values,omitempty"`
	}{customID, component.Type, values}), nil
}

// Submit fills in and sends the modal that the bot answered with. Values go by
// the custom ids of the text inputs.
func (i *Interaction) Submit(values map[string]string) (*Interaction, error) {
	s := i.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.modal == nil {
		return nil, fmt.Errorf("interaction %s was not answered with a modal", i.ID)
	}
	sent := *i.modal
	sent.Components = filledIn(sent.Components, values)
	next := &Interaction{User: i.User, Channel: i.Channel, kind: interactionModal, origin: messageSlash, target: i.target, trigger: i}
	return s.happen(next, everyone, sent), nil
}

func filledIn(components []Component, values map[string]string) []Component {
	filled := slices.Clone(components)
	for i := range filled {
		filled[i].Components = filledIn(filled[i].Components, values)
		if value, found := values[filled[i].CustomID]; found {
			filled[i].Value = value
		}
	}
	return filled
}
