package discord

import (
	"context"
	"encoding/json"
)

// What the bot sends, with the fields that Discord describes and no others: a
// server may refuse a request for one that it does not know. discordgo's types
// have such fields.
// https://discord.com/developers/docs/resources/message

// messageBody creates a message, edits one, or answers an interaction.
type messageBody struct {
	Content  string       `json:"content"`
	Embeds   []*Embed     `json:"embeds"`
	Mentions mentions     `json:"allowed_mentions"`
	Replies  *replyTo     `json:"message_reference,omitempty"` // only in new messages
	Nonce    string       `json:"nonce,omitempty"`             // only in new messages
	Enforce  bool         `json:"enforce_nonce,omitempty"`     // only in new messages
	Flags    messageFlags `json:"flags,omitempty"`
	Rows     []Row        `json:"components"`
}

type messageFlags int

// ephemeral marks a message that only the asker sees.
const ephemeral messageFlags = 1 << 6

// mentions says who is notified. It goes with every message and every edit:
// without it Discord notifies everybody who is named.
type mentions struct {
	Parse []string `json:"parse"`
	Users []UserID `json:"users,omitempty"`
}

// replyTo makes a message a reply.
type replyTo struct {
	Message MessageID `json:"message_id"`
	Channel ChannelID `json:"channel_id"`
	Must    bool      `json:"fail_if_not_exists"`
}

// Embed is a card in a message. Those of a message have at most 6000 characters.
type Embed struct {
	Type        string        `json:"type"`
	Title       string        `json:"title,omitempty"`
	URL         string        `json:"url,omitempty"` // that the title leads to
	Description string        `json:"description,omitempty"`
	Color       int           `json:"color,omitempty"`
	Footer      *EmbedFooter  `json:"footer,omitempty"`
	Fields      []*EmbedField `json:"fields,omitempty"`
}

const RichEmbed = "rich"

type EmbedFooter struct {
	Text string `json:"text"`
}

type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// Callback types.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
const (
	callbackMessage        = 4
	callbackDeferred       = 5
	callbackDeferredUpdate = 6
	callbackUpdate         = 7
	callbackSuggestions    = 8
	callbackModal          = 9
)

// callbackBody answers an interaction for the first time.
type callbackBody struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// deferredData is how a message that comes later will be seen.
type deferredData struct {
	Flags messageFlags `json:"flags,omitempty"`
}

// Choice is a value of an option: a suggestion, or one of the few that there are.
type Choice struct {
	Name  string            `json:"name"` // what the player sees, at most 100 characters
	Names map[string]string `json:"name_localizations,omitempty"`
	Value string            `json:"value"`
}

// maxChoices is Discord's limit on suggestions.
const maxChoices = 25

// suggestions are choices for the value of a command's option.
type suggestions struct {
	Choices []Choice `json:"choices"`
}

// recipientBody opens the channel between the bot and a person.
type recipientBody struct {
	Recipient UserID `json:"recipient_id"`
}

// Command types, option types and places where commands are offered.
// https://discord.com/developers/docs/interactions/application-commands
const (
	SlashCommand     = 1
	MessageCommand   = 3
	optionSubcommand = 1
	optionGroup      = 2 // of subcommands
	OptionText       = 3
	OptionNumber     = 4 // without fraction
	OptionUser       = 6
	OptionChannel    = 7
	OptionRole       = 8
	OptionAttachment = 11
	OfferedInGuild   = 0
	OfferedInDirect  = 1
)

// Command is a command as it is registered.
type Command struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"` // by Discord's locale
	Description  string            `json:"description,omitempty"`        // of slash commands only
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Contexts     []int             `json:"contexts"`
	Options      []*CommandOption  `json:"options,omitempty"`
	// Permission is what a member needs to see the command, unless a server's
	// administrators say otherwise.
	Permission Permissions `json:"default_member_permissions,omitempty"`
}

// CommandOption is an option of a slash command.
type CommandOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required"`
	Choices      []Choice          `json:"choices,omitempty"` // nil: any value
	Options      []*CommandOption  `json:"options,omitempty"` // of a subcommand
	// Suggest gives values for what a player has typed so far, the best first;
	// nil: none. It has less than three seconds.
	Suggest func(ctx context.Context, i *Interaction, typed string) ([]Choice, error) `json:"-"`
}

// MarshalJSON writes the option as it is registered.
func (o *CommandOption) MarshalJSON() ([]byte, error) {
	type plain CommandOption
	return json.Marshal(struct {
		*plain
		Autocomplete bool `json:"autocomplete,omitempty"`
	}{(*plain)(o), o.Suggest != nil})
}
