package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
)

func get(t *testing.T, handler http.Handler, path, peer string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	request.RemoteAddr = peer
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	return response
}

func TestReadinessNamesWhatFails(t *testing.T) {
	mux := http.NewServeMux()
	Register(mux,
		Check{"database", func(context.Context) error { return nil }},
		Check{"redis", func(context.Context) error { return errors.New("dial 10.1.2.3: refused") }})
	response := get(t, mux, "/readyz", "127.0.0.1:1")
	if response.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", response.Code)
	}
	if got := strings.TrimSpace(response.Body.String()); got != `{"database":"ok","redis":"failing"}` {
		t.Errorf("body %s", got)
	}
	if got := get(t, mux, "/healthz", "127.0.0.1:1").Code; got != http.StatusOK {
		t.Errorf("alive while a dependency fails: status %d", got)
	}
}

func TestMetricsAreForThePrivateNetwork(t *testing.T) {
	metrics := NewMetrics()
	metrics.Built("v1.2")
	metrics.Parsed("done", 7*time.Millisecond)
	metrics.Accepted("web", "accepted")
	metrics.ParserDied("forbidden")
	metrics.WatchBacklog(func(context.Context) ([]Backlog, error) {
		return []Backlog{{"replay:parse", 3, 2 * time.Second}}, nil
	})
	mux := Private(metrics)
	response := get(t, mux, "/metrics", "10.0.0.7:5")
	for _, want := range []string{
		`evoladder_build_info{go="` + runtime.Version() + `",version="v1.2"} 1`,
		`evoladder_parse_seconds_count{outcome="done"} 1`, `evoladder_uploads_total{outcome="accepted",source="web"} 1`,
		`evoladder_parser_deaths_total{how="forbidden"} 1`, `evoladder_parser_deaths_total{how="crashed"} 0`,
		`evoladder_jobs_pending{kind="replay:parse"} 3`, `evoladder_oldest_job_seconds{kind="replay:parse"} 2`,
	} {
		if !strings.Contains(response.Body.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
	if got := get(t, mux, "/metrics", "203.0.113.9:5").Code; got != http.StatusNotFound {
		t.Errorf("a public address got status %d", got)
	}
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"} {
		if got := get(t, mux, "/metrics", "10.0.0.7:5", name, "203.0.113.9").Code; got != http.StatusNotFound {
			t.Errorf("through a proxy that sets %s: status %d", name, got)
		}
	}
	public := http.NewServeMux()
	Register(public)
	if got := get(t, public, "/metrics", "127.0.0.1:5").Code; got != http.StatusNotFound {
		t.Errorf("on the public listener: status %d", got)
	}
}

func TestUnreadableBacklogCostsOnlyItsOwnMetrics(t *testing.T) {
	metrics := NewMetrics()
	metrics.Delivered("sent")
	metrics.WatchBacklog(func(context.Context) ([]Backlog, error) { return nil, errors.New("database is away") })
	response := get(t, metrics.Handler(), "/", "127.0.0.1:1")
	if !strings.Contains(response.Body.String(), `evoladder_announcements_total{outcome="sent"} 1`) {
		t.Errorf("status %d, body %s", response.Code, response.Body)
	}
}

func TestLogLinesAreJSONInProduction(t *testing.T) {
	var out strings.Builder
	log := slog.New(handler(&out, "info", false, false))
	log.Debug("not shown")
	log.Info("replay parsed", "took", 1500*time.Millisecond)
	var line struct {
		Msg  string
		Took float64
	}
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil {
		t.Fatalf("%q: %v", out.String(), err)
	}
	if line.Msg != "replay parsed" || line.Took != 1.5 {
		t.Errorf("got %+v", line)
	}
}

func TestLogShowsWhatStrangersHide(t *testing.T) {
	const hostile = "a\x1b]0;title\x07\u202eb\u009b\u200bc"
	for name, readable := range map[string]bool{"text": true, "json": false} {
		var out strings.Builder
		log := slog.New(handler(&out, "info", readable, false))
		log.Info("file refused", "file_name", hostile, "error", errors.New(hostile), slog.Group("upload", "name", hostile))
		if got := strings.TrimSuffix(out.String(), "\n"); strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%s: %q", name, got)
		} else if strings.Count(got, `u202e`) != 3 {
			t.Errorf("%s does not say what was there: %s", name, got)
		}
	}
}

func TestLogLinesAreReadableOnATerminal(t *testing.T) {
	var out strings.Builder
	slog.New(handler(&out, "debug", true, false)).Debug("replay parsed", "loops", 12)
	if got := out.String(); !strings.Contains(got, "DBG replay parsed loops=12") {
		t.Errorf("got %q", got)
	}
}
