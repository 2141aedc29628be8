package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/text"
)

// What Discord sends, as far as the bot needs it. discordgo's own types fail as
// a whole on one part that they do not know, such as a new type of component;
// these leave out what the bot does not need, and decode lists item by item.

// Message types that players write.
// https://discord.com/developers/docs/resources/message#message-object-message-types
const (
	messageDefault = 0
	messageAnswer  = 19 // a reply to another message
)

// Message is a message in a channel.
type Message struct {
	ID                  MessageID
	ChannelID           ChannelID
	GuildID             GuildID // "" in direct messages, and in messages read by REST
	Type                int
	Content             string
	Author              *User // nil where it could not be decoded
	WebhookID           string
	Mentions            []*User
	Attachments         []*Attachment
	MessageReference    *Reference
	InteractionMetadata *Origin
	Nonce               string // "" where Discord does not say it
	Lost                error  // parts that could not be decoded
}

// User is a user. Names are strangers' words and change; the id stays.
type User struct {
	ID         UserID `json:"id"`
	Bot        bool   `json:"bot"`
	Name       string `json:"username"`
	GlobalName string `json:"global_name"` // as shown, in place of Name; "": not set
}

// Shown is the name that other users see.
func (u *User) Shown() string { return cmp.Or(u.GlobalName, u.Name) }

// Attachment is a file of a message or of a command's option.
type Attachment struct {
	ID       AttachmentID `json:"id"`
	Filename string       `json:"filename"`
	Size     int          `json:"size"`
	URL      string       `json:"url"`
}

// Reference is the message that another one replies to.
type Reference struct {
	MessageID MessageID `json:"message_id"`
}

// Origin is the interaction that a message answers.
type Origin struct {
	ID       InteractionID `json:"id"`
	Response MessageID     `json:"original_response_message_id"` // "" in the response itself
}

// FromPlayer says whether a person wrote the message.
func (m *Message) FromPlayer() bool {
	return m.Author != nil && !m.Author.Bot && m.WebhookID == "" && (m.Type == messageDefault || m.Type == messageAnswer)
}

// UnmarshalJSON decodes what it can: an error means that the data is no message.
func (m *Message) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID          MessageID        `json:"id"`
		ChannelID   ChannelID        `json:"channel_id"`
		GuildID     GuildID          `json:"guild_id"`
		Type        int              `json:"type"`
		Content     string           `json:"content"`
		WebhookID   string           `json:"webhook_id"`
		Author      *User            `json:"author"`
		Mentions    List[User]       `json:"mentions"`
		Attachments List[Attachment] `json:"attachments"`
		Reference   *Reference       `json:"message_reference"`
		Origin      *Origin          `json:"interaction_metadata"`
		Nonce       json.RawMessage  `json:"nonce"` // a text or a number
	}
	err := json.Unmarshal(data, &raw)
	if raw.ID == "" {
		return errors.Join(errNoID, err)
	}
	if err != nil { // what is missing here could make it look like another kind of message
		*m = Message{ID: raw.ID, ChannelID: raw.ChannelID, Lost: err}
		return nil
	}
	*m = Message{
		ID: raw.ID, ChannelID: raw.ChannelID, GuildID: raw.GuildID, Type: raw.Type, Content: raw.Content,
		Author: raw.Author, WebhookID: raw.WebhookID, Mentions: raw.Mentions.All, Attachments: raw.Attachments.All,
		MessageReference: raw.Reference, InteractionMetadata: raw.Origin,
		Nonce: strings.Trim(string(raw.Nonce), `"`),
		Lost:  errors.Join(raw.Mentions.Lost, raw.Attachments.Lost),
	}
	return nil
}

// Application is what the bot belongs to.
type Application struct {
	ID    ApplicationID `json:"id"`
	Flags int           `json:"flags"`
}

// SeesContent says whether the bot may ask for the content of messages that are
// not meant for it, by the Message Content Intent.
func (a *Application) SeesContent() bool {
	return a.Flags&(flagMessageContent|flagMessageContentLimited) != 0
}

// errNoID says that data is nothing that Discord names.
var errNoID = errors.New("no id")

// Interaction types.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type
const (
	TypeCommand      = 2
	typeComponent    = 3
	TypeAutocomplete = 4
	typeModal        = 5
)

