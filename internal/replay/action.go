package replay

import (
	"math"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
)

// actor counts what one user did.
type actor struct {
	commands int
	minutes  []int // actions in each minute of play
	actions  int
	last     int // what the last command counted, for its repetitions
	orders   timeline.Orders
}

// maxMinutes bounds the table of actions; the longest game known lasted under
// seven hours.
const maxMinutes = 24 * 60

const currentSelection = 10 // as a control group: what is selected

// act counts an event the way the game does. The weights were found by
// comparing with the game's own figures, which they meet within 3 % for each
// of the samples' players: a command with an ability that is aimed at
// something counts double (the key, then the click), any other command,
// selection or use of a control group once; a command that is given again as
// it was comes as an event of its own and counts as the first time.
func (a *actor) act(e *stream.GameEvent, minute int) {
	weight := 1
	switch e.Kind {
	case stream.CommandGiven:
		a.commands++
		if e.Command.HasAbility && (e.Command.Target == stream.PointTarget || e.Command.Target == stream.UnitTarget) {
			weight = 2
		}
		a.last = weight
	case stream.CommandRepeated:
		weight = max(a.last, 1)
	case stream.SelectionChanged:
		if e.Selection.Group != currentSelection {
			return // the game keeping a control group up to date
		}
	}
	a.actions += weight
	if minute < 0 || minute > maxMinutes {
		return
	}
	for len(a.minutes) <= minute {
		a.minutes = append(a.minutes, 0)
	}
	a.minutes[minute] += weight
}

// actionsPerMinute is our own count of a person's actions in a real minute of
// the time until they left, nil when the game stream was not read or no user
// could act.
func (m *meaning) actionsPerMinute(p *person) *float64 {
	id := m.eventID(p)
	minutes := m.clock.Seconds(m.game.left(id, m.raw.loops())) / 60
	if !m.game.read || minutes <= 0 {
		return nil
	}
	actions := 0
	if id >= 0 && id < len(m.game.actors) {
		actions = m.game.actors[id].actions
	}
	apm := math.Round(float64(actions)/minutes*10) / 10
	return &apm
}

// eventID is how events name a person.
func (m *meaning) eventID(p *person) int {
	if m.raw.byUser {
		return p.user
	}
	return p.number
}

// actionsByMinute are a person's actions in each minute of the game; empty for
// an AI.
func (m *meaning) actionsByMinute(p *person) []float64 {
	id := m.eventID(p)
	if p.ai() || id < 0 || id >= len(m.game.actors) {
		return []float64{}
	}
	minutes := m.game.actors[id].minutes
	played := min(m.clock.Minute(m.raw.header.Loops), maxMinutes) + 1
	apm := make([]float64, max(played, len(minutes)))
	for i, actions := range minutes {
		apm[i] = float64(actions)
	}
	return apm
}
