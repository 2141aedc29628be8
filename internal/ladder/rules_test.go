package ladder_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

// scene is a world that a test leads by hand.
type scene struct {
	*laddertest.World
	t *testing.T
}

// begin is a scene after the given steps.
func begin(t *testing.T, lead ...string) *scene {
	t.Helper()
	return &scene{reach(t, laddertest.New(laddertest.Season(), 2), lead...), t}
}

// do does an act a while later, which must not be refused, and holds the invariants.
func (s *scene) do(later time.Duration, act ladder.Act) ladder.Change {
	s.t.Helper()
	act.At = s.Now.Add(later)
	c, err := s.Do(act)
	if err != nil {
		s.t.Fatalf("%s: %v", act.Kind, err)
	}
	if err := errors.Join(checkRows(s.World), checkLedger(s.World)); err != nil {
		s.t.Fatalf("after %s: %v", act.Kind, err)
	}
	return c
}

// refused does an act that must be refused.
func (s *scene) refused(want ladder.RefusalCode, act ladder.Act) ladder.Refusal {
	s.t.Helper()
	act.At = s.Now
	before := s.Dump(laddertest.Start)
	_, err := s.Do(act)
	var refusal ladder.Refusal
	if !errors.As(err, &refusal) || refusal.Code != want {
		s.t.Errorf("%s: %v, want %s", act.Kind, err, want)
	}
	if s.Dump(laddertest.Start) != before {
		s.t.Errorf("%s was refused and changed something", act.Kind)
	}
	return refusal
}

// step does the step of that name.
func (s *scene) step(names ...string) {
	s.t.Helper()
	reach(s.t, s.World, names...)
	if err := errors.Join(checkRows(s.World), checkLedger(s.World)); err != nil {
		s.t.Fatalf("after %v: %v", names, err)
	}
}

func (s *scene) match() ladder.Match { return s.Matches[len(s.Matches)-1] }

func (s *scene) state(want ladder.MatchState) {
	s.t.Helper()
	if got := s.match().State; got != want {
		s.t.Fatalf("the match is %s, want %s", got, want)
	}
}

// entry is a player's last entry.
func (s *scene) entry(p ladder.PlayerID) ladder.Entry {
	var last ladder.Entry
	for _, e := range s.Entries {
		if e.Members[0].Player == p {
			last = e
		}
	}
	return last
}

func (s *scene) elo(p ladder.PlayerID) float64 {
	for _, r := range s.Ratings {
		if r.Player == p && r.System == ladder.Elo && r.Games+r.N > 0 {
			return r.Value
		}
	}
	return 1500
}

func (s *scene) ratings(first, second float64) {
	s.t.Helper()
	if s.elo(1) != first || s.elo(2) != second {
		s.t.Errorf("ratings %v and %v, want %v and %v", s.elo(1), s.elo(2), first, second)
	}
}

// Acts of the tests.
func join(p ladder.PlayerID) ladder.Act   { return ladder.Act{Kind: ladder.Join, Player: p} }
func accept(p ladder.PlayerID) ladder.Act { return ladder.Act{Kind: ladder.Accept, Player: p} }

func report(m ladder.MatchID, p ladder.PlayerID, r ladder.Result) ladder.Act {
	return ladder.Act{Kind: ladder.SayResult, Match: m, Player: p, Result: r}
}

func staff(kind ladder.ActKind, act ladder.Act) ladder.Act {
	act.Kind, act.Reason, act.Actor = kind, "because", ladder.Actor{Role: ladder.ByStaff, Name: "staff"}
	return act
}

func tick(m ladder.MatchID) ladder.Act { return ladder.Act{Kind: ladder.TickMatch, Match: m} }

func TestWhoMayNotQueue(t *testing.T) {
	t.Parallel()
	s := begin(t)
	s.refused(ladder.NotSetUp, join(9))
	s.refused(ladder.NoRace, ladder.Act{Kind: ladder.Join, Player: 1, Races: []ladder.Race{ladder.BWZerg, ladder.BWTerran}})
	s.refused(ladder.NoRace, ladder.Act{Kind: ladder.Join, Player: 1, Races: []ladder.Race{"human"}})
	s.step("1: join")
	s.refused(ladder.InQueue, join(1))
	s.step("2: join", "pair 1 and 2")
	s.refused(ladder.InMatch, join(1))
	s.step("2: decline", "2: join", "2: leave", "staff: ban 2")
	s.refused(ladder.IsBanned, join(2))
	s.QueueOpen = false
	s.step("staff: unban 2", "1: leave")
	s.refused(ladder.QueueClosed, join(1))
	s.Players[0].State = ladder.SettingUp
	s.refused(ladder.NotSetUp, join(1))
}

