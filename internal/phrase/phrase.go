// Package phrase owns every sentence a player reads, in every language. The
// rest of the program refers to a sentence by its Key and fills its named
// placeholders; which language it is rendered in is decided by the edge that knows
// the reader.
//
// To add a sentence: a Key in key.go, and its text in each *_table.go. To add a
// language: a table and a line in the list of language.go. The tests say what
// is missing.
package phrase

// Key names one sentence. Keys are kept in the database with the answers they
// explain: they never change their meaning and are never used again.
type Key string

// Text is a sentence with its placeholders filled in, not yet in any language.
type Text struct {
	Key  Key               `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Say fills the placeholders of the sentence key; args are alternating names and
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

// In is the sentence in a language; one that the language lacks is in English.
// A key that no table has (a row written by a newer program) reads as the key
// itself, so nothing is lost.
func (t Text) In(l Language) string {
	in := l.known()
	compiled, ok := in.patterns()[t.Key]
	if !ok {
		in = English.known()
		compiled, ok = in.patterns()[t.Key]
	}
	if !ok {
		return string(t.Key)
	}
	return compiled.fill(in.tag, t.Args)
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
