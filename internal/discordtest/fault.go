package discordtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Trouble is what goes wrong with a request to the REST API.
type Trouble int

// The troubles of REST.
const (
	// Slow only delays the answer.
	Slow Trouble = iota
	// RouteLimit is a 429 of the route's bucket, with JSON and all headers.
	RouteLimit
	// GlobalLimit is a 429 for the bot as a whole, as documented: "global" in the
	// JSON, X-RateLimit-Global, and no bucket headers.
	GlobalLimit
	// CloudflareLimit is the 429 of the network before Discord: HTML, and
	// Retry-After alone.
	CloudflareLimit
	// Failure is an HTTP status of Discord's own failing, see Fault.Status.
	Failure
	// Garbled performs the request and answers its success with JSON that breaks
	// off. A refusal comes as it is.
	Garbled
	// Reset resets the connection instead of an answer.
	Reset
)

// Fault is trouble asked for. The zero values of the filters mean: every route,
// every time, until lifted.
type Fault struct {
	Trouble Trouble
	// Route is one route as in "POST /channels/{channel_id}/messages"; empty: all.
	Route string
	// Times is how many requests are hit; 0: all until lifted.
	Times int
	// Chance is the share of the requests that are hit, from 0 to 1; 0: all.
	Chance float64
	// Late performs the request and lets only the answer be lost to the trouble.
	Late bool
	// Delay is waited before anything else.
	Delay time.Duration
	// RetryAfter is what 429s ask for. Default 1 s.
	RetryAfter time.Duration
	// Status is that of a Failure. Default 503.
	Status int
	// Code makes of a Failure one of Discord's own refusals, with this code in
	// its JSON.
	Code int
}

type faults struct {
	mu   sync.Mutex
	list []*activeFault
}

type activeFault struct {
	Fault
	hits int
}

// Inject starts trouble. Faults are looked at in the order of injection; the
// first that applies to a request hits it. The function returned lifts the fault
// and says how many requests it hit.
func (s *Server) Inject(f Fault) (lift func() int) {
	if f.RetryAfter == 0 {
		f.RetryAfter = time.Second
	}
	if f.Status == 0 {
		f.Status = http.StatusServiceUnavailable
	}
	active := &activeFault{Fault: f}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, active)
	return func() int { return s.faults.lift(active) }
}

func (f *faults) lift(gone *activeFault) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, active := range f.list {
		if active == gone {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			break
		}
	}
	return gone.hits
}

// take returns the fault that hits a request now, or nil.
func (f *faults) take(route string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, active := range f.list {
		switch {
		case active.Route != "" && active.Route != route:
		case active.Times > 0 && active.hits >= active.Times:
		case active.Chance > 0 && rand.Float64() >= active.Chance:
		default:
			active.hits++
			return &active.Fault
		}
	}
	return nil
}

// wait waits for the fault's delay and reports whether the client is still there.
func (f *Fault) wait(c *call) bool {
	if f.Delay == 0 {
		return true
	}
	delay := time.NewTimer(f.Delay)
	defer delay.Stop()
	select {
	case <-delay.C:
		return true
	case <-c.Context().Done():
		return false
	}
}

// performs reports whether the request is carried out.
func (f *Fault) performs() bool { return f.Late || f.Trouble == Slow || f.Trouble == Garbled }

// spoils reports whether the answer is not the real one.
func (f *Fault) spoils() bool { return f.Trouble != Slow }

// spoilt reports whether the real answer is lost, now that it is known.
func (f *Fault) spoilt(real answer) bool {
	return f.spoils() && (f.Trouble != Garbled || real.status < http.StatusBadRequest)
}

// status is what counts as the outcome: 0 when there is no answer.
func (f *Fault) status(real answer) int {
	switch f.Trouble {
	case Failure:
		return f.Status
	case Garbled:
		return real.status
	case Reset:
		return 0
	}
	return http.StatusTooManyRequests
}

// spoil answers instead of Discord.
func (f *Fault) spoil(w http.ResponseWriter) {
	switch f.Trouble {
	case RouteLimit:
		f.limit(w, false)
	case GlobalLimit:
		f.limit(w, true)
	case CloudflareLimit:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.Header().Set("Retry-After", strconv.Itoa(ceilSeconds(f.RetryAfter)))
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>"))
	case Failure:
		if f.Code != 0 {
			writeJSON(w, f.Status, encode(map[string]any{"code": f.Code, "message": "refused by a fault"}))
			return
		}
		http.Error(w, "upstream connect error or disconnect/reset before headers", f.Status)
	case Garbled:
		writeJSON(w, http.StatusOK, []byte(`{"id": "1`))
	case Reset:
		resetConnection(w)
	}
}

// limit answers 429 as documented.
// https://discord.com/developers/docs/topics/rate-limits
func (f *Fault) limit(w http.ResponseWriter, global bool) {
	h := w.Header()
	after := fmt.Sprintf("%.3f", f.RetryAfter.Seconds())
	h.Set("Retry-After", strconv.Itoa(ceilSeconds(f.RetryAfter)))
	if global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
	} else {
		h.Set("X-RateLimit-Limit", "5")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(time.Now().Add(f.RetryAfter).UnixMilli())/1000))
		h.Set("X-RateLimit-Reset-After", after)
		h.Set("X-RateLimit-Bucket", bucketOf(f.Route))
		h.Set("X-RateLimit-Scope", "user")
	}
	writeJSON(w, http.StatusTooManyRequests, encode(map[string]any{
		"message": "You are being rate limited.", "retry_after": f.RetryAfter.Seconds(), "global": global,
	}))
}

func ceilSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
