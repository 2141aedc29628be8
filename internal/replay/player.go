package replay

import (
	"fmt"
	"math"
)

// players are those of the roster who play, in the order of the player list.
func (m *meaning) players() []Player {
	players := []Player{}
	for i := range m.people {
		p := &m.people[i]
		if p.entry == nil {
			break
		}
		player := Player{
			Slot: p.entryIndex, Name: p.name, Clan: p.clan, Toon: p.toon, AI: p.ai(),
			Team: m.team(p), Handicap: p.handicap(),
			RaceName: cleanText(p.entry.race), Result: Undecided,
			Color: fmt.Sprintf("#%02X%02X%02X", p.entry.red, p.entry.green, p.entry.blue),
		}
		var scope uint8
		if p.entryIndex < len(m.scopes) {
			scope = m.scopes[p.entryIndex]
		}
		written := m.metadataOf(p.entryIndex, int(scope))
		m.written = append(m.written, written)
		player.Race = m.race(p, scope, written)
		player.PickedRace = m.pickedRace(p, scope, written)
		player.APM, player.MMR = m.numbers(p, written)
		players = append(players, player)
	}
	return players
}

// team counts from 1. The lobby knows best: in the player list of old builds
// the team is another player's, or nobody's.
func (m *meaning) team(p *person) int {
	if p.slot != nil {
		return p.slot.team + 1
	}
	if !p.entry.hasReliableControl && p.entryIndex < len(m.scopes) {
		if team := attributedTeam(m.raw.attributes, m.scopes[p.entryIndex]); team > 0 {
			return team
		}
	}
	return p.entry.team + 1
}

func (p *person) handicap() int {
	if p.slot != nil {
		return p.slot.handicap
	}
	if p.entry.hasReliableControl {
		return p.entry.handicap
	}
	return 100
}

// metadataOf is what the game itself wrote down about an entry of the player
// list, nil when nothing. It lists players in that order; PlayerID leaves out
// the same numbers as the attributes' scopes do.
func (m *meaning) metadataOf(index, scope int) *rawMetadataPlayer {
	if m.raw.metadata == nil {
		return nil
	}
	players := m.raw.metadata.Players
	if scope != 0 {
		for i := range players {
			if players[i].PlayerID == scope {
				return &players[i]
			}
		}
	}
	if index < len(players) {
		return &players[index]
	}
	return nil
}

// race is what was played, never Random. Attributes come after the metadata
// because they know only what was picked, and nothing of Brood War races; the
// localised name comes last of those that can know.
func (m *meaning) race(p *person, scope uint8, written *rawMetadataPlayer) Race {
	if written != nil {
		if race := raceOfCode(written.AssignedRace); race != NoRace && race != Random {
			return race
		}
	}
	named := raceOfName(p.entry.race)
	if named != NoRace {
		return named
	}
	if picked := m.pickedRace(p, scope, nil); picked != Random {
		return picked
	}
	return NoRace
}

func (m *meaning) pickedRace(p *person, scope uint8, written *rawMetadataPlayer) Race {
	if written != nil {
		if race := raceOfCode(written.SelectedRace); race != NoRace {
			return race
		}
	}
	if scope != 0 {
		if code, ok := attribute(m.raw.attributes, scope, attributeRace); ok {
			if race := raceOfCode(code); race != NoRace {
				return race
			}
		}
	}
	if p.slot != nil {
		return raceOfPreference(p.slot.race)
	}
	return NoRace
}

// numbers are the APM and MMR that the game wrote down. It gives 0 APM to an
// AI and large negative ratings to those who have none.
func (m *meaning) numbers(p *person, written *rawMetadataPlayer) (apm *float64, mmr *int) {
	if p.ai() {
		return nil, nil
	}
	apm = m.actionsPerMinute(p)
	if written != nil {
		if written.APM != nil {
			apm = written.APM
		}
		if written.MMR != nil {
			mmr = rating(*written.MMR)
		}
		return apm, mmr
	}
	if p.user >= 0 && p.user < len(m.raw.lobby.users) && m.raw.lobby.options.amm && !m.raw.lobby.coop {
		mmr = rating(float64(m.raw.lobby.users[p.user].rating))
	}
	return apm, mmr
}

func rating(number float64) *int {
	if !(number > 0 && number < math.MaxInt32) {
		return nil
	}
	mmr := int(number)
	return &mmr
}

// observers are those of the roster who watch.
func (m *meaning) observers() []Observer {
	observers := []Observer{}
	for i := range m.people {
		if p := &m.people[i]; p.entry == nil {
			observers = append(observers, Observer{Name: p.name, Clan: p.clan, Toon: p.toon})
		}
	}
	return observers
}
