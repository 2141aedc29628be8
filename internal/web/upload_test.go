package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

// ask sends one request to a handler; body may be nil.
func ask(t *testing.T, h http.Handler, method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, target, body)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	return answer
}

// form is a multipart body of files; names and contents alternate.
func form(t *testing.T, parts ...any) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	writer := multipart.NewWriter(body)
	for i := 0; i < len(parts); i += 2 {
		part, err := writer.CreateFormFile("file", parts[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(parts[i+1].([]byte)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return body, writer.FormDataContentType()
}

func wantStatus(t *testing.T, answer *httptest.ResponseRecorder, want int) {
	t.Helper()
	if answer.Code != want {
		t.Fatalf("status %d, want %d; body:\n%s", answer.Code, want, answer.Body)
	}
}

func wantText(t *testing.T, body string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(body, piece) {
			t.Errorf("answer lacks %q:\n%s", piece, body)
		}
	}
}

// opened is a body that knows when it was first read.
type opened struct {
	io.Reader
	at *time.Time
}

func (o opened) Read(p []byte) (int, error) {
	if o.at.IsZero() {
		*o.at = time.Now()
	}
	return o.Reader.Read(p)
}

func TestAnUploadIsSentWhenItsFirstByteIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock = time.Now
	site := w.site(web.Config{})
	body, kind := form(t, "a.SC2Replay", file(1), "b.SC2Replay", file(2))
	for target, upload := range map[string][]any{
		"/replays":                        {body, "Content-Type", kind},
		"/api/replays?name=raw.SC2Replay": {bytes.NewReader(file(3)), "Content-Type", "application/octet-stream"},
	} {
		var first time.Time
		before := len(w.arrivals)
		ask(t, site, "POST", target, opened{upload[0].(io.Reader), &first}, upload[1].(string), upload[2].(string))
		if len(w.arrivals) == before {
			t.Fatalf("%s: nothing was recorded", target)
		}
		for _, one := range w.arrivals[before:] {
			if one.Sent.IsZero() || one.Sent.After(first) {
				t.Errorf("%s: sent %v, and its first byte was read at %v", one.FileName, one.Sent, first)
			}
		}
	}
}

func TestScriptUploadsAndReadsTheSummary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})

	answer := ask(t, site, "POST", "/api/replays?name=Ever+Dream+LE.SC2Replay", bytes.NewReader(file(1)))
	wantStatus(t, answer, http.StatusAccepted)
	var receipt struct{ ID, State, URL string }
	if err := json.Unmarshal(answer.Body.Bytes(), &receipt); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprint(int64(firstID)); receipt.ID != want || receipt.State != "queued" || receipt.URL != "/replays/"+want {
		t.Errorf("receipt %+v, want id %s, queued, and its page", receipt, want)
	}
	address := "/api/replays/" + receipt.ID
	wantStatus(t, ask(t, site, "GET", address, nil), http.StatusAccepted)

	w.finish(firstID, duel())
	answer = ask(t, site, "GET", address, nil)
	wantStatus(t, answer, http.StatusOK)
	var summary replay.Replay
	if err := json.Unmarshal(answer.Body.Bytes(), &summary); err != nil {
		t.Fatal(err)
	}
	if summary.File != "Ever Dream LE.SC2Replay" || len(summary.Players) != 2 || summary.Players[1].Name != "Serral" {
		t.Errorf("summary is not the game's: %+v", summary)
	}
	if view := w.all()[0]; view.Source != upload.FromWeb || view.Bytes != int64(len(file(1))) {
		t.Errorf("recorded %+v, want all bytes, from the web", view)
	}
}

func TestFailedReplayIsItsErrorAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(w.add("a.SC2Replay"), failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", "99999"), nil))
	answer := ask(t, w.site(web.Config{}), "GET", fmt.Sprintf("/api/replays/%d", firstID), nil)
	wantStatus(t, answer, http.StatusOK)
	wantText(t, answer.Body.String(), `"file":"a.SC2Replay"`, `"kind":"unsupported"`, `"text":"It was saved by game build 99999`)
}

