package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
)

// page is people who upload at the page. It may be away at any time: they try
// again, with the same key, as a script does.
type page struct {
	trial *trial

	mu       sync.Mutex
	files    int
	answered int
	retried  int // requests that were sent again
	wrong    []string
}

// verdict is what the page says of a replay.
type verdict struct {
	Map struct {
		Title string `json:"title"`
	} `json:"map"`
	Players []struct {
		Name string `json:"name"`
	} `json:"players"`
	Error struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	} `json:"error"`
}

// pageFirst is the number of the page's first file: Discord's files are others.
const pageFirst = 1 << 20

const (
	// pagePatience is after what time a file is lost.
	pagePatience = 4 * time.Minute
	// pagePause is between two requests for the same thing.
	pagePause = 500 * time.Millisecond
)

// keep uploads a file every so often until a channel is closed, and returns when
// each has its answer or its time is over.
func (p *page) keep(ctx context.Context, over <-chan struct{}, every time.Duration) {
	sending, stop := untilClosed(ctx, over)
	defer stop()
	var all sync.WaitGroup
	for retry.Sleep(sending, every) {
		n := pageFirst + p.files
		p.files++
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, pagePatience)
			defer cancel()
			p.one(ctx, p.trial.corpus.Replay(n))
		})
	}
	all.Wait()
}

// one uploads a file and judges its answer.
func (p *page) one(ctx context.Context, file File) {
	v, err := p.hand(ctx, file.Name, file.Data)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.wrong = append(p.wrong, fmt.Sprintf("lost: %s: %v", file.Name, err))
		return
	}
	p.answered++
	if complaint := v.complaint(file); complaint != "" {
		p.wrong = append(p.wrong, "wrong: "+file.Name+": "+complaint)
	}
}

// complaint says why a verdict is not the file's, or nothing.
func (v verdict) complaint(file File) string {
	if v.Error.Kind != "" {
		return "refused: " + v.Error.Text
	}
	if readable(v.Map.Title) != readable(file.Expect.Map) {
		return fmt.Sprintf("the map is %q, not %q", v.Map.Title, file.Expect.Map)
	}
	var names []string
	for _, player := range v.Players {
		names = append(names, readable(player.Name))
	}
	for _, name := range file.Expect.Players {
		if !slices.Contains(names, readable(name)) {
			return fmt.Sprintf("the player %q is missing among %q", name, names)
		}
	}
	return ""
}

// hand uploads a file and waits for the page's verdict.
func (p *page) hand(ctx context.Context, name string, data []byte) (verdict, error) {
	var taken struct {
		verdict        // of a file that is refused at once
		URL     string `json:"url"`
	}
	base := p.trial.settings.page
	key := strings.TrimSuffix(name, extension)
	err := p.ask(ctx, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/replays?name="+name, bytes.NewReader(data))
		if err == nil {
			r.Header.Set("Idempotency-Key", key[:min(len(key), 64)])
		}
		return r, err
	}, &taken, http.StatusOK, http.StatusAccepted, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	if err != nil || taken.Error.Kind != "" {
		return taken.verdict, err
	}
	var v verdict
	err = p.ask(ctx, func() (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, base+"/api"+taken.URL, nil)
	}, &v, http.StatusOK)
	return v, err
}

// pageClient opens a connection for each request, as visitors do: one that is
// kept may lead to a container that is gone.
var pageClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}

var errNoAnswer = errors.New("no answer")

// ask repeats a request until it is answered with one of the final statuses, and
// reads that answer.
func (p *page) ask(ctx context.Context, request func() (*http.Request, error), into any, final ...int) error {
	for {
		var last error
		r, err := request()
		if err != nil {
			return err
		}
		status, text, err := send(r)
		switch {
		case err != nil:
			last = err
		case slices.Contains(final, status):
			return json.Unmarshal(text, into)
		default:
			last = fmt.Errorf("%w: %d %.200s", errNoAnswer, status, text)
		}
		if status != http.StatusAccepted { // else it is only not there yet
			p.mu.Lock()
			p.retried++
			p.mu.Unlock()
		}
		if !retry.Sleep(ctx, pagePause) {
			return errors.Join(ctx.Err(), last)
		}
	}
}

func send(r *http.Request) (status int, text []byte, err error) {
	answer, err := pageClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}
