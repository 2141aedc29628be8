package bot

import (
	"strings"
	"unicode/utf16"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/text"
)

// Caps on strangers' words, in runes before escaping. Battle.net itself allows
// 12 in a name and 6 in a clan tag; arcade maps have titles of any length.
const (
	maxNameRunes     = 32
	maxClanRunes     = 8
	maxMapRunes      = 80
	maxFileNameRunes = 100
	maxWarningRunes  = 200
)

// plain is a stranger's words, ready to stand in a message: visible, at most
// limit runes, escaped, and never empty.
func plain(s string, limit int, placeholder string) string {
	if s = text.Or(s, limit, ""); s == "" {
		return placeholder
	}
	return discord.Escape(s)
}

// length is the size of s as Discord counts it against its limits: JavaScript
// counts UTF-16 units, which is never less than what the server counts.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// join strings parts together as long as they fit into limit, and says how many
// did not.
func join(parts []string, separator string, limit int, more func(n int) string) string {
	var out strings.Builder
	used := 0
	for i, part := range parts {
		rest := ""
		if left := len(parts) - i - 1; left > 0 {
			rest = separator + more(left)
		}
		size := length(part)
		if i > 0 {
			size += length(separator)
		}
		if used+size+length(rest) > limit {
			if i > 0 {
				out.WriteString(separator)
			}
			out.WriteString(more(len(parts) - i))
			return out.String()
		}
		if i > 0 {
			out.WriteString(separator)
		}
		out.WriteString(part)
		used += size
	}
	return out.String()
}
