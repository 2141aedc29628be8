package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// maxContent is Discord's limit on a message's text, less room for a mention.
const maxContent = 2000 - 32

// answer is the message for a submission whose answer is known.
func answer(view submission.View) (outgoing, error) {
	if view.Failure != nil {
		return outgoing{content: failureText(view.Failure).String()}, nil
	}
	if view.State != submission.Done || len(view.Summary) == 0 {
		return outgoing{}, fmt.Errorf("submission %d: %w", view.ID, errors.New("no answer yet"))
	}
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return outgoing{}, fmt.Errorf("submission %d: read summary: %w", view.ID, err)
	}
	return outgoing{content: headline(&game), embed: card(view, &game)}, nil
}

// failureText is the sentence for a file that gave no result.
func failureText(f *fault.Error) phrase.Text {
	if f.Kind == fault.Poison {
		return phrase.Say(phrase.Critical)
	}
	reason := f.Text.With(func(arg string) string { return plain(arg, maxFileNameRunes, "?") })
	return phrase.Say(phrase.ParseFailed, "reason", reason.String())
}

// headline is the result in one line: what a notification shows, and all that
// is seen where the bot may not embed.
func headline(game *replay.Replay) string {
	head := []string{"map", mapTitle(game), "length", clock(game.Duration)}
	sides := teams(game)
	var won, others []string
	for _, side := range sides {
		if side.won {
			won = append(won, side.names())
		} else {
			others = append(others, side.names())
		}
	}
	text := phrase.Say(phrase.ResultOpen, append(head, "teams", strings.Join(others, " – "))...)
	switch {
	case len(sides) == 0:
		text = phrase.Say(phrase.ResultEmpty, head...)
	case len(won) > 0 && len(others) > 0:
		text = phrase.Say(phrase.ResultWon, append(head, "winners", strings.Join(won, ", "), "losers", strings.Join(others, ", "))...)
	case len(won) > 0:
		text = phrase.Say(phrase.ResultAlone, append(head, "winners", strings.Join(won, ", "))...)
	case tied(game):
		text = phrase.Say(phrase.ResultTied, append(head, "teams", strings.Join(others, " – "))...)
	}
	if line := text.String(); length(line) <= maxContent {
		return line
	}
	return phrase.Say(phrase.ResultEmpty, head...).String() // eight players with escaped names; the card has them
}

// team is one side of a game.
type team struct {
	number  int
	won     bool
	players []replay.Player
}

// teams are the sides in the order of their numbers.
func teams(game *replay.Replay) []team {
	var sides []team
	at := make(map[int]int)
	for _, p := range game.Players {
		n, ok := at[p.Team]
		if !ok {
			n = len(sides)
			at[p.Team] = n
			sides = append(sides, team{number: p.Team})
		}
		sides[n].players = append(sides[n].players, p)
		if p.Result == replay.Win {
			sides[n].won = true
		}
	}
	if game.WinnerTeam != nil {
		for n := range sides {
			sides[n].won = sides[n].number == *game.WinnerTeam
		}
	}
	return sides
}

func tied(game *replay.Replay) bool {
	for _, p := range game.Players {
		if p.Result == replay.Tie {
			return true
		}
	}
	return false
}

func (t team) names() string {
	names := make([]string, len(t.players))
	for n, p := range t.players {
		names[n] = phrase.Say(phrase.PlayerWithRace, "player", playerName(p), "race", raceName(p)).String()
	}
	return strings.Join(names, ", ")
}

// playerName is a player's name as it may stand in a message.
func playerName(p replay.Player) string {
	return plain(p.Name, maxNameRunes, phrase.Say(phrase.NoName).String())
}

func mapTitle(game *replay.Replay) string {
	return plain(game.Map.Title, maxMapRunes, phrase.Say(phrase.NoMap).String())
}

var races = map[replay.Race]phrase.Key{
	replay.Terran:    phrase.Terran,
	replay.Zerg:      phrase.Zerg,
	replay.Protoss:   phrase.Protoss,
	replay.BWTerran:  phrase.BWTerran,
	replay.BWZerg:    phrase.BWZerg,
	replay.BWProtoss: phrase.BWProtoss,
	replay.Random:    phrase.Random,
}

// raceName is the race played; one that the program does not know is named as
// the client wrote it.
func raceName(p replay.Player) string {
	if key, ok := races[p.Race]; ok {
		return phrase.Say(key).String()
	}
	return plain(p.RaceName, maxNameRunes, phrase.Say(phrase.UnknownRace).String())
}

// clock is a length in minutes and seconds, as the game shows it.
func clock(seconds float64) string {
	whole := int64(seconds + 0.5)
	if seconds < 0 || whole < 0 {
		whole = 0
	}
	if whole >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", whole/3600, whole/60%60, whole%60)
	}
	return strconv.FormatInt(whole/60, 10) + fmt.Sprintf(":%02d", whole%60)
}
