package ladder_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

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
	play := slices.Clip(append(slices.Clip(toPlay), "1: uploads short")) // shared: each appends to a copy
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

// Files are not signed: the opponent's file of the same game that names another winner is no
// consent to the first.
func TestTwoFilesOfOneGameThatNameDifferentWinners(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clip(toPlay), "1: uploads short")...)
	s.Now = s.Now.Add(time.Minute)
	other := s.HandIn(s.match(), 2, laddertest.Short)
	winner := 1
	other.Player, other.Replay.Facts.Winner = 2, &winner
	s.do(0, other)
	s.state(ladder.MatchPlaying)
	if len(s.Games) != 2 || s.Games[0].Identity != s.Games[1].Identity || s.Games[0].Result == s.Games[1].Result {
		t.Fatalf("games %+v", s.Games)
	}
	s.do(30*time.Minute, tick(s.match().ID))
	s.state(ladder.MatchDisputed)
}

// Of what an observer's file leaves open the one whom it lets win is no witness.
func TestAFileFromStaffNeedsWhoLost(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	file := s.HandIn(s.match(), 0, laddertest.Short) // team 0 wins
	s.do(time.Minute, staff(ladder.HandIn, file))
	s.state(ladder.MatchPlaying)
	click := ladder.Act{Kind: ladder.Confirm, Player: 1, Match: s.match().ID, Game: s.Games[0].ID}
	s.refused(ladder.NotYours, click)
	click.Player = 2
	s.do(0, click)
	s.state(ladder.MatchFinal)
	s.ratings(1520, 1480)
}

func TestReports(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T) *scene {
		t.Helper()
		return begin(t, append(slices.Clip(toPlay), "tick match 1")...) // reports count
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

// Who answers each time and never plays does not hold the other until the deadline; while a
// usual game may still be played, they are asked again. It is nobody's fault, and a replay
// rules after it as after the deadline.
func TestNotHereIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clip(toPlay), "1: not here", "2: here", "1: not here", "2: here", "1: not here")...)
	m := s.match().ID
	s.state(ladder.MatchPlaying)
	s.step("2: here")
	s.do(25*time.Minute, ladder.Act{Kind: ladder.NotHere, Player: 1, Match: m})
	s.state(ladder.MatchVoid)
	if len(s.Penalties) != 0 {
		t.Errorf("penalties %+v", s.Penalties)
	}
	s.step("2: uploads team0 wins")
	s.state(ladder.MatchFinal)
}

// The time to answer a report may run out while the game is still played.
func TestSilenceWhilePlayingIsForgiven(t *testing.T) {
	t.Parallel()
	for uploader, stands := range map[string]bool{"2": false, "1": true} {
		s := begin(t, append(slices.Clip(toReport), "tick match 1")...)
		s.state(ladder.MatchVoid)
		if len(s.Penalties) != 1 || s.Penalties[0].Reason != ladder.ForNoResult || s.Penalties[0].Player != 2 {
			t.Fatalf("penalties %+v", s.Penalties)
		}
		s.step(uploader + ": uploads team0 wins")
		s.state(ladder.MatchFinal)
		if s.Penalties[0].Cleared.IsZero() != stands {
			t.Errorf("the replay is of player %s, and the penalty for silence %+v", uploader, s.Penalties[0])
		}
	}
}

// Who asks back is there: the question about them is answered, and theirs is asked.
func TestNotHereAskedByBoth(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clip(toPlay), "1: not here", "2: not here")...)
	if m := s.match(); m.Absent != 1 || len(s.Messages) != 2 || s.Messages[0].Kind != ladder.MsgHere || s.Messages[0].Player != 1 {
		t.Errorf("%d is asked for; messages %+v", m.Absent, s.Messages)
	}
}

// Whoever hands in one replay after another tells nobody but themselves.
func TestTheOthersAreToldOnceThatReportsCount(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clip(toPlay), "1: uploads no winner")...)
	if len(s.Messages) != 2 {
		t.Errorf("messages %+v, want one to each", s.Messages)
	}
	s.step("1: uploads other map")
	if len(s.Messages) != 1 || s.Messages[0].Player != 1 || s.Messages[0].Code != string(ladder.CheckMap) {
		t.Errorf("messages %+v, want one to who handed it in", s.Messages)
	}
}

// An old replay says nothing of who is here now.
func TestAnOldReplayIsNoPresence(t *testing.T) {
	t.Parallel()
	s := begin(t, toPlay...)
	old := s.HandIn(s.match(), 2, laddertest.Wins1)
	old.Player, old.Replay.Received = 2, s.match().Accepted.Add(time.Minute)
	s.do(time.Minute, old)
	s.state(ladder.MatchPlaying)
	if g := s.Games[0]; g.Verdict != ladder.Refused {
		t.Fatalf("%+v", g)
	}
	s.step("1: not here")
	s.do(5*time.Minute, tick(s.match().ID))
	s.state(ladder.MatchVoid)
}

func TestNotHereIsNotForWhoPlayed(t *testing.T) {
	t.Parallel()
	s := begin(t, append(slices.Clip(toPlay), "2: uploads no winner")...)
	s.refused(ladder.NotOpen, ladder.Act{Kind: ladder.NotHere, Player: 1, Match: s.match().ID})
	s = begin(t, toReport...)
	s.refused(ladder.NotOpen, ladder.Act{Kind: ladder.NotHere, Player: 2, Match: s.match().ID})
}

func TestAReplayComesTooLate(t *testing.T) {
	t.Parallel()
	late := func(after time.Duration) (*scene, ladder.Act) {
		s := begin(t, append(slices.Clip(toPlay), "tick match 1", "tick match 1")...)
		s.state(ladder.MatchVoid)
		s.Now = s.Now.Add(after)
		act := s.HandIn(s.match(), 1, laddertest.Wins0)
		act.Player = 1
		return s, act
	}
	s, replay := late(23 * time.Hour)
	s.do(0, replay)
	s.state(ladder.MatchFinal)
	s, replay = late(24 * time.Hour)
	s.refused(ladder.TooLate, replay)
	s.state(ladder.MatchVoid)
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
	for _, lead := range [][]string{{"1: join", "2: join"}, toOffer, toPlay, append(slices.Clip(toPlay), "1: not here"), toReport} {
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
