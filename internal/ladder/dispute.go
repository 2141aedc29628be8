package ladder

import "time"

// Reasons of a dispute.
const (
	DisputeReports     = "reports_differ"
	DisputeOneReport   = "one_report"  // of a win, and a replay shows the players
	DisputeUnconfirmed = "unconfirmed" // a replay waits for a click that did not come
	DisputeContested   = "contested"
	DisputeReplay      = "differing_replay" // handed in after the ruling
)

// inForce is the ruling that stands; its ID is 0 if there is none.
func (t *turn) inForce() Ruling {
	r, _ := lookup(func(r Ruling) bool { return r.ID == t.m.Ruling && r.ID != 0 }, t.out.Rulings, t.Rulings)
	return r
}

// dispute hands a match to staff. A ruling that is in force stays so until they rule.
func (t *turn) dispute(why string) {
	before := t.m.State
	t.m.State, t.m.Dispute, t.m.DisputedAt, t.m.DisputeReminded = MatchDisputed, why, t.act.At, 0
	t.stopPlay()
	t.saveMatch()
	t.audit(string(before), string(t.m.State))
	t.tellAll(MsgDisputed, why)
	t.say(Message{Kind: MsgDispute, To: ToStaff, Match: t.m.ID, Code: why})
}

// stopPlay ends what only a match being played has, and lets its entries go.
func (t *turn) stopPlay() {
	t.m.Deadline, t.m.Absent, t.m.AbsentBy = time.Time{}, 0, time.Time{}
	for _, e := range t.seated() {
		before := e.State
		e.State = Closed
		t.saveEntry(e)
		t.auditEntry(e, before)
		t.out.Wake = true
	}
}

// contestable says whether players may still contest the ruling in force. What staff
// ruled on a dispute is the last word; a ruling of theirs that nobody asked for is not.
func (t *turn) contestable() bool {
	r := t.inForce()
	if r.ID == 0 || t.m.State != MatchFinal && t.m.State != MatchVoid {
		return false
	}
	if r.By == FromStaff && !t.m.DisputedAt.IsZero() {
		return false
	}
	return !t.reached(after(r.At, t.rules.Contest))
}

// contest takes a player's no to a ruling.
func (t *turn) contest() error {
	if _, err := t.mySeat(); err != nil {
		return err
	}
	switch {
	case t.m.State == MatchDisputed:
		return nil
	case t.m.State != MatchFinal && t.m.State != MatchVoid:
		return t.over()
	case !t.contestable():
		return Refusal{Code: TooLate, State: string(t.m.State)}
	}
	t.dispute(DisputeContested)
	return nil
}

// tickDispute reminds staff, once for all reminders that are due by now.
func (t *turn) tickDispute() {
	due := false
	for t.reached(t.m.disputeReminder(t.rules)) {
		t.m.DisputeReminded++
		due = true
	}
	if due {
		t.saveMatch()
		t.say(Message{Kind: MsgDispute, To: ToStaff, Match: t.m.ID, Code: t.m.Dispute})
	}
}
