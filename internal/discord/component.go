package discord

import "strconv"

// Permissions are bits of what a member may do in a channel.
// https://discord.com/developers/docs/topics/permissions
type Permissions uint64

// ManageGuild lets a member change a server's settings.
const ManageGuild Permissions = 1 << 5

// UnmarshalText reads the decimal number that Discord writes.
func (p *Permissions) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 64)
	*p = Permissions(n)
	return err
}

// MarshalText writes it.
func (p Permissions) MarshalText() ([]byte, error) {
	return strconv.AppendUint(nil, uint64(p), 10), nil
}

// Types of components, and styles.
// https://discord.com/developers/docs/components/reference
const (
	typeRow       = 1
	typeButton    = 2
	typeSelect    = 3
	typeTextInput = 4

	Primary   = 1 // styles of buttons
	Secondary = 2
	Success   = 3
	Danger    = 4

	oneLine = 1 // styles of text inputs
	lines   = 2
)

// Row is a row of components in a message: up to five buttons, or one select.
type Row struct {
	Type       int   `json:"type"`
	Components []any `json:"components"`
}

// Button is a button that does something; see CustomID.
type Button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"` // at most 80 characters
	CustomID string `json:"custom_id"`
	Disabled bool   `json:"disabled,omitempty"`
}

// Buttons are a row of one to five buttons.
func Buttons(buttons ...Button) Row {
	row := Row{Type: typeRow}
	for _, b := range buttons {
		b.Type = typeButton
		row.Components = append(row.Components, b)
	}
	return row
}

// Select lets one of up to 25 values be selected.
type Select struct {
	Type        int            `json:"type"`
	CustomID    string         `json:"custom_id"`
	Placeholder string         `json:"placeholder,omitempty"`
	Options     []SelectOption `json:"options"`
}

// SelectOption is a value of a Select; its texts are at most 100 characters.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// Row is the select in a row of its own.
func (s Select) Row() Row {
	s.Type = typeSelect
	return Row{Type: typeRow, Components: []any{s}}
}

// Form is a modal: what a player is asked to write.
type Form struct {
	CustomID string
	Title    string  // at most 45 characters
	Inputs   []Input // one to five
}

// Input is a text that a player writes in a form.
type Input struct {
	Name     string // by which FormData has its value
	Label    string // at most 45 characters
	Long     bool   // of several lines
	Optional bool
	Most     int // characters; 0: 4000
}

type textInput struct {
	Type     int    `json:"type"`
	CustomID string `json:"custom_id"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	Required bool   `json:"required"`
	Most     int    `json:"max_length,omitempty"`
}

type modalBody struct {
	CustomID   string `json:"custom_id"`
	Title      string `json:"title"`
	Components []Row  `json:"components"`
}

func (f Form) body() modalBody {
	body := modalBody{CustomID: f.CustomID, Title: f.Title}
	for _, in := range f.Inputs {
		field := textInput{Type: typeTextInput, CustomID: in.Name, Style: oneLine, Label: in.Label, Required: !in.Optional, Most: in.Most}
		if in.Long {
			field.Style = lines
		}
		body.Components = append(body.Components, Row{Type: typeRow, Components: []any{field}})
	}
	return body
}
