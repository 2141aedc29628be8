package ladder_test

import (
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

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

func TestStaffDecideOnTheMatchThatTheySaw(t *testing.T) {
	t.Parallel()
	s := begin(t, toFinal...)
	m := s.match()
	saw := func(kind ladder.ActKind, version int) ladder.Act {
		return staff(kind, ladder.Act{Match: m.ID, Result: ladder.Team1, Seen: version})
	}
	s.do(0, saw(ladder.Rule, m.Version))
	for _, kind := range []ladder.ActKind{ladder.Rule, ladder.Void, ladder.Restore} {
		if why := s.refused(ladder.Over, saw(kind, m.Version)); why.State != string(ladder.MatchFinal) {
			t.Errorf("%s: %+v", kind, why)
		}
	}
	s.do(0, saw(ladder.Void, s.match().Version))
	s.do(0, saw(ladder.Restore, s.match().Version))
	s.ratings(1480, 1520)
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
	s.Season = ladder.Season{}.Clamp()
	s.refused(ladder.QueueClosed, set(1900)) // no season that the line would belong to
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

func TestADisputeOverARulingIsForStaff(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clone(toFinal), "2: contest", "staff: hand team1 wins in for match 1")...)
	s.state(ladder.MatchDisputed) // another replay does not overrule the first
	s.ratings(1520, 1480)
	s.step("1: reports team1") // its winner's own word does
	s.state(ladder.MatchFinal)
	s.ratings(1480, 1520)

	s = begin(t, toPlay...)
	s.do(0, staff(ladder.Rule, ladder.Act{Match: s.match().ID, Result: ladder.Team0}))
	s.step("2: contest")
	s.refused(ladder.Over, report(s.match().ID, 1, ladder.Team1)) // not over staff's
	s.refused(ladder.Over, report(s.match().ID, 2, ladder.Draw))
}

func TestARatingGrowsUncertainWithTime(t *testing.T) {
	t.Parallel()
	s := begin(t, toFinal...)
	first := s.Lines[2]
	s.Now = s.Now.AddDate(1, 0, 0)
	s.play()
	next := s.Lines[6]
	if first.System != ladder.Glicko2 || next.RatingKey != first.RatingKey {
		t.Fatalf("lines %+v and %+v", first, next)
	}
	if next.FromDeviation <= first.Deviation || next.FromDeviation > 350 {
		t.Errorf("after a year ±%v, it was ±%v", next.FromDeviation, first.Deviation)
	}
}
