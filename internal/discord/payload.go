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

// message is a message in a channel.
type message struct {
	ID                  string
	ChannelID           string
	GuildID             string // "" in direct messages, and in messages read by REST
	Type                int
	Content             string
	Author              *person // nil where it could not be decoded
	WebhookID           string
	Mentions            []*person
	Attachments         []*attached
	MessageReference    *reference
	InteractionMetadata *origin
	Nonce               string // "" where Discord does not say it
	lost                error  // parts that could not be decoded
}

// person is a user.
type person struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// attached is a file of a message or of a command's option.
type attached struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
	Size     int    `json:"size"`
	URL      string `json:"url"`
}

// reference is the message that another one replies to.
type reference struct {
	MessageID string `json:"message_id"`
}

// origin is the interaction that a message answers.
type origin struct {
	ID       string `json:"id"`
	Response string `json:"original_response_message_id"` // "" in the response itself
}

// UnmarshalJSON decodes what it can: an error means that the data is no message.
func (m *message) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID          string          `json:"id"`
		ChannelID   string          `json:"channel_id"`
		GuildID     string          `json:"guild_id"`
		Type        int             `json:"type"`
		Content     string          `json:"content"`
		WebhookID   string          `json:"webhook_id"`
		Author      *person         `json:"author"`
		Mentions    items[person]   `json:"mentions"`
		Attachments items[attached] `json:"attachments"`
		Reference   *reference      `json:"message_reference"`
		Origin      *origin         `json:"interaction_metadata"`
		Nonce       json.RawMessage `json:"nonce"` // a text or a number
	}
	err := json.Unmarshal(data, &raw)
	if raw.ID == "" {
		return errors.Join(errNoID, err)
	}
	if err != nil { // what is missing here could make it look like another kind of message
		*m = message{ID: raw.ID, ChannelID: raw.ChannelID, lost: err}
		return nil
	}
	*m = message{
		ID: raw.ID, ChannelID: raw.ChannelID, GuildID: raw.GuildID, Type: raw.Type, Content: raw.Content,
		Author: raw.Author, WebhookID: raw.WebhookID, Mentions: raw.Mentions.all, Attachments: raw.Attachments.all,
		MessageReference: raw.Reference, InteractionMetadata: raw.Origin,
		Nonce: strings.Trim(string(raw.Nonce), `"`),
		lost:  errors.Join(raw.Mentions.lost, raw.Attachments.lost),
	}
	return nil
}

// application is what the bot belongs to.
type application struct {
	ID    string `json:"id"`
	Flags int    `json:"flags"`
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
	typeCommand      = 2
	typeAutocomplete = 4
)

// interaction is something that a player wants of the bot, to be answered by
// its token.
type interaction struct {
	ID        string
	AppID     string
	Token     string
	ChannelID string
	GuildID   string
	Type      int
	User      *person
	Data      json.RawMessage // depends on Type
	lost      error           // why Type and what follows from it are not known
}

// UnmarshalJSON decodes what is needed to answer; an error means that there is
// no answering.
func (i *interaction) UnmarshalJSON(data []byte) error {
	var raw struct {
		ID        string          `json:"id"`
		AppID     string          `json:"application_id"`
		Token     string          `json:"token"`
		ChannelID string          `json:"channel_id"`
		GuildID   string          `json:"guild_id"`
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
		*i = interaction{ID: raw.ID, AppID: raw.AppID, Token: raw.Token, lost: err}
		return nil
	}
	*i = interaction{
		ID: raw.ID, AppID: raw.AppID, Token: raw.Token, ChannelID: raw.ChannelID, GuildID: raw.GuildID,
		Type: raw.Type, Data: raw.Data,
	}
	var member struct {
		User *person `json:"user"`
	}
	if json.Unmarshal(raw.Member, &member) == nil && member.User != nil && member.User.ID != "" {
		i.User = member.User // in a guild
		return nil
	}
	if user, err := decodeOne[person](raw.User); err == nil && user != nil && user.ID != "" {
		i.User = user
	}
	return nil
}

// commandData is what a command was given.
type commandData struct {
	Name     string        `json:"name"`
	TargetID string        `json:"target_id"` // the message clicked on
	Options  items[option] `json:"options"`
	Resolved struct {
		Messages    table[message]  `json:"messages"`
		Attachments table[attached] `json:"attachments"`
	} `json:"resolved"`
}

// option is an argument of a command. The value's kind depends on the option.
type option struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// lost is what of the data could not be decoded.
func (d *commandData) lost() error {
	lost := errors.Join(d.Options.lost, d.Resolved.Messages.lost, d.Resolved.Attachments.lost)
	if target := d.Resolved.Messages.all[d.TargetID]; target != nil {
		lost = errors.Join(lost, target.lost)
	}
	return lost
}

// items is a list decoded item by item: what cannot be decoded is left out, and
// lost says why.
type items[T any] struct {
	all  []*T
	lost error // of the first item lost
}

// UnmarshalJSON never fails.
func (l *items[T]) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if l.lost = json.Unmarshal(data, &raw); l.lost != nil {
		return nil
	}
	for n, one := range raw {
		value, err := decodeOne[T](one)
		if err != nil && l.lost == nil {
			l.lost = fmt.Errorf("item %d: %w", n, err)
		}
		if value != nil {
			l.all = append(l.all, value)
		}
	}
	return nil
}

// table is items by their ids.
type table[T any] struct {
	all  map[string]*T
	lost error
}

// UnmarshalJSON never fails.
func (t *table[T]) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if t.lost = json.Unmarshal(data, &raw); t.lost != nil {
		return nil
	}
	t.all = make(map[string]*T, len(raw))
	for id, one := range raw {
		value, err := decodeOne[T](one)
		if err != nil && t.lost == nil {
			t.lost = fmt.Errorf("item %s: %w", text.Cut(text.Line(id), maxLogRunes), err)
		}
		if value != nil {
			t.all[id] = value
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
