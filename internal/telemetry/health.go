package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// checkTimeout bounds one readiness check.
const checkTimeout = 2 * time.Second

// Check asks whether one thing the process needs is usable.
type Check struct {
	Name  string
	Probe func(context.Context) error
}

// Fine is what a probe returns for a state that is no failure and worth saying
// all the same: "standing by".
type Fine string

func (f Fine) Error() string { return string(f) }

// Failing is what a probe returns for a failure that can be named in public.
type Failing string

func (f Failing) Error() string { return string(f) }

// Register adds to mux what supervisors ask for. It may stand on a public
// listener: no answer names a host, a version or a cause.
//
//	/healthz  200 while the process runs; nothing outside it is asked, so an
//	          outage of the database never makes a supervisor kill workers
//	/readyz   200 when every check passes or is Fine, else 503; a JSON object
//	          either way, with one word for each check
func Register(mux *http.ServeMux, checks ...Check) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /readyz", ready(checks))
}

// Private is what a listener of its own serves, which no proxy leads to:
//
//	/metrics  for peers in private networks
func Private(metrics *Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", private(metrics.Handler()))
	return mux
}

func ready(checks []Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		report := make(map[string]string, len(checks))
		status := http.StatusOK
		var mu sync.Mutex
		var all sync.WaitGroup
		for _, check := range checks {
			all.Go(func() {
				err := check.Probe(ctx)
				mu.Lock()
				defer mu.Unlock()
				var fine Fine
				var failing Failing
				switch {
				case err == nil:
					report[check.Name] = "ok"
				case errors.As(err, &fine):
					report[check.Name] = string(fine)
				case errors.As(err, &failing):
					report[check.Name] = string(failing)
					status = http.StatusServiceUnavailable
				default:
					// The cause may name hosts and users: it is in the log, not here.
					report[check.Name] = "failing"
					status = http.StatusServiceUnavailable
				}
			})
		}
		all.Wait()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(report)
	})
}

// private hides next from public addresses and from what comes through a proxy.
// It is the second lock: a proxy need not say that it is one, and a published
// port of a container makes every peer private.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		peer := net.ParseIP(host)
		if forwarded(r) || peer == nil || !peer.IsLoopback() && !peer.IsPrivate() {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// forwarded says whether a request came through a proxy that says so.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"} {
		if len(r.Header.Values(name)) > 0 {
			return true
		}
	}
	return false
}