func TestAnOfferCrossed(t *testing.T) {
	t.Parallel()
	t.Run("both accept in one instant", func(t *testing.T) {
		t.Parallel()
		s := begin(t, toOffer...)
		s.do(0, accept(1))
		s.do(0, accept(2))
		s.state(ladder.MatchPlaying)
		if c := s.do(0, accept(1)); !c.Empty() {
			t.Errorf("accepted twice: %+v", c)
		}
	})
	t.Run("an accept after the deadline", func(t *testing.T) {
		t.Parallel()
		s := begin(t, append(slices.Clone(toOffer), "1: accept")...)
		since := s.entry(1).Since
		s.Now = s.Now.Add(time.Minute)
		s.refused(ladder.TooLate, accept(2))
		s.do(0, tick(s.match().ID))
		s.refused(ladder.Over, ladder.Act{Kind: ladder.Accept, Player: 2, Match: s.match().ID})
		if e := s.entry(1); e.State != ladder.Searching || !e.Since.Equal(since) || e.Deadline.Sub(since) != time.Hour+time.Minute {
			t.Errorf("the innocent is %+v", e)
		}
		if s.entry(2).State != ladder.Left || len(s.Penalties) != 1 || s.Penalties[0].Player != 2 {
			t.Errorf("the silent: %+v, penalties %+v", s.entry(2), s.Penalties)
		}
	})
	t.Run("a decline after the other's accept, and an accept after that", func(t *testing.T) {
		t.Parallel()
		s := begin(t, append(slices.Clone(toOffer), "1: accept", "2: decline")...)
		s.refused(ladder.Over, ladder.Act{Kind: ladder.Accept, Player: 1, Match: s.match().ID})
		if s.entry(1).State != ladder.Searching {
			t.Errorf("the innocent is %s", s.entry(1).State)
		}
	})
	t.Run("undeliverable", func(t *testing.T) {
		t.Parallel()
		s := begin(t, "1: join", "2: join", "pair 1 and 2", "2: offer undeliverable")
		if s.entry(1).State != ladder.Searching || s.entry(2).State != ladder.Left || len(s.Penalties) > 0 {
			t.Errorf("%s, %s, penalties %+v", s.entry(1).State, s.entry(2).State, s.Penalties)
		}
	})
	t.Run("not delivered in time", func(t *testing.T) {
		t.Parallel()
		s := begin(t, "1: join", "2: join", "pair 1 and 2", "tick match 1")
		if s.entry(1).State != ladder.Searching || s.entry(2).State != ladder.Searching || len(s.Penalties) > 0 {
			t.Errorf("%s, %s, penalties %+v", s.entry(1).State, s.entry(2).State, s.Penalties)
		}
	})
	t.Run("one banned", func(t *testing.T) {
		t.Parallel()
		s := begin(t, append(slices.Clone(toOffer), "staff: ban 1")...)
		if s.entry(1).State != ladder.Left || s.entry(2).State != ladder.Searching || len(s.Penalties) > 0 {
			t.Errorf("%s, %s, penalties %+v", s.entry(1).State, s.entry(2).State, s.Penalties)
		}
	})
}

