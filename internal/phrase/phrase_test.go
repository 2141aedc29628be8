package phrase

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/feature/plural"
)

// tables are the sentences of each language.
var tables = map[Language]map[Key]string{English: joined(english, englishLadder, englishLadderPage), Korean: joined(korean, koreanLadder, koreanLadderPage)}

// joined is one table of several, which have no key in common.
func joined(tables ...map[Key]string) map[Key]string {
	all := make(map[Key]string)
	for _, table := range tables {
		for key, text := range table {
			if all[key] != "" {
				panic(key + " is in two tables")
			}
			all[key] = text
		}
	}
	return all
}

// keys are the constants of the files of keys by their values.
func keys(t *testing.T) []Key {
	t.Helper()
	all := slices.Concat(keysIn(t, "key.go"), keysIn(t, "ladder_key.go"), keysIn(t, "ladder_page_key.go"))
	if len(all) < 100 {
		t.Fatalf("found %d keys", len(all))
	}
	return all
}

func keysIn(t *testing.T, name string) []Key {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []Key
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Key(value))
		return true
	})
	return all
}

// placeholders are the names of a sentence's arguments, sorted.
func placeholders(p pattern) []string {
	names := map[string]bool{}
	for _, piece := range p {
		if piece.argument != "" {
			names[piece.argument] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func TestEveryLanguageHasEverySentence(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for _, l := range Languages() {
		table, ok := tables[l]
		if !ok || l.Name() == "" {
			t.Fatalf("%s: %d sentences, name %q", l, len(table), l.Name())
		}
		for _, key := range all {
			if table[key] == "" {
				t.Errorf("%s lacks %s", l, key)
			}
		}
		for key := range table {
			if !slices.Contains(all, key) {
				t.Errorf("%s has %s, which is no key", l, key)
			}
		}
	}
}

func TestEveryLanguageHasTheSamePlaces(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		for key, text := range tables[l] {
			p, err := compile(text)
			if err != nil {
				t.Errorf("%s: %s: %v", l, key, err)
				continue
			}
			want, err := compile(tables[English][key])
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if got, want := placeholders(p), placeholders(want); !slices.Equal(got, want) {
				t.Errorf("%s: %s has the placeholders %v, want %v", l, key, got, want)
			}
			for _, piece := range p {
				if piece.forms != nil {
					hasForms(t, l, key, piece)
				}
			}
		}
	}
}

// hasForms holds a plural to the forms that its language tells apart.
func hasForms(t *testing.T, l Language, key Key, piece piece) {
	t.Helper()
	for n := range 200 {
		form := plural.Cardinal.MatchPlural(l.known().tag, n, 0, 0, 0, 0)
		if words, ok := piece.forms[form]; !ok || words == "" {
			t.Errorf("%s: %s has no form for %s %d", l, key, piece.argument, n)
			return
		}
	}
}

// Discord's limits, in UTF-16 units:
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-structure
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxCommandName = 32
	maxDescription = 100
	maxFieldName   = 256
	maxButton      = 80
	maxForm        = 45
	// maxSentence leaves as much of a message's 2000 to what fills its placeholders.
	maxSentence = 1000
)

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]+$`)

func TestNoTextIsOverDiscordsLimits(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		for key, text := range tables[l] {
			limit := maxSentence
			switch {
			case key == NameReplay || key == NameFile || strings.HasPrefix(string(key), "slash_"):
				limit = maxCommandName
				if !commandName.MatchString(text) || text != strings.ToLower(text) {
					t.Errorf("%s: %s cannot be the name of a command: %q", l, key, text)
				}
			case key == NameAnalyse:
				limit = maxCommandName
			case key == CommandReplay || key == OptionFile || strings.HasPrefix(string(key), "about_") || strings.HasPrefix(string(key), "hint_"):
				limit = maxDescription
			case strings.HasPrefix(string(key), "button_"):
				limit = maxButton
			case strings.HasPrefix(string(key), "form_"):
				limit = maxForm
			case strings.HasPrefix(string(key), "label_"):
				limit = maxFieldName
			}
			if n := len(utf16.Encode([]rune(text))); n == 0 || n > limit {
				t.Errorf("%s: %s has %d characters, limit %d", l, key, n, limit)
			}
		}
	}
}

func TestRendering(t *testing.T) {
	t.Parallel()
	minutes := func(l Language, n string) string {
		return l.Say(LimitedPlayer, "limit", "300", "minutes", n)
	}
	for name, test := range map[string]struct{ got, want string }{
		"one":                   {minutes(English, "1"), "You've reached 300 uploads an hour. Try again in 1 minute."},
		"several":               {minutes(English, "21"), "You've reached 300 uploads an hour. Try again in 21 minutes."},
		"none":                  {minutes(English, "0"), "You've reached 300 uploads an hour. Try again in 0 minutes."},
		"no number":             {minutes(English, "?"), "You've reached 300 uploads an hour. Try again in ? minutes."},
		"more than an int":      {minutes(English, "99999999999999999999"), "You've reached 300 uploads an hour. Try again in 99999999999999999999 minutes."},
		"Korean":                {minutes(Korean, "1"), "한 시간에 올릴 수 있는 300개를 모두 올렸습니다. 1분 뒤에 다시 시도해 주십시오."},
		"a missing argument":    {Say(Found).In(English), "Found replay file {name}. Downloading and parsing now…"},
		"markup in an argument": {Say(Found, "name", "{name}#{n, plural}").In(English), "Found replay file {name}#{n, plural}. Downloading and parsing now…"},
		"a later program's key": {Say("not_yet").In(Korean), "not_yet"},
		"no language":           {Say(Terran).In(""), "Terran"},
		"a later language":      {Say(Terran).In("tlh"), "Terran"},
		"escaped arguments":     {Say(Found, "name", "a*b").With(strings.ToUpper).In(Korean), "A*B 리플레이 파일을 찾았습니다. 내려받아 분석하는 중입니다…"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
}

func TestPatternsThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{", "}", "{name", "name}", "{}", "{ name}", "{n, choice, one {a} other {b}}", "{n, plural, one {a}}",
		"{n, plural, some {a} other {b}}", "{n, plural, other {b}", "{n, plural, other}", "{n,}",
	} {
		if p, err := compile(text); err == nil {
			t.Errorf("%q was compiled to %+v", text, p)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wishes []string
		want   Language
	}{
		"nothing":                          {nil, English},
		"an empty wish":                    {[]string{"", " "}, English},
		"Discord's Korean":                 {[]string{"ko"}, Korean},
		"Discord's English":                {[]string{"en-GB", "ko"}, English},
		"a browser in Seoul":               {[]string{"ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"}, Korean},
		"Korean, but rather English":       {[]string{"en-US,en;q=0.9,ko;q=0.8"}, English},
		"by quality, not by order":         {[]string{"en;q=0.2,ko;q=0.9"}, Korean},
		"a language there is not":          {[]string{"de-DE"}, English},
		"that, in a Korean server":         {[]string{"de", "ko"}, Korean},
		"a choice before the browser's":    {[]string{"en", "ko-KR"}, English},
		"a choice that was never offered":  {[]string{"../../etc", "ko-KR"}, Korean},
		"anything":                         {[]string{"*"}, English},
		"malformed":                        {[]string{";;;q=,,", "ko"}, Korean},
		"longer than any browser sends":    {[]string{strings.Repeat("ko,", 1000), "en"}, English},
		"many subtags, as in a known flaw": {[]string{strings.Repeat("a-", 250)}, English},
	} {
		if got := Match(test.wishes...); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Say(LimitedPlayer, "limit", "300", "minutes", "1").In(Korean)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1 << 10: "1 KiB", 1500: "1.5 KiB", 153601: "150.0 KiB", 8 << 20: "8 MiB", 9<<20 + 1<<19: "9.5 MiB", 64 << 20: "64 MiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: %s, want %s", bytes, got, want)
		}
	}
}
