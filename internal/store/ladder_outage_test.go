package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestAnOutageMovesAllDeadlinesOnce(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, ctx := world{t, storetest.Open(t, url)}, context.Background()
		w.openSeason()
		beat := func(at time.Time) store.Outage {
			t.Helper()
			outage, err := w.Beat(ctx, at, time.Minute)
			w.try(err)
			return outage
		}
		beat(noon)
		d, waits := w.playing("p", noon), w.waitingPair("w", noon)
		before := w.matchOf(d.match)
		if o := beat(noon.Add(time.Minute)); o != (store.Outage{}) {
			t.Errorf("an outage of %v", o.Length())
		}
		if o := beat(noon.Add(time.Second)); o != (store.Outage{}) {
			t.Errorf("a clock that went back: an outage of %v", o.Length())
		}
		outage := beat(noon.Add(hour))
		if outage.Length() != 59*time.Minute || beat(noon.Add(hour)) != outage {
			t.Errorf("an outage of %v, which stands until it is made up for", outage.Length())
		}
		for _, want := range []int{3, 0} {
			if moved, err := w.ExtendDeadlines(ctx, outage, operator); err != nil || moved != want {
				t.Errorf("moved %d rows, want %d; %v", moved, want, err)
			}
		}
		if after := w.matchOf(d.match); after.Deadline.Sub(before.Deadline) != outage.Length() || after.Outage != outage.Length() {
			t.Errorf("%v, then %v", before.Deadline, after.Deadline)
		}
		if e, err := w.LiveEntry(ctx, waits.a); err != nil || !e.Deadline.Equal(noon.Truncate(time.Microsecond).Add(hour+outage.Length())) {
			t.Errorf("%v %v", e.Deadline, err)
		}
		if o := beat(noon.Add(hour + time.Second)); o != (store.Outage{}) {
			t.Errorf("an outage of %v again", o.Length())
		}
		faultBench{world: w, raw: raw(t, url)}.sound()
	})
}

// A timer that has rung is another job once its row is due at another moment.
func TestATimerIsAnotherJobWhenItMoves(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		w.openSeason()
		d := w.offered("p", noon)
		ring := func(at time.Time) (rung []job.Job) {
			due, err := w.ClaimDue(ctx, at, at.Add(hour), 100)
			w.try(err)
			for _, j := range due {
				if j.Kind == job.MatchTimer {
					rung = append(rung, j)
				}
			}
			return rung
		}
		if early := ring(noon.Add(29 * time.Second)); len(early) != 0 {
			t.Errorf("%+v before the reminder", early)
		}
		first := ring(noon.Add(31 * time.Second))
		if len(first) != 1 {
			t.Fatalf("%+v", first)
		}
		if _, err := w.RaiseEnqueueAttempt(ctx, []job.ID{first[0].ID}); err != nil {
			t.Fatal(err)
		}
		act, err := w.Timer(ctx, first[0].ID)
		if err != nil || act.Kind != ladder.TickMatch || act.Match != d.match {
			t.Fatalf("%+v %v", act, err)
		}
		act.At, act.Actor = noon.Add(31*time.Second), ladder.Actor{Role: ladder.ByTimer}
		if out := w.do(act); len(out.Messages) != 2 || len(out.Jobs) != 2 {
			t.Errorf("%+v", out)
		}
		if _, err := w.Timer(ctx, first[0].ID); !errors.Is(err, job.ErrDone) {
			t.Errorf("the old timer: %v", err)
		}
		second := ring(noon.Add(hour))
		if len(second) != 1 || second[0].ID == first[0].ID || second[0].EnqueueAttempt != 0 {
			t.Errorf("%+v", second)
		}
		act.At = noon.Add(hour)
		w.do(act)
		if third := ring(noon.Add(10 * hour)); len(third) != 0 {
			t.Errorf("a match that is over has a timer: %+v", third)
		}
	})
}

func TestWhoWaitsIsReadWithWhatTheirPairingDependsOn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		w.openSeason()
		d := w.final("p", noon)
		w.player("idle")
		later := noon.Add(hour)
		w.do(joining(d.a, later, ladder.BWZerg, ladder.Zerg))
		waiting, err := w.Waiting(ctx, later)
		w.try(err)
		if len(waiting) != 1 || len(waiting[0].Players) != 1 || waiting[0].Players[0].ID != d.a || len(waiting[0].Ratings) != 2 {
			t.Fatalf("%+v", waiting)
		}
		if p := waiting[0].Past; len(p) != 1 || p[0].Opponent != d.b || p[0].State != ladder.MatchFinal || p[0].Map != "Radeon" {
			t.Errorf("%+v", p)
		}
		if c, err := w.Crowd(ctx); err != nil || c != (store.Crowd{Either: 1}) {
			t.Errorf("%+v %v", c, err)
		}
		run := store.MatchingRun{At: later, Crowd: store.Crowd{BW: 1, Either: 2}, Pairs: 1, Took: time.Second, Detail: json.RawMessage(`{"a":1}`)}
		w.try(w.RecordMatchingRun(ctx, run))
		if runs, err := w.MatchingRuns(ctx, noon); err != nil || len(runs) != 1 || runs[0].Took != time.Second || string(runs[0].Detail) != `{"a":1}` {
			t.Errorf("%+v %v", runs, err)
		}
	})
}

