package show

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// What the JSON names, as players read it.
var (
	raceKeys = map[replay.Race]phrase.Key{
		replay.Terran: phrase.Terran, replay.Zerg: phrase.Zerg, replay.Protoss: phrase.Protoss,
		replay.BWTerran: phrase.BWTerran, replay.BWZerg: phrase.BWZerg, replay.BWProtoss: phrase.BWProtoss,
		replay.Random: phrase.Random,
	}
	resultKeys = map[replay.Result]phrase.Key{
		replay.Win: phrase.Victory, replay.Loss: phrase.Defeat, replay.Tie: phrase.Tie, replay.Undecided: phrase.Undecided,
	}
	likelyKeys = map[replay.Result]phrase.Key{
		replay.Win: phrase.LikelyVictory, replay.Loss: phrase.LikelyDefeat,
	}
	typeKeys = map[replay.GameType]phrase.Key{
		replay.GameRanked: phrase.TypeRanked, replay.GameUnranked: phrase.TypeUnranked,
		replay.GameVersusAI: phrase.TypeVersusAI, replay.GameCoop: phrase.FormatCoop,
	}
	categoryKeys = map[replay.Category]phrase.Key{
		replay.CategoryLadder: phrase.CategoryLadder, replay.CategoryPrivate: phrase.CategoryPrivate,
		replay.CategoryPublic: phrase.CategoryPublic, replay.CategorySingleplayer: phrase.CategorySingleplayer,
	}
	formatKeys = map[string]phrase.Key{
		"ffa": phrase.FormatFFA, "coop": phrase.FormatCoop, "archon": phrase.FormatArchon, "other": phrase.FormatOther,
	}
	sourceKeys = map[replay.WinnerSource]phrase.Key{
		replay.WinnerFromMetadata: phrase.SourceMetadata, replay.WinnerFromDetails: phrase.SourceDetails,
		replay.WinnerFromObjective: phrase.SourceObjective, replay.WinnerFromLeaves: phrase.SourceLeaves,
		replay.WinnerFromGuess: phrase.SourceGuess, replay.WinnerFromNone: phrase.SourceNone,
	}
	speedKeys = map[string]phrase.Key{
		"Slower": phrase.SpeedSlower, "Slow": phrase.SpeedSlow, "Normal": phrase.SpeedNormal,
		"Fast": phrase.SpeedFast, "Faster": phrase.SpeedFaster,
	}
	audienceKeys = map[string]phrase.Key{"allies": phrase.ToAllies, "observers": phrase.ToObservers}
)

// Words are what edges say of a game in one language.
type Words struct{ language phrase.Language }

// In is the words for readers of a language.
func In(l phrase.Language) Words { return Words{language: l} }

// word says a value by its table; one that the table lacks reads as itself.
func word[K ~string](w Words, table map[K]phrase.Key, value K) string {
	if key, ok := table[value]; ok {
		return w.language.Say(key)
	}
	return string(value)
}

// Result is how a game ended for somebody: a guess says that it is one.
func (w Words) Result(result replay.Result, likely bool) string {
	if key, ok := likelyKeys[result]; ok && likely {
		return w.language.Say(key)
	}
	return word(w, resultKeys, cmp.Or(result, replay.Undecided))
}

// PlayerResult is Result of one of a side's players. The computers of a co-op
// mission, for which the game writes none, have their side's.
func (w Words) PlayerResult(side Side, p replay.Player) string {
	result := p.Result
	if p.AI && (result == replay.Undecided || result == "") {
		result = side.Result
	}
	return w.Result(result, side.Likely)
}

// Label is what to call a side: "Team 1", "Players", "Computers".
func (w Words) Label(side Side) string { return side.Label.In(w.language) }

// Format is "1v1", or what other kinds of game are called.
func (w Words) Format(game *replay.Replay) string { return word(w, formatKeys, game.Format) }

