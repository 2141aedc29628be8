package ladder

import (
	"slices"
	"time"
)

// Reasons why players' reports count.
const (
	OpenNoReplay    = "no_replay"   // none came within a usual game's length
	OpenUnconfirmed = "unconfirmed" // a replay waits for the other player's click
	OpenDismissed   = "dismissed"   // who said that it is not the game
)

// enoughAnswers is after how many answers without a game there is no use in asking again.
const enoughAnswers = 2

// notHere asks the other side whether they are there. It is not for who has played: with a
// report of theirs, or a replay that shows both since the accept, they were. Who always
// answers and never plays does not hold the asker for all of the match's time: once a usual
// game would be over, the match ends without anybody's fault.
func (t *turn) notHere() error {
	seat, err := t.playing()
	if err != nil {
		return err
	}
	from := t.m.begun(t.rules.NotHereFrom)
	if t.act.At.Before(from) {
		return Refusal{Code: TooEarly, Until: from}
	}
	missing := t.others(seat.Team)[0]
	if missing.Report != NoResult || slices.ContainsFunc(t.Games, t.showsPlay) {
		return Refusal{Code: NotOpen}
	}
	if t.m.Absent == missing.Player {
		return nil
	}
	t.present()
	if missing.Answered >= enoughAnswers && t.reached(t.m.begun(t.rules.UploadReminder)) {
		t.end(ending{void: true, by: FromDeadline, reason: string(ForNoResult)})
		return nil
	}
	t.m.Absent, t.m.AbsentBy = missing.Player, after(t.act.At, t.rules.NotHereAnswer)
	t.saveMatch()
	t.audit(string(t.m.State), string(t.m.State))
	t.tell(missing.Player, MsgNotHere, "")
	return nil
}

// showsPlay says whether a game shows both sides since the accept, whatever else is wrong
// with it.
func (t *turn) showsPlay(g Game) bool {
	early := func(e Evidence) bool { return e.Code == CheckTime && e.State == Fail }
	return !slices.ContainsFunc(g.Evidence, early) && (g.waits() || g.Barred || t.showsAll(g))
}

// here answers it.
func (t *turn) here() error {
	if _, err := t.playing(); err != nil {
		return err
	}
	t.present()
	return nil
}

// present notes that the act's player is there, if somebody asked.
func (t *turn) present() {
	if t.m.Absent != t.act.Player || t.m.Absent == 0 {
		return
	}
	t.m.Absent, t.m.AbsentBy = 0, time.Time{}
	seat := t.seat(t.act.Player)
	seat.Answered = min(seat.Answered+1, enoughAnswers)
	t.saveMatch()
	for _, s := range t.others(seat.Team) {
		t.tell(s.Player, MsgHere, "")
	}
}

// askRemake bars the match's games once all ask for it, and play goes on. It is for a game
// that was handed in and did not decide.
func (t *turn) askRemake() error {
	seat, err := t.playing()
	switch {
	case err != nil:
		return err
	case seat.Remake:
		return nil
	case !slices.ContainsFunc(t.Games, func(g Game) bool { return !g.Barred }):
		return Refusal{Code: NotOpen}
	}
	t.present()
	seat.Remake = true
	if slices.ContainsFunc(t.m.Seats, func(s Seat) bool { return !s.Remake }) {
		for _, s := range t.others(seat.Team) {
			t.tell(s.Player, MsgRemake, "")
		}
	} else {
		t.remake()
	}
	t.saveMatch()
	t.audit(string(t.m.State), string(t.m.State))
	return nil
}

// remake begins the play anew, within the time that the match has in all. If that is
// over, as it may be with a report or a click waited for, there is as much again.
func (t *turn) remake() {
	for _, g := range t.Games {
		if !g.Barred {
			g.Barred = true
			t.saveGame(g)
		}
	}
	for i := range t.m.Seats {
		s := &t.m.Seats[i]
		s.Remake, s.Report, s.Reported = false, NoResult, time.Time{}
	}
	t.m.ReportsOpen, t.m.Deadline = "", t.m.begun(t.rules.Playing)
	if again := after(t.act.At, t.rules.OwnWin); again.After(t.m.Deadline) {
		t.m.Deadline = again
	}
	t.tellAll(MsgRemake, "agreed")
}

