package ladder_test

import (
	"errors"
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
func join(p ladder.PlayerID) ladder.Act { return ladder.Act{Kind: ladder.Join, Player: p} }

func accept(p ladder.PlayerID) ladder.Act { return ladder.Act{Kind: ladder.Accept, Player: p} }

func report(m ladder.MatchID, p ladder.PlayerID, r ladder.Result) ladder.Act {
	return ladder.Act{Kind: ladder.SayResult, Match: m, Player: p, Result: r}
}

func staff(kind ladder.ActKind, act ladder.Act) ladder.Act {
	act.Kind, act.Reason, act.Actor = kind, "because", ladder.Actor{Role: ladder.ByStaff, Name: "staff"}
	return act
}

func tick(m ladder.MatchID) ladder.Act { return ladder.Act{Kind: ladder.TickMatch, Match: m} }

// play has the two play one more match, which the first wins.
func (s *scene) play() {
	s.t.Helper()
	for _, p := range []string{"1", "2"} {
		s.step(p + ": join")
	}
	s.step("pair 1 and 2", "1: accept", "2: accept", "1: uploads team0 wins")
	s.Now = s.Now.Add(9 * time.Hour) // the pair may be rated again
}
