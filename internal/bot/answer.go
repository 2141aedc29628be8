package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// maxContent is Discord's limit on a message's text, less room for a mention.
const maxContent = 2000 - 32

// voice renders a game in one language.
type voice struct {
	phrase.Language
	show.Words
}

func speaking(l phrase.Language) voice { return voice{Language: l, Words: show.In(l)} }

// replayResult renders the answer to an upload.
func (b *Bot) replayResult(ctx context.Context, a announcement.Announcement) (rendering, error) {
	view, err := b.subjects.Submission(ctx, upload.ID(a.Subject))
	if err != nil {
		return rendering{}, err
	}
	said := rendering{asked: view.Sent, fields: []any{"submission_id", view.ID, "replay_id", view.ReplayID, "state", view.State}}
	message, err := answer(view)
	if err != nil {
		return said, err
	}
	message = b.withLink(message, view)
	message.file, message.since = fileName(view.FileName), view.Answered
	if view.Failure != nil {
		message.about = message.file
	}
	said.outgoing = message
	return said, nil
}

// answer is the message for a submission whose answer is known.
func answer(view upload.View) (outgoing, error) {
	v := speaking(view.Language)
	if view.Failure != nil {
		return outgoing{content: failureText(view.Failure, v.Language).In(v.Language), language: v.Language}, nil
	}
	if view.State != upload.Done || len(view.Summary) == 0 {
		return outgoing{}, fmt.Errorf("submission %d: %w", view.ID, errors.New("no answer yet"))
	}
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return outgoing{}, fmt.Errorf("submission %d: read summary: %w", view.ID, err)
	}
	return outgoing{content: v.withMatch(v.headline(&game), view.Match), embed: v.card(view, &game), language: v.Language}, nil
}

// failureText is the sentence, for readers of l, for a file that gave no result.
func failureText(f *failure.Error, l phrase.Language) phrase.Text {
	if f.Kind == failure.Poison {
		return phrase.Say(phrase.Critical)
	}
	reason := f.Text.With(func(arg string) string { return plain(arg, maxFileNameRunes, "?") })
	if f.Kind == failure.Limited { // nothing is wrong with the file
		return reason
	}
	return phrase.Say(phrase.ParseFailed, "reason", reason.In(l))
}

// headline is the result in one line: what a notification shows, and all that
// is seen where the bot may not embed.
func (v voice) headline(game *replay.Replay) string {
	head := []string{"map", v.mapTitle(game), "length", v.Length(game)}
	outcome := show.Judge(game)
	winners := append(head[:len(head):len(head)], "winners", v.sideNames(outcome.Winners, ", "))
	text := phrase.Say(phrase.ResultOpen, append(head, "teams", v.sideNames(outcome.Others, " – "))...)
	switch outcome.Verdict {
	case show.Empty:
		text = phrase.Say(phrase.ResultEmpty, head...)
	case show.Won:
		key := phrase.ResultWon
		if outcome.Likely {
			key = phrase.ResultLikely
		}
		text = phrase.Say(key, append(winners, "losers", v.sideNames(outcome.Others, ", "))...)
	case show.Led:
		text = phrase.Say(phrase.ResultLed, append(winners, "others", v.sideNames(outcome.Others, ", "))...)
	case show.Alone:
		text = phrase.Say(phrase.ResultAlone, winners...)
	case show.Tied:
		text = phrase.Say(phrase.ResultTied, append(head, "teams", v.sideNames(outcome.Others, " – "))...)
	}
	if line := text.In(v.Language); length(line) <= maxContent {
		return line
	}
	return v.Say(phrase.ResultEmpty, head...) // eight players with escaped names; the card has them
}

// sideNames are the players of sides, each with what they played.
func (v voice) sideNames(sides []show.Side, between string) string {
	texts := make([]string, len(sides))
	for i, side := range sides {
		players := make([]string, len(side.Players))
		for n, p := range side.Players {
			players[n] = v.Say(phrase.PlayerWithRace, "player", v.playerName(p), "race", v.playedAs(p))
		}
		texts[i] = strings.Join(players, ", ")
	}
	return strings.Join(texts, between)
}

// playedAs is a commander's name, or the race.
func (v voice) playedAs(p replay.Player) string {
	if commander := plain(show.Commander(p), maxNameRunes, ""); commander != "" {
		return commander
	}
	return v.raceName(p)
}

// playerName is a player's name as it may stand in a message.
func (v voice) playerName(p replay.Player) string {
	return plain(p.Name, maxNameRunes, v.Say(phrase.NoName))
}

func (v voice) mapTitle(game *replay.Replay) string {
	return plain(game.Map.Title, maxMapRunes, v.Say(phrase.NoMap))
}

// raceName is what somebody played; a race that the program does not know is
// named as the client wrote it.
func (v voice) raceName(p replay.Player) string {
	return plain(v.Race(p), maxNameRunes, v.Say(phrase.UnknownRace))
}
