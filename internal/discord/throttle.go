package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/retry"
)

const (
	// maxPause is how long a request may wait for a rate limit. Longer waits
	// are the queue's: discordgo's own do not end with the context.
	maxPause = 5 * time.Second
	// discordRate is the pace of all requests together. Discord allows 50 a
	// second: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
	discordRate = 45
	// unknownPause is assumed of a 429 that does not say how long.
	unknownPause = 5 * time.Second
	// maxAnswerBytes caps what is read of a 429.
	maxAnswerBytes = 64 << 10
)

// throttle stands between discordgo and the network and makes three kinds of
// 429 obey one rule. discordgo knows only the per-route kind: it ignores the
// documented global one, cannot read Cloudflare's HTML, and sleeps as long as
// a header says. Here a global limit stops every request before it is sent (a
// bot that goes on is banned after 10,000 refusals in ten minutes), every 429
// reaches discordgo as the JSON it understands, and no header makes it sleep
// longer than maxPause.
type throttle struct {
	next  http.RoundTripper
	pace  *rate.Limiter
	until atomic.Int64 // unix nanoseconds before which nothing may be sent
}

func newThrottle(next http.RoundTripper, pace rate.Limit) *throttle {
	return &throttle{next: next, pace: rate.NewLimiter(pace, discordRate)}
}

func (t *throttle) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.await(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return t.limited(req, resp)
	case http.StatusBadGateway:
		// discordgo answers this one with an error without type.
		resp.StatusCode = http.StatusServiceUnavailable
	}
	capReset(resp.Header)
	return resp, nil
}

// await waits for the request's turn when it is near, else refuses.
func (t *throttle) await(req *http.Request) error {
	if exempt(req.URL.Path) {
		return nil
	}
	turn := t.pace.Reserve()
	wait := max(turn.Delay(), time.Until(time.Unix(0, t.until.Load())))
	if wait <= 0 {
		return nil
	}
	if wait > maxPause {
		turn.Cancel()
		return &Failure{Status: http.StatusTooManyRequests, Text: "global rate limit", wait: wait}
	}
	if !retry.Sleep(req.Context(), wait) {
		turn.Cancel()
		return req.Context().Err()
	}
	return nil
}

// exempt says whether a path is outside the global limit, as everything
// reached by an interaction's token is:
// https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints
func exempt(path string) bool {
	return strings.Contains(path, "/interactions/") || strings.Contains(path, "/webhooks/")
}

// limited rewrites a 429 into the one that discordgo understands.
func (t *throttle) limited(req *http.Request, resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	_ = resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read rate limit: %w", err)
	}
	var said struct {
		Message    string  `json:"message"`
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	ours := json.Unmarshal(body, &said) == nil // else it is Cloudflare's page
	wait := time.Duration(said.RetryAfter * float64(time.Second))
	if wait <= 0 {
		wait = headerWait(resp.Header)
	}
	global := !ours || said.Global || resp.Header.Get("X-RateLimit-Global") != "" ||
		resp.Header.Get("X-RateLimit-Scope") == "global"
	if global && !exempt(req.URL.Path) {
		t.until.Store(time.Now().Add(wait).UnixNano())
	}

	rewritten, err := json.Marshal(map[string]any{
		"message": said.Message, "retry_after": wait.Seconds(), "global": global,
	})
	if err != nil {
		return nil, fmt.Errorf("rewrite rate limit: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(rewritten))
	resp.ContentLength = int64(len(rewritten))
	resp.Header.Del("X-RateLimit-Global") // the throttle itself holds global limits
	resp.Header.Set("X-RateLimit-Remaining", "0")
	resp.Header.Set("X-RateLimit-Reset-After", seconds(min(wait, maxPause)))
	return resp, nil
}

func headerWait(header http.Header) time.Duration {
	for _, name := range []string{"Retry-After", "X-RateLimit-Reset-After"} {
		if after, err := strconv.ParseFloat(header.Get(name), 64); err == nil && after > 0 {
			return time.Duration(after * float64(time.Second))
		}
	}
	return unknownPause
}

// capReset keeps discordgo's rate limiter from sleeping longer than maxPause
// and from failing a good answer whose headers it cannot parse.
func capReset(header http.Header) {
	after, err := strconv.ParseFloat(header.Get("X-RateLimit-Reset-After"), 64)
	if err != nil {
		for _, name := range []string{"X-RateLimit-Reset-After", "X-RateLimit-Reset", "X-RateLimit-Remaining"} {
			header.Del(name)
		}
		return
	}
	header.Set("X-RateLimit-Reset-After", seconds(min(time.Duration(after*float64(time.Second)), maxPause)))
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
}
