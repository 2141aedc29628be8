package ladder

import (
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder/matching"
)

// sides are the sides in the order of matching's.
var sides = [2]Side{matching.BW: BW, matching.SC2: SC2}

// recentMaps is how many of a player's last matches make their maps rarer.
const recentMaps = 3

// MatchingRule is the rule by which the season's entries are paired.
func (s Season) MatchingRule() matching.Rule {
	rule := s.Rules.Matching
	rule.Pairing, rule.TeamSize = matching.Pairing(s.Rules.Pairing), s.Rules.TeamSize
	rule.LapsedFor = time.Duration(s.Rules.Reoffer).Seconds()
	rule.Regions = RegionSteps()
	return rule.Clamped()
}

// Candidate is the entry as matching sees it. A party has the mean rating of its members,
// and plays a side that each of them has a race of.
func (w Waiting) Candidate(rules Rules) matching.Entry {
	c := matching.Entry{ID: matching.EntryID(w.Entry.ID), Region: w.region().Index(), Since: w.Entry.Since}
	for _, m := range w.Entry.Members {
		c.Players = append(c.Players, matching.PlayerID(m.Player))
	}
	for i, side := range sides {
		c.Standings[i] = w.standing(side, rules)
	}
	for _, p := range w.Past {
		met := matching.Meeting{Opponent: matching.PlayerID(p.Opponent), At: p.At}
		switch p.State {
		case MatchLapsed:
			c.Lapsed = append(c.Lapsed, met)
		case MatchVoid: // was not played, or does not count
		default:
			c.Recent = append(c.Recent, met)
		}
	}
	return c
}

// region is where the entry plays from: a party's is its first member's.
func (w Waiting) region() Region {
	if len(w.Players) == 0 {
		return ""
	}
	return w.Players[0].Region
}

func (w Waiting) standing(side Side, rules Rules) matching.Standing {
	all := matching.Standing{Plays: len(w.Entry.Members) > 0}
	n := float64(len(w.Entry.Members))
	for _, m := range w.Entry.Members {
		race := m.race(side)
		if race == "" {
			return matching.Standing{}
		}
		all.Rating += w.rating(m.Player, race, Elo, rules).Value / n
		all.Deviation += w.rating(m.Player, race, Glicko2, rules).Deviation / n
	}
	return all
}

// rating is what a player and a race have, or start with.
func (w Waiting) rating(player PlayerID, race Race, system System, rules Rules) Rating {
	key := RatingKey{Player: player, Race: race, System: system}
	for _, r := range w.Ratings {
		if r.RatingKey == key {
			return r
		}
	}
	return NewRating(key, rules)
}

// race is the member's race of a side; empty where there is none.
func (m Member) race(side Side) Race {
	i := slices.IndexFunc(m.Races, func(r Race) bool { return r.Side() == side })
	if i < 0 {
		return ""
	}
	return m.Races[i]
}

// PairOf is what a pair of matching is to PairUp: who sits where with which race, the map
// and the server. r is from [0, 1) and picks the map.
func (s Season) PairOf(pair matching.Pair, waiting map[EntryID]Waiting, r float64) Pair {
	var out Pair
	var vetoes [][]string
	var recent []string
	var regions []Region
	for team, id := range pair.Entries {
		w := waiting[EntryID(id)]
		out.Entries = append(out.Entries, w.Entry.ID)
		for _, m := range w.Entry.Members {
			out.Seats = append(out.Seats, Seat{Player: m.Player, Entry: w.Entry.ID, Team: team, Race: m.race(sides[pair.Sides[team]])})
		}
		for _, p := range w.Players {
			vetoes = append(vetoes, s.vetoes(p))
		}
		recent = append(recent, w.lastMaps()...)
		regions = append(regions, w.region())
	}
	picked := PickMap(s.Maps, vetoes, recent, r)
	out.Map, out.MapHash, out.Server = picked.Title, picked.Hash, ServerOf(regions[0], regions[1])
	return out
}

// vetoes are those of a player that count: maps that are drawn, no more than the season
// allows.
func (s Season) vetoes(p Player) []string {
	isDrawn := func(title string) bool {
		m, found := s.mapTitled(title)
		return found && !m.Retired
	}
	drawn := slices.DeleteFunc(slices.Clone(p.Vetoes), func(title string) bool { return !isDrawn(title) })
	return drawn[:min(len(drawn), s.Rules.Vetoes)]
}

// lastMaps are the maps of the entry's last matches that were played.
func (w Waiting) lastMaps() []string {
	var titles []string
	for _, p := range w.Past {
		if p.State != MatchLapsed && len(titles) < recentMaps*len(w.Entry.Members) {
			titles = append(titles, p.Map)
		}
	}
	return titles
}
