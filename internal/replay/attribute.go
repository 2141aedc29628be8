package replay

import (
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Attributes this package reads, by their numbers in
// replay.attributes.events. Values are four letters, the same in every
// language.
const (
	attributeController = 500  // Humn, Comp, Open, Clsd
	attributeTeams      = 2001 // 1v1, 2v2, 3v3, 4v4, FFA, …
	attributeRace       = 3001 // Terr, Zerg, Prot, RAND
	attributeRole       = 3007 // Part, Watc
	attributeCategory   = 3009 // Amm, Priv, Pub, or empty in single player
	attributeLocked     = 3010 // yes, no
	attributePrivacy    = 4000 // Norm, NoBO, NoMH
)

// attribute is the value of id in scope, and whether there is one.
func attribute(all []stream.Attribute, scope int, id uint32) (string, bool) {
	for _, a := range all {
		if a.Scope == scope && a.ID == id {
			return a.Value, true
		}
	}
	return "", false
}

// participantScopes are the scopes of those who play, in their order, which is
// the order of the player list. They are not always 1, 2, 3: co-op missions
// leave numbers out, and empty slots have scopes too.
func participantScopes(all []stream.Attribute) []int {
	var taken, watching [gameScope]bool
	for _, a := range all {
		switch {
		case a.Scope >= gameScope:
		case a.ID == attributeController:
			taken[a.Scope] = a.Value == "Humn" || a.Value == "Comp"
		case a.ID == attributeRole:
			watching[a.Scope] = a.Value == "Watc"
		}
	}
	var scopes []int
	for scope := range taken {
		if taken[scope] && !watching[scope] {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// teamAttributes are where each value of attributeTeams keeps a player's team:
// T1, T2, …
var teamAttributes = map[string]uint32{
	"1v1": 2002, "2v2": 2003, "3v3": 2004, "4v4": 2005, "FFA": 2006, "5v5": 2007, "6v6": 2008,
}

// attributedTeam is the team of a scope, or 0.
func attributedTeam(all []stream.Attribute, scope int) int {
	mode, _ := attribute(all, gameScope, attributeTeams)
	value, _ := attribute(all, scope, teamAttributes[mode])
	team, err := strconv.Atoi(strings.TrimPrefix(value, "T"))
	if err != nil {
		return 0
	}
	return team
}
