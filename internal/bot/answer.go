package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
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
	if f.Kind == fault.Limited { // nothing is wrong with the file
		return reason
	}
	return phrase.Say(phrase.ParseFailed, "reason", reason.String())
}

// headline is the result in one line: what a notification shows, and all that
// is seen where the bot may not embed.
func headline(game *replay.Replay) string {
	head := []string{"map", mapTitle(game), "length", show.Length(game)}
	outcome := show.Judge(game)
	winners := append(head[:len(head):len(head)], "winners", sideNames(outcome.Winners, ", "))
	text := phrase.Say(phrase.ResultOpen, append(head, "teams", sideNames(outcome.Others, " – "))...)
	switch outcome.Verdict {
	case show.Empty:
		text = phrase.Say(phrase.ResultEmpty, head...)
	case show.Won:
		key := phrase.ResultWon
		if outcome.Likely {
			key = phrase.ResultLikely
		}
		text = phrase.Say(key, append(winners, "losers", sideNames(outcome.Others, ", "))...)
	case show.Led:
		text = phrase.Say(phrase.ResultLed, append(winners, "others", sideNames(outcome.Others, ", "))...)
	case show.Alone:
		text = phrase.Say(phrase.ResultAlone, winners...)
	case show.Tied:
		text = phrase.Say(phrase.ResultTied, append(head, "teams", sideNames(outcome.Others, " – "))...)
	}
	if line := text.String(); length(line) <= maxContent {
		return line
	}
	return phrase.Say(phrase.ResultEmpty, head...).String() // eight players with escaped names; the card has them
}

// sideNames are the players of sides, each with what they played.
func sideNames(sides []show.Side, between string) string {
	texts := make([]string, len(sides))
	for i, side := range sides {
		players := make([]string, len(side.Players))
		for n, p := range side.Players {
			players[n] = phrase.Say(phrase.PlayerWithRace, "player", playerName(p), "race", playedAs(p)).String()
		}
		texts[i] = strings.Join(players, ", ")
	}
	return strings.Join(texts, between)
}

// playedAs is a commander's name, or the race.
func playedAs(p replay.Player) string {
	if commander := plain(show.Commander(p), maxNameRunes, ""); commander != "" {
		return commander
	}
	return raceName(p)
}

// playerName is a player's name as it may stand in a message.
func playerName(p replay.Player) string {
	return plain(p.Name, maxNameRunes, phrase.Say(phrase.NoName).String())
}

func mapTitle(game *replay.Replay) string {
	return plain(game.Map.Title, maxMapRunes, phrase.Say(phrase.NoMap).String())
}

// raceName is what somebody played; a race that the program does not know is
// named as the client wrote it.
func raceName(p replay.Player) string {
	return plain(show.Race(p), maxNameRunes, phrase.Say(phrase.UnknownRace).String())
}
