package ladder

import (
	"time"
)

// penalisedUntil is when the last of a player's penalties ends; zero without one.
func (t *turn) penalisedUntil(player PlayerID) time.Time {
	var until time.Time
	for _, p := range t.penalties(player) {
		if p.Until.After(until) {
			until = p.Until
		}
	}
	return until
}

// penalties are a player's, without those that staff cleared.
func (t *turn) penalties(player PlayerID) []Penalty {
	var standing []Penalty
	for _, p := range t.Penalties {
		now, _ := lookup(func(o Penalty) bool { return o.ID == p.ID }, t.out.Penalties, []Penalty{p})
		if now.Player == player && now.Cleared.IsZero() {
			standing = append(standing, now)
		}
	}
	return standing
}

// Step is how far up the steps of penalties a player stands: that of the last one, less
// one for each time of forgiveness without another. 0 means none.
func Step(penalties []Penalty, now time.Time, r Rules) int {
	var last Penalty
	for _, p := range penalties {
		if p.Cleared.IsZero() && (last.From.IsZero() || !p.From.Before(last.From)) {
			last = p
		}
	}
	if last.Step == 0 || r.PenaltyForgiven <= 0 {
		return 0
	}
	forgotten := max(0, int(now.Sub(last.From)/time.Duration(r.PenaltyForgiven)))
	return max(0, last.Step-forgotten)
}

// penalise takes a player one step up.
func (t *turn) penalise(player PlayerID, why PenaltyReason) {
	steps := t.rules.Penalties
	if len(steps) == 0 {
		return
	}
	step := min(Step(t.penalties(player), t.act.At, t.rules)+1, len(steps))
	t.savePenalty(Penalty{
		ID: PenaltyID(t.NewID()), Player: player, Match: t.m.ID, Step: step, Reason: why,
		From: t.act.At, Until: after(t.act.At, steps[step-1]),
	})
	t.tell(player, MsgPenalty, string(why))
}

func (t *turn) savePenalty(p Penalty) {
	put(&t.out.Penalties, p, func(o Penalty) bool { return o.ID == p.ID })
}

// clearPenalty takes back a player's penalties, with their steps.
func (t *turn) clearPenalty() error {
	standing := t.penalties(t.act.Player)
	for _, p := range standing {
		p.Cleared = t.act.At
		t.savePenalty(p)
	}
	if len(standing) > 0 {
		t.say(Message{Kind: MsgPenalty, To: ToPlayer, Player: t.act.Player, Code: "cleared"})
		t.audit("penalised", "")
	}
	return nil
}

// forgive takes back what absence from a match cost a player, now that it is known to have
// been played, and what silence cost the one who hands its replay in: who plays does not
// see what is asked meanwhile.
func (t *turn) forgive() {
	for _, s := range t.m.Seats {
		for _, p := range t.penalties(s.Player) {
			madeGood := p.Reason == ForNoResult && t.act.Kind == HandIn && t.act.Player == s.Player
			if p.Match == t.m.ID && (p.Reason == ForAbsence || madeGood) {
				p.Cleared = t.act.At
				t.savePenalty(p)
				t.tell(s.Player, MsgPenalty, "cleared")
			}
		}
	}
}
