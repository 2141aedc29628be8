// Package text cleans what strangers wrote, for everybody who shows it: the
// page, Discord, a terminal, a log. Data (the database, JSON for scripts) keeps
// the words as they are.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// maxMarks is how many combining marks may follow one letter; more climb over
// the lines around them.
const maxMarks = 2

// joiner is U+200D, the zero-width joiner.
const joiner = '\u200d'

// blank are symbols that print nothing although Unicode counts them as visible:
// the Braille pattern without dots, the musical note without a head.
const blank = "\u2800\U0001d159"

// Line is s in one line without what cannot be seen: control characters (ESC,
// BEL, all of C0 and C1), direction overrides, zero-width characters, fillers,
// piles of marks, bytes that are no UTF-8. It is empty when nothing is left to
// see. A joiner stays where it joins two emoji into one.
func Line(s string) string {
	if tidy(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	var c cleaner
	for clusters := graphemes.FromString(s); clusters.Next(); {
		cluster := clusters.Value()
		for at, r := range cluster {
			if r == joiner && at > 0 && c.based && joins(cluster[at+len("\u200d"):]) || c.keeps(r) {
				if unicode.IsSpace(r) {
					r = ' '
				}
				out.WriteRune(r)
			}
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// tidy says that s is one line of ASCII with nothing to remove: most is.
func tidy(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return before != ' ' || s == ""
}

// cleaner decides rune by rune what is shown.
type cleaner struct {
	based bool // a visible character stands before, for marks to sit on
	marks int  // that it carries
}

func (c *cleaner) keeps(r rune) bool {
	switch {
	case unicode.IsSpace(r):
		c.based, c.marks = false, 0
	case r == unicode.ReplacementChar, !unicode.IsPrint(r), strings.ContainsRune(blank, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		c.based = false // what follows would sit on, or join, something that is gone
		return false
	case unicode.In(r, unicode.Mn, unicode.Me):
		c.marks++
		return c.based && c.marks <= maxMarks
	default:
		c.based, c.marks = true, 0
	}
	return true
}

// joins says whether what follows a joiner within a grapheme cluster makes it
// part of an emoji: rule GB11 of UAX #29 keeps both sides in one cluster only
// between pictographs. The other rule that does so, GB9c, is between letters.
func joins(rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	return next != utf8.RuneError && unicode.In(next, unicode.S, unicode.P)
}

// Cut shortens s to at most limit runes, with a sign that it did. It does not
// cut through an emoji or a letter with its marks.
func Cut(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	end, runes := 0, 0
	for clusters := graphemes.FromString(s); clusters.Next(); {
		runes += utf8.RuneCountInString(clusters.Value())
		if runes > limit-1 {
			break
		}
		end += len(clusters.Value())
	}
	return strings.TrimSpace(s[:end]) + "…"
}

// Or is s as a reader may be shown it: one clean line of at most limit runes,
// and the placeholder where nothing of it can be seen.
func Or(s string, limit int, placeholder string) string {
	if s = Cut(Line(s), limit); s == "" {
		return placeholder
	}
	return s
}

// Lines is s with each of its lines cleaned, for messages of ours that quote
// strangers and have several lines.
func Lines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		body := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(body)] + Line(body)
	}
	return strings.Join(lines, "\n")
}

// Escaped is s with what cannot be seen written out, as in "\u202e": for
// operators, who must see what was there. Nothing in it can move a cursor, end
// a line or turn the direction of the text.
func Escaped(s string) string {
	if printable(s) {
		return s
	}
	var out strings.Builder
	for at, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[at:], "\uFFFD"):
			writeHex(&out, `\x`, uint32(s[at]), 2)
		case unicode.IsPrint(r):
			out.WriteRune(r)
		case r < 0x10000:
			writeHex(&out, `\u`, uint32(r), 4)
		default:
			writeHex(&out, `\U`, uint32(r), 8)
		}
	}
	return out.String()
}

func printable(s string) bool {
	for at, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError && !strings.HasPrefix(s[at:], "\uFFFD") {
			return false
		}
	}
	return true
}

// EscapedJSON is JSON with what cannot be seen in its strings written as
// JSON's own escapes: the same data, safe to print on a terminal.
func EscapedJSON(data []byte) []byte {
	if printable(string(data)) {
		return data
	}
	var out strings.Builder
	out.Grow(len(data))
	for _, r := range string(data) {
		switch {
		case unicode.IsPrint(r) || r == '\n' || r == '\t': // JSON has these only between its values
			out.WriteRune(r)
		case r < 0x10000:
			writeHex(&out, `\u`, uint32(r), 4)
		default: // JSON writes these as two halves, UTF-16's
			r -= 0x10000
			writeHex(&out, `\u`, 0xd800|uint32(r)>>10, 4)
			writeHex(&out, `\u`, 0xdc00|uint32(r)&0x3ff, 4)
		}
	}
	return []byte(out.String())
}

func writeHex(out *strings.Builder, prefix string, value uint32, digits int) {
	const hex = "0123456789abcdef"
	out.WriteString(prefix)
	for digits--; digits >= 0; digits-- {
		out.WriteByte(hex[value>>(4*digits)&0xf])
	}
}
