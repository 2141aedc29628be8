package replay

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// splitName takes a name as replay.details has it, `&lt;CLAN&gt;<sp/>Name`,
// apart. The name itself cannot hold markup: the game forbids < and >.
func splitName(markup string) (clan, name string) {
	tag, rest, found := strings.Cut(markup, "<sp/>")
	if !found {
		return "", stream.CleanText(markup)
	}
	return cleanClan(tag), stream.CleanText(rest)
}

// cleanClan is a clan tag without the brackets the game puts around it: [] by
// default, <> where the owner chose so.
func cleanClan(tag string) string {
	tag = stream.CleanText(tag)
	if len(tag) >= 2 {
		first, last := tag[0], tag[len(tag)-1]
		if first == '[' && last == ']' || first == '<' && last == '>' {
			return tag[1 : len(tag)-1]
		}
	}
	return tag
}
