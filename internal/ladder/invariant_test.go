package ladder_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
)

// checkStep holds every invariant after a step.
func checkStep(before, after *laddertest.World, step laddertest.Step, changes []ladder.Change, errs []error) error {
	for _, err := range errs {
		var refusal ladder.Refusal
		if err != nil && !errors.As(err, &refusal) {
			return err
		}
	}
	if !slices.ContainsFunc(changes, func(c ladder.Change) bool { return !c.Empty() }) {
		return nil
	}
	return errors.Join(
		checkRows(after), checkLedger(after), checkBlame(before, step, changes), checkOutage(before, after, step),
		checkTwice(after, step), checkProgress(after, step), checkWaits(before, after),
	)
}

// checkWaits: who is back in the queue waits since when they waited.
func checkWaits(before, after *laddertest.World) error {
	for _, was := range before.Entries {
		for _, is := range after.Entries {
			if is.ID == was.ID && (!is.Since.Equal(was.Since) || is.Since.After(is.Deadline)) {
				return fmt.Errorf("an entry waited since %v and now since %v, until %v", was.Since, is.Since, is.Deadline)
			}
		}
	}
	return nil
}

func disputed(w *laddertest.World, s laddertest.Step) bool {
	return slices.ContainsFunc(w.Matches, func(m ladder.Match) bool {
		return m.ID == s.Acts[0].Match && m.State == ladder.MatchDisputed
	})
}

// checkEnds: with nothing but timers, everything that is live comes to an end, and soon;
// only disputes wait for staff.
func checkEnds(world *laddertest.World) error {
	const most = 20
	w := *world
	for range most {
		var next *laddertest.Step
		steps := w.Steps()
		for i, s := range steps {
			if timer := s.Acts[0].Kind == ladder.TickEntry || s.Acts[0].Kind == ladder.TickMatch; !timer || disputed(&w, s) {
				continue
			}
			if next == nil || s.At().Before(next.At()) {
				next = &steps[i]
			}
		}
		if next == nil {
			return nil
		}
		if _, errs := w.Run(*next); errs[0] != nil {
			return errs[0]
		}
	}
	return fmt.Errorf("after %d timers something is still live:\n%s", most, w.Dump(laddertest.Start))
}

// checkRows: nobody is in two entries or matches, an entry and its match agree, every
// live state has a deadline and nothing else has one, a game rules one match.
func checkRows(w *laddertest.World) error {
	held := make(map[ladder.PlayerID]int)
	matches := make(map[ladder.MatchID]ladder.Match)
	for _, m := range w.Matches {
		matches[m.ID] = m
		if err := checkMatch(m); err != nil {
			return err
		}
	}
	for _, e := range w.Entries {
		if !e.State.Live() {
			if !e.Due.IsZero() {
				return fmt.Errorf("an entry that is %s is due", e.State)
			}
			continue
		}
		for _, m := range e.Members {
			if held[m.Player]++; held[m.Player] > 1 {
				return fmt.Errorf("player %d is in two entries", m.Player)
			}
		}
		if err := checkEntry(e, matches[e.Match]); err != nil {
			return err
		}
	}
	return checkHolds(w)
}

func checkMatch(m ladder.Match) error {
	switch m.State {
	case ladder.MatchOffered, ladder.MatchPlaying:
		if m.Deadline.IsZero() || m.Due.IsZero() || m.Due.After(m.Deadline) {
			return fmt.Errorf("a match that is %s has deadline %v, due %v", m.State, m.Deadline, m.Due)
		}
	case ladder.MatchDisputed:
		if m.Due.IsZero() || !m.Deadline.IsZero() {
			return fmt.Errorf("a disputed match has deadline %v, due %v", m.Deadline, m.Due)
		}
	default:
		if !m.Due.IsZero() || !m.Deadline.IsZero() || m.Ended.IsZero() {
			return fmt.Errorf("a match that is %s has deadline %v, due %v, ended %v", m.State, m.Deadline, m.Due, m.Ended)
		}
	}
	return nil
}

func checkEntry(e ladder.Entry, m ladder.Match) error {
	want := map[ladder.EntryState]ladder.MatchState{ladder.Offered: ladder.MatchOffered, ladder.Matched: ladder.MatchPlaying}
	switch {
	case e.State == ladder.Searching && (e.Due.IsZero() || e.Deadline.IsZero() || e.Match != 0):
		return fmt.Errorf("a searching entry has deadline %v, due %v, match %d", e.Deadline, e.Due, e.Match)
	case e.State != ladder.Searching && m.State != want[e.State]:
		return fmt.Errorf("an entry is %s, its match %s", e.State, m.State)
	}
	return nil
}

// checkHolds: a match that is offered or played holds all its players' entries; a game
// decides one match.
func checkHolds(w *laddertest.World) error {
	for _, m := range w.Matches {
		if m.State != ladder.MatchOffered && m.State != ladder.MatchPlaying {
			continue
		}
		for _, s := range m.Seats {
			holds := func(e ladder.Entry) bool { return e.ID == s.Entry && e.Match == m.ID && e.State.Live() }
			if !slices.ContainsFunc(w.Entries, holds) {
				return fmt.Errorf("a match that is %s does not hold player %d", m.State, s.Player)
			}
		}
	}
	decided := make(map[string]ladder.MatchID)
	for _, r := range w.Rulings {
		for _, g := range w.Games {
			if g.ID != r.Game {
				continue
			}
			if other, found := decided[g.Identity]; found && other != r.Match {
				return fmt.Errorf("game %q decided matches %d and %d", g.Identity, other, r.Match)
			}
			decided[g.Identity] = r.Match
		}
	}
	return nil
}

