package web

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/submission"
)

const (
	// pollEvery is how often the states of everything watched are read, in one
	// query for the whole process, and only while somebody watches.
	pollEvery = 100 * time.Millisecond
	// pollTime is how long one such query may take.
	pollTime = 5 * time.Second
	// pollPause is how long a failed query is left alone.
	pollPause = time.Second
)

// unknown is the state a watcher is told of an id that does not exist.
const unknown submission.State = "unknown"

// settled says that a state will not change any more.
func settled(state submission.State) bool { return state.Final() || state == unknown }

// hub tells watchers how the states of submissions change. One goroutine
// polls for all of them; it runs while there is a watcher.
type hub struct {
	reads reads
	log   *slog.Logger
	ctx   context.Context // ends with close
	stop  context.CancelFunc
	group sync.WaitGroup

	mu       sync.Mutex
	watchers map[*watcher]struct{}
	polling  bool
}

// watcher is one page's interest. Changes pile up per id, so that a slow
// reader costs no memory and reads the latest.
type watcher struct {
	known   map[submission.ID]submission.State // "" until first read
	changes map[submission.ID]submission.State
	bell    chan struct{} // holds one token while changes is not empty
}

func newHub(reads reads, log *slog.Logger) *hub {
	ctx, stop := context.WithCancel(context.Background())
	return &hub{reads: reads, log: log, ctx: ctx, stop: stop, watchers: make(map[*watcher]struct{})}
}

func (h *hub) close() {
	h.mu.Lock()
	h.stop() // under the lock, so that no poll begins once Wait has begun
	h.mu.Unlock()
	h.group.Wait()
}

// watch begins to follow ids; the present state of each is the first change.
func (h *hub) watch(ids []submission.ID) *watcher {
	w := &watcher{
		known:   make(map[submission.ID]submission.State, len(ids)),
		changes: make(map[submission.ID]submission.State),
		bell:    make(chan struct{}, 1),
	}
	for _, id := range ids {
		w.known[id] = ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers[w] = struct{}{}
	if !h.polling && h.ctx.Err() == nil {
		h.polling = true
		h.group.Go(h.poll)
	}
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

// take empties what piled up; done says that nothing more will come.
func (h *hub) take(w *watcher) (changes map[submission.ID]submission.State, done bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changes, w.changes = w.changes, make(map[submission.ID]submission.State)
	for _, state := range w.known {
		if !settled(state) {
			return changes, false
		}
	}
	return changes, true
}

func (h *hub) poll() {
	failing := false
	for {
		ids := h.wanted()
		if ids == nil {
			return
		}
		pause := pollEvery
		states, err := h.read(ids)
		switch {
		case err == nil:
			h.spread(ids, states)
			failing = false
		case h.ctx.Err() != nil:
			return
		default:
			pause = pollPause
			if !failing {
				h.log.Error("progress cannot be read", "error", err)
			}
			failing = true
		}
		select {
		case <-h.ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// wanted is every id that somebody still waits for; nil when nobody watches,
// and then the poll is over.
func (h *hub) wanted() []submission.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watchers) == 0 {
		h.polling = false
		return nil
	}
	ids := make(map[submission.ID]struct{})
	for w := range h.watchers {
		for id, state := range w.known {
			if !settled(state) {
				ids[id] = struct{}{}
			}
		}
	}
	return slices.AppendSeq(make([]submission.ID, 0, len(ids)), maps.Keys(ids))
}

func (h *hub) read(ids []submission.ID) (map[submission.ID]submission.State, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(h.ctx, pollTime)
	defer cancel()
	return h.reads.States(ctx, ids)
}

// spread tells every watcher what is new to it of the ids just read.
func (h *hub) spread(ids []submission.ID, states map[submission.ID]submission.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		for _, id := range ids {
			known, watched := w.known[id]
			if !watched || settled(known) {
				continue
			}
			state, ok := states[id]
			if !ok {
				state = unknown
			}
			if state == known {
				continue
			}
			w.known[id], w.changes[id] = state, state
			select {
			case w.bell <- struct{}{}:
			default:
			}
		}
	}
}
