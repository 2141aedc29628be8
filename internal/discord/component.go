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
	link      = 5

	oneLine = 1 // styles of text inputs
	lines   = 2
)

// Row is a row of components in a message: up to five buttons, or one select.
type Row struct {
	Type       int   `json:"type"`
	Components []any `json:"components"`
}

// Button is a button that does something, see CustomID, or opens a page.
type Button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"` // at most 80 characters
	CustomID string `json:"custom_id,omitempty"`
	URL      string `json:"url,omitempty"` // of a page, instead of a custom id
	Disabled bool   `json:"disabled,omitempty"`
}

// Buttons are a row of one to five buttons.
func Buttons(buttons ...Button) Row {
	row := Row{Type: typeRow}
	for _, b := range buttons {
		b.Type = typeButton
		if b.URL != "" {
			b.Style = link
		}
		row.Components = append(row.Components, b)
	}
	return row
}

// Select lets some of up to 25 values be selected.
type Select struct {
	CustomID    string
	Placeholder string // at most 150 characters
	Options     []SelectOption
	Optional    bool // none may be selected
	Most        int  // that may be selected; 0: one
	Disabled    bool
}

type selectBody struct {
	Type        int            `json:"type"`
	CustomID    string         `json:"custom_id"`
	Placeholder string         `json:"placeholder,omitempty"`
	Least       *int           `json:"min_values,omitempty"` // nil: one
	Most        int            `json:"max_values,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
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
	body := selectBody{
		Type: typeSelect, CustomID: s.CustomID, Placeholder: s.Placeholder, Most: s.Most, Disabled: s.Disabled, Options: s.Options,
	}
	if s.Optional {
		body.Least = new(int)
	}
	return Row{Type: typeRow, Components: []any{body}}
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
	Value    string // that stands there at first
	Hint     string // what to write, where nothing stands; at most 100 characters
	Least    int    // characters
	Most     int    // characters; 0: 4000
}

type textInput struct {
	Type     int    `json:"type"`
	CustomID string `json:"custom_id"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	Required bool   `json:"required"`
	Value    string `json:"value,omitempty"`
	Hint     string `json:"placeholder,omitempty"`
	Least    int    `json:"min_length,omitempty"`
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
		field := textInput{
			Type: typeTextInput, CustomID: in.Name, Style: oneLine, Label: in.Label, Required: !in.Optional,
			Value: in.Value, Hint: in.Hint, Least: in.Least, Most: in.Most,
		}
		if in.Long {
			field.Style = lines
		}
		body.Components = append(body.Components, Row{Type: typeRow, Components: []any{field}})
	}
	return body
}