// checkLedger: the ledger recomputes, and what matches changed in Elo sums to 0.
func checkLedger(w *laddertest.World) error {
	matches := slices.DeleteFunc(slices.Clone(w.Matches), func(m ladder.Match) bool { return m.Ruling == 0 })
	if found := ladder.Check(ladder.Ledger{Matches: matches, Rulings: w.Rulings, Lines: w.Lines, Ratings: w.Ratings}); len(found) > 0 {
		return fmt.Errorf("ladder check: %v", found)
	}
	var sum float64
	for _, l := range w.Lines {
		if l.System == ladder.Elo && (l.Kind == ladder.LineMatch || l.Kind == ladder.LineVoid || l.Kind == ladder.LineRestore) {
			sum += l.Delta
		}
	}
	if sum != 0 {
		return fmt.Errorf("the ledger's matches sum to %v", sum)
	}
	return nil
}

// checkBlame: a penalty is for what its player did or left undone, never for an outage or
// for what somebody else did.
func checkBlame(before *laddertest.World, step laddertest.Step, changes []ladder.Change) error {
	for i, c := range changes {
		for _, p := range c.Penalties {
			act := step.Acts[i]
			if !p.Cleared.IsZero() {
				continue
			}
			own := act.Player == p.Player && (act.Kind == ladder.Decline || act.Kind == ladder.Leave)
			late := act.Kind == ladder.TickMatch && tookTooLong(before, p)
			if own != (p.Reason == ladder.ForDecline) || !own && !late {
				return fmt.Errorf("player %d is penalised (%s) by %s", p.Player, p.Reason, act.Kind)
			}
		}
	}
	return nil
}

// tookTooLong says whether a player was silent for all of the time that was theirs.
func tookTooLong(before *laddertest.World, p ladder.Penalty) bool {
	for _, m := range before.Matches {
		for _, s := range m.Seats {
			if m.ID != p.Match || s.Player != p.Player {
				continue
			}
			switch p.Reason {
			case ladder.ForSilence:
				return !s.Delivered.IsZero() && s.Answer == ladder.NoAnswer && !p.From.Before(s.AnswerBy)
			case ladder.ForAbsence:
				return m.Absent == p.Player && !p.From.Before(m.AbsentBy)
			case ladder.ForNoResult:
				handed := func(g ladder.Game) bool { return g.Match == m.ID && g.Uploader == p.Player }
				return s.Report == ladder.NoResult && !p.From.Before(m.Deadline) && !slices.ContainsFunc(before.Games, handed)
			}
		}
	}
	return false
}

// checkOutage: an outage leaves everybody the time that they had.
func checkOutage(before, after *laddertest.World, step laddertest.Step) error {
	if step.Acts[0].Kind != ladder.Extend {
		return nil
	}
	left := func(w *laddertest.World) []time.Duration {
		var of []time.Duration
		for _, e := range w.Entries {
			if e.State == ladder.Searching {
				of = append(of, e.Deadline.Sub(w.Now), e.Due.Sub(w.Now))
			}
		}
		for _, m := range w.Matches {
			if m.State != ladder.MatchOffered && m.State != ladder.MatchPlaying {
				continue
			}
			of = append(of, m.Deadline.Sub(w.Now), m.Due.Sub(w.Now))
			if !m.AbsentBy.IsZero() {
				of = append(of, m.AbsentBy.Sub(w.Now))
			}
			for _, s := range m.Seats {
				if m.State == ladder.MatchOffered && s.Answer == ladder.NoAnswer {
					of = append(of, s.AnswerBy.Sub(w.Now))
				}
			}
		}
		return of
	}
	if was, is := left(before), left(after); !slices.Equal(was, is) {
		return fmt.Errorf("before the outage they had %v, after it %v", was, is)
	}
	return nil
}

// checkTwice: an act that is done again changes nothing.
func checkTwice(w *laddertest.World, step laddertest.Step) error {
	if step.Acts[0].Kind == ladder.Extend {
		return nil // the length of another outage
	}
	again := *w
	changes, errs := again.Run(step)
	var refusal ladder.Refusal
	if !changes[0].Empty() || errs[0] != nil && !errors.As(errs[0], &refusal) {
		return fmt.Errorf("done again it is %+v, %w", changes[0], errs[0])
	}
	return nil
}

// checkProgress: what a timer was due for is done when it has run.
func checkProgress(w *laddertest.World, step laddertest.Step) error {
	act := step.Acts[0]
	for _, m := range w.Matches {
		if act.Kind == ladder.TickMatch && m.ID == act.Match && !m.Due.IsZero() && !m.Due.After(w.Now) {
			return fmt.Errorf("after its tick the match is still due at %v, now %v", m.Due, w.Now)
		}
	}
	for _, e := range w.Entries {
		if act.Kind == ladder.TickEntry && e.ID == act.Entry && !e.Due.IsZero() && !e.Due.After(w.Now) {
			return fmt.Errorf("after its tick the entry is still due at %v, now %v", e.Due, w.Now)
		}
	}
	return nil
}
