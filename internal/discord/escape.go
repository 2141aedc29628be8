package discord

import "strings"

// special is what starts markup, a mention, an emoji or (the colon) turns an
// address into a link, anywhere in a line. Discord lets any punctuation be
// escaped by a backslash.
const special = "\\`*_~|<>[]#@:"

// Escape makes s plain words in the content of a message.
func Escape(s string) string {
	var out strings.Builder
	for at, r := range s {
		if strings.ContainsRune(special, r) || at == 0 && (r == '-' || r == '+') { // a list begins so
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
