package discordtest

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Embed is a rich embed, as sent and as shown.
// https://discord.com/developers/docs/resources/message#embed-object
type Embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       int          `json:"color,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Image       *EmbedImage  `json:"image,omitempty"`
	Thumbnail   *EmbedImage  `json:"thumbnail,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// EmbedFooter is the small line under an embed.
type EmbedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedImage is the large image or the thumbnail of an embed.
type EmbedImage struct {
	URL string `json:"url"`
}

// EmbedAuthor is the line over an embed's title.
type EmbedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedField is one titled paragraph of an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// blank reports whether there is nothing to show.
func (e Embed) blank() bool {
	return e.Title == "" && e.Description == "" && e.Image == nil && e.Thumbnail == nil &&
		e.Author == nil && e.Footer == nil && len(e.Fields) == 0
}

// images are pointers to all URLs that may name an attachment.
func (e *Embed) images() []*string {
	var urls []*string
	for _, image := range []*EmbedImage{e.Image, e.Thumbnail} {
		if image != nil {
			urls = append(urls, &image.URL)
		}
	}
	if e.Footer != nil {
		urls = append(urls, &e.Footer.IconURL)
	}
	if e.Author != nil {
		urls = append(urls, &e.Author.IconURL)
	}
	return urls
}

// clone is a copy whose image URLs may be changed.
func (e Embed) clone() Embed {
	e.Image, e.Thumbnail = clone(e.Image), clone(e.Thumbnail)
	e.Footer, e.Author = clone(e.Footer), clone(e.Author)
	return e
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// Component types: https://discord.com/developers/docs/components/reference
const (
	ActionRow    = 1
	Button       = 2
	StringSelect = 3
	TextInput    = 4
	UserSelect   = 5
	// ChannelSelect is the last of the selects (5 to 8).
	ChannelSelect = 8
)

// Component is a part of a message or modal: a row, a button, a select, a text
// input, or one of the layout parts of "components v2".
type Component struct {
	Type        int             `json:"type"`
	ID          int             `json:"id,omitempty"`
	CustomID    string          `json:"custom_id,omitempty"`
	Label       string          `json:"label,omitempty"`
	Style       int             `json:"style,omitempty"`
	URL         string          `json:"url,omitempty"`
	Disabled    bool            `json:"disabled,omitempty"`
	Emoji       json.RawMessage `json:"emoji,omitempty"`
	Placeholder string          `json:"placeholder,omitempty"`
	MinValues   *int            `json:"min_values,omitempty"`
	MaxValues   *int            `json:"max_values,omitempty"`
	MinLength   int             `json:"min_length,omitempty"`
	MaxLength   int             `json:"max_length,omitempty"`
	Required    *bool           `json:"required,omitempty"`
	Value       string          `json:"value,omitempty"`
	Options     []SelectOption  `json:"options,omitempty"`
	Components  []Component     `json:"components,omitempty"`
	Accessory   *Component      `json:"accessory,omitempty"`
	Content     string          `json:"content,omitempty"`
	AccentColor int             `json:"accent_color,omitempty"`
	Media       json.RawMessage `json:"media,omitempty"`
	Items       json.RawMessage `json:"items,omitempty"`
	File        json.RawMessage `json:"file,omitempty"`
	Divider     *bool           `json:"divider,omitempty"`
	Spacing     int             `json:"spacing,omitempty"`
}

// SelectOption is one choice of a select.
type SelectOption struct {
	Label       string          `json:"label"`
	Value       string          `json:"value"`
	Description string          `json:"description,omitempty"`
	Emoji       json.RawMessage `json:"emoji,omitempty"`
	Default     bool            `json:"default,omitempty"`
}

// numbered gives every component that has none an id, counted through the
// message from 1, and selects the defaults of their values, as Discord does.
func numbered(components []Component, last *int) []Component {
	list := slices.Clone(components)
	for i := range list {
		c := &list[i]
		*last++
		if c.ID == 0 {
			c.ID = *last
		}
		one := 1
		if c.Type == StringSelect || c.Type >= UserSelect && c.Type <= ChannelSelect {
			c.MinValues, c.MaxValues = cmp.Or(c.MinValues, &one), cmp.Or(c.MaxValues, &one)
		}
		c.Components = numbered(c.Components, last)
		if c.Accessory != nil {
			c.Accessory = &numbered([]Component{*c.Accessory}, last)[0]
		}
	}
	return list
}

// find returns the first component that satisfies, however deep.
func find(components []Component, satisfies func(Component) bool) (Component, bool) {
	for _, c := range components {
		if satisfies(c) {
			return c, true
		}
		if c.Accessory != nil && satisfies(*c.Accessory) {
			return *c.Accessory, true
		}
		if found, ok := find(c.Components, satisfies); ok {
			return found, true
		}
	}
	return Component{}, false
}
