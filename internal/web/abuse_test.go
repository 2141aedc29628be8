package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/web"
)

const tooLarge = 9 << 20 // bytes

// A client that sends everything before it reads learns why it was refused.
func TestTooLargeUploadIsAnsweredWhileItIsSent(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"raw", "chunked", "go"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			server := newWorld(t).server(web.Config{})
			path := "/api/replays?name=a.SC2Replay"
			var answer *http.Response
			var err error
			if form == "go" {
				answer, err = http.Post(server.URL+path, "", io.LimitReader(bytes.NewReader(make([]byte, tooLarge)), tooLarge))
			} else {
				answer, err = sendAll(t, server.Listener.Addr().String(), path, form == "chunked")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "8 MiB") {
				t.Errorf("%v, %s: %s", err, answer.Status, body)
			}
		})
	}
}

// sendAll sends a file that is too large, all of it, and then reads.
func sendAll(t *testing.T, host, path string, chunked bool) (*http.Response, error) {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	data := make([]byte, tooLarge)
	if chunked {
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: page\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", path, tooLarge)
	} else {
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: page\r\nContent-Length: %d\r\n\r\n", path, tooLarge)
	}
	if _, err := conn.Write(data); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	if chunked {
		if _, err := io.WriteString(conn, "\r\n0\r\n\r\n"); err != nil {
			return nil, fmt.Errorf("send: %w", err)
		}
	}
	return http.ReadResponse(bufio.NewReader(conn), nil)
}

func TestClientThatAsksFirstSendsNothing(t *testing.T) {
	t.Parallel()
	server := newWorld(t).server(web.Config{})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "POST /api/replays?name=a.SC2Replay HTTP/1.1\r\nHost: page\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", tooLarge)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%v, %v", answer, err)
	}
	if rest, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
}

// What a page, a card, the API and a list may take for one file.
const (
	mostAnswer = 512 << 10 // bytes of one replay's page, card or JSON
	mostLine   = 64 << 10  // bytes of its line in a list
)

func TestOutputIsInProportionToAFile(t *testing.T) {
	replaytest.SkipCostly(t)
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	for _, v := range append(replaytest.Vectors(), replaytest.Floods()...) {
		game, err := replay.Parse(t.Context(), v.File, replay.Options{Level: replay.Summary})
		if err != nil {
			continue // is answered with a sentence
		}
		id := w.add(v.Name + ".SC2Replay")
		w.finish(id, game)
		for _, path := range []string{"/replays/%d", "/replays/%d/card", "/api/replays/%d"} {
			answer := ask(t, site, "GET", fmt.Sprintf(path, int64(id)), nil)
			wantStatus(t, answer, http.StatusOK)
			if n := answer.Body.Len(); n > mostAnswer {
				t.Errorf("%s: a file of %d bytes makes %s %d bytes", v.Name, len(v.File), path, n)
			}
		}
	}
	for _, path := range []string{"/", "/replays"} {
		answer := ask(t, site, "GET", path, nil)
		if n := answer.Body.Len(); n > 20*mostLine {
			t.Errorf("%s has %d bytes", path, n)
		}
	}
}

func TestOldResultsAreHeldToTheBudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	game := duel()
	game.Chat, game.Map.Title = nil, "\u202e\x1b\u200b"
	for range 8000 {
		game.Chat = append(game.Chat, replay.Chat{From: strings.Repeat("&", 500), To: "all", Text: "x\x07\u202e👨\u200d👩"})
	}
	id := w.add("old.SC2Replay")
	for range 20 {
		w.finish(w.add("old.SC2Replay"), game)
	}
	w.finish(id, game)
	list := ask(t, site, "GET", "/", nil)
	if n := list.Body.Len(); n > 20*mostLine || strings.Contains(list.Body.String(), "👨") {
		t.Errorf("the list has %d bytes, with chat: %t", n, strings.Contains(list.Body.String(), "👨"))
	}
	page := ask(t, site, "GET", fmt.Sprintf("/replays/%d", int64(id)), nil).Body.String()
	if len(page) > mostAnswer || strings.ContainsAny(page, "\x1b\x07\u202e\u200b") {
		t.Errorf("the page has %d bytes or raw control characters", len(page))
	}
	wantText(t, page, "x👨\u200d👩", "(unnamed map)", "8000")
}

func TestIdsOfARequestCountOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	id := w.add("a.SC2Replay")
	w.finish(id, duel())
	once := fmt.Sprintf("%d", int64(id))
	answer := ask(t, site, "GET", "/replays?ids="+strings.TrimSuffix(strings.Repeat(once+",", 15), ","), nil)
	if n := strings.Count(answer.Body.String(), `data-id="`+once); answer.Code != http.StatusOK || n != 1 {
		t.Errorf("status %d, %d cards", answer.Code, n)
	}
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprint(i + 1)
	}
	wantStatus(t, ask(t, site, "GET", "/replays?ids="+strings.Join(many, ","), nil), http.StatusRequestEntityTooLarge)
}

func TestReadsHaveARateForEachAddress(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{})
	get := func(peer string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/replays/1", nil)
		r.RemoteAddr = peer
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		return answer
	}
	for n := 0; ; n++ {
		if answer := get("203.0.113.7:1"); answer.Code == http.StatusTooManyRequests {
			if n < 500 || answer.Header().Get("Retry-After") == "" {
				t.Errorf("refused after %d pages with %v", n, answer.Header())
			}
			break
		} else if n > 100_000 {
			t.Fatal("never refused")
		}
	}
	wantStatus(t, get("203.0.113.8:1"), http.StatusNotFound)
}

func TestStreamsHaveAShareForEachAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{Streams: 10, StreamsEach: 1})
	id := w.add("a.SC2Replay")
	openStream(t, server.URL, id).next()
	if second := connect(t, server.URL, id); second.status != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", second.status)
	}
}

// Slow uploads of one address take their share of the slots and no more, and
// arrive for all that.
func TestSlowUploadsOfOneAddressLeaveRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		site := w.site(web.Config{Uploads: 4})
		post := func(peer string, body io.Reader) chan int {
			done := make(chan int, 1)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/replays?name=a.SC2Replay", body)
			r.RemoteAddr = peer
			go func() {
				answer := httptest.NewRecorder()
				site.ServeHTTP(answer, r)
				done <- answer.Code
			}()
			synctest.Wait()
			return done
		}
		var slow []chan int
		var senders []*io.PipeWriter
		for range 4 {
			body, sender := io.Pipe()
			slow, senders = append(slow, post("203.0.113.7:1", body)), append(senders, sender)
		}
		if code := <-post("203.0.113.8:1", bytes.NewReader(file(1))); code != http.StatusAccepted {
			t.Errorf("another address is answered %d", code)
		}
		_, _ = senders[0].Write(file(2))
		_ = senders[0].Close()
		if code := <-slow[0]; code != http.StatusAccepted {
			t.Errorf("the slow one is answered %d", code)
		}
		for _, sender := range senders[1:] {
			_ = sender.CloseWithError(io.ErrUnexpectedEOF)
		}
		for _, done := range slow[1:] {
			<-done
		}
	})
}
