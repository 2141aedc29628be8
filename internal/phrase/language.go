package phrase

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Language is one that sentences are rendered in, by its BCP 47 tag. Its zero
// value, and any that is not in Languages, reads as English.
type Language string

// The languages.
const (
	English Language = "en"
	Korean  Language = "ko"
)

// known is what there is of a language.
type known struct {
	name     string // of the language in itself
	tag      language.Tag
	patterns func() map[Key]pattern
}

// languages are all there are, in the order in which readers are offered them.
// English comes first: it is what everything falls back to.
var (
	languages = []Language{English, Korean}
	knowledge = map[Language]known{
		English: {"English", language.English, compiled(english, englishLadder, englishLadderPage)},
		Korean:  {"한국어", language.Korean, compiled(korean, koreanLadder, koreanLadderPage)},
	}
)

// compiled is the patterns of a language's tables, made when the first sentence is asked for:
// a parser process asks for none.
func compiled(tables ...map[Key]string) func() map[Key]pattern {
	return sync.OnceValue(func() map[Key]pattern {
		patterns := make(map[Key]pattern)
		for _, table := range tables {
			for key, text := range table {
				p, err := compile(text)
				if err != nil {
					panic("phrase: " + string(key) + ": " + err.Error()) // a constant that the tests compile
				}
				patterns[key] = p
			}
		}
		return patterns
	})
}

func (l Language) known() known {
	if k, ok := knowledge[l]; ok {
		return k
	}
	return knowledge[English]
}

// Languages are all languages, English first.
func Languages() []Language { return append([]Language(nil), languages...) }

// Name is what speakers of the language call it.
func (l Language) Name() string { return l.known().name }

// Say is the sentence key in the language; args are as for the function Say.
func (l Language) Say(key Key, args ...string) string { return Say(key, args...).In(l) }

// maxWish bounds one wish, in bytes: browsers send some tens.
const maxWish = 512

var matcher = sync.OnceValue(func() language.Matcher {
	tags := make([]language.Tag, len(languages))
	for i, l := range languages {
		tags[i] = l.known().tag
	}
	return language.NewMatcher(tags)
})

// Match is the language for a reader's wishes, the strongest first. A wish is a
// BCP 47 tag, or a list of them as in the header Accept-Language; one that is
// empty, malformed or names no language that there is gives way to the next.
// Without any it is English.
func Match(wishes ...string) Language {
	for _, wish := range wishes {
		if wish = strings.TrimSpace(wish); wish == "" || len(wish) > maxWish {
			continue
		}
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, at, confidence := matcher().Match(tags...); confidence != language.No {
			return languages[at]
		}
	}
	return English
}
