package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

// stream is an open event stream.
type stream struct {
	t       *testing.T
	status  int
	header  http.Header
	scanner *bufio.Scanner
	hangUp  func()
}

// connect asks for the stream of ids, whatever the answer is.
func connect(t *testing.T, server string, ids ...upload.ID) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = fmt.Sprint(int64(id))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/events?ids="+strings.Join(texts, ","), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return &stream{t: t, status: answer.StatusCode, header: answer.Header, scanner: bufio.NewScanner(answer.Body), hangUp: cancel}
}

func openStream(t *testing.T, server string, ids ...upload.ID) *stream {
	t.Helper()
	s := connect(t, server, ids...)
	if kind := s.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("status %d, type %s, want a stream", s.status, kind)
	}
	return s
}

// next is the data of the next event; empty at the end of the stream.
func (s *stream) next() string {
	s.t.Helper()
	for s.scanner.Scan() {
		if data, ok := strings.CutPrefix(s.scanner.Text(), "data: "); ok {
			return data
		}
	}
	return ""
}

func state(id upload.ID, state upload.State) string {
	return fmt.Sprintf(`{"id":"%d","state":"%s"}`, int64(id), state)
}

func TestStreamFollowsToTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	id := w.add("a.SC2Replay")
	events := openStream(t, server.URL, id)
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, state(id, upload.Queued)},
		{func() { w.move(id, upload.Parsing) }, state(id, upload.Parsing)},
		{func() { w.finish(id, duel()) }, state(id, upload.Done)},
		{func() {}, "{}"}, // end
		{func() {}, ""},   // the server hung up
	} {
		step.do()
		if got := events.next(); got != step.want {
			t.Fatalf("event %q, want %q", got, step.want)
		}
	}
}

func TestReconnectingReaderMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	a, b := w.add("a.SC2Replay"), w.add("b.SC2Replay")
	events := openStream(t, server.URL, a, b)
	events.next()
	events.hangUp()
	w.finish(a, duel()) // while no client listened
	events = openStream(t, server.URL, a, b)
	// What the hub polled last may come first; what it polls next follows.
	var received string
	for !strings.Contains(received, state(a, upload.Done)) || !strings.Contains(received, state(b, upload.Queued)) {
		event := events.next()
		if event == "" {
			t.Fatalf("received %s, want both states as they are", received)
		}
		received += event
	}
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	events := openStream(t, server.URL, w.add("a.SC2Replay"))
	events.next()
	// The site closes as the server begins to shut down; Shutdown would wait
	// for the stream otherwise, and this test with it.
	if err := server.Config.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := events.next(); got != "" {
		t.Errorf("event %q after the end", got)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{Streams: 1})
	id := w.add("a.SC2Replay")
	openStream(t, server.URL, id).next()
	second := connect(t, server.URL, id)
	if second.status != http.StatusServiceUnavailable || second.header.Get("Retry-After") == "" {
		t.Errorf("status %d, want 503 with Retry-After", second.status)
	}
}
