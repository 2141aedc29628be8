package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// pageSize is how many submissions a page of the list shows.
const pageSize = 20

//go:embed template/*.html
var templateFiles embed.FS

// templates are the pages in each language.
var templates = func() map[phrase.Language]*template.Template {
	all := make(map[phrase.Language]*template.Template)
	for _, l := range phrase.Languages() {
		all[l] = template.Must(template.New("").Funcs(functions(l)).ParseFS(templateFiles, "template/*.html"))
	}
	return all
}()

// functions are what templates call, for readers of a language.
func functions(l phrase.Language) template.FuncMap {
	words := show.In(l)
	all := template.FuncMap{
		"asset":     assetPath,
		"clock":     show.Clock,
		"color":     color,
		"dict":      dict,
		"format":    words.Format,
		"kind":      words.Type,
		"glyph":     glyph,
		"label":     words.Label,
		"language":  func() phrase.Language { return l },
		"languages": func() []phrase.Language { return otherLanguages(l) },
		"length":    words.Length,
		"number":    func(n *float64) string { return fmt.Sprintf("%.0f", *n) },
		"race":      words.Race,
		"region":    words.Region,
		"result":    words.Result,
		"outcome":   words.PlayerResult,
		"say":       func(key string, args ...string) string { return l.Say(phrase.Key(key), args...) },
		"sentence":  func(text phrase.Text) string { return sentence(text, l) },
		"size":      phrase.Size,
		"source":    words.Source,
		"speed":     words.Speed,
		"state":     func(s any) string { return word(l, stateKeys, s) },
		"stamp":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"to":        words.Audience,
		"warnings":  func(game *replay.Replay) []string { return cleanWarnings(words.Warnings(game)) },
		"when":      func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }, // where there is no script
	}
	maps.Copy(all, ladderFunctions(l))
	return all
}

// listing is a page with cards on it.
type listing struct {
	Cards    []card
	Missing  int    // submissions that could not be shown
	Older    string // the id that the next page continues after; empty: there is none
	First    bool   // the newest page
	Waiting  bool   // some card will still change
	MaxBytes int64
	TooLarge phrase.Text // what to say of a file over MaxBytes
	Refused  []refusal
}

// refusal is a file that was not taken in.
type refusal struct {
	FileName string
	Text     phrase.Text
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	page, err := s.recent(r, 0)
	if err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, "home", page)
	return nil
}

// list shows the submissions in ?ids=, else the recent ones, from ?before= on.
func (s *Site) list(w http.ResponseWriter, r *http.Request) error {
	if r.FormValue("ids") != "" {
		return s.batch(w, r)
	}
	var before upload.ID
	if text := r.FormValue("before"); text != "" {
		id, err := parseID(text)
		if err != nil {
			return err
		}
		before = id
	}
	page, err := s.recent(r, before)
	if err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, "list", page)
	return nil
}

// recent reads one page of the list; one row more than it shows says whether
// there is another page.
func (s *Site) recent(r *http.Request, before upload.ID) (*listing, error) {
	views, err := s.reads.Recent(r.Context(), before, pageSize+1)
	if err != nil {
		return nil, fmt.Errorf("read recent submissions: %w", err)
	}
	page := s.newListing()
	page.First = before == 0
	if len(views) > pageSize {
		views = views[:pageSize]
		page.Older = formatID(views[pageSize-1].ID)
	}
	for _, view := range views {
		s.add(page, view)
	}
	return page, nil
}

func (s *Site) newListing() *listing {
	return &listing{MaxBytes: s.intake.MaxBytes(), TooLarge: explain(s.tooLarge()).Text}
}

// add puts a submission on a page; one that cannot be shown must not hide the
// others.
func (s *Site) add(page *listing, view upload.View) {
	c, err := listCard(view)
	if err != nil {
		s.log.Error("submission cannot be shown", "submission_id", int64(view.ID), "error", err)
		page.Missing++
		return
	}
	page.Cards = append(page.Cards, c)
	page.Waiting = page.Waiting || !c.Final()
}

