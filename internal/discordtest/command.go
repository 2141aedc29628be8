package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Command types.
const (
	commandSlash   = 1
	commandUser    = 2
	commandMessage = 3
)

// Command is a command that the bot has registered.
type Command struct {
	ID                 string            `json:"id"`
	ApplicationID      string            `json:"application_id"`
	GuildID            string            `json:"guild_id,omitempty"`
	Version            string            `json:"version"`
	Type               int               `json:"type"`
	Name               string            `json:"name"`
	NameLocal          map[string]string `json:"name_localizations,omitempty"`
	Description        string            `json:"description"`
	DescriptionLocal   map[string]string `json:"description_localizations,omitempty"`
	Options            []CommandOption   `json:"options,omitempty"`
	DefaultPermissions json.RawMessage   `json:"default_member_permissions"`
	DMPermission       *bool             `json:"dm_permission,omitempty"`
	Contexts           []int             `json:"contexts"`
	IntegrationTypes   []int             `json:"integration_types,omitempty"`
	NSFW               bool              `json:"nsfw"`
}

// CommandOption is an option of a slash command.
type CommandOption struct {
	Type             int               `json:"type"`
	Name             string            `json:"name"`
	NameLocal        map[string]string `json:"name_localizations,omitempty"`
	Description      string            `json:"description"`
	DescriptionLocal map[string]string `json:"description_localizations,omitempty"`
	Required         bool              `json:"required,omitempty"`
	Choices          []Choice          `json:"choices,omitempty"`
	Options          []CommandOption   `json:"options,omitempty"`
	Autocomplete     bool              `json:"autocomplete,omitempty"`
	MinValue         *float64          `json:"min_value,omitempty"`
	MaxValue         *float64          `json:"max_value,omitempty"`
	MinLength        *int              `json:"min_length,omitempty"`
	MaxLength        *int              `json:"max_length,omitempty"`
	ChannelTypes     []int             `json:"channel_types,omitempty"`
}

// Commands are the registered commands, global ones and those of guilds.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Command
	for _, c := range s.commands {
		list = append(list, *c)
	}
	return list
}

// WaitCommand returns a command as soon as it is registered.
func (s *Server) WaitCommand(ctx context.Context, name string) (Command, error) {
	var found Command
	err := s.Wait(ctx, func() bool {
		for _, c := range s.Commands() {
			if c.Name == name {
				found = c
				return true
			}
		}
		return false
	})
	return found, err
}

// offered returns the command that a client would offer in a channel.
func (s *Server) offered(name string, kind int, in *channel) (*Command, error) {
	for _, c := range s.commands {
		if c.Name != name || c.Type != kind || c.GuildID != "" && c.GuildID != in.GuildID {
			continue
		}
		if in.kind == typeDM && !c.inDMs() {
			return nil, fmt.Errorf("the command %q is not offered in direct messages", name)
		}
		if in.kind != typeDM && c.Contexts != nil && !slices.Contains(c.Contexts, contextGuild) {
			return nil, fmt.Errorf("the command %q is offered in direct messages alone", name)
		}
		return c, nil
	}
	return nil, fmt.Errorf("no command %q of type %d is registered", name, kind)
}

// Interaction contexts.
const (
	contextGuild = 0
	contextBotDM = 1
)

func (c *Command) inDMs() bool {
	if c.Contexts != nil {
		return slices.Contains(c.Contexts, contextBotDM)
	}
	return c.DMPermission == nil || *c.DMPermission
}

// needs are the permissions without which a guild's members are not offered the command.
func (c *Command) needs() Permissions {
	var text *string
	if json.Unmarshal(c.DefaultPermissions, &text) != nil || text == nil {
		return 0
	}
	n, _ := strconv.ParseUint(*text, 10, 64)
	if n == 0 {
		return Administrator
	}
	return Permissions(n)
}

func (s *Server) listCommands(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []*Command{}
	for _, command := range s.commands {
		if command.GuildID == c.PathValue("guild_id") {
			list = append(list, command)
		}
	}
	return ok(list)
}

