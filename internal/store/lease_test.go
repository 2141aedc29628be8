package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func (w world) take(holder string, term time.Duration) bool {
	w.Helper()
	taken, err := w.TakeLease(context.Background(), "bot", holder, term)
	if err != nil {
		w.Fatal(err)
	}
	return taken
}

func (w world) holder() string {
	w.Helper()
	holder, err := w.LeaseHolder(context.Background(), "bot")
	if err != nil {
		w.Fatal(err)
	}
	return holder
}

func TestALeaseHasOneHolder(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		if w.holder() != "" {
			t.Errorf("held by %q before anybody took it", w.holder())
		}
		if !w.take("a", time.Hour) || w.take("b", time.Hour) || !w.take("a", time.Hour) || w.holder() != "a" {
			t.Errorf("held by %q", w.holder())
		}
		if taken, err := w.TakeLease(t.Context(), "another", "b", time.Hour); err != nil || !taken {
			t.Errorf("another lease: %v, %v", taken, err)
		}
		for _, holder := range []string{"b", "a"} {
			if err := w.ReleaseLease(t.Context(), "bot", holder); err != nil {
				t.Fatal(err)
			}
			if still := w.holder(); (still == "a") != (holder == "b") {
				t.Errorf("after %s released it: held by %q", holder, still)
			}
		}
		if !w.take("b", time.Hour) {
			t.Error("a released lease is not free")
		}
	})
}

func TestALeaseRunsOut(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		if !w.take("a", -time.Second) { // ran out a second ago
			t.Fatal("not taken")
		}
		if w.holder() != "" || !w.take("b", time.Hour) || w.take("a", time.Hour) || w.holder() != "b" {
			t.Errorf("held by %q", w.holder())
		}
	})
}

func TestOfManyWhoAskAtOnceOneGetsTheLease(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		var got []string
		var all sync.WaitGroup
		for n := range 16 {
			all.Go(func() {
				holder := fmt.Sprint(n)
				taken, err := s.TakeLease(context.Background(), "bot", holder, time.Hour)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if taken {
					got = append(got, holder)
				}
			})
		}
		all.Wait()
		if len(got) != 1 {
			t.Errorf("holders: %v", got)
		}
	})
}
