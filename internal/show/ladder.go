package show

import (
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// Refusal says why an act on the ladder was not done, and what to do. until is
// Refusal.Until as the edge writes moments.
func Refusal(r ladder.Refusal, until string) phrase.Text {
	return phrase.Say(phrase.Key("refused_"+string(r.Code)), "until", until)
}

var wrongKeys = map[ladder.ProfileField]phrase.Key{
	ladder.FieldName: phrase.WrongName, ladder.FieldBattleTag: phrase.WrongBattleTag, ladder.FieldAliases: phrase.WrongAliases,
	ladder.FieldCountry: phrase.WrongCountry, ladder.FieldRegion: phrase.WrongRegion, ladder.FieldRaces: phrase.WrongRaces,
	ladder.FieldVetoes: phrase.WrongVetoes,
}

// Wrong says how a part of a player's profile has to be written in a season.
func Wrong(f ladder.ProfileField, s ladder.Season) phrase.Text {
	key, known := wrongKeys[f]
	if !known {
		key = phrase.Key(f)
	}
	most := ladder.MaxAliases
	if f == ladder.FieldVetoes {
		most = s.Rules.Vetoes
	}
	regions := make([]string, len(ladder.Regions()))
	for i, r := range ladder.Regions() {
		regions[i] = string(r)
	}
	return phrase.Say(key, "most", strconv.Itoa(most), "regions", strings.Join(regions, ", "))
}
