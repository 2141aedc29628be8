package replay

// dismissWatchers turns players into observers who were only seated as
// players. GameHeart, which tournaments used before the game had good observer
// seats, gives everybody a player's seat; those who watch get no units and
// give no command.
func (m *meaning) dismissWatchers() {
	switch {
	case m.tracker.read && m.game.read:
		m.dismiss(m.idle)
	case m.onlyOnePairDecided():
		m.dismiss(func(p *person) bool { return !p.ai() && p.entry.Result == 0 })
	}
}

// idle reports whether a human player never had a unit and never gave a
// command. Beacons, the markers of team chat, are dealt out to every seat.
func (m *meaning) idle(p *person) bool {
	if p.ai() || p.user == none {
		return false
	}
	id := m.playerID(p)
	if id < 0 || id >= len(m.tracker.owned) || m.tracker.owned[id] > 0 {
		return false
	}
	return p.user >= len(m.game.actors) || m.game.actors[p.user].commands == 0
}

// onlyOnePairDecided tells GameHeart by the player list alone, for want of the
// events: a private game of one team, where one won, one lost and no other
// has a result. Public games of one team are other people's maps.
func (m *meaning) onlyOnePairDecided() bool {
	if m.category() != CategoryPrivate {
		return false
	}
	results := [4]int{}
	for i := range m.people {
		p := &m.people[i]
		if p.entry == nil {
			break
		}
		if m.team(p) != m.team(&m.people[0]) || p.entry.Result < 0 || p.entry.Result > 3 {
			return false
		}
		results[p.entry.Result]++
	}
	return results == [4]int{results[0], 1, 1, 0} && results[0] > 0
}

// dismiss moves those who match to the observers, unless fewer than two
// players would be left.
func (m *meaning) dismiss(watches func(p *person) bool) {
	var leaving []*person
	playing := 0
	for i := range m.people {
		p := &m.people[i]
		switch {
		case p.entry == nil:
		case watches(p):
			leaving = append(leaving, p)
		default:
			playing++
		}
	}
	if playing < 2 || len(leaving) == 0 {
		return
	}
	for _, p := range leaving {
		p.entry, p.entryIndex = nil, none
	}
	m.people.sort()
}

// separate gives two players of one team, one of which beat the other,
// a team each: such a lobby's teams mean nothing. With more players it is
// unknown who fought against which.
func separate(players []Player) {
	a, b := &players[0], &players[1]
	if a.Team == b.Team && a.Result != b.Result && a.Result != Undecided && b.Result != Undecided {
		a.Team, b.Team = 1, 2
	}
}
