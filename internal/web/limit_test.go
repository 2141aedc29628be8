package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/web"
)

func TestWhoSendsTooMuchIsToldToWait(t *testing.T) {
	w := newWorld(t)
	intake := intake.New(w, w, w, intake.Options{Address: 2, Now: func() time.Time { return noon }})
	site := web.New(web.Config{Proxies: web.Proxies{ForwardedFor: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}, Log: slog.New(slog.DiscardHandler)}, intake, w)
	t.Cleanup(site.Close)
	send := func(client string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/replays?name=a.SC2Replay", strings.NewReader("MPQ\x1b"))
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set("X-Forwarded-For", client)
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		return answer
	}
	for n := range 2 {
		if answer := send("203.0.113.7"); answer.Code != http.StatusAccepted {
			t.Fatalf("upload %d: %d %s", n, answer.Code, answer.Body)
		}
	}
	answer := send("203.0.113.7")
	if answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") != "1800" {
		t.Errorf("the third: %d, Retry-After %q", answer.Code, answer.Header().Get("Retry-After"))
	}
	if body := answer.Body.Bytes(); !bytes.Contains(body, []byte(`"kind":"limited"`)) || !bytes.Contains(body, []byte("in 30 minutes.")) {
		t.Errorf("says %s", body)
	}
	if answer := send("203.0.113.8"); answer.Code != http.StatusAccepted {
		t.Errorf("somebody else: %d", answer.Code)
	}
}
