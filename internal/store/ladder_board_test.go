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
)

// board is a board as text, a line a place.
func (w world) board(f store.BoardFilter) (lines []string) {
	w.Helper()
	f.Limit = 100
	b, err := w.Standings(context.Background(), f)
	if err != nil {
		w.Fatal(err)
	}
	if b.Total != len(b.Places) && f.Offset == 0 {
		w.Errorf("a total of %d, and %d places", b.Total, len(b.Places))
	}
	for _, p := range b.Places {
		lines = append(lines, fmt.Sprintf("%d %s %s %s %.0f %d:%d:%d", p.Place, p.Rank, p.Name, p.Race, p.Rating, p.Wins, p.Losses, p.Draws))
	}
	return lines
}

func TestTheBoardIsWhatFinalMatchesComeTo(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		at := noon.Add(5 * hour)
		if none := w.board(store.BoardFilter{At: at}); len(none) != 0 {
			t.Errorf("before the first match: %v", none)
		}
		for i := range 4 {
			w.final(fmt.Sprintf("P%d", i), noon.Add(time.Duration(i)*hour))
		}
		d := w.matchOf(w.final("Q", noon).match)
		loser := d.Seats[1].Player
		all := w.board(store.BoardFilter{At: at})
		if len(all) != 10 || all[0] != "1 S P3a bw_zerg 1520 1:0:0" || all[9] != "10 F Qb terran 1480 0:1:0" && all[9] != "10 F P0b terran 1480 0:1:0" {
			t.Errorf("%v", all)
		}
		if zerg := w.board(store.BoardFilter{At: at, Race: ladder.Terran, Offset: 1}); len(zerg) != 4 || zerg[0] != "2 D P2b terran 1480 0:1:0" {
			t.Errorf("%v", zerg)
		}
		if none := w.board(store.BoardFilter{At: at, Country: "FR"}); len(none) != 0 {
			t.Errorf("%v", none)
		}
		w.do(ruling(ladder.Void, d.ID, "", at))
		w.do(ladder.Act{Kind: ladder.Ban, Actor: operator, At: at, Player: w.matchOf(d.ID).Seats[0].Player, Reason: "cheats"})
		if left := w.board(store.BoardFilter{At: at.Add(hour)}); len(left) != 8 {
			t.Errorf("after a void: %v", left)
		}
		w.do(ruling(ladder.Restore, d.ID, "", at))
		if left := w.board(store.BoardFilter{At: at.Add(hour)}); len(left) != 9 {
			t.Errorf("the banned are not shown: %v", left)
		}
		w.try(w.DeletePlayer(context.Background(), loser, operator, "asked", at))
		before := w.board(store.BoardFilter{At: at.Add(2 * hour)})
		if len(before) != 8 {
			t.Errorf("nor are the deleted: %v", before)
		}
		w.try(w.RebuildStandings(context.Background()))
		if diff := cmp.Diff(before, w.board(store.BoardFilter{At: at.Add(2 * hour)})); diff != "" {
			t.Errorf("rebuilt: %s", diff)
		}
		w.final("Z", noon.Add(-hour))
		if last := w.board(store.BoardFilter{At: at.Add(2 * hour)}); last[9] != "10 F Zb terran 1480 0:1:0" {
			t.Errorf("who comes below all is ranked at once: %v", last)
		}
		if last := w.board(store.BoardFilter{At: at.Add(2 * hour), Rank: ladder.RankF}); len(last) != 2 {
			t.Errorf("of the last rank: %v", last)
		}
		if late := w.board(store.BoardFilter{At: at.Add(40 * 24 * hour)}); late[0] != "1  P3a bw_zerg 1520 1:0:0" {
			t.Errorf("who has not played for long has no rank: %v", late)
		}
	})
}