func TestVoidMatchesDoNotHideOlderOpponents(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.final("p", noon)
		at := noon.Add(26 * hour)
		for _, name := range []string{"x", "y", "z"} {
			other := w.player(name).ID
			w.do(joining(d.a, at, ladder.BWZerg))
			w.do(joining(other, at, ladder.Terran))
			match := w.do(w.pairing(d.a, other, at)).Match.ID
			for _, p := range []ladder.PlayerID{d.a, other} {
				w.do(ofMatch(ladder.Deliver, p, match, at))
				w.do(ofMatch(ladder.Accept, p, match, at))
			}
			w.do(ruling(ladder.Void, match, ladder.NoResult, at))
			at = at.Add(hour)
		}
		w.do(joining(d.a, at, ladder.BWZerg))
		waiting, err := w.Waiting(context.Background(), at)
		w.try(err)
		if len(waiting) != 1 || len(waiting[0].Past) != 4 || waiting[0].Past[3].Opponent != d.b {
			t.Errorf("%+v", waiting)
		}
	})
}

// Whoever is taken and comes back while the queue is read is in it whole or not at all.
func TestWhoWaitsIsReadAtOneMoment(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.waitingPair("p", noon)
		ctx, taken := context.WithCancel(context.Background())
		var reader sync.WaitGroup
		reader.Go(func() {
			for ctx.Err() == nil {
				waiting, err := w.Waiting(context.Background(), noon)
				for _, one := range waiting {
					if len(one.Players) != 1 {
						err = fmt.Errorf("who waits is nobody: %+v", one)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		defer reader.Wait()
		defer taken()
		for range 60 {
			match := w.do(w.pairing(d.a, d.b, noon)).Match.ID
			w.do(ladder.Act{Kind: ladder.Void, Actor: operator, At: noon, Match: match, Reason: "again"})
		}
	})
}

// A pair is kept apart from when its offer lapsed, however long it was open.
func TestALapsedOfferCountsFromItsEnd(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.offered("p", noon)
		lapsed := noon.Add(50 * time.Second)
		w.do(ofMatch(ladder.Decline, d.a, d.match, lapsed))
		for at, want := range map[time.Time]int{lapsed.Add(10*time.Minute - time.Second): 1, lapsed.Add(10*time.Minute + time.Second): 0} {
			waiting, err := w.Waiting(context.Background(), at)
			w.try(err)
			if len(waiting) != 1 || len(waiting[0].Past) != want || want == 1 && !waiting[0].Past[0].At.Equal(lapsed.Truncate(time.Microsecond)) {
				t.Errorf("%v after the end: %+v", at.Sub(lapsed), waiting)
			}
		}
	})
}

// Whatever wrote a season's document, it is read with numbers by which the queue works.
func TestAStoredSeasonIsClampedWhenItIsRead(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		season := seasonOne()
		season.Maps, season.Rules.TeamSize, season.Rules.Offer, season.Rules.Playing = nil, 7, 0, ladder.Duration(365*24*hour)
		season, err := w.SaveSeason(ctx, season, operator, "nonsense", noon)
		w.try(err)
		read, err := w.Season(ctx, season.ID)
		w.try(err)
		if diff := cmp.Diff(season.Clamp(), read); diff != "" || len(read.Maps) != 9 || read.Rules.TeamSize != 1 {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestTheLedgerCheckFindsWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct{ statement, want string }{
		"a cache":         {`UPDATE ratings SET value = 1600 WHERE system = 'elo'`, "the rating is 1600"},
		"a lost line":     {`DELETE FROM ledger WHERE system = 'elo' AND rating_after > 1500`, "should have one line"},
		"another result":  {`UPDATE rulings SET result = 'draw'`, "by the ruling"},
		"a board's line":  {`UPDATE standings SET wins = wins + 1`, "the board has a line"},
		"a missing place": {`DELETE FROM standings`, "the board lacks a line"},
		"a lost ruling":   {`UPDATE matches SET ruling_id = 1`, "ruling 1 is in force"},
		"a stray rating":  {`INSERT INTO ratings SELECT player_id, 'protoss', system, 1, 0, 0, 1, 0, NULL FROM ratings WHERE system = 'elo'`, "by the ledger"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.URLs(t, func(t *testing.T, url string) {
				w := world{t, storetest.Open(t, url)}
				w.openSeason()
				w.final("p", noon)
				execute(t, url, c.statement)
				var found []string
				_, _, err := w.LedgerCheck(context.Background(), func(d ladder.Difference) { found = append(found, d.String()) })
				w.try(err)
				if !slices.ContainsFunc(found, func(d string) bool { return strings.Contains(d, c.want) }) {
					t.Errorf("%q is not among %q", c.want, found)
				}
			})
		})
	}
}
