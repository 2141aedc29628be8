package bot

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainTakesTheHarmOutOfNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"words stay", "JiaanN", "JiaanN"},
		{"other scripts stay", "배틀넷 星际", "배틀넷 星际"},
		{"markdown is escaped", "**bold** _it_ ~~s~~ `c` ||sp||", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~s\\~\\~ \\`c\\` \\|\\|sp\\|\\|"},
		{"mentions are escaped", "@everyone <@1> <#2>", "\\@everyone \\<\\@1\\> \\<\\#2\\>"},
		{"links are no links", "[x](https://evil.example)", "\\[x\\](https\\://evil.example)"},
		{"backslashes cannot undo an escape", "\\*x*", "\\\\\\*x\\*"},
		{"lists do not begin", "- x", "\\- x"},
		{"lines become one", "a\r\nb\tc", "a b c"},
		{"bidi overrides go", "abc\u202egpj.exe\u202c", "abcgpj.exe"},
		{"zero width goes", "a\u200b\u200d\ufeffb", "ab"},
		{"fillers count as nothing", "\u3164\u2800\u115f", "?"},
		{"empty is replaced", " \u00a0 ", "?"},
		{"piles of marks end", "z" + strings.Repeat("\u0335", 50), "z\u0335\u0335"},
		{"bytes that are no UTF-8 go", "a\xff\xfeb", "ab"},
		{"long is cut by runes", strings.Repeat("я", 50), strings.Repeat("я", 31) + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := plain(test.in, 32, "?"); got != test.want {
				t.Errorf("plain(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("**x** @everyone \u202e")
	f.Add("\xff\x00\u3164")
	f.Fuzz(func(t *testing.T, s string) {
		got := plain(s, 32, "?")
		if got == "" || !utf8.ValidString(got) || utf8.RuneCountInString(got) > 2*32 {
			t.Fatalf("plain(%q) = %q", s, got)
		}
		bare := strings.NewReplacer(`\\`, "", `\@`, "", `\<`, "", `\*`, "", "\\`", "").Replace(got)
		if strings.ContainsAny(bare, "@<*`\n\r\u202e\u200b") {
			t.Fatalf("plain(%q) = %q still has markup", s, got)
		}
	})
}

func TestJoinSaysWhatDidNotFit(t *testing.T) {
	t.Parallel()
	more := func(n int) string { return "+" + strings.Repeat("i", n) }
	for _, test := range []struct {
		name  string
		limit int
		want  string
	}{
		{"all fit", 11, "abc,def,ghi"},
		{"one does not", 10, "abc,def,+i"},
		{"two do not", 9, "abc,+ii"},
		{"none does", 4, "+iii"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := join([]string{"abc", "def", "ghi"}, ",", test.limit, more); got != test.want {
				t.Errorf("join within %d = %q, want %q", test.limit, got, test.want)
			}
		})
	}
	if got := join(nil, ",", 5, more); got != "" {
		t.Errorf("join of nothing = %q", got)
	}
}

func TestLengthCountsAsDiscordDoes(t *testing.T) {
	t.Parallel()
	if got := length("a🏆я"); got != 4 {
		t.Errorf("length = %d, want 4: a letter, a pair, a letter", got)
	}
}
