package ladder

import (
	"fmt"
	"slices"
)

// handIn takes a replay for a match. One that verifies ends the match; one that leaves
// something open asks the player who can tell; any other opens the reports, with the
// reason.
func (t *turn) handIn() error {
	if err := t.handable(); err != nil {
		return err
	}
	h := t.act.Replay
	if old, found := lookup(func(g Game) bool { return g.Replay == h.Replay }, t.Games); found {
		return t.handedAgain(old)
	}
	j := Judge(t.m, t.Season, t.Players, h.Facts, h.Known, h.Received)
	if j.Verdict == Unrelated {
		return nil
	}
	g := Game{
		ID: GameID(t.NewID()), Match: t.m.ID, Replay: h.Replay, Identity: h.Facts.Identity,
		Uploader: t.act.Player, Received: h.Received, Judgement: j,
	}
	g.Barred = slices.ContainsFunc(t.Games, func(o Game) bool { return o.Barred && o.same(g) })
	t.saveGame(g)
	t.present()
	t.noteConflicts(g)
	t.audit(string(t.m.State), string(g.Verdict))
	t.consider(g)
	return nil
}

// handable refuses replays of who is not in the match, and while there is no play.
func (t *turn) handable() error {
	if t.act.Replay == nil {
		return fmt.Errorf("ladder: no replay to hand in")
	}
	if t.act.Player == 0 {
		if err := t.inMatch(); err != nil {
			return err
		}
	} else if _, err := t.mySeat(); err != nil {
		return err
	}
	switch {
	case t.m.State == MatchOffered || t.m.State == MatchLapsed:
		return t.over()
	case t.act.Player != 0 && t.settled():
		return Refusal{Code: TooLate, State: string(t.m.State)}
	}
	return nil
}

// settled says whether a match has ended and the time to contest its ruling has passed.
func (t *turn) settled() bool {
	if t.m.State != MatchFinal && t.m.State != MatchVoid {
		return false
	}
	return t.reached(after(t.inForce().At, t.rules.Contest))
}

// same says whether two files are of one game.
func (g Game) same(o Game) bool { return g.Identity != "" && g.Identity == o.Identity }

// waits says whether a game would decide with a click.
func (g Game) waits() bool {
	return g.Verdict == NeedsConfirmation && !g.Barred && g.Result.valid()
}

// waits says whether a click would decide the match by a game now. The game may have
// decided another match since it was handed in.
func (t *turn) waits(g Game) bool { return g.waits() && !slices.Contains(t.Elsewhere, g.Identity) }

// handedAgain takes a file that the match has already. From the player whose click its
// evidence waits for it is that click.
func (t *turn) handedAgain(g Game) error {
	t.present()
	if t.mayRule() && t.waits(g) && slices.Contains(t.confirmers(g), t.act.Player) {
		t.decide(g)
	}
	return nil
}

// mayRule says whether a replay may decide the match now: while it is played or disputed
// without a result, and for as long as it may be contested where it is void only for want
// of evidence.
func (t *turn) mayRule() bool {
	r := t.inForce()
	switch t.m.State {
	case MatchPlaying:
		return true
	case MatchDisputed:
		return r.ID == 0 || r.unproven()
	case MatchVoid:
		return r.unproven() && t.contestable()
	default:
		return false
	}
}

// unproven says whether a match was ended for want of evidence.
func (r Ruling) unproven() bool { return r.By == FromDeadline || r.By == FromAbsence }

// consider does what a game's evidence comes to.
func (t *turn) consider(g Game) {
	decisive := g.Result.valid() && (g.Verdict == Verified || g.Verdict == NeedsConfirmation)
	switch {
	case g.Barred:
		if g.Uploader != 0 {
			t.tell(g.Uploader, MsgEvidence, "barred")
		}
	case decisive && t.mayRule():
		t.decideOrAsk(g)
	case g.Verdict == Verified:
		t.compare(g)
	case t.m.State == MatchPlaying:
		t.reject(g)
	}
}

// reject opens the reports, because a game does not decide. The others are told when that
// opens them, and not of each further replay.
func (t *turn) reject(g Game) {
	why, opens := string(g.lacking()), t.m.ReportsOpen == ""
	t.openReports(g.lacking())
	if opens {
		t.tellAll(MsgEvidence, why)
	} else if g.Uploader != 0 {
		t.tell(g.Uploader, MsgEvidence, why)
	}
}

// decideOrAsk rules by a game that verifies, alone or with another file of the same game,
// or asks for the click that it lacks.
func (t *turn) decideOrAsk(g Game) {
	// Files are not signed: one that names another winner confirms nothing.
	waiting := func(o Game) bool {
		return o.same(g) && o.Result == g.Result && o.waits() && slices.Contains(t.confirmers(o), g.Uploader)
	}
	first, found := lookup(waiting, t.Games)
	switch {
	case g.Verdict == Verified:
		t.decide(g)
	case found:
		t.decide(first)
	case len(t.confirmers(g)) == 0:
		t.decide(g)
	default:
		t.ask(g)
	}
}

// confirmers are the players one of whose clicks a game lacks: those who can tell, but
// whoever handed it in, who has said so already. Of a file that staff handed in those whom
// it lets win cannot tell.
func (t *turn) confirmers(g Game) []PlayerID {
	return slices.DeleteFunc(slices.Clone(g.Confirm), func(p PlayerID) bool {
		seat := t.seat(p)
		return p == g.Uploader || g.Uploader == 0 && seat != nil && g.Result == won(seat.Team)
	})
}

