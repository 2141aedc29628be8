package replay

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// trackerLog gathers what is wanted of the tracker stream as it goes by.
type trackerLog struct {
	read   bool // the stream was there
	begun  bool // something happened after the start
	loaded bool // the game was resumed from a save, which sets the players up again
	setups []playerSetup
	owned  [stream.MaxPlayerID + 1]int // units each player ever got, beacons aside

	sampled    [stream.MaxPlayerID + 1]samplings
	victory    [stream.MaxPlayerID + 1]int // loop of each player's victory mark; 0: none
	objectives []objective
}

// samplings are when a player's statistics were taken, in loops; 0: never.
type samplings struct{ last, before int }

// playerSetup ties a player number to a seat; since 2.1.
type playerSetup struct {
	player     int
	user, slot int // or none
}

// wantedTracker are the kinds of event that the log looks at.
const wantedTracker = stream.UnitBorn | stream.UnitInit | stream.UnitDied | stream.UpgradeDone | stream.PlayerSetup |
	stream.PlayerStats

func (t *trackerLog) observe(e *stream.TrackerEvent) {
	switch e.Kind {
	case stream.PlayerSetup:
		t.loaded = t.loaded || t.begun
		if len(t.setups) > stream.MaxPlayerID {
			return
		}
		t.setups = append(t.setups, playerSetup{player: e.Player, user: e.Setup.User, slot: e.Setup.Slot})
	case stream.UnitBorn, stream.UnitInit:
		t.begun = t.begun || e.Loop > 0
		player := e.Unit.ControlPlayer
		if player > 0 && player <= stream.MaxPlayerID && !strings.HasPrefix(e.Unit.Type, "Beacon") {
			t.owned[player]++
		}
		t.seen(e)
	case stream.UnitDied:
		t.died(e)
	case stream.PlayerStats:
		if e.Player > 0 && e.Player <= stream.MaxPlayerID {
			t.sampled[e.Player] = samplings{last: e.Loop, before: t.sampled[e.Player].last}
		}
	case stream.UpgradeDone:
		if e.Player > 0 && e.Player <= stream.MaxPlayerID && e.Upgrade == victoryMark {
			t.victory[e.Player] = e.Loop
		}
	}
}

// playerID is the number that tracker events use for a person who plays, or
// none. Before the tracker says it, the attributes' scopes do.
func (m *meaning) playerID(p *person) int {
	p = m.commander(p)
	for _, setup := range m.tracker.setups {
		if p.user != none && setup.user == p.user || p.user == none && setup.slot != none && p.slotIndex == setup.slot {
			return setup.player
		}
	}
	if len(m.tracker.setups) > 0 {
		return none
	}
	if m.archon() {
		return m.army(p) + 1
	}
	if p.entryIndex >= 0 && p.entryIndex < len(m.scopes) {
		return m.scopes[p.entryIndex]
	}
	return p.number
}
