package discordtest

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// RateLimit is how many requests a bucket takes in a window, which begins with
// its first request. The zero value is no limit.
type RateLimit struct {
	Requests int
	Window   time.Duration
}

// buckets keeps Options.ChannelLimit, by the server's clock. As on Discord there is
// a bucket for each route and each channel, or each token of an interaction:
// new messages and edits have their own.
// https://discord.com/developers/docs/topics/rate-limits#rate-limits
type buckets struct {
	mu   sync.Mutex
	left map[string]bucketWindow
}

type bucketWindow struct {
	left int
	ends time.Time
}

// meter counts a call towards its bucket and writes the headers; false says
// that it is over the limit.
func (s *Server) meter(c *call, h http.Header) (after time.Duration, ok bool) {
	limit := s.options.ChannelLimit
	place := c.PathValue("channel_id") + c.PathValue("webhook_token")
	if limit.Requests == 0 || place == "" {
		// A bucket that is far from empty.
		bucketHeaders(h, c.route, 1000, 999, time.Second)
		return 0, true
	}
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	if s.buckets.left == nil {
		s.buckets.left = make(map[string]bucketWindow)
	}
	key, now := c.route+" "+place, s.now()
	w := s.buckets.left[key]
	if !now.Before(w.ends) {
		w = bucketWindow{limit.Requests, now.Add(limit.Window)}
	}
	ok = w.left > 0
	w.left = max(w.left-1, 0)
	s.buckets.left[key] = w
	after = w.ends.Sub(now)
	bucketHeaders(h, key, limit.Requests, w.left, after)
	return after, ok
}

func bucketHeaders(h http.Header, bucket string, limit, left int, after time.Duration) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	// discordgo cuts what is below a millisecond off.
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", (after+time.Millisecond).Seconds()))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(time.Now().Add(after).UnixMilli())/1000))
	h.Set("X-RateLimit-Bucket", bucketOf(bucket))
}

// overLimit answers a call that meter refused.
func overLimit(w http.ResponseWriter, after time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(ceilSeconds(after)))
	w.Header().Set("X-RateLimit-Scope", "user")
	writeJSON(w, http.StatusTooManyRequests, encode(map[string]any{
		"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": false,
	}))
}