// ask waits for a click, for as long as a win that is reported alone waits.
func (t *turn) ask(g Game) {
	for _, p := range t.confirmers(g) {
		t.tell(p, MsgConfirm, string(g.lacking()))
	}
	if t.m.State != MatchPlaying {
		return
	}
	claimed := slices.ContainsFunc(t.m.Seats, func(s Seat) bool { return s.Report != NoResult })
	if !claimed && !slices.ContainsFunc(t.Games, Game.waits) {
		t.m.Deadline = after(t.act.At, t.rules.OwnWin)
	}
	t.openReports(OpenUnconfirmed)
}

// openReports lets the players' reports count.
func (t *turn) openReports(why Code) {
	if t.m.ReportsOpen == "" {
		t.m.ReportsOpen = string(why)
	}
	t.saveMatch()
}

// Asks says whether a game waits for a player's click.
func (g Game) Asks(player PlayerID) bool {
	answered := slices.Contains(g.Confirmed, player) || slices.Contains(g.Dismissed, player)
	return g.waits() && !answered && g.Uploader != player && slices.Contains(g.Confirm, player)
}

// lacking is the first check that fails; else the first that is unknown.
func (g Game) lacking() Code {
	for _, state := range []CheckState{Fail, Unknown} {
		for _, e := range g.Evidence {
			if e.State == state {
				return e.Code
			}
		}
	}
	return CheckWinner
}

// compare shows a game that verifies after the ruling. Where it differs, the match is
// disputed as if its players had contested it; what staff ruled stays.
func (t *turn) compare(g Game) {
	r := t.inForce()
	switch {
	case r.Result == g.Result && !r.Void:
	case r.By != FromStaff && t.contestable():
		t.dispute(DisputeReplay)
	default:
		t.say(Message{Kind: MsgDiffers, To: ToStaff, Match: t.m.ID, Code: string(g.Result)})
	}
}

// decide rules by a game, and learns from it whose handles are whose.
func (t *turn) decide(g Game) {
	if g.Verdict == NeedsConfirmation && !slices.Contains(g.Confirmed, t.act.Player) {
		g.Confirmed = append(slices.Clone(g.Confirmed), t.act.Player)
		t.saveGame(g)
	}
	t.bind(g)
	t.end(ending{result: g.Result, by: FromReplay, game: g.ID})
}

// asked finds the game that a click is about.
func (t *turn) asked() (Game, error) {
	if _, err := t.mySeat(); err != nil {
		return Game{}, err
	}
	g, found := lookup(func(g Game) bool { return g.ID == t.act.Game }, t.Games)
	switch {
	case !found:
		return Game{}, Refusal{Code: NotFound}
	case slices.Contains(g.Confirmed, t.act.Player):
		return g, nil
	case !t.mayRule():
		return Game{}, t.over()
	case !t.waits(g):
		return Game{}, Refusal{Code: NotOpen}
	case !slices.Contains(t.confirmers(g), t.act.Player):
		return Game{}, Refusal{Code: NotYours}
	}
	return g, nil
}

// confirm is a player's click that what a game's evidence leaves open is right.
func (t *turn) confirm() error {
	g, err := t.asked()
	if err != nil || slices.Contains(g.Confirmed, t.act.Player) {
		return err
	}
	t.present()
	t.decide(g)
	return nil
}

// dismiss is a player's click that it is not. Who changes their mind may still confirm.
func (t *turn) dismiss() error {
	g, err := t.asked()
	switch {
	case err != nil:
		return err
	case slices.Contains(g.Confirmed, t.act.Player):
		return t.over()
	case slices.Contains(g.Dismissed, t.act.Player):
		return nil
	}
	t.present()
	g.Dismissed = append(slices.Clone(g.Dismissed), t.act.Player)
	t.saveGame(g)
	if t.m.State == MatchPlaying {
		t.openReports(OpenDismissed)
	}
	t.audit(string(t.m.State), string(t.m.State))
	for _, s := range t.others(t.seat(t.act.Player).Team) {
		t.tell(s.Player, MsgEvidence, OpenDismissed)
	}
	return nil
}

// reread takes what a newer parser reads in a game's file. What was ruled stays, and so
// does the evidence that it was ruled by: staff are told of what comes out differently. Both
// readings are judged by what is known today, so that nothing but the parser differs.
func (t *turn) reread() error {
	if err := t.inMatch(); err != nil {
		return err
	}
	h := t.act.Replay
	if h == nil || h.Before == nil {
		return fmt.Errorf("ladder: no two readings to compare")
	}
	g, found := lookup(func(g Game) bool { return g.Replay == h.Replay }, t.Games)
	if !found {
		return Refusal{Code: NotFound}
	}
	read := func(f Facts) Game {
		return Game{Judgement: Judge(t.m, t.Season, t.Players, f, h.Known, g.Received)}
	}
	before, now := read(*h.Before), read(h.Facts)
	if before.Verdict == now.Verdict && before.Result == now.Result {
		return nil
	}
	code := string(now.lacking())
	if now.Verdict == Verified {
		code = string(now.Result)
	}
	t.say(Message{Kind: MsgDiffers, To: ToStaff, Match: t.m.ID, Code: code})
	t.audit(string(before.Verdict), string(now.Verdict))
	return nil
}
