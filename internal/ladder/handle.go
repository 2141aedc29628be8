package ladder

import "slices"

func (t *turn) handle(toon string) (Handle, bool) {
	return lookup(func(h Handle) bool { return h.Toon == toon }, t.out.Handles, t.Handles)
}

func (t *turn) saveHandle(h Handle) {
	put(&t.out.Handles, h, func(o Handle) bool { return o.Toon == h.Toon })
}

// bind learns from a game that ruled whose handles its players used. A binding is proven
// by verified matches against different opponents, or by the player's code in chat.
func (t *turn) bind(g Game) {
	for _, i := range g.Identified {
		if i.Toon == "" || t.seat(i.Player) == nil {
			continue
		}
		h, found := t.handle(i.Toon)
		switch {
		case !found:
			t.bindNew(g, i)
		case h.State == Contested || h.State == Proven && h.Player == i.Player:
		case h.Player == i.Player:
			t.saveHandle(t.proved(h, i))
		case h.State == Provisional && i.ByCode:
			t.bindNew(g, i)
		}
	}
}

// bindNew binds a handle for the first time, or away from who had no proof. Staff were told
// of the game's conflicts when it was handed in.
func (t *turn) bindNew(g Game, i Identified) {
	region := GameRegion(i.Toon)
	told := slices.ContainsFunc(g.Conflicts, func(c Conflict) bool { return c.Toon == i.Toon })
	another := func(h Handle) bool { return h.Player == i.Player && h.Region == region && h.Toon != i.Toon }
	if !told && slices.ContainsFunc(t.Handles, another) {
		t.tellStaff(i.Player, SecondHandle)
	}
	t.saveHandle(t.proved(Handle{
		Toon: i.Toon, Region: region, Player: i.Player, State: Provisional, Bound: t.act.At, Match: t.m.ID,
	}, i))
}

// proved counts the match's opponents towards the proof of a binding.
func (t *turn) proved(h Handle, i Identified) Handle {
	h.Opponents = slices.Clone(h.Opponents)
	for _, s := range t.others(t.seat(i.Player).Team) {
		if !slices.Contains(h.Opponents, s.Player) {
			h.Opponents = append(h.Opponents, s.Player)
		}
	}
	if i.ByCode || len(h.Opponents) >= t.rules.HandleProofs {
		h.State = Proven
	}
	return h
}

// noteConflicts tells staff what a game shows about handles that does not fit. A binding
// without proof that another player claims identifies nobody until staff decide; the
// claim counts only if all else of the game is right.
func (t *turn) noteConflicts(g Game) {
	credible := !slices.ContainsFunc(g.Evidence, func(e Evidence) bool {
		return e.State == Fail && e.Code != CheckIdentity
	})
	for _, c := range g.Conflicts {
		h, found := t.handle(c.Toon)
		proved := slices.ContainsFunc(g.Identified, func(i Identified) bool { return i.Toon == c.Toon && i.ByCode })
		if c.Kind == ClaimedByTwo && credible && !proved && found && h.State == Provisional {
			h.State = Contested
			t.saveHandle(h)
		}
		t.tellStaff(c.Player, c.Kind)
	}
}

func (t *turn) tellStaff(player PlayerID, kind ConflictKind) {
	t.say(Message{Kind: MsgHandle, To: ToStaff, Player: player, Match: t.m.ID, Code: string(kind)})
}

// unbind takes a handle from its player.
func (t *turn) unbind() error {
	h, found := t.handle(t.act.Toon)
	if !found {
		return Refusal{Code: NotFound}
	}
	t.out.Unbound = append(t.out.Unbound, h.Toon)
	t.act.Player = h.Player
	t.audit(string(h.State)+" "+h.Toon, "")
	return nil
}
