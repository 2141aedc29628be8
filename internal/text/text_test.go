package text_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/evoladder/evoladderbot/internal/text"
)

func TestLineShowsOnlyWhatCanBeSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"words stay", "JiaanN 2", "JiaanN 2"},
		{"other scripts stay", "배틀넷 星际 żółw", "배틀넷 星际 żółw"},
		{"escape sequences lose their ESC", "\x1b[31mred\x1b]0;title\x07", "[31mred]0;title"},
		{"C1 controls go", "a\u009b31mb\u0085c", "a31mb c"},
		{"DEL goes", "a\x7fb", "ab"},
		{"direction overrides go", "abc\u202egpj.exe\u202c\u2066x\u2069\u200f", "abcgpj.exex"},
		{"zero width goes", "a\u200b\u200c\u200d\u2060\ufeffb", "ab"},
		{"soft hyphens and tags go", "a\u00ad\U000e0041b", "ab"},
		{"fillers are nothing", "\u3164\u2800\u115f\uffa0\U0001d159", ""},
		{"marks without a letter are nothing", "\u0301 \ufe0f\u034f", ""},
		{"lines become one", " a\r\nb\tc\u2028d ", "a b c d"},
		{"piles of marks end", "z" + strings.Repeat("\u0335", 50), "z\u0335\u0335"},
		{"bytes that are no UTF-8 go", "a\xff\xfeb\uFFFD", "ab"},
		{"a family stays one", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"skin, hair and signs stay", "👩🏽\u200d🚀 🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 🙂\u200d↔\ufe0f", "👩🏽\u200d🚀 🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 🙂\u200d↔\ufe0f"},
		{"a joiner between letters goes", "ad\u200dmin", "admin"},
		{"a joiner after an emoji alone goes", "👨\u200d \u200d👩 👨\u200d\u200d👩 👨\u200dx", "👨 👩 👨👩 👨x"},
		{"a joiner between letters that Unicode conjoins goes", "क\u094d\u200dष", "क\u094dष"},
		{"flags and keycaps stay", "🇩🇪 1\ufe0f\u20e3", "🇩🇪 1\ufe0f\u20e3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := text.Line(test.in); got != test.want {
				t.Errorf("Line(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestCutKeepsAnEmojiWhole(t *testing.T) {
	t.Parallel()
	family := "👨\u200d👩\u200d👧" // five runes
	for _, test := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"one two", 5, "one…"},
		{strings.Repeat("я", 50), 32, strings.Repeat("я", 31) + "…"},
		{family + family, 10, family + family},
		{family + family, 9, family + "…"},
		{family, 3, "…"},
	} {
		if got := text.Cut(test.in, test.limit); got != test.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}

func TestNothingToSeeIsReplaced(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "?", " \u00a0\u202e": "?", "a\u202e": "a"} {
		if got := text.Or(in, 10, "?"); got != want {
			t.Errorf("Or(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLinesKeepTheirIndent(t *testing.T) {
	t.Parallel()
	if got, want := text.Lines("a \x1b[1m\n  b\u202e\n\nc\n"), "a [1m\n  b\n\nc\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEscapedSaysWhatWasThere(t *testing.T) {
	t.Parallel()
	if got, want := text.Escaped("é\x1b\u202e\n\xff\U000e0041"), `é\u001b\u202e\u000a\xff\U000e0041`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzText(f *testing.F) {
	f.Add("**x** @everyone \u202e 👨\u200d👩 \u200d\x1b", 5)
	f.Add("\xff\x00\u3164🏳\ufe0f\u200d🌈", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		line := text.Line(s)
		if text.Line(line) != line {
			t.Fatalf("Line(%q) = %q is not clean", s, line)
		}
		if strings.Trim(line, " ") != line || !utf8.ValidString(line) {
			t.Fatalf("Line(%q) = %q", s, line)
		}
		for _, r := range strings.ReplaceAll(line, "\u200d", "") {
			if !unicode.IsPrint(r) {
				t.Fatalf("Line(%q) = %q shows %U", s, line, r)
			}
		}
		limit = limit&0x3f + 1
		if cut := text.Or(line, limit, "?"); cut == "" || utf8.RuneCountInString(cut) > limit || strings.HasSuffix(cut, "\u200d") {
			t.Fatalf("Or(%q, %d) = %q", line, limit, cut)
		}
		if escaped := text.Escaped(s); strings.ContainsFunc(escaped, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("Escaped(%q) = %q", s, escaped)
		}
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		safe := text.EscapedJSON(encoded)
		if json.Unmarshal(encoded, &before) != nil || json.Unmarshal(safe, &after) != nil || before != after {
			t.Fatalf("EscapedJSON(%s) = %s is other data", encoded, safe)
		}
		if strings.ContainsFunc(string(safe), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("EscapedJSON(%s) = %s", encoded, safe)
		}
	})
}