// putCommands replaces all commands of a scope. A command that keeps its name
// and type keeps its id.
func (s *Server) putCommands(c *call) (answer, *refusal) {
	var sent []*Command
	if refused := c.decode(&sent); refused != nil {
		return refuse(refused)
	}
	if errs := checkCommands(sent); len(errs) > 0 {
		return refuse(invalidForm(errs...))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	guild := c.PathValue("guild_id")
	for _, command := range sent {
		s.adopt(command, guild)
	}
	s.commands = slices.DeleteFunc(s.commands, func(old *Command) bool { return old.GuildID == guild })
	s.commands = append(s.commands, sent...)
	if sent == nil {
		sent = []*Command{}
	}
	return ok(sent)
}

func (s *Server) createCommand(c *call) (answer, *refusal) {
	var sent Command
	if refused := c.decode(&sent); refused != nil {
		return refuse(refused)
	}
	if errs := checkCommands([]*Command{&sent}); len(errs) > 0 {
		return refuse(invalidForm(errs...))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adopt(&sent, c.PathValue("guild_id"))
	s.commands = slices.DeleteFunc(s.commands, func(old *Command) bool { return old.ID == sent.ID })
	s.commands = append(s.commands, &sent)
	return ok(&sent)
}

func (s *Server) deleteCommand(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.commands)
	s.commands = slices.DeleteFunc(s.commands, func(old *Command) bool { return old.ID == c.PathValue("command_id") })
	if len(s.commands) == before {
		return refuse(unknownCommand)
	}
	return noContent()
}

// adopt gives a command what Discord adds: its id above all.
func (s *Server) adopt(c *Command, guild string) {
	c.ID, c.Version, c.GuildID, c.ApplicationID = s.nextID(), s.nextID(), guild, s.bot.ID
	for _, old := range s.commands {
		if old.Name == c.Name && old.Type == c.Type && old.GuildID == guild {
			c.ID = old.ID
		}
	}
}

// Limits of commands that the OpenAPI description leaves out.
// https://discord.com/developers/docs/interactions/application-commands
const (
	maxSlashCommands     = 100
	maxMenuCommands      = 15 // of each type
	maxCommandCharacters = 8000
)

var slashName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func checkCommands(list []*Command) []fieldError {
	var f form
	kinds := make(map[int]int)
	names := make(map[string]bool)
	for i, c := range list {
		path := strconv.Itoa(i)
		if c.Type == 0 {
			c.Type = commandSlash
		}
		kinds[c.Type]++
		key := strconv.Itoa(c.Type) + c.Name
		if names[key] {
			f.add(path+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		names[key] = true
		f.command(path, c)
	}
	f.count("_", kinds[commandSlash], 0, maxSlashCommands)
	f.count("_", kinds[commandUser], 0, maxMenuCommands)
	f.count("_", kinds[commandMessage], 0, maxMenuCommands)
	return f.errs
}

func (f *form) command(path string, c *Command) {
	if c.Type != commandSlash {
		for locale, name := range c.NameLocal {
			f.filled(path+".name_localizations."+locale, name, 32)
		}
		if c.Description != "" || len(c.DescriptionLocal) > 0 || len(c.Options) > 0 {
			f.add(path+".description", formChoices, "Context menu commands cannot have description or options")
		}
		return
	}
	f.slashName(path+".name", c.Name)
	f.filled(path+".description", c.Description, 100)
	f.localised(path, c.NameLocal, c.DescriptionLocal)
	if f.options(path, c.Options)+characters(c.Name, c.Description) > maxCommandCharacters {
		f.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	}
}

// localised checks what a command or an option is called in other languages.
func (f *form) localised(path string, names, descriptions map[string]string) {
	for locale, name := range names {
		f.slashName(path+".name_localizations."+locale, name)
	}
	for locale, description := range descriptions {
		f.filled(path+".description_localizations."+locale, description, 100)
	}
}

func (f *form) slashName(path, name string) {
	if !slashName.MatchString(name) || strings.ToLower(name) != name {
		f.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// options checks the options of a command and returns their characters.
func (f *form) options(path string, options []CommandOption) int {
	total, optional := 0, false
	f.count(path+".options", len(options), 0, maxOptions)
	for i, o := range options {
		at := path + ".options." + strconv.Itoa(i)
		f.slashName(at+".name", o.Name)
		f.filled(at+".description", o.Description, 100)
		f.localised(at, o.NameLocal, o.DescriptionLocal)
		if o.Required && optional {
			f.add(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !o.Required && !o.nests()
		if o.nests() != options[0].nests() {
			f.add(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		}
		if o.Autocomplete && len(o.Choices) > 0 {
			f.add(at+".autocomplete", formMutuallyExclusive, "autocomplete may not be set to true if choices are present")
		}
		total += characters(o.Name, o.Description) + f.options(at, o.Options)
		for _, choice := range o.Choices {
			total += characters(choice.Name, fmt.Sprint(choice.Value))
		}
	}
	return total
}

func characters(texts ...string) int {
	n := 0
	for _, text := range texts {
		n += utf8.RuneCountInString(text)
	}
	return n
}
