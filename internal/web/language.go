package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	// languageCookie keeps what a reader chose, by its BCP 47 tag.
	languageCookie = "language"
	// languageKept is how long the choice is kept.
	languageKept = 365 * 24 * time.Hour
	// languageForm bounds the form that makes it, in bytes.
	languageForm = 1 << 10
)

// languageOf is what an answer to r is written in: the language that its reader
// chose, else what the browser asks for.
func languageOf(r *http.Request) phrase.Language {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if chosen := phrase.Language(cookie.Value); slices.Contains(phrase.Languages(), chosen) {
			return chosen
		}
	}
	return phrase.Match(strings.Join(r.Header.Values("Accept-Language"), ","))
}

// speak is languageOf with the headers of an answer in that language.
func speak(w http.ResponseWriter, r *http.Request) phrase.Language {
	l := languageOf(r)
	w.Header().Set("Content-Language", string(l))
	w.Header().Add("Vary", "Accept-Language, Cookie")
	return l
}

// chooseLanguage keeps a reader's choice and leads back to the page that it was
// made on.
func (s *Site) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	r.Body = pace(w, http.MaxBytesReader(w, r.Body, languageForm), s.stallTimeout)
	if err := r.ParseForm(); err != nil {
		return s.broken(err)
	}
	if l := phrase.Language(r.PostForm.Get("to")); slices.Contains(phrase.Languages(), l) {
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: string(l), Path: "/", MaxAge: int(languageKept / time.Second),
			HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	http.Redirect(w, r, previous(r), http.StatusSeeOther)
	return nil
}

// previous is the path of the page that sent a form. Only its path is taken,
// and never one that a browser reads as another host.
func previous(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil {
		return "/"
	}
	back := url.URL{Path: "/" + strings.TrimLeft(from.Path, `/\`), RawQuery: from.RawQuery}
	return back.String()
}

// otherLanguages are what readers of a language may choose instead.
func otherLanguages(l phrase.Language) []phrase.Language {
	return slices.DeleteFunc(phrase.Languages(), func(other phrase.Language) bool { return other == l })
}
