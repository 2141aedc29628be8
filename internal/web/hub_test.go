package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

// states is a store that only knows states, and counts how it is asked.
type states struct {
	reads // the hub reads nothing else

	mu    sync.Mutex
	at    map[upload.ID]upload.State
	asked [][]upload.ID
	err   error
}

func (s *states) States(_ context.Context, ids []upload.ID) (map[upload.ID]upload.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, ids)
	if s.err != nil {
		return nil, s.err
	}
	return maps.Clone(s.at), nil
}

func (s *states) set(id upload.ID, state upload.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[id] = state
}

func (s *states) polls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func wantChanges(t *testing.T, h *hub, w *watcher, done bool, want map[upload.ID]upload.State) {
	t.Helper()
	got, ended := h.take(w)
	if !maps.Equal(got, want) || ended != done {
		t.Errorf("sent %v (done: %t), want %v (done: %t)", got, ended, want, done)
	}
}

type change = map[upload.ID]upload.State

func TestHubTellsEachWatcherWhatChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &states{at: change{1: upload.Queued, 2: upload.Done}}
		h := newHub(store, slog.New(slog.DiscardHandler))
		defer h.close()

		both, first := h.watch([]upload.ID{1, 2, 3}), h.watch([]upload.ID{1})
		time.Sleep(2 * pollEvery)
		synctest.Wait()
		wantChanges(t, h, both, false, change{1: upload.Queued, 2: upload.Done, 3: unknown})
		wantChanges(t, h, first, false, change{1: upload.Queued})

		store.set(1, upload.Parsing)
		time.Sleep(2 * pollEvery)
		store.set(1, upload.Done) // both states pile up; the latest counts
		time.Sleep(2 * pollEvery)
		wantChanges(t, h, both, true, change{1: upload.Done})
		wantChanges(t, h, first, true, change{1: upload.Done})
	})
}

func TestHubAsksOnceForEverybodyAndOnlyForWhatIsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &states{at: change{1: upload.Queued, 2: upload.Done}}
		h := newHub(store, slog.New(slog.DiscardHandler))
		defer h.close()
		for range 50 {
			h.watch([]upload.ID{1, 2})
		}
		time.Sleep(time.Second + pollEvery/2)
		synctest.Wait()
		if n := store.polls(); n != 11 {
			t.Errorf("%d queries in a second for 50 watchers, want 11", n)
		}
		if last := store.asked[len(store.asked)-1]; len(last) != 1 || last[0] != 1 {
			t.Errorf("asked for %v, want only what is not final", last)
		}
	})
}

func TestHubRestsWhenNobodyWatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &states{at: change{1: upload.Queued}}
		h := newHub(store, slog.New(slog.DiscardHandler))
		defer h.close()
		time.Sleep(time.Minute)
		w := h.watch([]upload.ID{1})
		time.Sleep(pollEvery / 2)
		h.leave(w)
		time.Sleep(time.Minute)
		if n := store.polls(); n != 1 {
			t.Errorf("%d queries, want the one of the only watcher", n)
		}
		w = h.watch([]upload.ID{1})
		time.Sleep(pollEvery / 2)
		synctest.Wait()
		wantChanges(t, h, w, false, change{1: upload.Queued})
	})
}

func TestHubOutlivesAnOutageAndSaysItOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		store := &states{at: change{1: upload.Queued}, err: errors.New("down")}
		h := newHub(store, slog.New(slog.NewTextHandler(&log, nil)))
		w := h.watch([]upload.ID{1})
		time.Sleep(10*pollPause + pollPause/2)
		if n := store.polls(); n != 11 {
			t.Errorf("%d queries in ten and a half pauses, want 11", n)
		}
		store.mu.Lock()
		store.err = nil
		store.mu.Unlock()
		time.Sleep(pollPause)
		synctest.Wait()
		wantChanges(t, h, w, false, change{1: upload.Queued})
		h.close()
		if n := strings.Count(log.String(), "progress cannot be read"); n != 1 {
			t.Errorf("%d log lines of one outage, want 1:\n%s", n, &log)
		}
	})
}

// A round costs what is open and what changed: streams that watch what is final
// or does not exist cost nothing after their first round.
func TestHubForgetsWhatIsSettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const innocent = 1_000_000
		store := &states{at: change{innocent: upload.Queued}}
		h := newHub(store, slog.New(slog.DiscardHandler))
		defer h.close()
		var crowd []*watcher
		for stream := range 990 {
			ids := make([]upload.ID, maxWatched)
			for i := range ids {
				ids[i] = upload.ID(stream*maxWatched + i + 1)
			}
			crowd = append(crowd, h.watch(ids))
		}
		one := h.watch([]upload.ID{innocent})
		time.Sleep(2*pollEvery + pollEvery/2)
		synctest.Wait()
		wantChanges(t, h, one, false, change{innocent: upload.Queued})
		store.mu.Lock()
		store.asked = nil
		store.mu.Unlock()
		store.set(innocent, upload.Done)
		time.Sleep(pollEvery)
		synctest.Wait()
		wantChanges(t, h, one, true, change{innocent: upload.Done})
		if len(store.asked) != 1 || len(store.asked[0]) != 1 {
			t.Errorf("%d queries, the first of %d ids; want one of the only open id", len(store.asked), len(store.asked[0]))
		}
		for _, w := range append(crowd, one) {
			h.leave(w)
		}
		if len(h.topics)+len(h.open)+len(h.fresh) != 0 {
			t.Errorf("%d topics are left, %d of them open", len(h.topics), len(h.open))
		}
	})
}
