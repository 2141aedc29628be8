package web_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
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

		body, sender := io.Pipe() // a slow upload holds the only slot
		slow := send("slow.SC2Replay", body)
		start := time.Now()
		third := <-send("third.SC2Replay", bytes.NewReader(file(3)))
		wantStatus(t, third, http.StatusServiceUnavailable)
		wantText(t, third.Body.String(), `"kind":"busy"`)
		if waited := time.Since(start); waited < 10*time.Second || third.Header().Get("Retry-After") == "" {
			t.Errorf("refused after %v with headers %v, want some delay and a hint", waited, third.Header())
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

func TestSenderThatKeepsUsWaitingIsCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{Uploads: 1, StallTimeout: 50 * time.Millisecond})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // half of what a whole request may take
	fmt.Fprintf(conn, "POST /api/replays?name=a.SC2Replay HTTP/1.1\r\nHost: page\r\nContent-Length: 4000\r\n\r\nMPQ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil) // nothing more is sent, and yet there is one
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "Upload interrupted.") {
		t.Errorf("answered %s: %s", answer.Status, body)
	}
	next, err := http.Post(server.URL+"/api/replays?name=b.SC2Replay", "", bytes.NewReader(file(1)))
	if err != nil {
		t.Fatal(err)
	}
	defer next.Body.Close()
	if next.StatusCode != http.StatusAccepted {
		t.Errorf("the next one is answered %s", next.Status)
	}
}