// Type is what was played for: "Ranked", "Unranked", "Versus AI", "Custom game".
// It is empty where the format says it already, or nothing does.
func (w Words) Type(game *replay.Replay) string {
	if key, ok := typeKeys[game.GameType]; ok {
		if key == formatKeys[game.Format] {
			return ""
		}
		return w.language.Say(key)
	}
	key, ok := categoryKeys[game.Category]
	if game.GameType == replay.GameCustom && game.Category == replay.CategorySingleplayer {
		key = phrase.TypeCustom // alone, with no opponent
	}
	if !ok || coop(game) {
		return ""
	}
	return w.language.Say(key)
}

// Region is "EU", or what test realms are called.
func (w Words) Region(game *replay.Replay) string {
	if game.Region == "xx" {
		return w.language.Say(phrase.RegionTest)
	}
	return strings.ToUpper(game.Region)
}

// Speed is the game's speed: "Faster".
func (w Words) Speed(game *replay.Replay) string { return word(w, speedKeys, game.Speed) }

// Audience is who a line of chat was written to.
func (w Words) Audience(to string) string { return word(w, audienceKeys, to) }

// Source is who says who won.
func (w Words) Source(game *replay.Replay) string { return word(w, sourceKeys, game.WinnerSource) }

// Warnings are what is to be said about a replay that was read. Summaries from
// before parser version 4 have them in English alone.
func (w Words) Warnings(game *replay.Replay) []string {
	if len(game.WarningKeys) == 0 {
		return game.Warnings
	}
	said := make([]string, len(game.WarningKeys))
	for i, warning := range game.WarningKeys {
		said[i] = warning.In(w.language)
	}
	return said
}

// Concluded says whether the winner is not in the game's own words but
// concluded from something else, so that a reader must read from what.
func Concluded(game *replay.Replay) bool {
	switch game.WinnerSource {
	case replay.WinnerFromObjective, replay.WinnerFromLeaves, replay.WinnerFromGuess:
		return true
	}
	return false
}

// Race is the race somebody played, with the commander of a co-op mission in
// front: "Karax, Protoss". One of a map's own is named as the client wrote it,
// which is strangers' text.
func (w Words) Race(p replay.Player) string {
	race := w.language.Say(phrase.UnknownRace)
	if key, ok := raceKeys[p.Race]; ok {
		race = w.language.Say(key)
	} else if p.RaceName != "" {
		race = p.RaceName
	}
	if p.Commander != "" {
		return w.language.Say(phrase.CommanderOf, "commander", Commander(p), "race", race)
	}
	return race
}

// commanders are those whose name in the game's files is not the one that
// players know.
var commanders = map[string]string{"Horner": "Han & Horner"}

// Commander is a co-op commander's name, empty in other games.
func Commander(p replay.Player) string {
	return cmp.Or(commanders[p.Commander], p.Commander)
}

// lateDecision is how much longer than the game a recording must be, in
// seconds, to be worth a word: winners look around for a moment.
const lateDecision = 15

// Length is how long the recording is on the players' clock, and when the game
// was decided where that was long before: "20:10 (decided at 10:38)".
func (w Words) Length(game *replay.Replay) string {
	length := Clock(game.Duration)
	if game.DecidedSeconds == nil || game.Duration-*game.DecidedSeconds < lateDecision {
		return length
	}
	return w.language.Say(phrase.LengthDecided, "length", length, "decided", Clock(*game.DecidedSeconds))
}

// maxClock bounds what a clock shows, in seconds: a file may claim anything.
const maxClock = 1000 * 3600

// Clock is a number of seconds as the game shows it: 18:32, 1:02:03.
func Clock(seconds float64) string {
	whole := 0
	if seconds > 0 { // also no number
		whole = int(math.Round(min(seconds, maxClock)))
	}
	if whole >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", whole/3600, whole/60%60, whole%60)
	}
	return fmt.Sprintf("%d:%02d", whole/60, whole%60)
}

func itoa(n int) string { return strconv.Itoa(n) }
