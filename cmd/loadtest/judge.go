package main

import (
	"strings"
	"unicode"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// meaning is what a message of the bot says at one moment.
type meaning int

const (
	pending meaning = iota // the replay is on its way
	refused                // not accepted: the user should try again
	failed                 // the file is bad, for good
	result                 // the game
)

// What the bot says word for word. {name} is anything.
var (
	pendingWords = words(phrase.Found)
	refusedWords = [][]string{words(phrase.TryAgain), words(phrase.TryDownload)}
	failureWords = [][]string{words(phrase.ParseFailed), words(phrase.Critical)}
)

// words are the pieces of a sentence between its placeholders.
func words(key phrase.Key) []string {
	sentence := phrase.English.Say(key, "name", "\x00", "reason", "\x00")
	return strings.Split(readable(sentence), "\x00")
}

// meaningOf tells what a version of a message says.
func meaningOf(v discordtest.Version) meaning {
	text := readable(v.Content)
	switch {
	case len(v.Embeds) > 0:
		return result
	case v.Loading() || text == "" || says(text, pendingWords):
		return pending
	}
	for _, sentence := range refusedWords {
		if says(text, sentence) {
			return refused
		}
	}
	for _, sentence := range failureWords {
		if says(text, sentence) {
			return failed
		}
	}
	return result // an answer without its embed is plain text
}

// says reports whether a text holds the pieces of a sentence in their order.
func says(text string, pieces []string) bool {
	for _, piece := range pieces {
		_, after, found := strings.Cut(text, piece)
		if !found {
			return false
		}
		text = after
	}
	return true
}

// suits says why an answer is not the file's, or nothing.
func (f File) suits(v discordtest.Version) (complaint string) {
	m := meaningOf(v)
	switch {
	case f.Any:
		return ""
	case f.Expect == nil:
		if m != failed {
			return "a hostile file was answered with a result"
		}
		return ""
	case m == failed:
		return "a good replay was refused: " + v.Content
	}
	shown := readable(everything(v))
	if want := readable(f.Expect.Map); !strings.Contains(shown, want) {
		return "the map " + want + " is missing in: " + shown
	}
	for _, name := range f.Expect.Players {
		if name = readable(name); !strings.Contains(shown, name) {
			return "the player " + name + " is missing in: " + shown
		}
	}
	return ""
}

// everything is all the text of a message.
func everything(v discordtest.Version) string {
	parts := []string{v.Content}
	for _, e := range v.Embeds {
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
		if e.Footer != nil {
			parts = append(parts, e.Footer.Text)
		}
	}
	return strings.Join(parts, "\n")
}

// readable is a text as a reader sees it: without the backslashes that keep
// Discord from reading it as markup, without what cannot be seen, and every
// stretch of white space one space.
func readable(text string) string {
	seen := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\\' || !unicode.IsPrint(r) && r != 0:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(seen), " ")
}
