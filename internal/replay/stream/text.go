package stream

import (
	"html"
	"strings"
)

// CleanText decodes entities and replaces what is not UTF-8, so that a
// string survives a trip through JSON.
func CleanText(text string) string {
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
