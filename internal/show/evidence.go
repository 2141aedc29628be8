package show

import (
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// outcomes are the sentences of a check: when it passes, fails and is unknown. A state that
// a check never comes to has the sentence of the nearest one.
type outcomes struct{ pass, fail, unknown phrase.Key }

var evidenceKeys = map[ladder.Code]outcomes{
	ladder.CheckPlayers:  {phrase.EvidencePlayersPass, phrase.EvidencePlayersFail, phrase.EvidencePlayersFail},
	ladder.CheckFormat:   {phrase.EvidenceFormatPass, phrase.EvidenceFormatFail, phrase.EvidenceFormatFail},
	ladder.CheckRaces:    {phrase.EvidenceRacesPass, phrase.EvidenceRacesFail, phrase.EvidenceRacesFail},
	ladder.CheckIdentity: {phrase.EvidenceIdentityPass, phrase.EvidenceIdentityFail, phrase.EvidenceIdentityUnknown},
	ladder.CheckNovelty:  {phrase.EvidenceNoveltyPass, phrase.EvidenceNoveltyFail, phrase.EvidenceNoveltyUnknown},
	ladder.CheckMap:      {phrase.EvidenceMapPass, phrase.EvidenceMapFail, phrase.EvidenceMapUnknown},
	ladder.CheckMod:      {phrase.EvidenceModPass, phrase.EvidenceModFail, phrase.EvidenceModUnknown},
	ladder.CheckTime:     {phrase.EvidenceTimePass, phrase.EvidenceTimeFail, phrase.EvidenceTimeUnknown},
	ladder.CheckEnd:      {phrase.EvidenceEndPass, phrase.EvidenceEndUnknown, phrase.EvidenceEndUnknown},
	ladder.CheckWinner:   {phrase.EvidenceWinnerPass, phrase.EvidenceWinnerFail, phrase.EvidenceWinnerUnknown},
	ladder.CheckLength:   {phrase.EvidenceLengthPass, phrase.EvidenceLengthFail, phrase.EvidenceLengthFail},
}

// informationKeys are the sentences of the lines that decide nothing.
var informationKeys = map[ladder.Code]phrase.Key{
	ladder.CheckSpeed: phrase.EvidenceSpeed, ladder.CheckAlliance: phrase.EvidenceAlliances,
	ladder.CheckPrivacy: phrase.EvidencePrivacy, ladder.CheckWatchers: phrase.EvidenceObservers,
}

// EvidenceText is what a line of evidence says to a player, and what there is to do. Names and
// titles in it are strangers'.
func EvidenceText(e ladder.Evidence) phrase.Text {
	keys, check := evidenceKeys[e.Code]
	key := map[ladder.CheckState]phrase.Key{ladder.Pass: keys.pass, ladder.Fail: keys.fail, ladder.Unknown: keys.unknown}[e.State]
	if !check {
		key = informationKeys[e.Code]
	}
	if key == "" {
		key = phrase.Key(e.Code) // of a newer program
	}
	return phrase.Say(key, "expected", e.Expected, "found", e.Found)
}
