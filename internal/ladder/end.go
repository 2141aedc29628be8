package ladder

import (
	"slices"
	"time"
)

// Reasons why a ruling changes no rating.
const (
	UnratedPair   = "pair"        // too many matches of this pair within the season's window
	UnratedVoid   = "void"        //
	UnratedSeason = "season_over" // the season's snapshot is taken; the ruling annotates it
)

// ending is how a match ends, and by what.
type ending struct {
	result Result
	void   bool
	by     RulingSource
	game   GameID
	reason string
}

// end is the one way in which a match gets a ruling, the first or another: by a replay,
// reports, a concession, absence, a deadline and staff alike. It writes the ruling, over
// the one in force; the ledger's lines; the entries' end; and what is said of it.
func (t *turn) end(e ending) {
	before, former := t.m.State, t.inForce()
	r := t.ruling(e)
	t.out.Rulings = append(t.out.Rulings, r)
	t.settle(r)
	if e.by == FromAbsence {
		t.returnPresent()
	}
	if former.unproven() && !e.void {
		t.forgive()
	}
	t.m.Ruling, t.m.State = r.ID, MatchFinal
	if e.void {
		t.m.State = MatchVoid
	}
	if t.m.Ended.IsZero() {
		t.m.Ended = t.act.At
	}
	t.stopPlay()
	t.saveMatch()
	t.audit(string(before), string(t.m.State))
	t.announce(e)
}

// ruling is the row of an ending.
func (t *turn) ruling(e ending) Ruling {
	r := Ruling{
		ID: RulingID(t.NewID()), Match: t.m.ID, Number: len(t.Rulings) + 1, Result: e.result, Void: e.void,
		By: e.by, Actor: t.act.Actor, Reason: e.reason, Game: e.game, At: t.act.At,
	}
	switch {
	case t.Season.State == SeasonEnded:
		r.Unrated = UnratedSeason
	case e.void:
		r.Unrated = UnratedVoid
	default:
		r.Unrated = t.unrated()
		r.Rated = r.Unrated == ""
	}
	return r
}

// returnPresent puts those back into the queue whose opponent did not come, and gives the
// absent their penalty.
func (t *turn) returnPresent() {
	absent := t.m.Absent
	for _, e := range t.seated() {
		if !slices.ContainsFunc(e.Members, func(m Member) bool { return m.Player == absent }) {
			t.requeue(e)
		}
	}
	t.penalise(absent, ForAbsence)
}

// announce tells the players and the log.
func (t *turn) announce(e ending) {
	kind, code := MsgResult, string(e.by)
	if e.void {
		kind, code = MsgVoid, e.reason
		if e.by == FromStaff {
			code = string(FromStaff)
		}
	}
	t.tellAll(kind, code)
	t.say(Message{Kind: MsgRuled, To: ToLog, Match: t.m.ID, Code: code})
}

// endOfferByStaff voids an offer that is still open: both search on.
func (t *turn) endOfferByStaff() {
	t.endOffer(nil)
	t.m.Deadline = time.Time{}
	t.end(ending{void: true, by: FromStaff, reason: t.act.Reason})
}
