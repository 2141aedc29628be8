package ladder

import (
	"fmt"
	"slices"
	"time"
)

// Apply decides what an act changes. It reads the act's time and nothing else of now;
// new ids are the scope's. What may not be done is a Refusal (errors.As); another error
// is a bug of who called. An act that was done already changes nothing: its Change is
// Empty.
//
// A season's numbers are taken as they are: Clamp them when they are read.
func Apply(sc Scope, act Act) (Change, error) {
	do, known := acts[act.Kind]
	if !known {
		return Change{}, fmt.Errorf("ladder: no act %q", act.Kind)
	}
	t := newTurn(sc, act)
	if err := t.allowed(); err != nil {
		return Change{}, err
	}
	if err := do(t); err != nil {
		return Change{}, err
	}
	if t.out.Empty() {
		return Change{}, nil
	}
	return t.out, nil
}

// acts are all acts, with who may do what is not a player's.
var acts = map[ActKind]func(*turn) error{
	Join: (*turn).join, Leave: (*turn).leave, Stay: (*turn).stay,
	PairUp: (*turn).pair, Deliver: (*turn).deliver, Unreach: (*turn).unreach,
	Accept: (*turn).accept, Decline: (*turn).decline,
	NotHere: (*turn).notHere, Here: (*turn).here, AskRemake: (*turn).askRemake,
	HandIn: (*turn).handIn, Confirm: (*turn).confirm, Dismiss: (*turn).dismiss,
	SayResult: (*turn).sayResult, Contest: (*turn).contest,
	TickEntry: (*turn).tickEntry, TickMatch: (*turn).tickMatch, Extend: (*turn).extend, Reread: (*turn).reread,
	Rule: (*turn).rule, Void: (*turn).void, Restore: (*turn).restore,
	Ban: (*turn).ban, Unban: (*turn).unban, ClearPenalty: (*turn).clearPenalty,
	SetRating: (*turn).setRating, Refund: (*turn).refund, Unbind: (*turn).unbind, Remove: (*turn).remove,
}

// staffActs need a staff member or the operator, and a reason.
var staffActs = []ActKind{Rule, Void, Restore, Ban, Unban, ClearPenalty, SetRating, Refund, Unbind, Remove}

// turn is one act at work: what it read, and what it has written so far. Rows are looked
// up among the written ones first.
type turn struct {
	Scope
	act   Act
	rules Rules
	m     Match // a copy; written by saveMatch
	out   Change
}

func newTurn(sc Scope, act Act) *turn {
	t := &turn{Scope: sc, act: act, rules: sc.Season.Rules}
	if sc.Match != nil {
		t.m = *sc.Match
		t.m.Seats = slices.Clone(sc.Match.Seats)
	}
	return t
}

// allowed refuses staff's acts to others, and without a reason.
func (t *turn) allowed() error {
	byStaff := slices.Contains(staffActs, t.act.Kind) || t.act.Kind == HandIn && t.act.Player == 0
	if !byStaff {
		return nil
	}
	if !t.act.Actor.Role.Staff() {
		return Refusal{Code: NotStaff}
	}
	if t.act.Reason == "" && t.act.Kind != HandIn {
		return Refusal{Code: NeedsReason}
	}
	return nil
}

// inMatch finds the act's match.
func (t *turn) inMatch() error {
	if t.Match == nil {
		return Refusal{Code: NotFound}
	}
	if t.act.Match != 0 && t.act.Match != t.m.ID {
		return fmt.Errorf("ladder: the act is about match %d, its scope about %d", t.act.Match, t.m.ID)
	}
	return nil
}

// mySeat finds the act's match and its player's seat there.
func (t *turn) mySeat() (*Seat, error) {
	if err := t.inMatch(); err != nil {
		return nil, err
	}
	if seat := t.seat(t.act.Player); seat != nil {
		return seat, nil
	}
	return nil, Refusal{Code: NotYours}
}

