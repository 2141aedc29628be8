package show

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// LadderRegion is what a region of the ladder is called.
func (w Words) LadderRegion(r ladder.Region) string { return w.coded("region_", string(r)) }

// Server is what a game server of the ladder is called.
func (w Words) Server(code string) string { return w.coded("server_", code) }

// coded says a code whose phrase is named by it; one without a phrase reads as itself.
func (w Words) coded(prefix, code string) string {
	key := prefix + strings.ToLower(code)
	if said := w.language.Say(phrase.Key(key)); said != key {
		return said
	}
	return code
}

// Country is what a country is called, by its code of ISO 3166; a code that names none
// reads as itself.
func (w Words) Country(code string) string {
	if name := countryNames[w.language][code]; name != "" {
		return name
	}
	return code
}

// LadderRace is what a race of the ladder is called.
func (w Words) LadderRace(r ladder.Race) string {
	return w.Race(replay.Player{Race: replay.Race(r), RaceName: string(r)})
}

// Countries are the codes of all countries, by ISO 3166.
func Countries() []string {
	var all []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err == nil && region.IsCountry() && region.Canonicalize().String() == code && In(phrase.English).Country(code) != code {
				all = append(all, code)
			}
		}
	}
	return all
}
