package phrase

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// pattern is a sentence taken apart. Sentences are written in the part of ICU's
// MessageFormat that they need, since translators and their tools know it:
// "{name}" is a placeholder, "{n, plural, one {# line} other {# lines}}" one whose
// words depend on its number, with # for the number itself.
// https://unicode-org.github.io/icu/userguide/format_parse/messages/
type pattern []piece

// piece is words, or a placeholder.
type piece struct {
	words    string                 // of a piece that is no placeholder
	argument string                 // the name of the argument
	forms    map[plural.Form]string // of a plural; it has Other
}

// forms are the categories of CLDR by their names.
var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

var errBraces = errors.New("braces do not match")

func compile(text string) (pattern, error) {
	var p pattern
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, errBraces
		}
		if before != "" {
			p = append(p, piece{words: before})
		}
		if !found {
			break
		}
		inside, after, err := block(rest)
		if err != nil {
			return nil, err
		}
		placeholder, err := compilePlaceholder(inside)
		if err != nil {
			return nil, err
		}
		p, text = append(p, placeholder), after
	}
	return p, nil
}

// block cuts text at the brace that closes one opened before it.
func block(text string) (inside, after string, err error) {
	depth := 1
	for i, r := range text {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return text[:i], text[i+1:], nil
		}
	}
	return "", "", errBraces
}

func compilePlaceholder(text string) (piece, error) {
	name, rest, found := strings.Cut(text, ",")
	if name == "" || name != strings.TrimSpace(name) {
		return piece{}, fmt.Errorf("placeholder without a name: {%s}", text)
	}
	if !found {
		return piece{argument: name}, nil
	}
	kind, rest, _ := strings.Cut(strings.TrimSpace(rest), ",")
	if kind != "plural" {
		return piece{}, fmt.Errorf("placeholder %s is a %q", name, kind)
	}
	p := piece{argument: name, forms: map[plural.Form]string{}}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		word, inside, found := strings.Cut(rest, "{")
		form, known := forms[strings.TrimSpace(word)]
		if !found || !known {
			return piece{}, fmt.Errorf("placeholder %s: no form %q", name, word)
		}
		var err error
		if p.forms[form], rest, err = block(inside); err != nil {
			return piece{}, err
		}
	}
	if _, ok := p.forms[plural.Other]; !ok {
		return piece{}, fmt.Errorf("placeholder %s has no form \"other\"", name)
	}
	return p, nil
}

// fill is the pattern in words. A placeholder without an argument stays visible.
func (p pattern) fill(tag language.Tag, args map[string]string) string {
	if len(p) == 1 && p[0].argument == "" {
		return p[0].words
	}
	var out strings.Builder
	for _, piece := range p {
		switch value, ok := args[piece.argument]; {
		case piece.argument == "":
			out.WriteString(piece.words)
		case !ok:
			out.WriteString("{" + piece.argument + "}")
		case piece.forms == nil:
			out.WriteString(value)
		default:
			out.WriteString(strings.ReplaceAll(piece.form(tag, value), "#", value))
		}
	}
	return out.String()
}

// form is the words for a number; for what is none, those of most numbers.
func (p piece) form(tag language.Tag, value string) string {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return p.forms[plural.Other]
	}
	if words, ok := p.forms[plural.Cardinal.MatchPlural(tag, n%1e7, 0, 0, 0, 0)]; ok { // as the library asks
		return words
	}
	return p.forms[plural.Other]
}
