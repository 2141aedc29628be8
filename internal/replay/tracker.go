package replay

import "strings"

// trackerLog gathers what is wanted of the tracker stream as it goes by.
type trackerLog struct {
	read   bool // the stream was there
	events int
	setups []playerSetup
	owned  [maxPlayerID + 1]int // units each player ever got, beacons aside
}

// maxPlayerID bounds the player numbers of the tracker: 0 is neutral, 16 seats.
const maxPlayerID = 16

// playerSetup ties a player number to a seat; since 2.1.
type playerSetup struct {
	player     int
	user, slot int // or none
}

func (t *trackerLog) unit(player int, id string) {
	if player > 0 && player <= maxPlayerID && !strings.HasPrefix(id, "Beacon") {
		t.owned[player]++
	}
}

// playerID is the number that tracker events use for a person who plays, or
// none. Before the tracker told, numbers are those of the attributes' scopes.
func (m *meaning) playerID(p *person) int {
	for _, setup := range m.tracker.setups {
		if p.user != none && setup.user == p.user || p.user == none && p.slotIndex == setup.slot {
			return setup.player
		}
	}
	if len(m.tracker.setups) > 0 {
		return none
	}
	return p.number
}
