package discordtest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
	// Command is its name; a subcommand's is the whole path, as in "admin penalty clear".
	Command string
	Options []Option
	// Permissions of the user in the channel. Default: those that the user has in the
	// guild, see SetPermissions.
	Permissions Permissions
	// Overridden is a command that the guild's administrators let the user run in spite
	// of its default permissions.
	Overridden bool
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
	in := s.world.channels[act.Channel.ID]
	if act.Permissions == 0 {
		act.Permissions = in.permissions(act.User)
	}
	name, path, _ := strings.Cut(act.Command, " ")
	command, err := s.offered(name, commandSlash, in)
	if err != nil {
		return nil, err
	}
	if err := in.usable(command, act); err != nil {
		return nil, err
	}
	act.Options = nested(path, act.Options)
	resolved := &wireResolved{Users: map[string]wireUser{}, Members: map[string]wireMember{}, Attachments: map[string]wireAttachment{}}
	options, err := s.fill(in, command.Options, act.Options, resolved, act.Typing)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", act.Command, err)
	}
	i := &Interaction{User: act.User, Channel: act.Channel, kind: interactionCommand, origin: messageSlash}
	if act.Typing {
		i.kind = interactionAutocomplete
	}
	return s.happen(i, act.Permissions, wireCommandData{
		ID: command.ID, Name: command.Name, Type: command.Type, GuildID: command.GuildID, Options: options, Resolved: resolved,
	}), nil
}

// nested are options as those of the subcommand with a path, as in "penalty clear".
func nested(path string, options []Option) []Option {
	if path == "" {
		return options
	}
	first, rest, _ := strings.Cut(path, " ")
	return []Option{{Name: first, Options: nested(rest, options)}}
}

// usable says why a client does not offer a command to a user who sees the channel.
// https://docs.discord.com/developers/interactions/application-commands#permissions
func (c *channel) usable(command *Command, act Slash) error {
	needed := command.needs()
	switch {
	case !c.sees(act.User):
		return fmt.Errorf("%s does not see the channel %s", act.User.Name, c.ID)
	case c.archived:
		return fmt.Errorf("commands cannot be used in the archived thread %s", c.ID)
	case c.kind == typeDM, act.Overridden, act.Permissions&Administrator != 0:
		return nil
	case act.Permissions&needed != needed:
		return fmt.Errorf("/%s is not offered to %s: it is for members with the permissions %s", command.Name, act.User.Name, needed)
	}
	return nil
}

// SlashReplay runs the command /replay with a file.
func (s *Server) SlashReplay(user User, in Channel, file File) (*Interaction, error) {
	return s.Slash(Slash{User: user, Channel: in, Command: "replay", Options: []Option{{Name: "file", File: &file}}})
}

