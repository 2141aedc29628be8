package ladder

import (
	"math"
	"slices"
)

// MostRating is the highest rating that staff may set.
const MostRating = 5000

// rule gives a match a result by staff: the first, or over any other, whatever has been
// played since.
func (t *turn) rule() error {
	if err := t.asSeen(); err != nil {
		return err
	}
	r := t.inForce()
	switch {
	case !t.act.Result.valid():
		return Refusal{Code: BadValue}
	case t.m.State == MatchOffered || t.m.State == MatchLapsed:
		return t.over()
	case t.m.State == MatchFinal && r.By == FromStaff && r.Result == t.act.Result:
		return nil
	}
	t.end(ending{result: t.act.Result, by: FromStaff, reason: t.act.Reason})
	return nil
}

// asSeen finds the act's match, as it was when staff decided on it.
func (t *turn) asSeen() error {
	if err := t.inMatch(); err != nil {
		return err
	}
	if t.act.Seen != 0 && t.act.Seen != t.m.Version {
		return t.over()
	}
	return nil
}

// void takes a match out of the count.
func (t *turn) void() error {
	if err := t.asSeen(); err != nil {
		return err
	}
	switch t.m.State {
	case MatchLapsed:
		return t.over()
	case MatchVoid:
		return nil
	case MatchOffered:
		t.endOfferByStaff()
	default:
		t.end(ending{void: true, by: FromStaff, reason: t.act.Reason})
	}
	return nil
}

// restore takes a void back: the match has the result again that it had before. What was
// void from the first has none; it is ruled instead.
func (t *turn) restore() error {
	if err := t.asSeen(); err != nil {
		return err
	}
	if t.m.State == MatchFinal {
		return nil
	}
	if t.m.State != MatchVoid {
		return t.over()
	}
	for _, r := range slices.Backward(t.Rulings) {
		if !r.Void {
			t.end(ending{result: r.Result, by: FromStaff, game: r.Game, reason: t.act.Reason})
			return nil
		}
	}
	return Refusal{Code: NotFound}
}

// ban takes a player off the ladder. A match that is being played goes on.
func (t *turn) ban() error {
	p, found := t.player(t.act.Player)
	switch {
	case !found:
		return Refusal{Code: NotFound}
	case p.Banned:
		return nil
	}
	p.Banned, p.BanReason = true, t.act.Reason
	t.savePlayer(p)
	t.audit("", "banned")
	if t.Entry != nil {
		t.withdraw(*t.Entry, "banned")
	}
	return nil
}

func (t *turn) unban() error {
	p, found := t.player(t.act.Player)
	switch {
	case !found:
		return Refusal{Code: NotFound}
	case !p.Banned:
		return nil
	}
	p.Banned, p.BanReason = false, ""
	t.savePlayer(p)
	t.audit("banned", "")
	return nil
}

// setRating sets a rating by hand: of somebody who moves in, or to right a wrong.
func (t *turn) setRating() error {
	set := t.act.Manual
	if set == nil || set.Race.Side() == "" || set.Value != math.Trunc(set.Value) || set.Value < 0 || set.Value > MostRating {
		return Refusal{Code: BadValue}
	}
	if _, found := t.player(t.act.Player); !found {
		return Refusal{Code: NotFound}
	}
	if t.Season.ID == 0 { // the ledger's lines are a season's
		return Refusal{Code: QueueClosed}
	}
	for _, system := range Systems {
		key := RatingKey{t.act.Player, set.Race, system}
		if now := t.rating(key); now.Value != set.Value {
			t.write(Line{RatingKey: key, Kind: LineManual, Delta: set.Value - now.Value}, 0)
		}
	}
	if len(t.out.Lines) > 0 {
		t.say(Message{Kind: MsgRating, To: ToPlayer, Player: t.act.Player, Code: string(LineManual)})
		t.audit("", string(set.Race))
	}
	return nil
}

// refund gives a player back what a match against a cheater cost, once. The match stays as
// it was ruled, and the cheater's rating too: staff set that.
func (t *turn) refund() error {
	seat, err := t.mySeat()
	if err != nil {
		return err
	}
	if stands, _ := t.standing(Elo); !stands || t.Season.State == SeasonEnded {
		return t.over()
	}
	if net(t.lines(seat.key(Elo), LineRefund)) != 0 {
		return nil
	}
	lost := func(system System) float64 { return -net(t.lines(seat.key(system), LineMatch, LineVoid, LineRestore)) }
	if lost(Elo) <= 0 {
		return Refusal{Code: BadValue}
	}
	for _, system := range Systems {
		t.write(Line{RatingKey: seat.key(system), Kind: LineRefund, Ruling: t.m.Ruling, Delta: lost(system)}, 0)
	}
	t.tell(seat.Player, MsgRating, string(LineRefund))
	t.audit(string(t.m.State), string(t.m.State))
	return nil
}
