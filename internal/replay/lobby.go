package replay

import (
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
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
	case len(m.raw.lobby.Lobby.Slots) == 0:
		return CategoryUnknown
	case m.raw.lobby.Game.Options.AMM:
		return CategoryLadder
	case !m.raw.lobby.Game.Options.BattleNet:
		return CategorySingleplayer
	}
	return CategoryUnknown
}

// GameType says what was played for: Category, but that matchmaking's games are
// distinguished, and games against computers from those between people.
type GameType string

// The types.
const (
	GameRanked   GameType = "ranked"
	GameUnranked GameType = "unranked"
	GameVersusAI GameType = "versus_ai" // only computers on the other side
	GameCoop     GameType = "coop"
	GameCustom   GameType = "custom" // private, public or alone
	GameUnknown  GameType = "unknown"
)

// gameType reads the lobby's switches: matchmaking sets one for ranked games
// (its name changed with build 23925) and one for games against its computers.
func (m *meaning) gameType(r *Replay) GameType {
	options := &m.raw.lobby.Game.Options
	switch {
	case m.coop():
		return GameCoop
	case options.AMM && options.Cooperative || versusAI(r.Players):
		return GameVersusAI
	case r.Category == CategoryUnknown:
		return GameUnknown
	case r.Category != CategoryLadder:
		return GameCustom
	case len(m.raw.lobby.Lobby.Slots) == 0:
		return GameUnknown
	case options.Ranked || options.Competitive:
		return GameRanked
	}
	return GameUnranked
}

// versusAI reports whether people have only computers against them.
func versusAI(players []Player) bool {
	side, computers := none, false
	for _, p := range players {
		switch {
		case p.AI:
		case side == none:
			side = p.Side
		case side != p.Side:
			return false
		}
	}
	for _, p := range players {
		computers = computers || p.AI && p.Side != side
	}
	return side != none && computers
}

// format says what kind of game the players make: "2v2", "1v2" (the smaller
// team first), "ffa" when three or more play for themselves, "coop" for
// co-op missions, "archon" where two share an army, "other".
func (m *meaning) format(players []Player) string {
	if m.coop() {
		return "coop"
	}
	if m.archon() {
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
	return m.raw.lobby.Game.IsCoopMode || slices.ContainsFunc(m.raw.lobby.Lobby.Slots, func(s stream.Slot) bool {
		return s.Control == controlHuman && s.Commander != ""
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
	} else if len(m.raw.lobby.Lobby.Slots) > 0 {
		settings.LockedAlliances = &m.raw.lobby.Game.Options.LockTeams
	}
	observers := m.raw.lobby.Game.Options.Observers
	for _, slot := range m.raw.lobby.Lobby.Slots {
		switch {
		case slot.Control != controlHuman || slot.Observe == 0:
		case slot.Observe == 2:
			observers = 3
		default:
			observers = max(observers, 1)
		}
	}
	switch {
	case len(m.raw.lobby.Lobby.Slots) == 0:
		settings.ObserversAllowed = "unknown"
	case observers == 3:
		settings.ObserversAllowed = "referees"
	case observers > 0:
		settings.ObserversAllowed = "spectators"
	}
	return settings
}
