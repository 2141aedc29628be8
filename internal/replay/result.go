package replay

// decide settles who won. The game's own word comes first, then the player
// list's, then the leaves; where all are silent the result is unknown, never a
// guess.
func (m *meaning) decide(r *Replay) {
	for _, source := range []struct {
		name   WinnerSource
		result func(index int) Result
	}{
		{WinnerFromMetadata, m.metadataResult},
		{WinnerFromDetails, m.detailsResult},
		{WinnerFromLeaves, m.leavesResult(r)},
	} {
		if m.settle(r, source.result) {
			if r.WinnerTeam != nil || allied(r.Players) {
				r.WinnerSource = source.name
			}
			return
		}
	}
}

// settle takes the results of one source, if it has any.
func (m *meaning) settle(r *Replay, result func(index int) Result) bool {
	decided := false
	for i := range r.Players {
		r.Players[i].Result = result(i)
		decided = decided || r.Players[i].Result != Undecided
	}
	if decided {
		if !m.coop() {
			separate(r.Players)
			completeResults(r.Players)
		}
		r.WinnerTeam = winnerTeam(r.Players)
	}
	return decided
}

// completeResults extends what is known of a player to the team, and in a game
// of two teams from one to the other. Lobby teams that hold a winner and a
// loser say nothing.
func completeResults(players []Player) {
	known := map[int]Result{}
	for _, p := range players {
		switch known[p.Team] {
		case "", Undecided, p.Result:
			known[p.Team] = p.Result
		default:
			if p.Result != Undecided {
				return
			}
		}
	}
	for i := range players {
		result := known[players[i].Team]
		if result == Undecided && len(known) == 2 {
			for team, other := range known {
				if team != players[i].Team {
					result = opposite(other)
				}
			}
		}
		players[i].Result = result
	}
}

func opposite(result Result) Result {
	switch result {
	case Win:
		return Loss
	case Loss:
		return Win
	case Tie:
		return Tie
	}
	return Undecided
}

// winnerTeam is the only team with winners.
func winnerTeam(players []Player) *int {
	var winner *int
	for _, p := range players {
		if p.Result != Win {
			continue
		}
		if winner != nil && *winner != p.Team {
			return nil
		}
		team := p.Team
		winner = &team
	}
	return winner
}

// allied reports whether players of several teams won together, as in co-op.
func allied(players []Player) bool {
	for _, p := range players {
		if p.Result == Win {
			return true
		}
	}
	return false
}

func (m *meaning) metadataResult(index int) Result {
	written := m.written[index]
	if written == nil {
		return Undecided
	}
	switch written.Result {
	case "Win":
		return Win
	case "Loss":
		return Loss
	case "Tie":
		return Tie
	}
	return Undecided
}

func (m *meaning) detailsResult(index int) Result {
	switch m.people[index].entry.Result {
	case 1:
		return Win
	case 2:
		return Loss
	case 3:
		return Tie
	}
	return Undecided
}

// leavesResult reads a result from who left: of two teams, the one whose
// members have all left first has lost. The recorder's own leave ends the
// recording and says nothing, so a leave at the very end does not count. An AI
// never leaves.
func (m *meaning) leavesResult(r *Replay) func(index int) Result {
	staying := map[int]int{}
	for _, p := range r.Players {
		staying[p.Team]++
	}
	lost := none
	if len(staying) == 2 {
		lost = m.firstTeamGone(r, staying)
	}
	return func(index int) Result {
		switch {
		case lost == none:
			return Undecided
		case r.Players[index].Team == lost:
			return Loss
		}
		return Win
	}
}

func (m *meaning) firstTeamGone(r *Replay, staying map[int]int) int {
	gone := make([]bool, len(m.people))
	for _, leave := range m.game.leaves {
		i := m.people.index(leave.user, m.raw.byUser)
		if i == none || i >= len(r.Players) || gone[i] || leave.loop >= r.Loops {
			continue
		}
		gone[i] = true
		team := r.Players[i].Team
		if staying[team]--; staying[team] == 0 {
			return team
		}
	}
	return none
}
