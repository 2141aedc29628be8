package store_test

import (
	"context"
	"slices"
	"strings"
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

// What the file itself shows stays: replays, and replay_players, by which it is searched.
func TestADeletedPlayerIsNamedNowhereButInReplays(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		w.openSeason()
		d := w.playing("gone", noon)
		_, parse := w.submit(by("gonea", "game", played))
		w.record(parse, read(t, shownGame("gone")))
		w.do(ladder.Act{Kind: ladder.Unbind, Actor: operator, At: noon.Add(hour), Toon: "2-S2-1-gone1", Reason: "asked"})

		db := raw(t, url)
		naming := func() (in []string) {
			for line := range strings.Lines(dump(t, db)) {
				table, row, _ := strings.Cut(line, " ")
				names := strings.Contains(row, "gonea") || strings.Contains(row, "2-S2-1-gone1")
				if names && !strings.HasPrefix(table, "replay") && !slices.Contains(in, table) {
					in = append(in, table)
				}
			}
			return in
		}
		before := naming()
		for _, table := range []string{"players", "submissions", "games", "audit"} {
			if !slices.Contains(before, table) {
				t.Errorf("%s names nobody to begin with", table)
			}
		}
		w.try(w.DeletePlayer(context.Background(), d.a, operator, "asked for it", noon.Add(2*hour)))
		if left := naming(); len(left) != 0 {
			t.Errorf("still named in %v", left)
		}
	})
}
