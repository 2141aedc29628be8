package ladder

import (
	"fmt"
	"slices"
	"time"
)

// pair offers a match to entries that the matchmaker put together. Where one of them is
// gone by now it changes nothing at all.
func (t *turn) pair() error {
	p := t.act.Pair
	if p == nil || len(p.Entries) != 2 || p.Entries[0] == p.Entries[1] {
		return fmt.Errorf("ladder: a pairing of %+v", p)
	}
	if !t.QueueOpen || t.Season.over() {
		return Refusal{Code: QueueClosed}
	}
	for _, id := range p.Entries {
		e, found := t.entry(id)
		if !found {
			return Refusal{Code: NotFound}
		}
		if e.State != Searching || t.unfit(e) != "" {
			return Refusal{Code: Over, State: string(e.State)}
		}
	}
	if err := t.fits(*p); err != nil {
		return err
	}
	t.offer(*p)
	return nil
}

// fits refuses seats that are not those of the entries, which would be a bug of the
// matchmaker.
func (t *turn) fits(p Pair) error {
	seated := make(map[PlayerID]bool)
	for _, s := range p.Seats {
		if s.Team != 0 && s.Team != 1 || p.Entries[s.Team] != s.Entry || seated[s.Player] {
			return fmt.Errorf("ladder: a pairing with seat %+v", s)
		}
		e, _ := t.entry(s.Entry)
		has := func(m Member) bool { return m.Player == s.Player && slices.Contains(m.Races, s.Race) }
		if !slices.ContainsFunc(e.Members, has) {
			return fmt.Errorf("ladder: a seat that is not of its entry: %+v", s)
		}
		if t.rules.Pairing == Cross && s.Race.Side() != [2]Side{BW, SC2}[s.Team] {
			return fmt.Errorf("ladder: a seat on the wrong side: %+v", s)
		}
		seated[s.Player] = true
	}
	for _, id := range p.Entries {
		e, _ := t.entry(id)
		if len(p.Seats) != 2*len(e.Members) {
			return fmt.Errorf("ladder: %d seats for entries of %d", len(p.Seats), len(e.Members))
		}
	}
	return nil
}

func (t *turn) offer(p Pair) {
	at := t.act.At
	t.m = Match{
		ID: MatchID(t.NewID()), Season: t.Season.ID, State: MatchOffered, Map: p.Map, MapHash: p.MapHash,
		Server: p.Server, Rated: p.Met < t.rules.PairMatches, OfferedAt: at, Deadline: after(at, t.rules.OfferDelivery),
	}
	for _, s := range p.Seats {
		t.m.Seats = append(t.m.Seats, Seat{
			Player: s.Player, Entry: s.Entry, Team: s.Team, Race: s.Race,
			AnswerBy: after(at, t.rules.OfferDelivery),
		})
	}
	for _, id := range p.Entries {
		e, _ := t.entry(id)
		e.State, e.Match = Offered, t.m.ID
		t.saveEntry(e)
		t.auditEntry(e, Searching)
	}
	t.saveMatch()
	t.audit("", string(t.m.State))
	t.tellAll(MsgOffer, t.unrated())
}

// unrated is why a match will not be rated; empty if it will.
func (t *turn) unrated() string {
	if t.m.Rated {
		return ""
	}
	return UnratedPair
}

// deliver begins a player's time to answer.
func (t *turn) deliver() error {
	seat, err := t.mySeat()
	if err != nil {
		return err
	}
	if t.m.State != MatchOffered || !seat.Delivered.IsZero() || seat.Answer != NoAnswer {
		return nil
	}
	seat.Delivered, seat.AnswerBy = t.act.At, after(t.act.At, t.rules.Offer)
	t.answerBy()
	t.saveMatch()
	return nil
}

// answerBy sets the match's deadline to that of the first who still has to answer.
func (t *turn) answerBy() {
	var first time.Time
	for _, s := range t.m.Seats {
		if s.Answer == NoAnswer {
			first = earliest(first, s.AnswerBy)
		}
	}
	t.m.Deadline = first
}

// unreach ends an offer that cannot be delivered: its player leaves without a penalty,
// because the next offer would not reach them either.
func (t *turn) unreach() error {
	seat, err := t.mySeat()
	if err != nil {
		return err
	}
	if t.m.State != MatchOffered || !seat.Delivered.IsZero() || seat.Answer != NoAnswer {
		return nil
	}
	seat.Answer = Unreached
	t.lapse([]leaving{{entry: seat.Entry, code: "unreached"}})
	return nil
}

