package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestPlayersAreListedInTurnWithoutTheDeleted(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		var want []ladder.PlayerID
		for _, name := range []string{"zoe", "gone", "amy", "bob"} {
			p := w.player(name)
			if name != "gone" {
				want = append(want, p.ID)
				continue
			}
			if err := s.DeletePlayer(context.Background(), p.ID, operator, "asked for it", noon); err != nil {
				t.Fatal(err)
			}
		}
		var got []ladder.PlayerID
		for after := ladder.PlayerID(0); ; {
			page, err := s.Players(context.Background(), after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				got, after = append(got, p.ID), p.ID
			}
			if len(page) < 2 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
