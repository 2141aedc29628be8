package replay

import (
	"slices"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// In an archon game two people share one army. All of them are in the player
// list; the army is the leader's, and the tracker and the metadata number
// armies, not people.

// follower reports whether a slot's human shares another's army. A leader may
// be listed as leading himself.
func follower(s *stream.Slot) bool {
	return s != nil && s.Control == controlHuman && s.Observe == 0 && s.TandemLeaderID != none &&
		s.TandemLeaderID != tandem(s)
}

// tandem is the id by which others name a slot as their leader. It equals the
// user id in lobbies that do not have it.
func tandem(s *stream.Slot) int {
	if s.TandemID != none {
		return s.TandemID
	}
	return s.UserID
}

func (m *meaning) archon() bool {
	return slices.ContainsFunc(m.people, func(p person) bool { return p.entry != nil && follower(p.slot) })
}

// commander is the person whose army p plays: p himself but in archon games.
func (m *meaning) commander(p *person) *person {
	if !follower(p.slot) {
		return p
	}
	for i := range m.people {
		leader := &m.people[i]
		if leader.entry != nil && leader.slot != nil && leader != p && tandem(leader.slot) == p.slot.TandemLeaderID {
			return leader
		}
	}
	return p
}

// army counts p's army among all, from 0.
func (m *meaning) army(p *person) int {
	leader := m.commander(p)
	n := 0
	for i := range m.people {
		other := &m.people[i]
		if other == leader || other.entry == nil {
			break
		}
		if !follower(other.slot) {
			n++
		}
	}
	return n
}
