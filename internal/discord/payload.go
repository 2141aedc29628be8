package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/text"
)

// What Discord sends, as far as the bot needs it. discordgo's own types fail as
// a whole on one part that they do not know, such as a new type of component;
// these leave out what the bot does not look at, and decode lists item by item.

// Message types that players write.
// https://discord.com/developers/docs/resources/message#message-object-message-types
const (
	messageDefault = 0
	messageAnswer  = 19 // a reply to another message
)

// Message is a message in a channel.
type Message struct {
	ID                  string
	ChannelID           string
	GuildID             string // "" in direct messages, and in messages read by REST
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

// User is a user.
type User struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// Attachment is a file of a message or of a command's option.
type Attachment struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
	Size     int    `json:"size"`
	URL      string `json:"url"`
}

// Reference is the message that another one replies to.
type Reference struct {
	MessageID string `json:"message_id"`
}

// Origin is the interaction that a message answers.
type Origin struct {
	ID       string `json:"id"`
	Response string `json:"original_response_message_id"` // "" in the response itself
}

// FromPlayer says whether a person wrote the message.
func (m *Message) FromPlayer() bool {
	return m.Author != nil && !m.Author.Bot && m.WebhookID == "" && (m.Type == messageDefault || m.Type == messageAnswer)
}

// UnmarshalJSON decodes what it can: an error means that the data is no message.
func (m *Message) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID          string           `json:"id"`
		ChannelID   string           `json:"channel_id"`
		GuildID     string           `json:"guild_id"`
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
	ID    string `json:"id"`
	Flags int    `json:"flags"`
}

// SeesContent says whether the bot may ask for the content of messages that are
// not meant for it, by the Message Content Intent.
func (a *Application) SeesContent() bool {
	return a.Flags&(flagMessageContent|flagMessageContentLimited) != 0
}

// named is anything of which only the id is needed.
type named struct {
	ID string `json:"id"`
}

// errNoID says that data is nothing that Discord names.
var errNoID = errors.New("no id")

// Interaction types.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type
const (
	TypeCommand      = 2
	TypeAutocomplete = 4
)

// Interaction is something that a player wants of the bot, to be answered by
// its token.
type Interaction struct {
	ID        string
	AppID     string
	Token     string
	ChannelID string
	GuildID   string
	// Locale is the language of the user's client and GuildLocale that of the
	// guild, in Discord's own words, which are BCP 47 tags; "" where it is not said.
	Locale      string
	GuildLocale string
	Type        int
	User        *User
	Data        json.RawMessage // depends on Type
	Lost        error           // why Type and what follows from it are not known
}

// UnmarshalJSON decodes what is needed to answer; an error means that there is
// no answering.
func (i *Interaction) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID        string          `json:"id"`
		AppID     string          `json:"application_id"`
		Token     string          `json:"token"`
		ChannelID string          `json:"channel_id"`
		GuildID   string          `json:"guild_id"`
		Locale    json.RawMessage `json:"locale"`       // not worth losing the rest for
		InGuild   json.RawMessage `json:"guild_locale"` // likewise
		Type      int             `json:"type"`
		User      json.RawMessage `json:"user"`
		Member    json.RawMessage `json:"member"`
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
	var member struct {
		User *User `json:"user"`
	}
	if json.Unmarshal(raw.Member, &member) == nil && member.User != nil && member.User.ID != "" {
		i.User = member.User // in a guild
		return nil
	}
	if user, err := decodeOne[User](raw.User); err == nil && user != nil && user.ID != "" {
		i.User = user
	}
	return nil
}

// CommandData is what a command was given.
type CommandData struct {
	Name     string       `json:"name"`
	TargetID string       `json:"target_id"` // the message clicked on
	Options  List[Option] `json:"options"`
	Resolved struct {
		Messages    Table[Message]    `json:"messages"`
		Attachments Table[Attachment] `json:"attachments"`
	} `json:"resolved"`
}

// Option is an argument of a command. The value's kind depends on the option.
type Option struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// Partial is what of the data could not be decoded.
func (d *CommandData) Partial() error {
	lost := errors.Join(d.Options.Lost, d.Resolved.Messages.Lost, d.Resolved.Attachments.Lost)
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
type Table[T any] struct {
	All  map[string]*T
	Lost error
}

// UnmarshalJSON never fails.
func (t *Table[T]) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if t.Lost = json.Unmarshal(data, &raw); t.Lost != nil {
		return nil
	}
	t.All = make(map[string]*T, len(raw))
	for id, one := range raw {
		value, err := decodeOne[T](one)
		if err != nil && t.Lost == nil {
			t.Lost = fmt.Errorf("item %s: %w", text.Cut(text.Line(id), maxLogRunes), err)
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
