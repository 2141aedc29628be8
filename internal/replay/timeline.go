package replay

import "github.com/evoladder/evoladderbot/internal/replay/timeline"

// timeline tells the game of each player.
func (m *meaning) timeline(players []Player) *timeline.Timeline {
	t := &timeline.Timeline{Players: make([]timeline.Player, 0, len(players))}
	for i := range players {
		p := &m.people[i]
		number := m.playerID(p)
		player := m.chronicle.Player(number, m.orders(number)...)
		player.Slot, player.APM = players[i].Slot, m.actionsByMinute(p)
		t.Players = append(t.Players, player)
	}
	return t
}

// orders are those of everybody who commands a player's units.
func (m *meaning) orders(player int) (all []*timeline.Orders) {
	for i := range m.people {
		p := &m.people[i]
		id := m.eventID(p)
		if p.ai() || p.entry == nil && !follower(p.slot) || id < 0 || id >= len(m.game.actors) || m.playerID(p) != player {
			continue
		}
		all = append(all, &m.game.actors[id].orders)
	}
	return all
}