func TestPenaltiesStepUpAndAreForgotten(t *testing.T) {
	t.Parallel()
	s := begin(t)
	minutes := func() int {
		p := s.Penalties[len(s.Penalties)-1]
		return int(p.Until.Sub(p.From).Minutes())
	}
	decline := func(later time.Duration) {
		t.Helper()
		for _, e := range s.Entries {
			if e.State == ladder.Searching && e.Deadline.Before(s.Now.Add(later)) {
				s.do(0, ladder.Act{Kind: ladder.Leave, Player: e.Members[0].Player})
			}
		}
		s.Now = s.Now.Add(later)
		s.step("2: join")
		if s.entry(1).State != ladder.Searching {
			s.step("1: join")
		}
		s.step("pair 1 and 2", "2: decline")
	}
	for i, want := range []int{0, 5, 15, 30, 60, 120, 240, 240} {
		decline(4 * time.Hour)
		if minutes() != want {
			t.Errorf("the penalty of step %d is %d minutes, want %d", i+1, minutes(), want)
		}
	}
	r := s.refused(ladder.IsPenalised, join(2))
	if got := r.Until.Sub(s.Now); got != 4*time.Hour {
		t.Errorf("the time left is %v", got)
	}
	decline(49 * time.Hour) // two are forgotten: from the seventh to the sixth
	if minutes() != 120 {
		t.Errorf("two days later it is %d minutes, want 120", minutes())
	}
	s.step("staff: clear penalties of 2", "2: join", "2: leave")
	decline(0)
	if minutes() != 0 {
		t.Errorf("after staff cleared them it is %d minutes, want a warning", minutes())
	}
}

func TestAReplayEndsTheMatch(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	s.step("2: uploads team0 wins")
	s.state(ladder.MatchFinal)
	s.ratings(1520, 1480)
	if len(s.Handles) != 2 || s.Handles[0].State != ladder.Provisional {
		t.Errorf("handles %+v", s.Handles)
	}
	s.step("1: uploads team0 wins") // the same game in another file
	s.state(ladder.MatchFinal)
	if len(s.Rulings) != 1 || len(s.Games) != 2 {
		t.Errorf("%d rulings, %d games", len(s.Rulings), len(s.Games))
	}
	s.step("1: uploads team1 wins") // another game
	s.state(ladder.MatchDisputed)
	s.ratings(1520, 1480)
}

func TestTheSameFileByBoth(t *testing.T) {
	t.Parallel()
	s := begin(t, toWaits...)
	s.state(ladder.MatchPlaying)
	again := ladder.HandedIn{Replay: s.Games[0].Replay, Received: s.Now}
	act := ladder.Act{Kind: ladder.HandIn, Player: 1, Match: s.match().ID, Replay: &again}
	if c := s.do(0, act); !c.Empty() {
		t.Errorf("its own file again: %+v", c)
	}
	act.Player = 2
	s.do(0, act)
	s.state(ladder.MatchFinal) // from the opponent it is the click
	if g := s.Games[0]; !slices.Contains(g.Confirmed, 2) {
		t.Errorf("confirmed by %v", g.Confirmed)
	}
}

func TestAShortGameNeedsTheOther(t *testing.T) {
	t.Parallel()
	play := append(slices.Clone(toPlay), "1: uploads short")
	t.Run("who confirms it", func(t *testing.T) {
		t.Parallel()
		s := begin(t, play...)
		s.state(ladder.MatchPlaying)
		s.refused(ladder.NotYours, ladder.Act{Kind: ladder.Confirm, Player: 1, Match: s.match().ID, Game: s.Games[0].ID})
		s.step("2: confirms")
		s.state(ladder.MatchFinal)
	})
	t.Run("who hands the same game in", func(t *testing.T) {
		t.Parallel()
		s := begin(t, append(play, "2: uploads short")...)
		s.state(ladder.MatchFinal)
		if s.Rulings[0].Game != s.Games[0].ID {
			t.Errorf("game %d rules, the first is %d", s.Rulings[0].Game, s.Games[0].ID)
		}
	})
	t.Run("or is played again", func(t *testing.T) {
		t.Parallel()
		s := begin(t, append(play, "1: remake")...)
		s.state(ladder.MatchPlaying)
		s.step("2: remake")
		s.step("2: uploads short") // barred, in whatever file
		s.state(ladder.MatchPlaying)
		s.refused(ladder.NotOpen, ladder.Act{Kind: ladder.Confirm, Player: 1, Match: s.match().ID, Game: s.Games[1].ID})
		s.step("2: uploads team1 wins")
		s.state(ladder.MatchFinal)
		s.ratings(1480, 1520)
	})
	t.Run("or is silent", func(t *testing.T) {
		t.Parallel()
		s := begin(t, play...)
		s.do(30*time.Minute, tick(s.match().ID))
		s.state(ladder.MatchDisputed)
		if len(s.Penalties) > 0 {
			t.Errorf("penalties %+v", s.Penalties)
		}
	})
}

