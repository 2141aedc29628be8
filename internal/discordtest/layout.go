package discordtest

import (
	"fmt"
	"strconv"
)

// Limits of components. https://discord.com/developers/docs/components/reference
const (
	maxRows        = 5
	maxButtons     = 5  // in a row
	maxComponents  = 40 // in a message with components v2, however deep
	maxCustomID    = 100
	maxButtonLabel = 80
	maxButtonURL   = 512
	maxPlaceholder = 150
	maxOptions     = 25
	maxOptionText  = 100
	maxModalTitle  = 45
	maxInputLabel  = 45
	maxInputValue  = 4000
	maxInputHint   = 100
	linkButton     = 5
	premiumButton  = 6
)

// components checks the components of a message.
func (f *form) components(v Version) {
	layout := layoutCheck{form: f, ids: make(map[string]bool)}
	v2 := v.Flags&FlagComponentsV2 != 0
	if !v2 {
		f.count("components", len(v.Components), 0, maxRows)
	}
	for i, c := range v.Components {
		path := "components." + strconv.Itoa(i)
		if !v2 && c.Type != ActionRow {
			f.add(path+".type", formChoices, "Value of field \"type\" must be one of (1,).")
			continue
		}
		layout.check(path, c)
	}
	if layout.total > maxComponents {
		f.add("components", formBadLength, fmt.Sprintf("Must be %d or fewer components in total.", maxComponents))
	}
}

// layoutCheck walks components.
type layoutCheck struct {
	*form
	ids   map[string]bool
	total int
	modal bool // a modal's, not a message's
}

func (l *layoutCheck) check(path string, c Component) {
	l.total++
	if c.CustomID != "" {
		l.length(path+".custom_id", c.CustomID, maxCustomID)
		if l.ids[c.CustomID] {
			l.add(path+".custom_id", formDuplicateID, "Component custom id cannot be duplicated")
		}
		l.ids[c.CustomID] = true
	}
	switch {
	case c.Type == ActionRow:
		l.row(path, c)
	case c.Type == Button && l.modal, c.Type == TextInput && !l.modal:
		l.add(path+".type", formChoices, "buttons are of messages, text inputs of modals")
	case c.Type == Button:
		l.button(path, c)
	case c.Type == TextInput:
		l.input(path, c)
	case c.Type == StringSelect || c.Type >= UserSelect && c.Type <= ChannelSelect:
		l.choice(path, c)
	}
	if c.Accessory != nil {
		l.check(path+".accessory", *c.Accessory)
	}
	for i, inner := range c.Components {
		l.check(path+".components."+strconv.Itoa(i), inner)
	}
}

// row checks that a row holds up to five buttons or one of anything else.
func (l *layoutCheck) row(path string, c Component) {
	l.count(path+".components", len(c.Components), 1, maxButtons)
	others := 0
	for _, inner := range c.Components {
		if inner.Type != Button {
			others++
		}
	}
	if others > 0 && len(c.Components) > 1 {
		l.add(path+".components", formBadLength, "a row holds buttons or one other component")
	}
}

func (l *layoutCheck) button(path string, c Component) {
	l.length(path+".label", c.Label, maxButtonLabel)
	switch c.Style {
	case linkButton:
		l.filled(path+".url", c.URL, maxButtonURL)
		if c.CustomID != "" {
			l.add(path+".custom_id", formMutuallyExclusive, "A custom id and url cannot both be specified")
		}
	case premiumButton:
	default:
		l.filled(path+".custom_id", c.CustomID, maxCustomID)
	}
	if c.Label == "" && len(c.Emoji) == 0 && c.Style != premiumButton {
		l.add(path+".label", formRequired, "A button must have a label or an emoji")
	}
}

// input checks a text input; its label may instead be that of the component around it.
func (l *layoutCheck) input(path string, c Component) {
	l.filled(path+".custom_id", c.CustomID, maxCustomID)
	l.length(path+".label", c.Label, maxInputLabel)
	l.length(path+".value", c.Value, maxInputValue)
	l.length(path+".placeholder", c.Placeholder, maxInputHint)
	l.count(path+".min_length", c.MinLength, 0, maxInputValue)
	l.count(path+".max_length", c.MaxLength, 0, maxInputValue)
	if c.MaxLength > 0 && c.MinLength > c.MaxLength {
		l.add(path+".min_length", formBadLength, "min_length is more than max_length")
	}
}

func (l *layoutCheck) choice(path string, c Component) {
	l.filled(path+".custom_id", c.CustomID, maxCustomID)
	l.length(path+".placeholder", c.Placeholder, maxPlaceholder)
	if c.Type != StringSelect {
		return
	}
	l.count(path+".options", len(c.Options), 1, maxOptions)
	values, selected := make(map[string]bool), 0
	for i, o := range c.Options {
		at := path + ".options." + strconv.Itoa(i)
		l.filled(at+".label", o.Label, maxOptionText)
		l.filled(at+".value", o.Value, maxOptionText)
		l.length(at+".description", o.Description, maxOptionText)
		if values[o.Value] {
			l.add(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
		if o.Default {
			selected++
		}
	}
	switch {
	case *c.MaxValues > len(c.Options):
		l.add(path+".max_values", formBadLength, "max_values is more than there are options")
	case *c.MinValues > *c.MaxValues:
		l.add(path+".min_values", formBadLength, "min_values is more than max_values")
	case selected > *c.MaxValues:
		l.add(path+".options", formBadLength, "more options are selected by default than max_values")
	}
}

// checkModal holds a modal against the limits.
func checkModal(m Modal) []fieldError {
	var f form
	f.filled("data.title", m.Title, maxModalTitle)
	f.filled("data.custom_id", m.CustomID, maxCustomID)
	f.count("data.components", len(m.Components), 1, maxRows)
	layout := layoutCheck{form: &f, ids: make(map[string]bool), modal: true}
	for i, c := range numbered(m.Components, new(int)) {
		layout.check("data.components."+strconv.Itoa(i), c)
	}
	return f.errs
}
