package ladder_test

import (
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// begins starts another season on a scene's ratings.
func (s *scene) begins(how ladder.Beginning) {
	s.t.Helper()
	s.Season.ID++
	for i, r := range s.Ratings {
		line, next := s.Season.BeginRating(r, how, ladder.Actor{Role: ladder.ByOperator}, s.Now, ladder.LineID(1000*int(s.Season.ID)+i))
		s.Lines, s.Ratings[i] = append(s.Lines, line), next
	}
	if err := checkLedger(s.World); err != nil {
		s.t.Fatal(err)
	}
}

func TestASeasonBegins(t *testing.T) {
	t.Parallel()
	s := begin(t, toFinal...)
	s.begins(ladder.Carry)
	s.ratings(1520, 1480)
	if g := s.Ratings[0].Games; g != 1 {
		t.Errorf("%d games, one was played", g)
	}
	s.begins(ladder.Reset)
	s.ratings(1500, 1500)
	if r := s.Ratings[0]; r.Games != 0 || r.N != 3 || !r.Last.Equal(s.Now) {
		t.Errorf("the rating is %+v", r)
	}
}

// What the audit must find: each kind of damage to the ledger of a match that was ruled,
// voided, restored and ruled otherwise.
func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	damage := map[string]func(l *ladder.Ledger){
		"a line is gone":           func(l *ladder.Ledger) { l.Lines = l.Lines[1:] },
		"the last line is gone":    func(l *ladder.Ledger) { l.Lines = l.Lines[:len(l.Lines)-1] },
		"a change is another":      func(l *ladder.Ledger) { l.Lines[0].Delta, l.Lines[0].After = 19, 1519 },
		"a line begins elsewhere":  func(l *ladder.Ledger) { l.Lines[4].Before++; l.Lines[4].After++ },
		"a line has another n":     func(l *ladder.Ledger) { l.Lines[4].N++ },
		"a line is doubled":        func(l *ladder.Ledger) { l.Lines = append(l.Lines, l.Lines[0]) },
		"a prediction is another":  func(l *ladder.Ledger) { l.Lines[0].Expected = 0.9 },
		"games are miscounted":     func(l *ladder.Ledger) { l.Lines[0].Games = 7 },
		"a cache is another":       func(l *ladder.Ledger) { l.Ratings[0].Value++ },
		"a cache is gone":          func(l *ladder.Ledger) { l.Ratings = l.Ratings[1:] },
		"a ruling is gone":         func(l *ladder.Ledger) { l.Rulings = l.Rulings[1:] },
		"a result is another":      func(l *ladder.Ledger) { l.Rulings[0].Result = ladder.Draw },
		"a ruling is not rated":    func(l *ladder.Ledger) { l.Rulings[0].Rated = false },
		"two rulings are in force": func(l *ladder.Ledger) { l.Rulings[0].Superseded = time.Time{} },
		"another is in force":      func(l *ladder.Ledger) { l.Matches[0].Ruling = l.Rulings[0].ID },
		"the match is void":        func(l *ladder.Ledger) { l.Matches[0].State = ladder.MatchVoid },
		"the match is gone":        func(l *ladder.Ledger) { l.Matches = nil },
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t, append(toFinal[:len(toFinal):len(toFinal)], "staff: void match 1", "staff: restore match 1", "staff: rule team1 match 1")...)
			l := ladder.Ledger{Matches: s.Matches, Rulings: s.Rulings, Lines: s.Lines, Ratings: s.Ratings}
			if found := ladder.Check(l); len(found) > 0 {
				t.Fatalf("before: %v", found)
			}
			do(&l)
			found := ladder.Check(l)
			if len(found) == 0 {
				t.Error("not found")
			}
			for _, d := range found {
				t.Log(d)
			}
		})
	}
}

func TestWritesAreGuarded(t *testing.T) {
	t.Parallel()
	s := begin(t, toOffer...)
	one, two := *s.World, *s.World
	act := ladder.Act{Kind: ladder.Accept, Player: 1, At: s.Now}
	first, err := ladder.Apply(one.Scope(act), act)
	if err != nil {
		t.Fatal(err)
	}
	act = ladder.Act{Kind: ladder.Decline, Player: 2, At: s.Now}
	second, err := ladder.Apply(two.Scope(act), act)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(first); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(second); err == nil {
		t.Error("a change of rows that were read before another was written")
	}
}