// accept records a yes; the last one begins the match.
func (t *turn) accept() error {
	seat, err := t.mySeat()
	switch {
	case err != nil:
		return err
	case seat.Answer == Accepted && (t.m.State == MatchOffered || t.m.State == MatchPlaying):
		return nil
	case t.m.State != MatchOffered:
		return t.over()
	case t.reached(seat.AnswerBy):
		return Refusal{Code: TooLate}
	}
	seat.Answer = Accepted
	if seat.Delivered.IsZero() {
		seat.Delivered = t.act.At
	}
	if slices.ContainsFunc(t.m.Seats, func(s Seat) bool { return s.Answer != Accepted }) {
		t.answerBy()
		t.saveMatch()
		t.audit(string(t.m.State), string(t.m.State))
		return nil
	}
	t.begin()
	return nil
}

// begin is the start of play.
func (t *turn) begin() {
	t.m.State, t.m.Accepted, t.m.Outage = MatchPlaying, t.act.At, 0
	t.m.Deadline = after(t.act.At, t.rules.Playing)
	for _, e := range t.seated() {
		e.State = Matched
		t.saveEntry(e)
		t.auditEntry(e, Offered)
	}
	t.saveMatch()
	t.audit(string(MatchOffered), string(t.m.State))
	t.tellAll(MsgMatch, t.unrated())
}

// seated are the match's entries that it still holds.
func (t *turn) seated() []Entry {
	var held []Entry
	for _, s := range t.m.Seats {
		e, found := t.entry(s.Entry)
		again := slices.ContainsFunc(held, func(o Entry) bool { return o.ID == e.ID })
		if found && !again && e.Match == t.m.ID && e.State.Live() {
			held = append(held, e)
		}
	}
	return held
}

// decline ends an offer by a player's no, also after their yes.
func (t *turn) decline() error {
	seat, err := t.mySeat()
	switch {
	case err != nil:
		return err
	case seat.Answer == Declined:
		return nil
	case t.m.State != MatchOffered:
		return t.over()
	}
	seat.Answer = Declined
	t.lapse([]leaving{{entry: seat.Entry, player: seat.Player, why: ForDecline}})
	return nil
}

// leaving is why an entry does not return to the queue from an offer: by a player's
// fault, which has a penalty, or for a reason that is nobody's.
type leaving struct {
	entry  EntryID
	player PlayerID
	why    PenaltyReason
	code   string
}

// lapse ends an offer. Entries that do not leave search on with their old waiting time.
func (t *turn) lapse(leave []leaving) {
	t.m.State, t.m.Ended, t.m.Deadline = MatchLapsed, t.act.At, time.Time{}
	t.endOffer(leave)
	t.saveMatch()
	t.audit(string(MatchOffered), string(t.m.State))
}

// endOffer parts the entries of an offer that came to nothing.
func (t *turn) endOffer(leave []leaving) {
	for _, e := range t.seated() {
		at := slices.IndexFunc(leave, func(l leaving) bool { return l.entry == e.ID })
		switch {
		case at < 0:
			if t.requeue(e) {
				t.tellEntry(e, MsgOfferLapsed)
			}
		case leave[at].why == "":
			t.quitFor(e, leave[at].code)
		default:
			t.quit(e, Left)
		}
	}
	for _, l := range leave {
		if l.why != "" {
			t.tell(l.player, MsgOfferMissed, string(l.why))
			t.penalise(l.player, l.why)
		}
	}
}

// tickOffer reminds who has not answered, and ends an offer whose time is up.
func (t *turn) tickOffer() {
	var leave []leaving
	up, reminded := false, false
	for i := range t.m.Seats {
		s := &t.m.Seats[i]
		switch {
		case s.Answer != NoAnswer:
		case t.reached(s.AnswerBy) && s.Delivered.IsZero():
			// Not delivered in time: a fault of ours, so that its player searches on.
			s.Answer, up = Unreached, true
		case t.reached(s.AnswerBy):
			s.Answer, up = Unanswered, true
			leave = append(leave, leaving{entry: s.Entry, player: s.Player, why: ForSilence})
		case !s.Delivered.IsZero() && !s.Reminded && t.reached(s.remindAt(t.rules)):
			s.Reminded, reminded = true, true
			t.tell(s.Player, MsgOfferReminder, "")
		}
	}
	if up {
		t.lapse(leave)
	} else if reminded {
		t.saveMatch()
	}
}
