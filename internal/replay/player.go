package replay

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
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
			Team: m.team(p), Handicap: m.handicap(p),
			RaceName: stream.CleanText(p.entry.Race), Result: Undecided,
			Color: fmt.Sprintf("#%02X%02X%02X", p.entry.Color.R, p.entry.Color.G, p.entry.Color.B),
		}
		scope := 0
		if p.entryIndex < len(m.scopes) {
			scope = m.scopes[p.entryIndex]
		}
		written := m.metadataOf(p, scope)
		m.written = append(m.written, written)
		player.Race = m.race(p, scope, written)
		player.PickedRace = m.pickedRace(p, scope, written)
		player.APM, player.MMR = m.numbers(p, written)
		if p.slot != nil && !player.AI {
			player.Commander = stream.CleanText(p.slot.Commander)
		}
		players = append(players, player)
	}
	return players
}

// team counts from 1. The lobby knows best: in the player list of old builds
// the team is another player's, or no player's.
func (m *meaning) team(p *person) int {
	if p.slot != nil {
		return p.slot.TeamID + 1
	}
	if m.raw.baseBuild() < reliableBuild && p.entryIndex < len(m.scopes) {
		if team := attributedTeam(m.raw.attributes, m.scopes[p.entryIndex]); team > 0 {
			return team
		}
	}
	return p.entry.TeamID + 1
}

func (m *meaning) handicap(p *person) int {
	if p.slot != nil {
		return p.slot.Handicap
	}
	if m.raw.baseBuild() >= reliableBuild {
		return p.entry.Handicap
	}
	return 100
}

// metadataOf is what the game itself wrote down about a player, nil when
// nothing. It lists players in the order of the player list; PlayerID leaves
// out the same numbers as the attributes' scopes do.
func (m *meaning) metadataOf(p *person, scope int) *metadataPlayer {
	if m.raw.metadata == nil {
		return nil
	}
	players, index := m.raw.metadata.Players, p.entryIndex
	if m.archon() {
		index, scope = m.army(p), m.army(p)+1
	}
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

// race is what was played, never Random. After the metadata comes the name in
// the recorder's language; the attributes come last because they know only
// what was picked, and nothing of Brood War races. A race of a map's own is
// none of ours, whatever the lobby had in its place; but the commanders of
// co-op have races of their own that are named after ours ("Terran Tychus").
func (m *meaning) race(p *person, scope int, written *metadataPlayer) Race {
	if written != nil {
		if race := raceOfCode(written.AssignedRace); race != NoRace && race != Random {
			return race
		}
	}
	if race := raceOfWholeName(p.entry.Race); race != NoRace {
		return race
	}
	if m.coop() {
		if race := raceOfName(p.entry.Race); race != NoRace {
			return race
		}
	}
	if m.ownRace(p, written) {
		return NoRace
	}
	if picked := m.pickedRace(p, scope, nil); picked != Random {
		return picked
	}
	return NoRace
}

// ownRace reports whether somebody played a race that the map brought along:
// the game wrote down another code, or, before it wrote any, a map not by
// Blizzard shows a name that no language has for ours.
func (m *meaning) ownRace(p *person, written *metadataPlayer) bool {
	if written != nil {
		return written.AssignedRace != ""
	}
	return len(m.raw.lobby.Lobby.Slots) > 0 && !m.raw.lobby.Game.IsBlizzardMap && strings.ContainsFunc(p.entry.Race, unicode.IsLetter)
}

func (m *meaning) pickedRace(p *person, scope int, written *metadataPlayer) Race {
	if written != nil && written.SelectedRace != "" {
		return raceOfCode(written.SelectedRace)
	}
	if scope != 0 {
		if code, ok := attribute(m.raw.attributes, scope, attributeRace); ok {
			if race := raceOfCode(code); race != NoRace {
				return race
			}
		}
	}
	if p.slot != nil {
		return raceOfPreference(p.slot.RacePref)
	}
	return NoRace
}

// numbers are the APM and MMR that the game wrote down. It gives 0 APM to an
// AI and large negative ratings to those who have none. In an archon game it
// counts what both do to one army; then our own count is of each.
func (m *meaning) numbers(p *person, written *metadataPlayer) (apm *float64, mmr *int) {
	if p.ai() {
		return nil, nil
	}
	apm = m.actionsPerMinute(p)
	if written != nil {
		if written.APM != nil && !m.archon() {
			apm = written.APM
		}
		if written.MMR != nil {
			mmr = rating(*written.MMR)
		}
		return apm, mmr
	}
	if user := m.raw.user(p.user); user != nil && user.HasRating && m.raw.lobby.Game.Options.AMM && !m.coop() {
		mmr = rating(float64(user.ScaledRating))
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
