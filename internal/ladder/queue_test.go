package ladder_test

import (
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

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

func TestTheAuditNamesTheMatchThatAnActIsAbout(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	audited := func(act ladder.Act) ladder.MatchID {
		t.Helper()
		c := s.do(0, act)
		return c.Audit[len(c.Audit)-1].Match
	}
	if m := audited(staff(ladder.SetRating, ladder.Act{Player: 1, Manual: &ladder.Manual{Race: ladder.BWTerran, Value: 1600}})); m != 0 {
		t.Errorf("a rating set by hand is about match %d", m)
	}
	if m := audited(staff(ladder.Void, ladder.Act{Match: s.match().ID})); m != s.match().ID {
		t.Errorf("a void is about match %d", m)
	}
}