func TestReports(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T) *scene {
		t.Helper()
		return begin(t, append(slices.Clone(toPlay), "tick match 1")...) // reports count
	}
	t.Run("do not count while a replay is expected", func(t *testing.T) {
		t.Parallel()
		s := scene{reach(t, laddertest.New(laddertest.Season(), 2), toPlay...), t}
		s.refused(ladder.NotOpen, report(s.match().ID, 1, ladder.Team0))
		s.do(0, report(s.match().ID, 1, ladder.Team1)) // but one's own defeat does
		s.state(ladder.MatchFinal)
		if s.Rulings[0].By != ladder.FromConcession {
			t.Errorf("ruled by %s", s.Rulings[0].By)
		}
	})
	t.Run("agree on a draw", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		m := s.match().ID
		s.do(0, report(m, 1, ladder.Draw))
		s.state(ladder.MatchPlaying)
		s.do(0, report(m, 2, ladder.Draw))
		s.state(ladder.MatchFinal)
		s.ratings(1500, 1500)
		s.refused(ladder.Over, report(m, 2, ladder.Team1))
	})
	t.Run("differ, change, agree", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		m := s.match().ID
		s.do(0, report(m, 1, ladder.Team0))
		s.do(0, report(m, 2, ladder.Team1))
		s.state(ladder.MatchDisputed)
		s.do(0, report(m, 2, ladder.Draw))
		s.state(ladder.MatchDisputed)
		s.do(0, report(m, 2, ladder.Team0))
		s.state(ladder.MatchFinal)
		if len(s.Reports) != 4 || s.Rulings[0].By != ladder.FromReports {
			t.Errorf("reports %+v, rulings %+v", s.Reports, s.Rulings)
		}
	})
	t.Run("of one's win alone decide nothing", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		m := s.match().ID
		s.do(0, report(m, 1, ladder.Team0))
		s.do(10*time.Minute, report(m, 1, ladder.Draw)) // said otherwise, it waits no longer
		s.do(10*time.Minute, tick(m))
		s.state(ladder.MatchPlaying)
		s.do(10*time.Minute, tick(m))
		s.state(ladder.MatchVoid)
		if len(s.Penalties) != 1 || s.Penalties[0].Player != 2 || s.Penalties[0].Reason != ladder.ForNoResult {
			t.Errorf("penalties %+v", s.Penalties)
		}
	})
	t.Run("go to staff where a replay shows the players", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		s.step("2: uploads no winner", "1: reports team0")
		s.do(30*time.Minute, tick(s.match().ID))
		s.state(ladder.MatchDisputed)
		if len(s.Penalties) > 0 {
			t.Errorf("who handed a replay in was not silent: %+v", s.Penalties)
		}
	})
	t.Run("overrule the map", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		s.step("1: uploads other map", "1: reports draw", "2: reports draw")
		s.state(ladder.MatchFinal)
		if s.Rulings[0].By != ladder.FromReports {
			t.Errorf("ruled by %s", s.Rulings[0].By)
		}
	})
}

func TestNotHere(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	m := s.match().ID
	s.refused(ladder.TooEarly, ladder.Act{Kind: ladder.NotHere, Player: 1, Match: m})
	s.step("1: not here", "2: here", "1: not here")
	s.do(5*time.Minute, tick(m))
	s.state(ladder.MatchVoid)
	if e := s.entry(1); e.State != ladder.Searching || !e.Since.Equal(laddertest.Start) {
		t.Errorf("who waited is %+v", e)
	}
	if len(s.Penalties) != 1 || s.Penalties[0].Reason != ladder.ForAbsence || s.Penalties[0].Player != 2 {
		t.Fatalf("penalties %+v", s.Penalties)
	}
	s.step("2: uploads team0 wins") // they had played after all
	s.state(ladder.MatchFinal)
	if s.Penalties[0].Cleared.IsZero() {
		t.Error("the penalty for absence stands")
	}
	if s.entry(1).State != ladder.Searching {
		t.Errorf("who searches on is %s", s.entry(1).State)
	}
}

func TestNotHereIsNotForWhoPlayed(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clone(toPlay), "2: uploads no winner")...)
	s.refused(ladder.NotOpen, ladder.Act{Kind: ladder.NotHere, Player: 1, Match: s.match().ID})
	s = begin(t, toReport...)
	s.refused(ladder.NotOpen, ladder.Act{Kind: ladder.NotHere, Player: 2, Match: s.match().ID})
}