func TestSameKeyIsOneSubmission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	for range 2 {
		answer := ask(t, site, "POST", "/api/replays?name=a.SC2Replay", bytes.NewReader(file(1)), "Idempotency-Key", "k1")
		wantStatus(t, answer, http.StatusAccepted)
		wantText(t, answer.Body.String(), fmt.Sprint(int64(firstID)))
	}
	if n := len(w.all()); n != 1 {
		t.Errorf("%d submissions recorded, want 1", n)
	}
}

func TestKnownFileIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	ask(t, site, "POST", "/api/replays?name=a.SC2Replay", bytes.NewReader(file(1)))
	w.finish(firstID, duel())
	answer := ask(t, site, "POST", "/api/replays?name=b.SC2Replay", bytes.NewReader(file(1)))
	wantStatus(t, answer, http.StatusOK)
	wantText(t, answer.Body.String(), `"state":"done"`)
}

func TestRefusedUploadSaysWhy(t *testing.T) {
	t.Parallel()
	big := make([]byte, replay.MaxFileBytes+1)
	copy(big, file(1))
	cases := []struct {
		name    string
		target  string
		body    io.Reader
		size    int64 // Content-Length; 0: what the body has
		status  int
		kind    string
		text    string
		nothing bool // is the body not to be read?
	}{
		{"wrong extension", "?name=a.zip", bytes.NewReader(file(1)), 0, 422, "invalid", "must end in .SC2Replay", true},
		{"empty", "?name=a.SC2Replay", bytes.NewReader(nil), 0, 422, "invalid", "The file is empty", false},
		{"not a replay", "?name=a.SC2Replay", strings.NewReader("hello, world"), 0, 422, "invalid", "This is not a StarCraft II replay", false},
		{"too large by header", "?name=a.SC2Replay", bytes.NewReader(file(1)), 9 << 20, 413, "too_large", "larger than 8 MiB", true},
		{"too large by what arrives", "?name=a.SC2Replay", bytes.NewReader(big), -1, 413, "too_large", "larger than 8 MiB", false},
		{"no name", "", bytes.NewReader(file(1)), 0, 400, "no_file", "No file was uploaded", true},
		{"cut off", "?name=a.SC2Replay", cutOff{}, -1, 400, "incomplete", "Upload interrupted.", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := &counted{Reader: c.body}
			request := httptest.NewRequestWithContext(t.Context(), "POST", "/api/replays"+c.target, body)
			if c.size != 0 {
				request.ContentLength = c.size
			} else if sized, ok := c.body.(interface{ Len() int }); ok {
				request.ContentLength = int64(sized.Len())
			}
			answer := httptest.NewRecorder()
			w.site(web.Config{}).ServeHTTP(answer, request)
			wantStatus(t, answer, c.status)
			wantText(t, answer.Body.String(), `"kind":"`+c.kind+`"`, c.text)
			if len(w.all()) != 0 || len(w.files) != 0 {
				t.Error("something was kept of a refused file")
			}
			if log := w.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=INFO") || !strings.Contains(log, "error=") {
				t.Errorf("want one line with the cause for the operator:\n%s", log)
			}
			if c.nothing && body.n > 0 {
				t.Errorf("%d bytes were read of a body that its header condemns", body.n)
			}
			if body.n > replay.MaxFileBytes+1 {
				t.Errorf("%d bytes were read, more than the limit and one", body.n)
			}
		})
	}
}

