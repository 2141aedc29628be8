package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/web"
)

func TestUploadsWaitForAPlaceInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		site := w.site(web.Config{Uploads: 1})
		send := func(name string, body io.Reader) chan *httptest.ResponseRecorder {
			answered := make(chan *httptest.ResponseRecorder, 1)
			go func() { answered <- ask(t, site, "POST", "/api/replays?name="+name, body) }()
			synctest.Wait()
			return answered
		}

		body, sender := io.Pipe() // a slow upload holds the only place
		slow := send("slow.SC2Replay", body)
		start := time.Now()
		third := <-send("third.SC2Replay", bytes.NewReader(file(3)))
		wantStatus(t, third, http.StatusServiceUnavailable)
		wantText(t, third.Body.String(), `"kind":"busy"`)
		if waited := time.Since(start); waited < 10*time.Second || third.Header().Get("Retry-After") == "" {
			t.Errorf("refused after %v with headers %v, want some patience and a hint", waited, third.Header())
		}

		patient := send("patient.SC2Replay", bytes.NewReader(file(2)))
		_, _ = sender.Write(file(1))
		_ = sender.Close()
		wantStatus(t, <-slow, http.StatusAccepted)
		wantStatus(t, <-patient, http.StatusAccepted)
	})
}

func TestQuietStreamStaysAliveAndEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		site := w.site(web.Config{})
		address := fmt.Sprintf("/events?ids=%d", w.add("a.SC2Replay"))
		start := time.Now()
		answer := ask(t, site, "GET", address, nil) // until the server ends it
		if life := time.Since(start); life < time.Minute || life > time.Hour {
			t.Errorf("the stream lived %v", life)
		}
		if beats := strings.Count(answer.Body.String(), ": still here"); beats < 30 {
			t.Errorf("%d heartbeats in %v", beats, time.Since(start))
		}
		site.Close()
	})
}

func TestReaderThatLeavesIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		site := w.site(web.Config{})
		ctx, leave := context.WithCancel(t.Context())
		request := httptest.NewRequestWithContext(ctx, "GET", fmt.Sprintf("/events?ids=%d", w.add("a.SC2Replay")), nil)
		done := make(chan struct{})
		go func() {
			defer close(done)
			site.ServeHTTP(httptest.NewRecorder(), request)
		}()
		time.Sleep(time.Second)
		leave()
		<-done
		time.Sleep(time.Second)
		before := w.polled()
		time.Sleep(time.Minute)
		if after := w.polled(); before == 0 || after != before {
			t.Errorf("%d queries while somebody watched, %d after that", before, after-before)
		}
	})
}