func TestWhoIsBannedInAMatchDoesNotReturnToTheQueue(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clone(toPlay), "1: not here", "staff: ban 1", "tick match 1")...)
	s.state(ladder.MatchVoid)
	if got := s.entry(1).State; got != ladder.Left {
		t.Errorf("the entry is %s", got)
	}
	if len(s.Penalties) != 1 || s.Penalties[0].Player != 2 {
		t.Errorf("penalties %+v", s.Penalties)
	}
}

func TestAReplayComesTooLate(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]ladder.MatchState{23 * time.Hour: ladder.MatchFinal, 24 * time.Hour: ladder.MatchVoid} {
		s := begin(t, toPlay...)
		s.step("tick match 1", "tick match 1")
		s.state(ladder.MatchVoid)
		s.Now = s.Now.Add(after)
		s.step("1: uploads team0 wins")
		s.state(want)
	}
}

// play has the two play one more match, which the first wins.
func (s *scene) play() {
	s.t.Helper()
	for _, p := range []string{"1", "2"} {
		s.step(p + ": join")
	}
	s.step("pair 1 and 2", "1: accept", "2: accept", "1: uploads team0 wins")
	s.Now = s.Now.Add(9 * time.Hour) // the pair may be rated again
}

func TestARulingAfterTenGames(t *testing.T) {
	t.Parallel()
	s := begin(t)
	for range 11 {
		s.play()
		if !s.Rulings[len(s.Rulings)-1].Rated {
			t.Fatal("not rated")
		}
	}
	first, after := s.Matches[0].ID, s.elo(1)
	s.do(0, staff(ladder.Void, ladder.Act{Match: first}))
	s.ratings(after-20, 3000-after+20)
	s.do(0, staff(ladder.Restore, ladder.Act{Match: first}))
	s.ratings(after, 3000-after)
	s.do(0, staff(ladder.Rule, ladder.Act{Match: first, Result: ladder.Team1}))
	s.ratings(after-40, 3000-after+40)
	s.do(0, staff(ladder.Rule, ladder.Act{Match: first, Result: ladder.Draw}))
	s.ratings(after-20, 3000-after+20)
	s.do(0, staff(ladder.Rule, ladder.Act{Match: first, Result: ladder.Team0}))
	s.ratings(after, 3000-after)
	if c := s.do(0, staff(ladder.Rule, ladder.Act{Match: first, Result: ladder.Team0})); !c.Empty() {
		t.Errorf("ruled twice: %+v", c)
	}
	kinds := make(map[ladder.LineKind]int)
	for _, l := range s.Lines {
		if l.Match == first && l.System == ladder.Elo && l.Player == 1 {
			kinds[l.Kind]++
		}
	}
	if kinds[ladder.LineMatch] != 3 || kinds[ladder.LineVoid] != 4 || kinds[ladder.LineRestore] != 2 {
		t.Errorf("lines %v", kinds)
	}
}

func TestContest(t *testing.T) {
	t.Parallel()
	s := begin(t, toFinal...)
	m := s.match().ID
	contest := func(p ladder.PlayerID) ladder.Act { return ladder.Act{Kind: ladder.Contest, Player: p, Match: m} }
	s.do(23*time.Hour, contest(2))
	s.state(ladder.MatchDisputed)
	s.ratings(1520, 1480) // the rating stands
	s.refused(ladder.NotStaff, ladder.Act{Kind: ladder.Rule, Match: m, Result: ladder.Team0, Reason: "mine"})
	s.refused(ladder.NeedsReason, ladder.Act{Kind: ladder.Rule, Match: m, Result: ladder.Team0, Actor: ladder.Actor{Role: ladder.ByStaff}})
	s.do(0, staff(ladder.Rule, ladder.Act{Match: m, Result: ladder.Team0}))
	if len(s.Lines) != 4 {
		t.Errorf("%d lines, though staff ruled the same", len(s.Lines))
	}
	s.refused(ladder.TooLate, contest(2))
	s = begin(t, toFinal...)
	m = s.match().ID
	s.Now = s.Now.Add(24 * time.Hour)
	s.refused(ladder.TooLate, contest(1))
	s.refused(ladder.NotYours, ladder.Act{Kind: ladder.Contest, Player: 9, Match: m})
}