// tickMatch does what is due in a match.
func (t *turn) tickMatch() error {
	if err := t.inMatch(); err != nil {
		return err
	}
	switch t.m.State {
	case MatchOffered:
		t.tickOffer()
	case MatchPlaying:
		t.tickPlay()
	case MatchDisputed:
		t.tickDispute()
	}
	return nil
}

func (t *turn) tickPlay() {
	switch {
	case t.reached(t.m.AbsentBy):
		t.end(ending{void: true, by: FromAbsence, reason: string(ForAbsence)})
	case t.reached(t.m.Deadline):
		t.timeUp()
	case t.reached(t.m.uploadReminder(t.rules)):
		t.m.UploadReminded = true
		if t.m.ReportsOpen == "" {
			t.m.ReportsOpen = OpenNoReplay
		}
		t.saveMatch()
		t.tellAll(MsgUploadReminder, "")
	}
}

// timeUp ends a match that neither a replay nor reports ended. Nobody's result is guessed:
// what somebody claimed goes to staff if a replay shows the players, else the match is
// void.
func (t *turn) timeUp() {
	claimed := slices.ContainsFunc(t.m.Seats, func(s Seat) bool { return s.Report != NoResult })
	switch {
	case claimed && slices.ContainsFunc(t.Games, func(g Game) bool { return g.waits() || t.showsAll(g) }):
		t.dispute(DisputeOneReport)
		t.penaliseSilent()
	case claimed:
		t.end(ending{void: true, by: FromDeadline, reason: DisputeOneReport})
		t.penaliseSilent()
	case slices.ContainsFunc(t.Games, Game.waits):
		t.dispute(DisputeUnconfirmed)
	default:
		t.end(ending{void: true, by: FromDeadline, reason: string(ForNoResult)})
	}
}

// showsAll says whether a game shows every player of the match.
func (t *turn) showsAll(g Game) bool {
	for _, s := range t.m.Seats {
		is := func(i Identified) bool { return i.Player == s.Player }
		if !slices.ContainsFunc(g.Identified, is) {
			return false
		}
	}
	return !g.Barred
}

// penaliseSilent takes a step from those who neither reported nor handed a replay in,
// while the other side reported.
func (t *turn) penaliseSilent() {
	for _, s := range t.m.Seats {
		said := func(o Seat) bool { return o.Team == s.Team && o.Report != NoResult }
		handed := func(g Game) bool { return g.Uploader == s.Player }
		if !slices.ContainsFunc(t.m.Seats, said) && !slices.ContainsFunc(t.Games, handed) {
			t.penalise(s.Player, ForNoResult)
		}
	}
}

// extend moves an entry's or a match's deadlines by the length of an outage.
func (t *turn) extend() error {
	by := t.act.Outage
	switch {
	case by <= 0:
		return Refusal{Code: BadValue}
	case t.act.Match != 0 && t.Match != nil:
		t.extendMatch(by)
	case t.act.Entry != 0 && t.Entry != nil:
		if e := *t.Entry; e.State == Searching {
			e.Deadline = e.Deadline.Add(by)
			t.saveEntry(e)
			t.auditEntry(e, e.State)
		}
	default:
		return Refusal{Code: NotFound}
	}
	return nil
}

func (t *turn) extendMatch(by time.Duration) {
	switch t.m.State {
	case MatchOffered:
		for i := range t.m.Seats {
			if s := &t.m.Seats[i]; s.Answer == NoAnswer {
				s.AnswerBy = s.AnswerBy.Add(by)
			}
		}
		t.answerBy()
	case MatchPlaying:
		t.m.Deadline = t.m.Deadline.Add(by)
		if !t.m.AbsentBy.IsZero() {
			t.m.AbsentBy = t.m.AbsentBy.Add(by)
		}
	default:
		return
	}
	t.m.Outage += by
	t.saveMatch()
	t.audit(string(t.m.State), string(t.m.State))
}