// Interaction is something that a player wants of the bot, to be answered by
// its token.
type Interaction struct {
	ID        InteractionID
	AppID     ApplicationID
	Token     string
	ChannelID ChannelID
	GuildID   GuildID
	// Locale is the language of the user's client and GuildLocale that of the
	// guild, in Discord's own words, which are BCP 47 tags; "" where it is not said.
	Locale      string
	GuildLocale string
	Type        int
	User        *User
	Data        json.RawMessage // depends on Type
	Message     MessageID       // whose component was used, also to open a form; "" where there is none
	Lost        error           // why Type and what follows from it are not known

	// What was done, by Type; the router decodes it.
	Command   CommandData
	Component ComponentData
	Form      FormData
	Argument  string // of the component's or the form's custom id

	Permissions Permissions // of the member in the channel; 0 outside of servers
	tried       bool        // to acknowledge it
	answered    bool        // an acknowledgement stands
}

// UnmarshalJSON decodes what is needed to answer; an error means that there is
// no answering.
func (i *Interaction) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID        InteractionID   `json:"id"`
		AppID     ApplicationID   `json:"application_id"`
		Token     string          `json:"token"`
		ChannelID ChannelID       `json:"channel_id"`
		GuildID   GuildID         `json:"guild_id"`
		Locale    json.RawMessage `json:"locale"`       // not worth losing the rest for
		InGuild   json.RawMessage `json:"guild_locale"` // likewise
		Type      int             `json:"type"`
		User      json.RawMessage `json:"user"`
		Member    json.RawMessage `json:"member"`
		Message   json.RawMessage `json:"message"`
		Data      json.RawMessage `json:"data"`
	}
	err := json.Unmarshal(data, &raw)
	if raw.ID == "" || raw.Token == "" {
		return errors.Join(errNoID, err)
	}
	if err != nil {
		*i = Interaction{ID: raw.ID, AppID: raw.AppID, Token: raw.Token, Lost: err}
		return nil
	}
	*i = Interaction{
		ID: raw.ID, AppID: raw.AppID, Token: raw.Token, ChannelID: raw.ChannelID, GuildID: raw.GuildID,
		Type: raw.Type, Data: raw.Data,
	}
	_ = json.Unmarshal(raw.Locale, &i.Locale)
	_ = json.Unmarshal(raw.InGuild, &i.GuildLocale)
	var used struct {
		ID MessageID `json:"id"`
	}
	_ = json.Unmarshal(raw.Message, &used) // none, where it cannot be decoded
	i.Message = used.ID
	i.by(raw.Member, raw.User)
	return nil
}

// by notes who did it: a member in a guild, else a user.
func (i *Interaction) by(inGuild, direct json.RawMessage) {
	var member struct {
		User        *User           `json:"user"`
		Permissions json.RawMessage `json:"permissions"`
	}
	if json.Unmarshal(inGuild, &member) == nil && member.User != nil && member.User.ID != "" {
		i.User = member.User
		_ = json.Unmarshal(member.Permissions, &i.Permissions) // none, where they cannot be decoded
		return
	}
	if user, err := decodeOne[User](direct); err == nil && user != nil && user.ID != "" {
		i.User = user
	}
}

// CommandData is what a command was given.
type CommandData struct {
	Name     string       `json:"name"`      // of a subcommand its path, as in "admin penalty clear"
	TargetID MessageID    `json:"target_id"` // the message clicked on
	Options  List[Option] `json:"options"`
	Resolved struct {
		Users       Table[UserID, User]             `json:"users"`
		Messages    Table[MessageID, Message]       `json:"messages"`
		Attachments Table[AttachmentID, Attachment] `json:"attachments"`
	} `json:"resolved"`
}

// Option is an argument of a command. The value's kind depends on the option.
type Option struct {
	Type    int             `json:"type"`
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"` // the player is typing it
	Options List[Option]    `json:"options"` // of a subcommand
}

// Text is the value as a text, "" where it is none.
func (o *Option) Text() string {
	var text string
	_ = json.Unmarshal(o.Value, &text)
	return text
}