func TestASeasonEndsWithASnapshotAndTheNextBegins(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		season := w.openSeason()
		d, live, searching := w.final("P", noon), w.playing("L", noon), w.waitingPair("W", noon)
		var refused ladder.Refusal
		if err := w.EndSeason(ctx, season.ID, operator, "", noon); !errors.As(err, &refused) || refused.Code != ladder.MatchesLive {
			t.Errorf("an open season ends: %v", err)
		}
		w.try(w.CloseSeason(ctx, season.ID, operator, "over", noon.Add(hour)))
		w.try(w.CloseSeason(ctx, season.ID, operator, "over", noon.Add(hour)))
		if _, err := w.LiveEntry(ctx, searching.a); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("who searched is still there: %v", err)
		}
		if _, err := w.Act(ctx, joining(searching.a, noon.Add(hour), ladder.BWZerg)); !errors.As(err, &refused) || refused.Code != ladder.QueueClosed {
			t.Errorf("join: %v", err)
		}
		if err := w.EndSeason(ctx, season.ID, operator, "over", noon.Add(2*hour)); !errors.As(err, &refused) || refused.Code != ladder.MatchesLive {
			t.Errorf("a season with a live match ends: %v", err)
		}
		if _, err := w.StartSeason(ctx, seasonOne(), ladder.Carry, operator, "", noon); !errors.As(err, &refused) || refused.Code != ladder.SeasonOpen {
			t.Errorf("two seasons: %v", err)
		}
		w.do(ruling(ladder.Rule, live.match, ladder.Team1, noon.Add(2*hour)))
		w.try(w.EndSeason(ctx, season.ID, operator, "over", noon.Add(3*hour)))
		w.try(w.EndSeason(ctx, season.ID, operator, "over", noon.Add(3*hour)))
		ended := w.board(store.BoardFilter{Season: season.ID, At: noon.Add(3 * hour)})
		if len(ended) != 4 || ended[0] != "1 B Lb terran 1520 1:0:0" {
			t.Errorf("%v", ended)
		}
		next, err := w.StartSeason(ctx, seasonOne(), ladder.Reset, operator, "again", noon.Add(4*hour))
		w.try(err)
		w.do(ruling(ladder.Rule, d.match, ladder.Team1, noon.Add(5*hour)))
		if diff := cmp.Diff(ended, w.board(store.BoardFilter{Season: season.ID, At: noon.Add(6 * hour)})); diff != "" {
			t.Errorf("a later ruling changes the snapshot: %s", diff)
		}
		ratings, err := w.Ratings(ctx, d.a)
		if err != nil || len(ratings) != 2 || ratings[0].Value != 1500 || ratings[0].Games != 0 || ratings[0].N != 2 {
			t.Errorf("after a reset, and a ruling of the season before: %+v, %v", ratings, err)
		}
		if open := w.board(store.BoardFilter{At: noon.Add(6 * hour)}); len(open) != 0 || next.ID == season.ID {
			t.Errorf("the new board: %v", open)
		}
		if _, _, err := w.LedgerCheck(ctx, func(d ladder.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}

func TestAProfileCountsFinalMatches(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		w.openSeason()
		d := w.final("P", noon)
		w.playing("x", noon)
		p, err := w.Profile(ctx, d.b, 0)
		w.try(err)
		if diff := cmp.Diff([]ladder.RaceRecord{{Race: ladder.Terran, Against: ladder.BWZerg, Record: ladder.Record{Losses: 1}}}, p.ByRace); diff != "" {
			t.Error(diff)
		}
		if len(p.ByMap) != 1 || len(p.Last) != 1 || p.Last[0].ID != d.match || len(p.Opponents) != 1 || p.Opponents[0].Name != "Pa" || p.Opponents[0].Losses != 1 {
			t.Errorf("%+v", p)
		}
		if len(p.Timeline) != 1 || p.Timeline[0].Value != 1480 || len(p.Ratings) != 2 {
			t.Errorf("%+v", p.Timeline)
		}
		if r, err := w.HeadToHead(ctx, d.a, d.b); err != nil || r != (ladder.Record{Wins: 1}) {
			t.Errorf("%+v %v", r, err)
		}
		w.do(ruling(ladder.Void, d.match, "", noon.Add(hour)))
		if p, err = w.Profile(ctx, d.b, 0); err != nil || len(p.ByRace) != 0 || len(p.Timeline) != 2 || len(p.Last) != 1 {
			t.Errorf("after a void: %+v %v", p, err)
		}
	})
}
