package ladder

import "slices"

// won is the result in which a team won.
func won(team int) Result { return [2]Result{Team0, Team1}[team] }

// valid says whether a result is one.
func (r Result) valid() bool { return r == Team0 || r == Team1 || r == Draw }

// Score is a result as points of a team: 1, ½ or 0.
func (r Result) Score(team int) float64 {
	switch r {
	case won(team):
		return 1
	case Draw:
		return 0.5
	default:
		return 0
	}
}

// sayResult takes a player's report. Their own defeat decides at once, two equal reports
// decide, one win alone waits for the other side.
func (t *turn) sayResult() error {
	seat, err := t.mySeat()
	if err != nil {
		return err
	}
	said := t.act.Result
	concedes := said == won(1-seat.Team)
	switch {
	case !said.valid():
		return Refusal{Code: BadValue}
	case seat.Report == said:
		return nil
	case t.m.State != MatchPlaying && !t.mayAgree():
		return t.over()
	case !concedes && !t.reportsCount():
		return Refusal{Code: NotOpen, Until: t.m.begun(t.rules.UploadReminder)}
	}
	first := !slices.ContainsFunc(t.m.Seats, func(s Seat) bool { return s.Report != NoResult })
	seat.Report, seat.Reported = said, t.act.At
	t.out.Reports = append(t.out.Reports, Report{Match: t.m.ID, Player: seat.Player, Result: said, At: t.act.At})
	t.present()
	t.weigh(*seat, concedes, first)
	return nil
}

// mayAgree says whether a dispute may still be settled by its players: not over what staff
// have ruled.
func (t *turn) mayAgree() bool {
	return t.m.State == MatchDisputed && t.inForce().By != FromStaff
}

// reportsCount says whether reports are expected beside a replay.
func (t *turn) reportsCount() bool {
	return t.m.ReportsOpen != "" || t.m.State == MatchDisputed ||
		t.reached(t.m.begun(t.rules.UploadReminder))
}

// weigh decides by the reports, if they do.
func (t *turn) weigh(seat Seat, concedes, first bool) {
	said := seat.Report
	others := t.others(seat.Team)
	agrees := func(s Seat) bool { return s.Report == said }
	differs := func(s Seat) bool { return s.Report != said && s.Report != NoResult }
	switch {
	case slices.ContainsFunc(others, agrees):
		t.end(ending{result: said, by: FromReports})
	case concedes:
		t.end(ending{result: said, by: FromConcession})
	case t.m.State == MatchDisputed:
		t.noteReport()
	case slices.ContainsFunc(others, differs):
		t.dispute(DisputeReports)
	default:
		if first {
			t.m.Deadline = after(t.act.At, t.rules.OwnWin)
		}
		t.noteReport()
		for _, s := range others {
			t.tell(s.Player, MsgReported, string(said))
		}
	}
}

func (t *turn) noteReport() {
	t.saveMatch()
	t.audit(string(t.m.State), string(t.m.State))
}