// cutOff is a body whose sender went away.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// counted knows how much was read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestDatabaseDownAsksToTryAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	w.setDown(true)
	refused, sorry := phrase.English.Say(phrase.TryAgain), phrase.English.Say(phrase.Unavailable)

	body, contentType := form(t, "a.SC2Replay", file(1))
	for i, answer := range []*httptest.ResponseRecorder{
		ask(t, site, "POST", "/api/replays?name=a.SC2Replay", bytes.NewReader(file(1))),
		ask(t, site, "POST", "/replays", body, "Content-Type", contentType),
		ask(t, site, "GET", "/", nil),
		ask(t, site, "GET", fmt.Sprintf("/replays/%d", firstID), nil),
		ask(t, site, "GET", fmt.Sprintf("/api/replays/%d", firstID), nil),
	} {
		wantStatus(t, answer, http.StatusServiceUnavailable)
		wantText(t, answer.Body.String(), []string{refused, refused, sorry, sorry, sorry}[i])
		if answer.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		if strings.Contains(answer.Body.String(), errDown.Error()) {
			t.Error("the cause is shown to the reader")
		}
	}
	if lines := strings.Count(w.log.String(), errDown.Error()); lines != 5 {
		t.Errorf("%d log lines with the cause, want one for each request:\n%s", lines, w.log)
	}
}

func TestFormOfOneLeadsToItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	body, contentType := form(t, "a.SC2Replay", file(1))
	answer := ask(t, site, "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusSeeOther)
	page := answer.Header().Get("Location")

	waiting := ask(t, site, "GET", page, nil)
	wantStatus(t, waiting, http.StatusOK)
	wantText(t, waiting.Body.String(), `http-equiv="refresh"`, "a.SC2Replay", "Queued")

	w.finish(firstID, duel())
	done := ask(t, site, "GET", page, nil).Body.String()
	wantText(t, done, "Ever Dream LE", "Serral", "BASKGG", "Win", "7011", "312", "18:32", "glhf", "Ranked")
	if strings.Contains(done, "http-equiv=\"refresh\"") {
		t.Error("a page that is done reloads itself")
	}
}

func TestFormOfSeveral(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})

	body, contentType := form(t, "a.SC2Replay", file(1), "b.SC2Replay", file(2))
	answer := ask(t, site, "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusSeeOther)
	page := ask(t, site, "GET", answer.Header().Get("Location"), nil)
	wantStatus(t, page, http.StatusOK)
	wantText(t, page.Body.String(), "a.SC2Replay", "b.SC2Replay", `http-equiv="refresh"`)

	body, contentType = form(t, "c.SC2Replay", file(3), "notes.txt", []byte("x"), "d.SC2Replay", file(4))
	answer = ask(t, site, "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusUnprocessableEntity)
	wantText(t, answer.Body.String(), "c.SC2Replay", "d.SC2Replay", "notes.txt is not a replay")
	if n := len(w.all()); n != 4 {
		t.Errorf("%d submissions recorded, want 4", n)
	}
}

func TestFormTakesABoundedNumberOfFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var parts []any
	for i := range byte(21) {
		parts = append(parts, fmt.Sprintf("%d.txt", i), []byte("x"))
	}
	body, contentType := form(t, parts...)
	answer := ask(t, w.site(web.Config{}), "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusRequestEntityTooLarge)
	wantText(t, answer.Body.String(), "at most 20 files")

	parts = nil
	for i := range byte(21) {
		parts = append(parts, fmt.Sprintf("%d.SC2Replay", i), file(i))
	}
	body, contentType = form(t, parts...)
	answer = ask(t, w.site(web.Config{}), "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusRequestEntityTooLarge)
	wantText(t, answer.Body.String(), "at most 20 files", "19.SC2Replay")
}

func TestEmptyFormAsksForAFile(t *testing.T) {
	t.Parallel()
	body, contentType := form(t, "", []byte{})
	answer := ask(t, newWorld(t).site(web.Config{}), "POST", "/replays", body, "Content-Type", contentType)
	wantStatus(t, answer, http.StatusBadRequest)
	wantText(t, answer.Body.String(), "No file was uploaded")
}

func TestOtherSitesCannotUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		answer := ask(t, w.site(web.Config{}), "POST", "/api/replays?name=a.SC2Replay", bytes.NewReader(file(1)), header...)
		wantStatus(t, answer, http.StatusForbidden)
	}
	if len(w.all()) != 0 {
		t.Error("a cross-site upload was recorded")
	}
}
