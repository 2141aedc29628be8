package replay

import (
	"html"
	"strings"
)

// splitName takes a name as replay.details has it, `&lt;CLAN&gt;<sp/>Name`,
// apart. The name itself cannot hold markup: the game forbids < and >.
func splitName(markup string) (clan, name string) {
	tag, rest, found := strings.Cut(markup, "<sp/>")
	if !found {
		return "", cleanText(markup)
	}
	return cleanClan(tag), cleanText(rest)
}

// cleanClan is a clan tag without the brackets the game puts around it: [] by
// default, <> where the owner chose so.
func cleanClan(tag string) string {
	tag = cleanText(tag)
	if len(tag) >= 2 {
		first, last := tag[0], tag[len(tag)-1]
		if first == '[' && last == ']' || first == '<' && last == '>' {
			return tag[1 : len(tag)-1]
		}
	}
	return tag
}

// cleanText decodes entities and replaces what is not UTF-8, so that any
// string of a Replay survives a trip through JSON.
func cleanText(text string) string {
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
