package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// What pages show beside a match's own rows: its last matches as a player has them, whom
// ids and game accounts name, and where the replays of a match are.
func TestWhatPagesShowOfMatches(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, ctx := world{t, storetest.Open(t, url)}, context.Background()
		w.openSeason()
		d := w.playing("anna", noon)
		act := w.handingIn(d, "anna", noon.Add(20*time.Minute))
		if out := w.do(act); len(out.Rulings) != 1 {
			t.Fatalf("the replay did not rule: %+v", out.Change)
		}
		_, err := raw(t, url).ExecContext(ctx, fmt.Sprintf(`UPDATE submissions SET match_id = %d WHERE replay_id = %d`, d.match, act.Replay.Replay))
		w.try(err)

		for _, side := range []struct {
			player   ladder.PlayerID
			opponent string
			change   float64
		}{{d.a, "annab", 20}, {d.b, "annaa", -20}} {
			p, err := w.Profile(ctx, side.player, 0)
			w.try(err)
			if len(p.Last) != 1 || p.Last[0].ID != d.match || p.Last[0].Opponent != side.opponent ||
				p.Last[0].Result != ladder.Team0 || p.Last[0].Change != side.change {
				t.Errorf("the last matches of %d: %+v", side.player, p.Last)
			}
		}
		names, err := w.Names(ctx, []ladder.PlayerID{d.a, d.b, 1})
		w.try(err)
		if diff := cmp.Diff(map[ladder.PlayerID]string{d.a: "annaa", d.b: "annab"}, names); diff != "" {
			t.Error(diff)
		}
		toon := fmt.Sprintf("2-S2-1-%d", d.b)
		if id, err := w.PlayerByHandle(ctx, toon); err != nil || id != d.b {
			t.Errorf("%s is of %d, %v; want %d", toon, id, err, d.b)
		}
		if id, err := w.PlayerByHandle(ctx, "2-S2-1-1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger is %d, %v", id, err)
		}
		uploads, err := w.MatchUploads(ctx, d.match)
		w.try(err)
		if len(uploads) != 1 || w.view(uploads[act.Replay.Replay]).ReplayID != upload.ReplayID(act.Replay.Replay) {
			t.Errorf("uploads: %v", uploads)
		}
		w.try(w.DeletePlayer(ctx, d.b, operator, "asked for it", noon.Add(time.Hour)))
		p, err := w.Profile(ctx, d.a, 0)
		w.try(err)
		if p.Last[0].Opponent != "" {
			t.Errorf("a deleted player is %q", p.Last[0].Opponent)
		}
	})
}
