package app

import (
	"context"
	"net/http"
	"sync"

	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// door is what answers requests of a process: while it starts, health alone, so
// that a supervisor does not end a process that waits for its database; from
// open on, everything.
type door struct {
	mu      sync.Mutex
	handler http.Handler
	onStop  []func()
}

// newDoor is a door of a process that waits for what waiting says.
func newDoor(waiting func() string) *door {
	mux := http.NewServeMux()
	telemetry.Register(mux, telemetry.Check{Name: "start", Probe: func(context.Context) error {
		return telemetry.Failing("waiting for " + waiting())
	}})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "The service is starting. Try again in a moment.", http.StatusServiceUnavailable)
	})
	return &door{handler: mux}
}

// open has handler answer from now on; onStop ends its endless responses.
func (d *door) open(handler http.Handler, onStop []func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handler, d.onStop = handler, onStop
}

// close ends the endless responses.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, stop := range d.onStop {
		stop()
	}
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	handler := d.handler
	d.mu.Unlock()
	handler.ServeHTTP(w, r)
}
