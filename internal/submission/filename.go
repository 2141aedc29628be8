package submission

import (
	"strings"
	"unicode"
)

// maxNameRunes caps a file's name; the game's own names are a map's title and
// a number, file systems stop at 255 bytes.
const maxNameRunes = 120

// CleanFileName is what is kept and shown of a name that a stranger's machine
// sent: its last path element, valid UTF-8, without control characters and
// the invisible ones that reorder text, at most maxNameRunes long with its
// extension kept.
func CleanFileName(name string) string {
	if slash := strings.LastIndexAny(name, `/\`); slash >= 0 {
		name = name[slash+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return -1
	}, name) // decodes, so bytes that are no UTF-8 are gone too
	name = strings.TrimSpace(name)
	if name == "" {
		return "unnamed"
	}
	if runes := []rune(name); len(runes) > maxNameRunes {
		tail := 0
		if hasExtension(name) {
			tail = len(extension)
		}
		stem := strings.TrimRight(string(runes[:maxNameRunes-tail]), " ")
		name = stem + string(runes[len(runes)-tail:])
	}
	return name
}
