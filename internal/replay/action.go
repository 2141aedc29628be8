package replay

import "math"

// actionsPerMinute is our own count of a person's actions in a real minute,
// nil when the game stream was not read or the game was over before it began.
func (m *meaning) actionsPerMinute(p *person) *float64 {
	minutes := m.clock.seconds(m.raw.header.loops) / 60
	if !m.game.read || minutes <= 0 {
		return nil
	}
	total := 0
	if id := m.eventID(p); id >= 0 && id < len(m.game.actors) {
		total = m.game.actors[id].total
	}
	apm := math.Round(float64(total)/minutes*10) / 10
	return &apm
}

// eventID is how events name a person.
func (m *meaning) eventID(p *person) int {
	if m.raw.header.baseBuild >= userIDBuild {
		return p.user
	}
	return p.number
}
