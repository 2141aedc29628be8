package matchmaker_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/matching"
	"github.com/evoladder/evoladderbot/internal/matchmaker"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// world is a season with players, and a matchmaker.
type world struct {
	*testing.T
	*store.Store
	maker     *matchmaker.Matchmaker
	enqueued  chan []job.Job
	reachable bool
}

func each(t *testing.T, test func(w *world)) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := &world{T: t, Store: storetest.Open(t, url), enqueued: make(chan []job.Job, 100), reachable: true}
		w.maker = matchmaker.New(matchmaker.Config{
			Store: w.Store, Random: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
			Reachable: func() bool { return w.reachable },
			Enqueue: func(_ context.Context, jobs []job.Job) {
				if len(jobs) > 0 {
					w.enqueued <- jobs
				}
			},
			Timing: matchmaker.Timing{Run: time.Hour, Beat: time.Hour, Slack: time.Minute},
		})
		_, err := w.SaveSeason(t.Context(), ladder.DefaultSeason("One"), ladder.Actor{Role: ladder.ByOperator}, "begins", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		test(w)
	})
}

// join puts a new player into the queue.
func (w *world) join(name string, at time.Time, races ...ladder.Race) ladder.PlayerID {
	w.Helper()
	p, err := w.SavePlayer(w.Context(), ladder.Player{
		Discord: name, Name: name, BattleTag: name + "#123", Country: "DE", Region: "EUW", State: ladder.Ready,
	}, ladder.Actor{Role: ladder.ByOperator}, at)
	if err != nil {
		w.Fatal(err)
	}
	_, err = w.Act(w.Context(), ladder.Act{
		Kind: ladder.Join, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: p.ID}, At: at, Player: p.ID, Races: races,
	})
	if err != nil {
		w.Fatal(err)
	}
	return p.ID
}