func TestDisputeRemindsStaff(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clone(toFinal), "2: contest")...)
	contested := s.Now
	for _, want := range []time.Duration{time.Hour, 24 * time.Hour, 48 * time.Hour, 72 * time.Hour} {
		if due := s.match().Due.Sub(contested); due != want {
			t.Errorf("due after %v, want %v", due, want)
		}
		if c := s.do(s.match().Due.Sub(s.Now), tick(s.match().ID)); len(c.Messages) != 1 || c.Messages[0].To != ladder.ToStaff {
			t.Errorf("messages %+v", c.Messages)
		}
	}
	if c := s.do(300*time.Hour, tick(s.match().ID)); len(c.Messages) != 1 { // nobody served for days
		t.Errorf("messages %+v", c.Messages)
	}
}

func TestStaffRuleWhileAReplayIsParsed(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	s.do(time.Minute, staff(ladder.Rule, ladder.Act{Match: s.match().ID, Result: ladder.Team1}))
	s.step("1: uploads team0 wins")
	s.state(ladder.MatchFinal)
	s.ratings(1480, 1520)
	if len(s.Messages) != 1 || s.Messages[0].Kind != ladder.MsgDiffers || s.Messages[0].To != ladder.ToStaff {
		t.Errorf("messages %+v", s.Messages)
	}
}

func TestTheFourthMatchOfAPairIsNotRated(t *testing.T) {
	t.Parallel()
	s := begin(t)
	for i := range 4 {
		for _, p := range []string{"1", "2"} {
			s.step(p + ": join")
		}
		s.step("pair 1 and 2", "1: accept", "2: accept", "1: uploads team0 wins")
		if r := s.Rulings[i]; r.Rated != (i < 3) || (r.Unrated == ladder.UnratedPair) != (i == 3) {
			t.Errorf("match %d: rated %v, %q", i+1, r.Rated, r.Unrated)
		}
	}
	before := s.elo(1)
	s.do(0, staff(ladder.Void, ladder.Act{Match: s.match().ID}))
	if s.elo(1) != before {
		t.Error("voiding it changed a rating")
	}
	for _, h := range s.Handles {
		if h.State != ladder.Provisional || len(h.Opponents) != 1 {
			t.Errorf("matches against one opponent prove a handle: %+v", h)
		}
	}
}

func TestRefund(t *testing.T) {
	t.Parallel()
	s := begin(t, toFinal...)
	m := s.match().ID
	s.refused(ladder.BadValue, staff(ladder.Refund, ladder.Act{Match: m, Player: 1})) // the winner
	s.do(0, staff(ladder.Refund, ladder.Act{Match: m, Player: 2}))
	s.ratings(1520, 1500)
	if c := s.do(0, staff(ladder.Refund, ladder.Act{Match: m, Player: 2})); !c.Empty() {
		t.Errorf("refunded twice: %+v", c)
	}
	s.do(0, staff(ladder.Void, ladder.Act{Match: m})) // takes the refund back, too
	s.ratings(1500, 1500)
	s.do(0, staff(ladder.Restore, ladder.Act{Match: m}))
	s.ratings(1520, 1480)
}

func TestSetRating(t *testing.T) {
	t.Parallel()
	s := begin(t)
	set := func(value float64) ladder.Act {
		return staff(ladder.SetRating, ladder.Act{Player: 1, Manual: &ladder.Manual{Race: ladder.BWTerran, Value: value}})
	}
	s.do(0, set(1800))
	s.ratings(1800, 1500)
	if c := s.do(0, set(1800)); !c.Empty() {
		t.Errorf("set twice: %+v", c)
	}
	for _, bad := range []float64{-1, 1500.5, 1e9} {
		s.refused(ladder.BadValue, set(bad))
	}
}

func TestASeasonEnds(t *testing.T) {
	t.Parallel()
	s := begin(t, toOffer...)
	s.Season.State, s.QueueOpen = ladder.SeasonClosing, false
	s.step("1: decline")
	if e := s.entry(2); e.State != ladder.Left {
		t.Errorf("whose offer lapsed is %s in a closed queue", e.State)
	}
	s = begin(t, toPlay...)
	s.Season.State, s.QueueOpen = ladder.SeasonClosing, false
	s.step("1: uploads team0 wins") // a live match is played to its end, and rated
	s.ratings(1520, 1480)
	s.Season.State = ladder.SeasonEnded
	s.do(0, staff(ladder.Void, ladder.Act{Match: s.match().ID}))
	s.state(ladder.MatchVoid)
	s.ratings(1520, 1480) // noted, and no rating moves
	s.do(0, staff(ladder.Restore, ladder.Act{Match: s.match().ID}))
	s.ratings(1520, 1480)
}