// option is a named option; nil where it was not given.
func (d *CommandData) option(name string) *Option {
	for _, o := range d.Options.All {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Text is a text that an option was given, or the id of a channel or role; "" for none.
func (d *CommandData) Text(option string) string {
	if o := d.option(option); o != nil {
		return o.Text()
	}
	return ""
}

// Number is a number that an option was given; ok is false for none.
func (d *CommandData) Number(option string) (n int64, ok bool) {
	o := d.option(option)
	return n, o != nil && json.Unmarshal(o.Value, &n) == nil
}

// User is the user that an option names; nil for none.
func (d *CommandData) User(option string) *User {
	return d.Resolved.Users.All[UserID(d.Text(option))]
}

// maxNesting is how deep subcommands lie: in a group of a command.
const maxNesting = 2

// descend makes a subcommand the command.
func (d *CommandData) descend() {
	for range maxNesting {
		if len(d.Options.All) != 1 {
			return
		}
		only := d.Options.All[0]
		if only.Type != optionSubcommand && only.Type != optionGroup {
			return
		}
		d.Name, d.Options = d.Name+" "+only.Name, only.Options
	}
}

// typed is the option that the player is typing; nil where there is none.
func (d *CommandData) typed() *Option {
	for _, o := range d.Options.All {
		if o.Focused {
			return o
		}
	}
	return nil
}

// ComponentData is what a player pressed or selected.
type ComponentData struct {
	CustomID string   `json:"custom_id"`
	Values   []string `json:"values"` // of a select
}

// FormData is what a player wrote.
type FormData struct {
	CustomID string
	Values   map[string]string // by Input.Name
}

// UnmarshalJSON decodes what it can of the inputs, which lie in rows or in labels.
func (f *FormData) UnmarshalJSON(data []byte) error {
	type input struct {
		CustomID string `json:"custom_id"`
		Value    string `json:"value"`
	}
	type part struct {
		Component  *input      `json:"component"`
		Components List[input] `json:"components"`
	}
	var raw struct {
		CustomID   string     `json:"custom_id"`
		Components List[part] `json:"components"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*f = FormData{CustomID: raw.CustomID, Values: make(map[string]string)}
	for _, p := range raw.Components.All {
		if p.Component != nil {
			f.Values[p.Component.CustomID] = p.Component.Value
		}
		for _, in := range p.Components.All {
			f.Values[in.CustomID] = in.Value
		}
	}
	return nil
}

// Partial is what of the data could not be decoded.
func (d *CommandData) Partial() error {
	lost := errors.Join(d.Options.Lost, d.Resolved.Users.Lost, d.Resolved.Messages.Lost, d.Resolved.Attachments.Lost)
	if target := d.Resolved.Messages.All[d.TargetID]; target != nil {
		lost = errors.Join(lost, target.Lost)
	}
	return lost
}

// List is a list decoded item by item: what cannot be decoded is left out, and
// lost says why.
type List[T any] struct {
	All  []*T
	Lost error // of the first item lost
}

// UnmarshalJSON never fails.
func (l *List[T]) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if l.Lost = json.Unmarshal(data, &raw); l.Lost != nil {
		return nil
	}
	for n, one := range raw {
		value, err := decodeOne[T](one)
		if err != nil && l.Lost == nil {
			l.Lost = fmt.Errorf("item %d: %w", n, err)
		}
		if value != nil {
			l.All = append(l.All, value)
		}
	}
	return nil
}

// Table is items by their ids.
type Table[K ~string, T any] struct {
	All  map[K]*T
	Lost error
}

// UnmarshalJSON never fails.
func (t *Table[K, T]) UnmarshalJSON(data []byte) error {
	var raw map[K]json.RawMessage
	if t.Lost = json.Unmarshal(data, &raw); t.Lost != nil {
		return nil
	}
	t.All = make(map[K]*T, len(raw))
	for id, one := range raw {
		value, err := decodeOne[T](one)
		if err != nil && t.Lost == nil {
			t.Lost = fmt.Errorf("item %s: %w", text.Cut(text.Line(string(id)), maxLogRunes), err)
		}
		if value != nil {
			t.All[id] = value
		}
	}
	return nil
}

// decodeOne is nil for null and for what is no T.
func decodeOne[T any](data json.RawMessage) (*T, error) {
	if string(data) == "null" {
		return nil, nil
	}
	value := new(T)
	if err := json.Unmarshal(data, value); err != nil {
		return nil, err
	}
	return value, nil
}
