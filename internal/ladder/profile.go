package ladder

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/evoladder/evoladderbot/internal/text"
)

// ProfileField is a part of what a player tells of themselves.
type ProfileField string

// The parts that have rules.
const (
	FieldName      ProfileField = "name"
	FieldBattleTag ProfileField = "battletag"
	FieldAliases   ProfileField = "aliases"
	FieldCountry   ProfileField = "country"
	FieldRegion    ProfileField = "region"
	FieldRaces     ProfileField = "races"
	FieldVetoes    ProfileField = "vetoes"
)

// ProfileFields are all parts, in the order in which a player is asked for them.
var ProfileFields = []ProfileField{FieldName, FieldBattleTag, FieldAliases, FieldCountry, FieldRegion, FieldRaces, FieldVetoes}

// Lengths in characters.
const (
	minName  = 3
	maxName  = 12
	maxAlias = 32
)

var battleTag = regexp.MustCompile(`^[\p{L}\p{N}]{2,12}#[0-9]{3,12}$`)

// Tidied is a player whose profile is written as it is kept: without space around, letters
// composed, codes in capitals.
func (p Player) Tidied() Player {
	p.Name = norm.NFC.String(strings.TrimSpace(p.Name))
	p.BattleTag = norm.NFC.String(strings.TrimSpace(p.BattleTag))
	p.Country = strings.ToUpper(strings.TrimSpace(p.Country))
	p.Region = Region(strings.ToUpper(strings.TrimSpace(string(p.Region))))
	var aliases []string
	for _, alias := range p.Aliases {
		if alias = norm.NFC.String(strings.TrimSpace(alias)); alias != "" && !slices.Contains(aliases, alias) {
			aliases = append(aliases, alias)
		}
	}
	p.Aliases = aliases
	return p
}

// Wrong are the parts of a tidied profile that are not as they must be in a season. What is
// empty is not told yet, which is not wrong.
func (p Player) Wrong(s Season) []ProfileField {
	fits := map[ProfileField]bool{
		FieldName:      p.Name == "" || fitsName(p.Name),
		FieldBattleTag: p.BattleTag == "" || battleTag.MatchString(p.BattleTag),
		FieldAliases:   len(p.Aliases) <= MaxAliases && !slices.ContainsFunc(p.Aliases, func(a string) bool { return !fitsAlias(a) }),
		FieldCountry:   p.Country == "" || isCountry(p.Country),
		FieldRegion:    p.Region == "" || p.Region.Index() >= 0,
		FieldRaces:     len(p.Races) == 0 || queueable(p.Races),
		FieldVetoes:    len(p.Vetoes) <= s.Rules.Vetoes && !slices.ContainsFunc(p.Vetoes, func(v string) bool { return !s.draws(v) }),
	}
	return slices.DeleteFunc(slices.Clone(ProfileFields), func(f ProfileField) bool { return fits[f] })
}

// Missing are the parts that a player has to tell before they may queue.
func (p Player) Missing() []ProfileField {
	told := map[ProfileField]bool{
		FieldName: p.Name != "", FieldBattleTag: p.BattleTag != "", FieldCountry: p.Country != "", FieldRegion: p.Region != "",
		FieldAliases: true, FieldRaces: true, FieldVetoes: true,
	}
	return slices.DeleteFunc(slices.Clone(ProfileFields), func(f ProfileField) bool { return told[f] })
}

func fitsName(name string) bool {
	n := utf8.RuneCountInString(name)
	other := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return n >= minName && n <= maxName && !strings.ContainsFunc(name, other)
}

// fitsAlias says whether somebody may be called so in the game: all of it can be seen.
func fitsAlias(alias string) bool {
	return alias != "" && utf8.RuneCountInString(alias) <= maxAlias && text.Line(alias) == alias
}

// isCountry says whether a code is ISO 3166's of a country.
func isCountry(code string) bool {
	region, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && region.IsCountry() && region.String() == code
}

// draws says whether a map of this title is in the pool.
func (s Season) draws(title string) bool {
	return slices.ContainsFunc(s.Maps, func(m Map) bool { return !m.Retired && sameTitle(m.Title, title) })
}
