package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestPanelsAreKeptWithWhatTheySay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		ctx, at := context.Background(), noon.Truncate(time.Second)
		first := store.Panel{Channel: "a", Message: "1", Language: "ko", Said: "x", Posted: at}
		second := store.Panel{Channel: "b", Message: "2", Language: "en", Said: "y", Posted: at.Add(time.Second)}
		for _, p := range []store.Panel{second, first} {
			if err := s.SavePanel(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		first.Said = "z"
		if err := s.SavePanel(ctx, first); err != nil {
			t.Fatal(err)
		}
		got, err := s.Panels(ctx)
		if diff := cmp.Diff([]store.Panel{first, second}, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if err := s.ForgetPanel(ctx, "1"); err != nil {
			t.Fatal(err)
		}
		if got, err = s.Panels(ctx); err != nil || len(got) != 1 || got[0].Message != "2" {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestUsualWaitsAreThoseOfTheSidesMatches(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		for i, wait := range []time.Duration{time.Minute, 2 * time.Minute, 9 * time.Minute} {
			d := w.waitingPair(string(rune('p'+i)), noon)
			w.do(w.pairing(d.a, d.b, noon.Add(wait)))
		}
		got, err := s.UsualWaits(context.Background(), noon)
		want := map[ladder.Side]time.Duration{ladder.BW: 2 * time.Minute, ladder.SC2: 2 * time.Minute}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if got, err := s.UsualWaits(context.Background(), noon.Add(time.Hour)); err != nil || len(got) != 0 {
			t.Errorf("long afterwards %v (%v)", got, err)
		}
	})
}
