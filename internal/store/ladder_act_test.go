package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestAMatchGoesFromTheQueueToTheLedger(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.final("p", noon)
		f := w.matchOf(d.match)
		if f.State != ladder.MatchFinal || len(f.Rulings) != 1 || f.Ruling != f.Rulings[0].ID || len(f.Lines) != 4 {
			t.Fatalf("%+v", f)
		}
		for _, l := range f.Lines {
			if want := map[ladder.PlayerID]float64{d.a: 20, d.b: -20}[l.Player]; l.System == ladder.Elo && (l.Delta != want || l.N != 1) {
				t.Errorf("%+v", l)
			}
		}
		w.do(ruling(ladder.Void, d.match, "", noon.Add(time.Hour)))
		w.do(ruling(ladder.Restore, d.match, "", noon.Add(2*time.Hour)))
		f = w.matchOf(d.match)
		if f.State != ladder.MatchFinal || len(f.Rulings) != 3 || f.Rulings[0].Superseded.IsZero() || len(f.Lines) != 12 {
			t.Fatalf("%+v", f)
		}
	})
}

func TestWhatIsForeseenIsNotWritten(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.final("p", noon)
		before := w.matchOf(d.match)
		act := ruling(ladder.Void, d.match, "", noon.Add(time.Hour))
		act.Seen = before.Version
		change, err := s.Foresee(t.Context(), act)
		if err != nil || change.Match == nil || change.Match.State != ladder.MatchVoid || len(change.Lines) != 4 {
			t.Fatalf("%+v (%v)", change, err)
		}
		if diff := cmp.Diff(before, w.matchOf(d.match)); diff != "" {
			t.Error(diff)
		}
		w.do(act)
		_, err = s.Foresee(t.Context(), act)
		if refused, ok := errors.AsType[ladder.Refusal](err); !ok || refused.Code != ladder.Over {
			t.Errorf("of a match that has moved on: %v", err)
		}
	})
}