// fill matches arguments with the options that a command has, as a client does.
func (s *Server) fill(in *channel, defined []CommandOption, given []Option, resolved *wireResolved, typing bool) ([]wireOption, error) {
	var filled []wireOption
	if len(given) == 0 && len(defined) > 0 && defined[0].nests() {
		return nil, errors.New("a subcommand must be chosen")
	}
	for n, arg := range given {
		at := slices.IndexFunc(defined, func(o CommandOption) bool { return o.Name == arg.Name })
		if at < 0 {
			return nil, fmt.Errorf("the command has no option %q", arg.Name)
		}
		w := wireOption{Name: arg.Name, Type: defined[at].Type, Value: arg.Value, Focused: typing && n == len(given)-1}
		if err := defined[at].takes(w); err != nil {
			return nil, err
		}
		switch w.Type {
		case optionSubcommand, optionGroup:
			inner, err := s.fill(in, defined[at].Options, arg.Options, resolved, typing)
			if err != nil {
				return nil, err
			}
			w.Options, w.Focused = inner, false
		case optionUser:
			w.Value = arg.User.ID
			s.resolve(in, *arg.User, resolved)
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

// resolve adds a user who is named by an option, and the member that the user is.
func (s *Server) resolve(in *channel, u User, resolved *wireResolved) {
	resolved.Users[u.ID] = wireUserOf(s.world.users[u.ID].User)
	if in.guild == nil || !in.guild.joined(u) {
		return
	}
	member := s.wireMember(in.guild, u)
	member.User, member.Permissions = nil, in.permissions(u).String()
	resolved.Members[u.ID] = member
}

// nests reports whether an option is a subcommand or a group of them.
func (o CommandOption) nests() bool { return o.Type == optionSubcommand || o.Type == optionGroup }

// takes says why a client does not let a value be entered.
func (o CommandOption) takes(w wireOption) error {
	switch {
	case w.Focused && !o.nests() && !o.Autocomplete:
		return fmt.Errorf("the option %q suggests nothing", o.Name)
	case len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return fmt.Sprint(c.Value) == fmt.Sprint(w.Value) }):
		return fmt.Errorf("the option %q has no choice %v", o.Name, w.Value)
	}
	return nil
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
	found, err := s.offered(command, commandMessage, m.channel)
	if err != nil {
		return nil, err
	}
	permissions := m.channel.permissions(user)
	if err := m.channel.usable(found, Slash{User: user, Permissions: permissions}); err != nil {
		return nil, err
	}
	i := &Interaction{User: user, Channel: m.channel.Channel, kind: interactionCommand, origin: messageContextMenu}
	return s.happen(i, permissions, wireCommandData{
		ID: found.ID, Name: found.Name, Type: found.Type, GuildID: found.GuildID, TargetID: m.id,
		Resolved: &wireResolved{Messages: map[string]*wireMessage{m.id: s.wireMessage(m, true)}},
	}), nil
}

// Press presses a button, or picks values in a select, on a message of the bot that
// the user sees. Buttons go by custom id or by label, selects by custom id.
func (s *Server) Press(user User, messageID, what string, values ...string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.world.messages[messageID]
	switch {
	case m == nil || m.deleted:
		return nil, fmt.Errorf("there is no message %s", messageID)
	case !m.sees(user):
		return nil, fmt.Errorf("%s does not see the message %s", user.Name, messageID)
	case m.channel.archived:
		return nil, fmt.Errorf("nothing can be pressed in the archived thread %s", m.channel.ID)
	}
	component, found := m.current().Component(what)
	if !found {
		component, found = find(m.current().Components, func(c Component) bool { return c.Type == Button && c.Label == what })
	}
	if !found || component.Disabled || component.CustomID == "" {
		return nil, fmt.Errorf("message %s has no component %q to press", messageID, what)
	}
	if err := component.takes(values); err != nil {
		return nil, err
	}
	i := &Interaction{User: user, Channel: m.channel.Channel, kind: interactionComponent, origin: messageReply, target: m}
	data := map[string]any{"custom_id": component.CustomID, "component_type": component.Type, "id": component.ID}
	if component.Type != Button {
		data["values"] = append([]string{}, values...)
	}
	return s.happen(i, m.channel.permissions(user), data), nil
}

// takes says why a client does not let values be picked.
func (c Component) takes(values []string) error {
	if c.Type == Button {
		if len(values) > 0 {
			return fmt.Errorf("the button %q takes no values", c.CustomID)
		}
		return nil
	}
	if len(values) < *c.MinValues || len(values) > *c.MaxValues {
		return fmt.Errorf("the select %q takes %d to %d values", c.CustomID, *c.MinValues, *c.MaxValues)
	}
	for n, v := range values {
		if c.Type == StringSelect && !slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v }) {
			return fmt.Errorf("the select %q has no value %q", c.CustomID, v)
		}
		if slices.Contains(values[:n], v) {
			return fmt.Errorf("the value %q is picked twice", v)
		}
	}
	return nil
}

// Submit fills in and sends the modal that the bot answered with. Values go by
// the custom ids of the text inputs; what is left out stays as it was shown.
func (i *Interaction) Submit(values map[string]string) (*Interaction, error) {
	s := i.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.modal == nil {
		return nil, fmt.Errorf("interaction %s was not answered with a modal", i.ID)
	}
	for name := range values {
		if _, found := find(i.modal.Components, func(c Component) bool { return c.CustomID == name }); !found {
			return nil, fmt.Errorf("the modal has no input %q", name)
		}
	}
	sent := *i.modal
	sent.Components = filledIn(sent.Components, values)
	if bad, found := find(sent.Components, Component.unfit); found {
		return nil, fmt.Errorf("the input %q does not take %q", bad.CustomID, bad.Value)
	}
	next := &Interaction{User: i.User, Channel: i.Channel, kind: interactionModal, origin: messageSlash, target: i.target, trigger: i}
	return s.happen(next, s.world.channels[i.Channel.ID].permissions(i.User), sent), nil
}

// unfit reports whether a client does not send what was written into an input.
func (c Component) unfit() bool {
	n := utf8.RuneCountInString(c.Value)
	required := c.Required == nil || *c.Required
	most := cmp.Or(c.MaxLength, maxInputValue)
	return c.Type == TextInput && (n > most || n < c.MinLength && (required || n > 0) || required && n == 0)
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
