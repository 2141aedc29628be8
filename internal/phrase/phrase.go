// Package phrase owns every sentence a player reads. The rest of the program
// refers to a sentence by its Key and fills its named places, so that another
// language is another table and no change to code.
package phrase

import (
	"maps"
	"slices"
	"strings"
)

// Key names one sentence. Keys are kept in the database with the answers they
// explain: they never change their meaning and are never used again.
type Key string

// Text is a sentence with its places filled in, not yet in any language.
type Text struct {
	Key  Key               `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Say fills the places of the sentence key; args are alternating names and
// values.
func Say(key Key, args ...string) Text {
	text := Text{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if text.Args == nil {
			text.Args = make(map[string]string, len(args)/2)
		}
		text.Args[args[i]] = args[i+1]
	}
	return text
}

// String is the sentence in English. A key that the table lacks (a row written
// by a newer program) reads as the key itself, so nothing is lost.
func (t Text) String() string {
	pattern, ok := english[t.Key]
	if !ok {
		return string(t.Key)
	}
	pairs := make([]string, 0, 2*len(t.Args))
	for _, name := range slices.Sorted(maps.Keys(t.Args)) {
		pairs = append(pairs, "{"+name+"}", t.Args[name])
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

// With is the text with its arguments passed through edit: an edge escapes
// what strangers wrote in the way its own markup wants.
func (t Text) With(edit func(string) string) Text {
	edited := Text{Key: t.Key, Args: make(map[string]string, len(t.Args))}
	for name, value := range t.Args {
		edited.Args[name] = edit(value)
	}
	return edited
}
