package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// apiError is a failure as the command line's JSON has it, too.
type apiError struct {
	Kind string `json:"kind"`
	Text string `json:"text"` // for a player, in the language that the request asks for
}

// apiSubmission is a submission whose answer is not there yet.
type apiSubmission struct {
	ID    string       `json:"id"`
	State upload.State `json:"state"`
	URL   string       `json:"url"`
}

// apiFailure is a file that cannot be parsed.
type apiFailure struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`
	Bytes  int64    `json:"bytes"`
	Error  apiError `json:"error"`
}

// uploadScript takes one file: a form with one file in it, or the raw bytes
// with the file's name in ?name=. A header Idempotency-Key makes a repeated
// request harmless.
func (s *Site) uploadScript(w http.ResponseWriter, r *http.Request) error {
	if err := s.bound(w, r, 1); err != nil {
		return err
	}
	file := upload.Incoming{FileName: r.URL.Query().Get("name"), Address: ClientAddress(r), Sent: time.Now()}
	if key := r.Header.Get("Idempotency-Key"); key != "" && len(key) <= maxKey {
		file.Key = upload.Key("web:" + key)
	}
	taken, err := s.takeOne(r, file)
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	if taken.State.Final() {
		status = http.StatusOK
	}
	url := upload.Page("", taken.ID)
	w.Header().Set("Location", "/api"+url)
	writeJSON(w, status, apiSubmission{ID: formatID(taken.ID), State: taken.State, URL: url})
	return nil
}

// takeOne hands in the one file of a request, whatever its form.
func (s *Site) takeOne(r *http.Request, file upload.Incoming) (taken accepted, err error) {
	if !isMultipart(r) {
		if file.FileName == "" {
			return accepted{}, errNoFile
		}
		return s.take(r.Context(), file, r.ContentLength, r.Body)
	}
	files := 0
	walk := s.eachFile(r, func(name string, body io.Reader) {
		if files++; files == 1 {
			file.FileName = name
			taken, err = s.take(r.Context(), file, -1, body)
		}
	})
	if err == nil && files == 0 {
		err = walk
	}
	return taken, err
}

// summary is a submission as JSON: what the command line prints of the file
// once that is known, before it the state with status 202.
func (s *Site) summary(w http.ResponseWriter, r *http.Request) error {
	view, err := s.view(r)
	if err != nil {
		return err
	}
	switch view.State {
	case upload.Done:
		parsed, err := decode(view)
		if err != nil {
			return err
		}
		parsed.File = view.FileName
		writeJSON(w, http.StatusOK, parsed)
	case upload.Failed:
		failure := explain(view.Failure)
		writeJSON(w, http.StatusOK, apiFailure{
			File: view.FileName, SHA256: view.SHA256, Bytes: view.Bytes,
			Error: apiError{Kind: failure.Kind, Text: sentence(failure.Text, speak(w, r))},
		})
	default:
		id := formatID(view.ID)
		w.Header().Set("Retry-After", "1") // seconds
		writeJSON(w, http.StatusAccepted, apiSubmission{ID: id, State: view.State, URL: upload.Page("", view.ID)})
	}
	return nil
}

// view is the submission that a request's path names.
func (s *Site) view(r *http.Request) (upload.View, error) {
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return upload.View{}, err
	}
	view, err := s.reads.Submission(r.Context(), id)
	if err != nil {
		return upload.View{}, fmt.Errorf("read submission %d: %w", id, err)
	}
	return view, nil
}

// decode is the replay of a submission that is done, as anybody may see it.
func decode(view upload.View) (*replay.Replay, error) {
	var parsed replay.Replay
	if err := json.Unmarshal(view.Summary, &parsed); err != nil {
		return nil, fmt.Errorf("decode summary of submission %d: %w", view.ID, err)
	}
	parsed.Bound() // it may have been stored before there were budgets
	return parsed.Public(), nil
}

// decodeQuiet is decode without the chat, which is most of some replays; of it
// only the number of lines is kept.
func decodeQuiet(view upload.View) (*replay.Replay, error) {
	var parsed struct {
		replay.Replay
		Chat []struct {
			To string `json:"to"`
		} `json:"chat"`
	}
	if err := json.Unmarshal(view.Summary, &parsed); err != nil {
		return nil, fmt.Errorf("decode summary of submission %d: %w", view.ID, err)
	}
	parsed.ChatTotal = max(parsed.ChatTotal, len(parsed.Chat))
	for _, line := range parsed.Chat {
		if line.To != replay.ToAll {
			parsed.ChatTotal-- // as Replay.Public has it
		}
	}
	parsed.Bound()
	return &parsed.Replay, nil
}

// writeJSON answers with a value; a write that fails has no reader left.
func writeJSON(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the type and nosniff say that this is no page
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("web: encode %T: %v", value, err)) // our own types always encode
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
