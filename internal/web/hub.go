package web

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// pollEvery is how often the states of everything watched are read, in one
	// query for the whole process, and only while somebody watches.
	pollEvery = 100 * time.Millisecond
	// pollTime is how long one such query may take.
	pollTime = 5 * time.Second
	// pollSome is how many states one query reads.
	pollSome = 500
	// pollPause is how long a failed query is left alone.
	pollPause = time.Second
)

// unknown is the state a watcher gets for an id that does not exist.
const unknown upload.State = "unknown"

// settled says that a state will not change any more.
func settled(state upload.State) bool { return state.Final() || state == unknown }

// hub tells watchers how the states of submissions change. One goroutine
// polls for all of them; it runs while there is a watcher. An id is read once
// however many watch it, and a round costs what is open and what changed, not
// watchers times ids.
type hub struct {
	reads reads
	log   *slog.Logger
	ctx   context.Context // ends with close
	stop  context.CancelFunc
	group sync.WaitGroup

	mu       sync.Mutex
	watchers int
	topics   map[upload.ID]*topic   // whatever is watched
	open     map[upload.ID]*topic   // those of them that are not settled
	fresh    map[upload.ID]struct{} // those of the open ones that were never read
	polling  bool
}

// topic is one submission and who watches it.
type topic struct {
	state    upload.State // "" until first read
	watchers map[*watcher]struct{}
}

// watcher is one page's interest. Changes pile up per id, so that a slow
// reader costs no memory and reads the latest.
type watcher struct {
	ids     []upload.ID
	open    int // how many of ids are not settled
	changes map[upload.ID]upload.State
	bell    chan struct{} // holds one token while changes is not empty
}

// tell notes a change; the hub's lock is held.
func (w *watcher) tell(id upload.ID, state upload.State) {
	w.changes[id] = state
	if settled(state) {
		w.open--
	}
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

func newHub(reads reads, log *slog.Logger) *hub {
	ctx, stop := context.WithCancel(context.Background())
	return &hub{reads: reads, log: log, ctx: ctx, stop: stop, topics: make(map[upload.ID]*topic), open: make(map[upload.ID]*topic), fresh: make(map[upload.ID]struct{})}
}

func (h *hub) close() {
	h.mu.Lock()
	h.stop() // under the lock, so that no poll begins once Wait has begun
	h.mu.Unlock()
	h.group.Wait()
}

// watch begins to follow ids, each named once; the present state of each is the
// first change.
func (h *hub) watch(ids []upload.ID) *watcher {
	w := &watcher{
		ids: ids, open: len(ids),
		changes: make(map[upload.ID]upload.State),
		bell:    make(chan struct{}, 1),
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers++
	for _, id := range ids {
		t := h.topics[id]
		if t == nil {
			t = &topic{watchers: make(map[*watcher]struct{})}
			h.topics[id], h.open[id], h.fresh[id] = t, t, struct{}{}
		}
		t.watchers[w] = struct{}{}
		if t.state != "" {
			w.tell(id, t.state)
		}
	}
	if !h.polling && h.ctx.Err() == nil {
		h.polling = true
		h.group.Go(h.poll)
	}
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers--
	for _, id := range w.ids {
		t := h.topics[id]
		delete(t.watchers, w)
		if len(t.watchers) == 0 {
			delete(h.topics, id)
			delete(h.open, id)
			delete(h.fresh, id)
		}
	}
}

// take empties what piled up; done says that nothing more will come.
func (h *hub) take(w *watcher) (changes map[upload.ID]upload.State, done bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changes, w.changes = w.changes, make(map[upload.ID]upload.State)
	return changes, w.open == 0
}

func (h *hub) poll() {
	failing := false
	for {
		ids := h.wanted()
		if ids == nil {
			return
		}
		pause := pollEvery
		err := h.round(ids)
		switch {
		case err == nil:
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

// wanted is every id that is still waited for, those that were never read last;
// nil without watchers, and then the poll is over.
func (h *hub) wanted() []upload.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers == 0 {
		h.polling = false
		return nil
	}
	ids := make([]upload.ID, 0, len(h.open))
	for id := range h.open {
		if _, fresh := h.fresh[id]; !fresh {
			ids = append(ids, id)
		}
	}
	return slices.AppendSeq(ids, maps.Keys(h.fresh))
}

// round reads the states of ids and tells them on, some at a time: many new ids
// do not keep back what is known of the others.
func (h *hub) round(ids []upload.ID) error {
	for some := range slices.Chunk(ids, pollSome) {
		states, err := h.read(some)
		if err != nil {
			return err
		}
		h.spread(some, states)
	}
	return nil
}

func (h *hub) read(ids []upload.ID) (map[upload.ID]upload.State, error) {
	ctx, cancel := context.WithTimeout(h.ctx, pollTime)
	defer cancel()
	return h.reads.States(ctx, ids)
}

// spread tells the watchers of the ids just read what is new.
func (h *hub) spread(ids []upload.ID, states map[upload.ID]upload.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		state, ok := states[id]
		if !ok {
			state = unknown
		}
		t := h.open[id]
		if t == nil || t.state == state {
			continue
		}
		t.state = state
		delete(h.fresh, id)
		if settled(state) {
			delete(h.open, id)
		}
		for w := range t.watchers {
			w.tell(id, state)
		}
	}
}