func TestAMapRemovedWhileItIsPlayed(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	s.Season.Maps = nil
	s.step("1: uploads team0 wins")
	s.state(ladder.MatchFinal)
}

func TestAClockGoesBack(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	m := s.match().ID
	if c := s.do(-24*time.Hour, tick(m)); !c.Empty() {
		t.Errorf("a tick yesterday: %+v", c)
	}
	s.refused(ladder.TooEarly, ladder.Act{Kind: ladder.NotHere, Player: 1, Match: m})
	s.do(0, report(m, 1, ladder.Team1))
	s.state(ladder.MatchFinal)
	s.do(time.Hour, join(1))
	s.do(-48*time.Hour, ladder.Act{Kind: ladder.TickEntry, Entry: s.entry(1).ID})
	if s.entry(1).State != ladder.Searching {
		t.Errorf("the entry is %s", s.entry(1).State)
	}
}

func TestAnOutageOverEveryDeadline(t *testing.T) {
	t.Parallel()
	for _, lead := range [][]string{{"1: join", "2: join"}, toOffer, toPlay, append(slices.Clone(toPlay), "1: not here"), toReport} {
		s := begin(t, lead...)
		s.step("outage of 4h0m0s")
		for _, e := range s.Entries {
			s.do(0, ladder.Act{Kind: ladder.TickEntry, Entry: e.ID})
		}
		for _, m := range s.Matches {
			before := m.State
			s.do(0, tick(m.ID))
			s.state(before)
		}
		if len(s.Penalties) > 0 {
			t.Errorf("after %v and an outage: penalties %+v", lead, s.Penalties)
		}
	}
}

func TestASearchExpires(t *testing.T) {
	t.Parallel()
	s := begin(t, "1: join")
	s.step("tick entry of 1")
	if s.Now.Sub(laddertest.Start) != 50*time.Minute || len(s.Messages) != 1 || s.Messages[0].Kind != ladder.MsgSearchReminder {
		t.Errorf("after %v: %+v", s.Now.Sub(laddertest.Start), s.Messages)
	}
	s.step("1: stay", "tick entry of 1", "tick entry of 1")
	if got := s.Now.Sub(laddertest.Start); got != 110*time.Minute || s.entry(1).State != ladder.Expired {
		t.Errorf("after %v the entry is %s", got, s.entry(1).State)
	}
}

// Whatever stands in a season's document, once it is clamped everything comes to an end.
func TestASeasonOfNonsense(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string]ladder.Rules{
		"of nothing": {},
		"of less than nothing": {
			Pairing: "none", TeamSize: -1, Tau: -1, Penalties: []ladder.Duration{-1}, K: -5, Spread: -1, Search: -1, Offer: -1,
			SearchReminder: -1, OfferReminder: -1, Playing: -1, UploadReminder: -1, NotHereFrom: -1, OwnWin: -1, PenaltyForgiven: -1,
		},
		"of too much": {
			Search: math.MaxInt64, SearchReminder: math.MaxInt64, Offer: math.MaxInt64, OfferReminder: math.MaxInt64,
			OfferDelivery: math.MaxInt64, Playing: math.MaxInt64, UploadReminder: math.MaxInt64, OwnWin: math.MaxInt64,
			NotHereFrom: math.MaxInt64, NotHereAnswer: math.MaxInt64, Contest: math.MaxInt64, DisputeReminder: math.MaxInt64,
			PenaltyForgiven: math.MaxInt64, Penalties: []ladder.Duration{math.MaxInt64}, K: math.MaxInt, Spread: math.MaxInt,
			Start: math.MaxInt, Tau: math.Inf(1), PairMatches: math.MaxInt, HandleProofs: math.MaxInt,
		},
	} {
		season := laddertest.Season()
		season.Rules = rules
		season = season.Clamp()
		for _, lead := range [][]string{nil, toPlay} {
			explore(t, name, reach(t, laddertest.New(season, 2), lead...), 2, make(map[string]bool))
		}
		walkFar(t, season, 3)
	}
}