// batch shows what a form of several files became.
func (s *Site) batch(w http.ResponseWriter, r *http.Request) error {
	ids, err := parseIDs(r.FormValue("ids"), formFiles)
	if err != nil {
		return err
	}
	page := s.newListing()
	if err := s.addAll(r, page, ids); err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, "batch", page)
	return nil
}

func (s *Site) addAll(r *http.Request, page *listing, ids []upload.ID) error {
	for _, id := range ids {
		view, err := s.reads.Submission(r.Context(), id)
		if err != nil {
			return fmt.Errorf("read submission %d: %w", id, err)
		}
		s.add(page, view)
	}
	return nil
}

// uploadForm takes the files of the page's form and sends the browser to what
// became of them. Only when some were refused is the answer the page itself.
func (s *Site) uploadForm(w http.ResponseWriter, r *http.Request) error {
	if err := s.bound(w, r, formFiles); err != nil {
		return err
	}
	var h handed
	arrived := time.Now() // before its files
	err := s.eachFile(r, func(name string, body io.Reader) {
		taken, err := s.take(r.Context(), upload.Incoming{FileName: name, Address: ClientAddress(r), Sent: arrived}, -1, body)
		if err != nil {
			h.refuse(upload.CleanFileName(name), err)
			return
		}
		h.ids = append(h.ids, taken.ID)
	})
	if err != nil && len(h.ids) == 0 {
		return err
	}
	if err != nil { // some are in; what followed is not
		h.refuse("", err)
	}
	if h.worst == nil {
		http.Redirect(w, r, address(h.ids), http.StatusSeeOther)
		return nil
	}
	if len(h.ids) == 0 && len(h.refused) == 1 {
		return h.worst
	}
	p := explain(h.worst)
	s.note(r, p, errors.Join(h.causes...))
	page := s.newListing()
	page.Refused = h.refused
	if err := s.addAll(r, page, h.ids); err != nil {
		return err
	}
	s.render(w, r, p.Status, "batch", page)
	return nil
}

// handed is what became of the files of one form.
type handed struct {
	ids     []upload.ID
	refused []refusal
	causes  []error
	worst   error // decides the status: our own trouble, else the first
}

func (h *handed) refuse(name string, cause error) {
	p := explain(cause)
	name = text.Or(name, maxFileRunes, "")
	if h.worst == nil || p.ours {
		h.worst = cause
	}
	h.causes = append(h.causes, cause)
	h.refused = append(h.refused, refusal{name, p.Text})
}

// address is the page that shows submissions.
func address(ids []upload.ID) string {
	if len(ids) == 1 {
		return upload.Page("", ids[0])
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = formatID(id)
	}
	return "/replays?ids=" + strings.Join(texts, ",")
}

func (s *Site) submission(w http.ResponseWriter, r *http.Request) error {
	return s.one(w, r, "replay")
}

// card is what the script puts in a progress line's place.
func (s *Site) card(w http.ResponseWriter, r *http.Request) error {
	return s.one(w, r, "card")
}

func (s *Site) one(w http.ResponseWriter, r *http.Request, name string) error {
	view, err := s.view(r)
	if err != nil {
		return err
	}
	c, err := newCard(view)
	if err != nil {
		return err
	}
	if s.public != "" {
		c.Address = upload.Page(s.public, view.ID)
	}
	s.render(w, r, http.StatusOK, name, c)
	return nil
}

// render writes a page in its reader's language. It is built in memory first, so that a template that
// fails is an answer of its own and not half a page.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	l := speak(w, r)
	var body bounded
	if err := templates[l].ExecuteTemplate(&body, name, data); err != nil {
		s.log.Error("page cannot be rendered", "template", name, "path", r.URL.Path, "error", err)
		http.Error(w, l.Say(phrase.Unavailable), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a write that fails has no reader left
}
