package replay

import (
	"slices"
	"strconv"
	"strings"
)

// category says how the game came to be; the attribute is the lobby's own
// word.
func (m *meaning) category() Category {
	code, ok := attribute(m.raw.attributes, gameScope, attributeCategory)
	switch {
	case ok && code == "Amm":
		return CategoryLadder
	case ok && code == "Priv":
		return CategoryPrivate
	case ok && code == "Pub":
		return CategoryPublic
	case ok && code == "":
		return CategorySingleplayer
	case len(m.raw.lobby.slots) == 0:
		return CategoryUnknown
	case m.raw.lobby.options.amm:
		return CategoryLadder
	case !m.raw.lobby.options.battleNet:
		return CategorySingleplayer
	}
	return CategoryUnknown
}

// format says what kind of game the players make: "2v2", "1v2" (the smaller
// team first), "ffa" when three or more play for themselves, "coop" for
// co-op missions, "archon" where two control one side, "other".
func (m *meaning) format(players []Player) string {
	if m.coop() {
		return "coop"
	}
	if m.hasTandem() {
		return "archon"
	}
	var teams, sizes []int
	for _, p := range players {
		i := slices.Index(teams, p.Team)
		if i < 0 {
			i, teams, sizes = len(teams), append(teams, p.Team), append(sizes, 0)
		}
		sizes[i]++
	}
	if len(teams) < 2 {
		return "other"
	}
	if len(teams) > 2 && len(teams) == len(players) {
		return "ffa"
	}
	slices.Sort(sizes)
	text := make([]string, len(sizes))
	for i, size := range sizes {
		text[i] = strconv.Itoa(size)
	}
	return strings.Join(text, "v")
}

// coop reports a co-op mission: two commanders against computers whose lobby
// teams mean nothing.
func (m *meaning) coop() bool {
	return m.raw.lobby.coop || slices.ContainsFunc(m.raw.lobby.slots, func(s rawSlot) bool {
		return s.control == controlHuman && s.commander != ""
	})
}

// hasTandem reports whether somebody shares another user's units. A leader may
// be listed as leading himself.
func (m *meaning) hasTandem() bool {
	return slices.ContainsFunc(m.raw.lobby.slots, func(s rawSlot) bool {
		return s.control == controlHuman && s.observe == 0 && s.tandemLeader != none && s.tandemLeader != s.user
	})
}

// settings are the lobby's. The observers option is written as 0 even where
// observers were let in, so seats that are taken count as well.
func (m *meaning) settings() Settings {
	settings := Settings{ObserversAllowed: "none"}
	switch code, _ := attribute(m.raw.attributes, gameScope, attributePrivacy); code {
	case "Norm":
		settings.Privacy = "normal"
	case "NoBO":
		settings.Privacy = "no build order"
	case "NoMH":
		settings.Privacy = "no match history"
	default:
		settings.Privacy = "unknown"
	}
	if code, ok := attribute(m.raw.attributes, gameScope, attributeLocked); ok {
		locked := code == "yes"
		settings.LockedAlliances = &locked
	} else if len(m.raw.lobby.slots) > 0 {
		settings.LockedAlliances = &m.raw.lobby.options.lockTeams
	}
	observers := m.raw.lobby.options.observers
	for _, slot := range m.raw.lobby.slots {
		switch {
		case slot.control != controlHuman || slot.observe == 0:
		case slot.observe == 2:
			observers = 3
		default:
			observers = max(observers, 1)
		}
	}
	switch {
	case len(m.raw.lobby.slots) == 0:
		settings.ObserversAllowed = "unknown"
	case observers == 3:
		settings.ObserversAllowed = "referees"
	case observers > 0:
		settings.ObserversAllowed = "spectators"
	}
	return settings
}
