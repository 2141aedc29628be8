package ladder_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

// A scene of five: 1 and 4 play BW, 2 and 5 SC2, 3 both.
func beginFive(t *testing.T) *scene {
	t.Helper()
	return &scene{laddertest.New(laddertest.Season(), 5), t}
}

// pair begins a match of two players.
func (s *scene) pair(bw, sc2 int) {
	s.t.Helper()
	s.step(fmt.Sprintf("%d: join", bw), fmt.Sprintf("%d: join", sc2), fmt.Sprintf("pair %d and %d", bw, sc2))
	s.step(fmt.Sprintf("%d: accept", bw), fmt.Sprintf("%d: accept", sc2))
}

// handIn has a player hand in a game that team 0 won, changed by the test.
func (s *scene) handIn(by ladder.PlayerID, change func(f *ladder.Facts)) {
	s.t.Helper()
	name := fmt.Sprintf("%d: uploads %s", by, laddertest.Wins0)
	steps := s.Steps()
	slices.Reverse(steps)
	act := steps[slices.IndexFunc(steps, func(o laddertest.Step) bool { return o.Name == name })].Acts[0]
	replay := *act.Replay
	change(&replay.Facts)
	act.Replay = &replay
	s.do(act.At.Sub(s.Now), act)
}

func (s *scene) handle(toon string) ladder.Handle {
	for _, h := range s.Handles {
		if h.Toon == toon {
			return h
		}
	}
	return ladder.Handle{}
}

const (
	toon1 = "2-S2-1-1"
	toon4 = "2-S2-1-4"
)

func TestAHandleIsProvenByOpponents(t *testing.T) {
	t.Parallel()
	s := beginFive(t)
	s.Season.Rules.HandleProofs = 2
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	if h := s.handle(toon1); h.State != ladder.Provisional || h.Player != 1 || h.Region != "2" {
		t.Errorf("after the first match: %+v", h)
	}
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	if h := s.handle(toon1); h.State != ladder.Provisional {
		t.Errorf("the same opponent again proves it: %+v", h)
	}
	s.pair(1, 5)
	s.step("1: uploads team0 wins")
	if h := s.handle(toon1); h.State != ladder.Proven {
		t.Errorf("after two opponents: %+v", h)
	}
	s.pair(4, 2) // and nobody else may use it
	s.handIn(4, func(f *ladder.Facts) { f.Players[0].Toon = toon1 })
	s.state(ladder.MatchPlaying)
	if h := s.handle(toon1); h.State != ladder.Proven || h.Player != 1 {
		t.Errorf("used by another: %+v", h)
	}
}

func TestAHandleThatTwoClaim(t *testing.T) {
	t.Parallel()
	s := beginFive(t)
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	s.pair(4, 2)
	s.handIn(4, func(f *ladder.Facts) { f.Players[0].Toon = toon1 }) // under its own name
	s.state(ladder.MatchPlaying)
	if h := s.handle(toon1); h.State != ladder.Contested {
		t.Errorf("claimed by two it is %s", h.State)
	}
	s.step("2: confirms") // the game is decided, and binds nothing
	s.state(ladder.MatchFinal)
	if h := s.handle(toon1); h.State != ladder.Contested || h.Player != 1 {
		t.Errorf("after the game: %+v", h)
	}
	s.step("staff: unbind " + toon1)
	if len(s.Handles) != 1 {
		t.Errorf("handles %+v", s.Handles)
	}
	s.pair(4, 2)
	s.handIn(4, func(f *ladder.Facts) { f.Players[0].Toon, f.Identity = toon1, "another" })
	if h := s.handle(toon1); h.Player != 4 || h.State != ladder.Provisional {
		t.Errorf("bound again: %+v", h)
	}
}

func TestACodeInChatProves(t *testing.T) {
	t.Parallel()
	s := beginFive(t)
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	s.pair(4, 2)
	code := func(f *ladder.Facts) {
		f.Players[0].Toon = toon1
		f.Chat = []ladder.FactChat{{Toon: toon1, Text: ladder.ProofCode(s.match().ID, 4)}}
	}
	s.handIn(4, code)
	s.state(ladder.MatchFinal)
	if h := s.handle(toon1); h.Player != 4 || h.State != ladder.Proven {
		t.Errorf("proven by code: %+v", h)
	}
}

func TestASecondHandleNeedsTheOther(t *testing.T) {
	t.Parallel()
	s := beginFive(t)
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	s.pair(1, 2)
	s.handIn(1, func(f *ladder.Facts) { f.Players[0].Toon, f.Identity = toon4, "second" })
	s.state(ladder.MatchPlaying)
	said := slices.Clone(s.Messages)
	s.step("2: confirms")
	s.state(ladder.MatchFinal)
	said = append(said, s.Messages...)
	if h := s.handle(toon4); h.Player != 1 || h.State != ladder.Provisional {
		t.Errorf("the second handle: %+v", h)
	}
	told := slices.DeleteFunc(slices.Clone(said), func(m ladder.Message) bool { return m.Kind != ladder.MsgHandle })
	if len(told) != 1 || told[0].To != ladder.ToStaff || told[0].Player != 1 || told[0].Code != string(ladder.SecondHandle) {
		t.Errorf("staff are told %+v, want once", told)
	}
}

func TestAGameRulesOneMatch(t *testing.T) {
	t.Parallel()
	s := beginFive(t)
	s.pair(1, 2)
	s.step("1: uploads team0 wins")
	first := s.Games[0].Identity
	s.pair(1, 2)
	s.handIn(2, func(f *ladder.Facts) { f.Identity = first })
	s.state(ladder.MatchPlaying)
	if g := s.Games[len(s.Games)-1]; g.Verdict != ladder.Refused {
		t.Errorf("a game of yesterday is %s", g.Verdict)
	}
	if s.match().ReportsOpen != string(ladder.CheckNovelty) {
		t.Errorf("reports count because of %q", s.match().ReportsOpen)
	}
}
