package upload

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/text"
)

// extension is what the game ends a replay's name with; players' tools change
// its case.
const extension = ".SC2Replay"

// maxNameRunes caps a file's name; the game's own names are a map's title and
// a number, file systems stop at 255 bytes.
const maxNameRunes = 120

// CleanFileName is what is kept and shown of a name that a stranger's machine
// sent: its last path element, in one line without what cannot be seen, at most
// maxNameRunes long with its extension kept.
func CleanFileName(name string) string {
	if slash := strings.LastIndexAny(name, `/\`); slash >= 0 {
		name = name[slash+1:]
	}
	name = text.Line(name)
	if name == "" {
		return "unnamed"
	}
	if runes := []rune(name); len(runes) > maxNameRunes {
		tail := 0
		if HasExtension(name) {
			tail = len(extension)
		}
		stem := strings.TrimRight(string(runes[:maxNameRunes-tail]), " ")
		name = stem + string(runes[len(runes)-tail:])
	}
	return name
}

// HasExtension says whether a file's name ends as the game ends it.
func HasExtension(name string) bool {
	cut := len(name) - len(extension)
	return cut >= 0 && strings.EqualFold(name[cut:], extension)
}
