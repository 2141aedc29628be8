package replay

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Maps that decide a game by themselves, such as Direct Strike, leave signs in
// the tracker stream that outlast a recording which ends before the game has
// written a result: structures that each side must defend, and an upgrade for
// each player of the side that won.
const (
	objectivePrefix = "Objective"          // of the structures' types
	victoryMark     = "PlayerStateVictory" // the upgrade
)

// maxObjectives bounds the structures that are followed; Direct Strike has four.
const maxObjectives = 16

// objective is a structure that a side must defend.
type objective struct {
	tag    stream.UnitTag
	kind   string
	owner  int // a player number, often of a computer outside the lobby
	killer int // a player number, or none
	fell   int // loop; none: stands
}

// seen enters a structure that stands from the first moment.
func (t *trackerLog) seen(e *stream.TrackerEvent) {
	if e.Loop > 0 || len(t.objectives) == maxObjectives || !strings.HasPrefix(e.Unit.Type, objectivePrefix) {
		return
	}
	t.objectives = append(t.objectives, objective{
		tag: e.Unit.Tag, kind: e.Unit.Type, owner: e.Unit.ControlPlayer, killer: none, fell: none,
	})
}

func (t *trackerLog) died(e *stream.TrackerEvent) {
	for i := range t.objectives {
		if o := &t.objectives[i]; o.tag == e.Unit.Tag && o.fell == none {
			o.fell, o.killer = e.Loop, e.Unit.Killer
		}
	}
}

// sideFallen is the one of two teams that the map's own signs say has lost, or
// none.
func (m *meaning) sideFallen(r *Replay) int {
	team, _ := m.fall(r)
	return team
}

// fall is sideFallen and the loop in which it lost.
func (m *meaning) fall(r *Replay) (team, loop int) {
	lost, at := m.objectivesLost(r)
	marked, when := m.victoryMarked(r)
	switch {
	case marked == none:
		return lost, at
	case lost == none:
		return marked, when
	case lost != marked:
		return none, none
	}
	return lost, min(at, when)
}

// victoryMarked is the team without a victory mark where the other has one.
func (m *meaning) victoryMarked(r *Replay) (lost, loop int) {
	winner, loop := none, none
	for i, p := range r.Players {
		id := m.playerID(&m.people[i])
		if id <= 0 || id > stream.MaxPlayerID || m.tracker.victory[id] == 0 {
			continue
		}
		if winner != none && winner != p.Team {
			return none, none
		}
		winner, loop = p.Team, m.tracker.victory[id]
	}
	return opponent(r.Players, winner), loop
}

// objectivesLost is the team that has lost all it had to defend while the other
// still has some of it.
func (m *meaning) objectivesLost(r *Replay) (lost, loop int) {
	owners := [2]int{none, none}
	standing, last := [2]int{}, [2]int{}
	for _, o := range m.tracker.objectives {
		i := 0
		for i < len(owners) && owners[i] != none && owners[i] != o.owner {
			i++
		}
		if i == len(owners) {
			return none, none // more than two sides
		}
		owners[i] = o.owner
		if o.fell == none {
			standing[i]++
		}
		last[i] = max(last[i], o.fell)
	}
	for i := range owners {
		if owners[1] != none && standing[i] == 0 && standing[1-i] > 0 {
			return m.teamOfOwner(r, owners[i]), last[i]
		}
	}
	return none, none
}

// teamOfOwner is the team that an objective's owner fights for: the owner's own,
// or the one whose opponents destroyed a structure of that owner. Where no
// player struck the last blow the map's order tells: the side of lower numbers
// defends a planetary fortress, the other a nexus.
func (m *meaning) teamOfOwner(r *Replay, owner int) int {
	if team := m.teamOfNumber(r, owner); team != none {
		return team
	}
	for _, o := range m.tracker.objectives {
		killer := m.teamOfNumber(r, o.killer)
		if killer == none {
			continue
		}
		if o.owner == owner {
			return opponent(r.Players, killer)
		}
		return killer
	}
	low, high := none, none
	for _, p := range r.Players {
		if low == none || p.Team < low {
			low = p.Team
		}
		high = max(high, p.Team)
	}
	for _, o := range m.tracker.objectives {
		switch {
		case o.owner != owner:
		case o.kind == objectivePrefix+"PlanetaryFortress":
			return low
		case o.kind == objectivePrefix+"Nexus":
			return high
		}
	}
	return none
}

// teamOfNumber is the team of a player number of the tracker, or none.
func (m *meaning) teamOfNumber(r *Replay, number int) int {
	for i, p := range r.Players {
		if number > 0 && m.playerID(&m.people[i]) == number {
			return p.Team
		}
	}
	return none
}

// opponent is a team that is not the given one, or none.
func opponent(players []Player, team int) int {
	for _, p := range players {
		if team != none && p.Team != team {
			return p.Team
		}
	}
	return none
}