// playing finds the player's seat in a match that is being played.
func (t *turn) playing() (*Seat, error) {
	seat, err := t.mySeat()
	if err == nil && t.m.State != MatchPlaying {
		return nil, t.over()
	}
	return seat, err
}

// over refuses an act because the match's state has moved on, or is not there yet.
func (t *turn) over() error { return Refusal{Code: Over, State: string(t.m.State)} }

func (t *turn) seat(player PlayerID) *Seat {
	for i := range t.m.Seats {
		if t.m.Seats[i].Player == player {
			return &t.m.Seats[i]
		}
	}
	return nil
}

// others are the seats of the other team.
func (t *turn) others(team int) []Seat {
	return slices.DeleteFunc(slices.Clone(t.m.Seats), func(s Seat) bool { return s.Team == team })
}

// lookup finds a row among those written, then among those read.
func lookup[T any](is func(T) bool, lists ...[]T) (T, bool) {
	for _, list := range lists {
		if i := slices.IndexFunc(list, is); i >= 0 {
			return list[i], true
		}
	}
	var none T
	return none, false
}

// put writes a row, over what this act wrote of it before.
func put[T any](list *[]T, row T, same func(T) bool) {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = row
		return
	}
	*list = append(*list, row)
}

func (t *turn) entry(id EntryID) (Entry, bool) {
	is := func(e Entry) bool { return e.ID == id }
	if t.Entry != nil {
		return lookup(is, t.out.Entries, t.Entries, []Entry{*t.Entry})
	}
	return lookup(is, t.out.Entries, t.Entries)
}

func (t *turn) player(id PlayerID) (Player, bool) {
	return lookup(func(p Player) bool { return p.ID == id }, t.out.Players, t.Players)
}

func (t *turn) saveEntry(e Entry) {
	e.Due = e.due(t.rules)
	put(&t.out.Entries, e, func(o Entry) bool { return o.ID == e.ID })
}

func (t *turn) saveMatch() {
	t.m.Due = t.m.due(t.rules)
	t.out.Match = &t.m
}

func (t *turn) savePlayer(p Player) {
	put(&t.out.Players, p, func(o Player) bool { return o.ID == p.ID })
}

func (t *turn) saveGame(g Game) {
	put(&t.out.Games, g, func(o Game) bool { return o.ID == g.ID })
}

// audit records the act, with the states before and after. An act on a player is about the
// match that the player is in only if it changes that.
func (t *turn) audit(before, after string) {
	match := t.act.Match
	if t.out.Match != nil {
		match = t.m.ID
	}
	t.out.Audit = append(t.out.Audit, Audit{
		Kind: t.act.Kind, Actor: t.act.Actor, Match: match, Player: t.act.Player,
		Before: before, After: after, Reason: t.act.Reason, At: t.act.At,
	})
}

// auditEntry records the act on an entry.
func (t *turn) auditEntry(e Entry, before EntryState) {
	t.out.Audit = append(t.out.Audit, Audit{
		Kind: t.act.Kind, Actor: t.act.Actor, Match: e.Match, Entry: e.ID, Player: t.act.Player,
		Before: string(before), After: string(e.State), Reason: t.act.Reason, At: t.act.At,
	})
}

// tell has a message said to a player about the match.
func (t *turn) tell(player PlayerID, kind MessageKind, code string) {
	t.say(Message{Kind: kind, To: ToPlayer, Player: player, Match: t.m.ID, Code: code})
}

func (t *turn) tellAll(kind MessageKind, code string) {
	for _, s := range t.m.Seats {
		t.tell(s.Player, kind, code)
	}
}

func (t *turn) say(m Message) { t.out.Messages = append(t.out.Messages, m) }

// after is a moment and a season's duration later.
func after(at time.Time, d Duration) time.Time { return at.Add(time.Duration(d)) }

// reached says whether a moment that is set has come.
func (t *turn) reached(moment time.Time) bool {
	return !moment.IsZero() && !t.act.At.Before(moment)
}