func (w *world) entry(p ladder.PlayerID) ladder.Entry {
	w.Helper()
	e, err := w.LiveEntry(w.Context(), p)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// timer is the one timer that is due.
func (w *world) timer() job.ID {
	w.Helper()
	due, err := w.ClaimDue(w.Context(), time.Now(), time.Now().Add(time.Hour), 10)
	timers := slices.DeleteFunc(due, func(j job.Job) bool { return j.Kind != job.EntryTimer && j.Kind != job.MatchTimer })
	if err != nil || len(timers) != 1 {
		w.Fatalf("timers that are due: %+v, %v, want one", timers, err)
	}
	return timers[0].ID
}

func TestWhoWaitsIsOfferedAMatch(t *testing.T) {
	each(t, func(w *world) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.maker.Run(ctx) }()
		bw := w.join("Aya", time.Now(), ladder.BWZerg, ladder.Protoss)
		sc2 := w.join("Bo", time.Now(), ladder.Terran)
		w.maker.Wake()
		if jobs := <-w.enqueued; len(jobs) != 2 || jobs[0].Kind != job.Announce {
			t.Errorf("messages: %+v, want two offers", jobs)
		}
		a, b := w.entry(bw), w.entry(sc2)
		if a.State != ladder.Offered || a.Match != b.Match {
			t.Fatalf("entries: %+v and %+v, want them in one offer", a, b)
		}
		f, err := w.Match(t.Context(), a.Match)
		if err != nil {
			t.Fatal(err)
		}
		if m := f.Match; m.Seats[0].Player != bw || m.Seats[0].Race != ladder.BWZerg || m.Seats[1].Race != ladder.Terran ||
			m.Map == "" || m.Server != "EUC" || !m.Rated {
			t.Errorf("match: %+v", m)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestOneSideAloneWaits(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.join("Aya", time.Now(), ladder.BWZerg), w.join("Bo", time.Now(), ladder.BWTerran)
		w.maker.Beat(t.Context())
		w.maker.RunOnce(t.Context())
		if w.entry(a).State != ladder.Searching || w.entry(b).State != ladder.Searching {
			t.Error("two of one side were paired")
		}
	})
}

func TestNobodyIsPairedWhileNobodyCanBeReached(t *testing.T) {
	each(t, func(w *world) {
		w.reachable = false
		a := w.join("Aya", time.Now(), ladder.BWZerg)
		w.join("Bo", time.Now(), ladder.Terran)
		w.maker.Beat(t.Context())
		w.maker.RunOnce(t.Context())
		if w.entry(a).State != ladder.Searching {
			t.Error("paired although nobody could be told")
		}
		w.reachable = true
		w.maker.Beat(t.Context())
		w.maker.RunOnce(t.Context())
		if w.entry(a).State != ladder.Offered {
			t.Error("not paired once they could")
		}
		runs, err := w.MatchingRuns(t.Context(), time.Unix(0, 0))
		if err != nil || len(runs) != 1 || runs[0].Pairs != 1 || runs[0].Crowd.BW != 1 || runs[0].Crowd.SC2 != 1 {
			t.Errorf("runs: %+v, %v, want the one that paired", runs, err)
		}
	})
}

// A new process takes the population over, and forgets the runs of long ago.
func TestThePopulationOutlivesTheProcess(t *testing.T) {
	each(t, func(w *world) {
		usual := matching.Count{Side: [2]float64{40, 40}, All: 80}
		for _, ago := range []time.Duration{31 * 24 * time.Hour, 10 * time.Second} {
			at := time.Now().Add(-ago)
			detail, err := json.Marshal(matching.Run{At: at, Population: usual})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.RecordMatchingRun(t.Context(), store.MatchingRun{At: at, Detail: detail}); err != nil {
				t.Fatal(err)
			}
		}
		w.join("Aya", time.Now(), ladder.BWZerg)
		w.join("Bo", time.Now(), ladder.Terran)
		w.maker.Beat(t.Context())
		w.maker.RunOnce(t.Context())
		runs, err := w.MatchingRuns(t.Context(), time.Unix(0, 0))
		if err != nil || len(runs) != 2 {
			t.Fatalf("runs: %+v, %v, want the one before and the one that paired", runs, err)
		}
		var run matching.Run
		if err := json.Unmarshal(runs[1].Detail, &run); err != nil {
			t.Fatal(err)
		}
		if run.Population.All < 70 || run.Relaxed != 0 {
			t.Errorf("population %+v, relaxed by %v; want about %v", run.Population, run.Relaxed, usual)
		}
	})
}

func TestATimerReminds(t *testing.T) {
	each(t, func(w *world) {
		player := w.join("Aya", time.Now().Add(-51*time.Minute), ladder.BWZerg)
		w.maker.Beat(t.Context())
		if err := w.maker.Tick(t.Context(), w.timer()); err != nil {
			t.Fatal(err)
		}
		if e := w.entry(player); !e.Reminded || e.State != ladder.Searching {
			t.Errorf("entry: %+v, want it reminded", e)
		}
		if len(<-w.enqueued) != 1 {
			t.Error("no reminder was said")
		}
	})
}

// A deadline that passed while players could not be reached has not passed for them.
func TestAnOutageMovesDeadlinesBeforeTheyCount(t *testing.T) {
	each(t, func(w *world) {
		const away = 55 * time.Minute
		joined := time.Now().Add(-away - 10*time.Minute)
		if _, err := w.Store.Beat(t.Context(), joined, time.Minute); err != nil {
			t.Fatal(err)
		}
		player := w.join("Aya", joined, ladder.BWZerg)
		deadline := w.entry(player).Deadline
		timer := w.timer()
		if _, snoozed := job.Snoozed(w.maker.Tick(t.Context(), timer)); !snoozed {
			t.Error("a timer counted before the outage was known")
		}
		w.maker.Beat(t.Context())
		e := w.entry(player)
		if moved := e.Deadline.Sub(deadline); e.State != ladder.Searching || moved < away {
			t.Errorf("entry: %+v, its deadline moved by %v, want at least %v", e, moved, away)
		}
		// What was enqueued before is over: the timer was set anew.
		if err := w.maker.Tick(t.Context(), timer); err == nil {
			t.Error("a timer that was moved still acts")
		}
		if e := w.entry(player); e.State != ladder.Searching || e.Reminded {
			t.Errorf("entry: %+v, want it searching", e)
		}
	})
}

// Nobody has to ask for a season's end: it comes when its last match is over.
func TestASeasonThatClosesComesToItsEnd(t *testing.T) {
	each(t, func(w *world) {
		operator := ladder.Actor{Role: ladder.ByOperator, Name: "operator"}
		a, b := w.join("Aya", time.Now(), ladder.BWZerg), w.join("Bo", time.Now(), ladder.Terran)
		w.maker.Beat(t.Context())
		w.maker.RunOnce(t.Context())
		match := w.entry(a).Match
		act := func(act ladder.Act) {
			act.At = time.Now()
			if _, err := w.Act(t.Context(), act); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range []ladder.PlayerID{a, b} {
			act(ladder.Act{Kind: ladder.Accept, Player: p, Match: match})
		}
		late := w.join("Cy", time.Now(), ladder.BWZerg)
		season, err := w.Season(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.CloseSeason(t.Context(), season.ID, operator, "over", time.Now()); err != nil {
			t.Fatal(err)
		}
		state := func(want ladder.SeasonState) {
			t.Helper()
			w.maker.RunOnce(t.Context())
			if s, err := w.Season(t.Context(), season.ID); err != nil || s.State != want {
				t.Errorf("the season is %s, want %s: %v", s.State, want, err)
			}
		}
		state(ladder.SeasonClosing)
		if e, err := w.LiveEntry(t.Context(), late); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("who searched: %+v, %v", e, err)
		}
		act(ladder.Act{Kind: ladder.SayResult, Player: a, Match: match, Result: ladder.Team1})
		state(ladder.SeasonEnded)
		if board, err := w.Standings(t.Context(), store.BoardFilter{Season: season.ID, At: time.Now(), Limit: 5}); err != nil || board.Total != 2 {
			t.Errorf("the snapshot: %+v, %v", board, err)
		}
	})
}
