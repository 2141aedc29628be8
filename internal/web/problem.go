package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// What a request can get wrong besides its file.
var (
	errNoPage     = errors.New("no such page")
	errNoFile     = errors.New("upload without a file")
	errTooMany    = errors.New("too many files in one request")
	errIncomplete = errors.New("upload ended early")
	errBusy       = errors.New("too many requests at once")
	errTooFast    = errors.New("too many requests of one address")
)

// errNotAccepted is our own trouble with a file that was fine so far.
var errNotAccepted = errors.New("upload was not accepted")

// problem is a failure as its reader sees it.
type problem struct {
	Status int
	Kind   string // for scripts: a failure.Kind or one of the words below
	Text   phrase.Text
	Retry  bool          // the same request may succeed in a moment
	Wait   time.Duration // not before then; zero: nothing is known
	ours   bool          // worth a line in the log
}

// statuses is how each kind of failure is answered. The server understood the
// request and may be asked again; it is the file that will not do, but for GaveUp.
var statuses = map[failure.Kind]int{
	failure.Invalid:     http.StatusUnprocessableEntity,
	failure.Unsupported: http.StatusUnprocessableEntity,
	failure.TooLarge:    http.StatusRequestEntityTooLarge,
	failure.Poison:      http.StatusUnprocessableEntity,
	failure.Timeout:     http.StatusUnprocessableEntity,
	failure.GaveUp:      http.StatusInternalServerError, // ours, and final for this upload
	failure.Limited:     http.StatusTooManyRequests,
}

// explain is the one place that decides what a failure means on the web.
// Whatever it does not know is our own trouble.
func explain(err error) problem {
	if found := failure.Find(err); found != nil {
		status, ok := statuses[found.Kind]
		if !ok { // stored by a newer program
			status = http.StatusUnprocessableEntity
		}
		return problem{Status: status, Kind: string(found.Kind), Text: found.Text, Wait: found.Wait}
	}
	switch {
	case errors.Is(err, upload.ErrUnknown):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchReplay)}
	case errors.Is(err, errNoPage):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchPage)}
	case errors.Is(err, errNoPlayer):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchPlayer)}
	case errors.Is(err, errNoHandle):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchHandle)}
	case errors.Is(err, errNoMatch):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchMatch)}
	case errors.Is(err, errNoSeason):
		return problem{Status: http.StatusNotFound, Kind: "not_found", Text: phrase.Say(phrase.NoSuchSeason)}
	case errors.Is(err, errNoFile):
		return problem{Status: http.StatusBadRequest, Kind: "no_file", Text: phrase.Say(phrase.NoFile)}
	case errors.Is(err, errTooMany):
		limit := strconv.Itoa(formFiles)
		return problem{Status: http.StatusRequestEntityTooLarge, Kind: "too_many", Text: phrase.Say(phrase.TooMany, "limit", limit)}
	case errors.Is(err, errIncomplete):
		return problem{Status: http.StatusBadRequest, Kind: "incomplete", Text: phrase.Say(phrase.UploadBroken), Retry: true}
	case errors.Is(err, errBusy):
		return problem{Status: http.StatusServiceUnavailable, Kind: "busy", Text: phrase.Say(phrase.Busy), Retry: true}
	case errors.Is(err, errTooFast):
		return problem{Status: http.StatusTooManyRequests, Kind: "limited", Text: phrase.Say(phrase.TooFast), Retry: true}
	default:
		text := phrase.Unavailable
		if errors.Is(err, errNotAccepted) {
			text = phrase.TryAgain
		}
		return problem{
			Status: http.StatusServiceUnavailable, Kind: "unavailable", Text: phrase.Say(text),
			Retry: true, ours: !errors.Is(err, context.Canceled),
		}
	}
}

// work is a handler that leaves its failure to its edge: page answers with a
// page, api with JSON.
type work func(w http.ResponseWriter, r *http.Request) error

func (s *Site) page(do work) http.HandlerFunc {
	return s.edge(do, func(w http.ResponseWriter, r *http.Request, p problem) {
		s.render(w, r, p.Status, "problem", p)
	})
}

func (s *Site) api(do work) http.HandlerFunc {
	return s.edge(do, func(w http.ResponseWriter, r *http.Request, p problem) {
		writeJSON(w, p.Status, map[string]any{"error": apiError{Kind: p.Kind, Text: sentence(p.Text, speak(w, r))}})
	})
}

func (s *Site) edge(do work, answer func(http.ResponseWriter, *http.Request, problem)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := do(w, r)
		if err == nil {
			return
		}
		p := explain(err)
		s.note(r, p, err)
		switch { // in seconds
		case p.Wait > 0:
			w.Header().Set("Retry-After", strconv.FormatInt(int64((p.Wait+time.Second-1)/time.Second), 10))
		case p.Retry:
			w.Header().Set("Retry-After", "5")
		}
		answer(w, r, p)
	}
}

// note is a failed request's one line in the log. Uploads that are refused have
// theirs, too; a wrong address is no concern.
func (s *Site) note(r *http.Request, p problem, cause error) {
	level := slog.LevelInfo
	if p.ours {
		level = slog.LevelError
	}
	if p.ours || r.Method == http.MethodPost {
		s.log.Log(r.Context(), level, "request failed", "method", r.Method, "path", r.URL.Path, "status", p.Status, "error", cause)
	}
}
