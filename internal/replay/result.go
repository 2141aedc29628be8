package replay

// decide settles who won. What the game wrote down comes first, then what the
// map's own signs say, then the leaves; where all are silent the result is
// unknown, never a draw. A player's written loss is not the team's: who leaves
// early has lost, and the others may still win.
func (m *meaning) decide(r *Replay) {
	source := m.readWritten(r)
	if m.coop() {
		decideMission(r, source)
		return
	}
	if len(r.Players) == 2 {
		separate(r.Players)
	}
	teams := countTeams(r.Players)
	if winner, by := m.winner(r, teams, source); winner != none {
		r.WinnerTeam, r.WinnerSource = &winner, by
		award(r.Players, teams, winner, by)
	} else {
		shareTie(r.Players, teams)
	}
	for i := range r.Players {
		r.Players[i].Side = r.Players[i].Team
	}
	r.WinnerSide = r.WinnerTeam
}

// readWritten gives each player the result that the game wrote down, in its own
// summary or else in the player list, and returns which of the two it was.
func (m *meaning) readWritten(r *Replay) WinnerSource {
	for _, source := range []struct {
		name   WinnerSource
		result func(index int) Result
	}{{WinnerFromMetadata, m.metadataResult}, {WinnerFromDetails, m.detailsResult}} {
		written := false
		for i := range r.Players {
			p := &r.Players[i]
			p.Result, p.ResultSource = source.result(i), ResultFromNone
			if p.Result != Undecided {
				p.ResultSource, written = ResultSource(source.name), true
			}
		}
		if written {
			return source.name
		}
	}
	return WinnerFromNone
}

// teamCount is what the members of a lobby team have in the way of results.
type teamCount struct {
	team                       int
	players, wins, losses, tie int
}

// countTeams counts each team, in the order in which they first appear.
func countTeams(players []Player) (teams []teamCount) {
	for _, p := range players {
		i := 0
		for i < len(teams) && teams[i].team != p.Team {
			i++
		}
		if i == len(teams) {
			teams = append(teams, teamCount{team: p.Team})
		}
		t := &teams[i]
		t.players++
		switch p.Result {
		case Win:
			t.wins++
		case Loss:
			t.losses++
		case Tie:
			t.tie++
		}
	}
	return teams
}

// winner is the team that won and who says so, or none.
func (m *meaning) winner(r *Replay, teams []teamCount, source WinnerSource) (team int, by WinnerSource) {
	won, winners, losers, ties := none, 0, 0, 0
	for _, t := range teams {
		ties += t.tie
		if t.losses > 0 {
			losers++
		}
		// In a lobby of one team, with some winners, there is no team to win.
		if t.wins > 0 && (len(teams) > 1 || t.wins == t.players) {
			won = t.team
		}
		if t.wins > 0 {
			winners++
		}
	}
	switch {
	case winners == 1:
		return won, source
	case winners > 1 || ties > 0 || len(teams) != 2:
		return none, WinnerFromNone
	}
	if lost := m.sideFallen(r); lost != none {
		return otherTeam(teams, lost), WinnerFromObjective
	}
	if lost := allLost(teams); lost != none {
		return otherTeam(teams, lost), source
	}
	if lost := m.firstTeamGone(r); lost != none {
		return otherTeam(teams, lost), WinnerFromLeaves
	}
	if losers == 1 {
		return m.guess(r, teams)
	}
	return none, WinnerFromNone
}

// allLost is the only one of two teams whose members have all lost, or none.
func allLost(teams []teamCount) int {
	lost := none
	for _, t := range teams {
		if t.losses == t.players {
			if lost != none {
				return none
			}
			lost = t.team
		}
	}
	return lost
}

// guess takes a team with some losers for beaten, if everybody of the
// other stayed: it gave up one by one, and the recording ended before the last
// did. That is likely and no more, which its source says.
func (m *meaning) guess(r *Replay, teams []teamCount) (team int, by WinnerSource) {
	lost := teams[0].team
	if teams[1].losses > 0 {
		lost = teams[1].team
	}
	if !m.game.read {
		return none, WinnerFromNone
	}
	for _, leave := range m.game.leaves {
		if i := m.player(r, leave.user); i != none && r.Players[i].Team != lost && leave.loop < r.Loops {
			return none, WinnerFromNone
		}
	}
	return otherTeam(teams, lost), WinnerFromGuess
}

func otherTeam(teams []teamCount, team int) int {
	if teams[0].team == team {
		return teams[1].team
	}
	return teams[0].team
}

// award gives the winners' result to all of their team, and to the others that
// of the beaten: to all of the other team where there is but one, else to those
// some of whose team have lost.
func award(players []Player, teams []teamCount, winner int, by WinnerSource) {
	for i := range players {
		p := &players[i]
		result := p.Result
		switch {
		case p.Team == winner:
			result = Win
		case len(teams) == 2 || teamHas(teams, p.Team).losses > 0:
			result = Loss
		}
		p.settle(result, by)
	}
}

// shareTie extends a tie to the team, and from one of two teams to the other.
func shareTie(players []Player, teams []teamCount) {
	ties := 0
	for _, t := range teams {
		ties += t.tie
	}
	if ties == 0 {
		return
	}
	for i := range players {
		t := teamHas(teams, players[i].Team)
		if t.wins+t.losses == 0 && (t.tie > 0 || len(teams) == 2) {
			players[i].settle(Tie, WinnerFromNone)
		}
	}
}

func teamHas(teams []teamCount, team int) teamCount {
	for _, t := range teams {
		if t.team == team {
			return t
		}
	}
	return teamCount{}
}

// settle replaces a player's result by what follows from somebody else's, or
// from what named the winner.
func (p *Player) settle(result Result, by WinnerSource) {
	if p.Result == result {
		return
	}
	p.Result, p.ResultSource = result, ResultFromTeam
	switch by {
	case WinnerFromObjective, WinnerFromLeaves, WinnerFromGuess:
		p.ResultSource = ResultSource(by)
	}
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

// player is the place in r.Players of the player that an event names, or none.
func (m *meaning) player(r *Replay, user int) int {
	i := m.people.index(user, m.raw.byUser)
	if i >= len(r.Players) {
		return none
	}
	return i
}

// firstTeamGone is the one of two teams whose members have all left first, or
// none. The recorder's own leave ends the recording and says nothing, so a
// leave at the very end does not count. An AI never leaves.
func (m *meaning) firstTeamGone(r *Replay) int {
	staying := map[int]int{}
	for _, p := range r.Players {
		staying[p.Team]++
	}
	gone := make([]bool, len(r.Players))
	for _, leave := range m.game.leaves {
		i := m.player(r, leave.user)
		if i == none || gone[i] || leave.loop >= r.Loops {
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
