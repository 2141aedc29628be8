package web

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// card is one submission as the template "card" shows it, in a list, on its
// own page and inserted by the script alike.
type card struct {
	ID       string
	FileName string // empty where it has none that can be shown
	State    upload.State
	Sent     time.Time
	SHA256   string
	Address  string // of the page as players reach it; empty: it is not known
	Bytes    int64
	Unlisted bool           // shown to those who have its address
	Reason   phrase.Text    // why it failed; set when Failed
	Full     bool           // with the chat
	Replay   *replay.Replay // set when Done
	Teams    []show.Side
	Match    ladder.MatchID // of the ladder, that it was handed in for; 0: none
}

// maxFileRunes is how much of a file's name is shown.
const maxFileRunes = 120

// newCard is a submission's whole card. A summary that cannot be decoded fails: the
// row was written by a program that this one does not understand.
func newCard(view upload.View) (card, error) {
	c, err := makeCard(view, decode)
	c.Full = true
	return c, err
}

// listCard is a submission's card among others, without the chat.
func listCard(view upload.View) (card, error) { return makeCard(view, decodeQuiet) }

func makeCard(view upload.View, decode func(upload.View) (*replay.Replay, error)) (card, error) {
	c := card{
		ID: formatID(view.ID), FileName: text.Or(view.FileName, maxFileRunes, ""), State: view.State,
		Sent: view.Sent, SHA256: view.SHA256, Bytes: view.Bytes, Unlisted: view.Unlisted,
	}
	switch view.State {
	case upload.Failed:
		c.Reason = explain(view.Failure).Text
	case upload.Done:
		parsed, err := decode(view)
		if err != nil {
			return card{}, err
		}
		clean(parsed)
		if view.Match != nil {
			c.Match = view.Match.ID
		}
		c.Replay, c.Teams = parsed, show.Sides(parsed)
	}
	return c, nil
}

// Chat is what the card shows of it.
func (c card) Chat() []replay.Chat {
	if !c.Full {
		return nil
	}
	return c.Replay.Chat
}

// MoreChat is how many lines are left out.
func (c card) MoreChat() int { return c.Replay.ChatTotal - len(c.Replay.Chat) }

// MoreObservers is how many are left out.
func (c card) MoreObservers() int { return c.Replay.ObserversTotal - len(c.Replay.Observers) }

// MoreWarnings is how many are left out.
func (c card) MoreWarnings() int { return c.Replay.WarningsTotal - len(c.Replay.Warnings) }

// Final says whether the card will not change any more.
func (c card) Final() bool { return c.State.Final() }

// Shape is how the sides are laid out: a duel faces two, anything else is a
// grid.
func (c card) Shape() string {
	if len(c.Teams) == 2 {
		return "duel"
	}
	return "grid"
}

// Hue names the race whose colour a side of the card wears.
func (c card) Hue(side int) string {
	if side >= len(c.Teams) || len(c.Teams[side].Players) == 0 {
		return "none"
	}
	return glyph(c.Teams[side].Players[0].Race)
}

// glyph is the sign of a race; the races of both games share theirs.
func glyph(race replay.Race) string {
	switch race {
	case replay.Terran, replay.BWTerran:
		return "terran"
	case replay.Zerg, replay.BWZerg:
		return "zerg"
	case replay.Protoss, replay.BWProtoss:
		return "protoss"
	default:
		return "none"
	}
}

// ladderGlyph is glyph of a race of the ladder, which has the words of package replay.
func ladderGlyph(race ladder.Race) string { return glyph(replay.Race(race)) }

// stateKeys are the states of a submission, as its sender reads them.
var stateKeys = map[upload.State]phrase.Key{
	upload.Queued: phrase.StateQueued, upload.Parsing: phrase.StateParsing, upload.Failed: phrase.StateFailed,
}

// sentence is a text that begins with a capital; some of the phrases continue
// another sentence elsewhere. A name that it begins with stays as it is. Of no
// text it is empty.
func sentence(say phrase.Text, l phrase.Language) string {
	if say.Key == "" {
		return ""
	}
	say = say.With(func(arg string) string { return text.Or(arg, maxFileRunes, "?") })
	said := say.In(l)
	for _, arg := range say.Args {
		if arg != "" && strings.HasPrefix(said, arg) {
			return said
		}
	}
	first, width := utf8.DecodeRuneInString(said)
	return string(unicode.ToUpper(first)) + said[width:]
}

var colorPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// color lets only a colour through: it comes out of a stranger's file.
func color(code string) string {
	if !colorPattern.MatchString(code) {
		return "none"
	}
	return strings.ToLower(code)
}

// Title is what the card is about, in a few words; empty where nothing has a name.
func (c card) Title() string {
	if c.Replay != nil && c.Replay.Map.Title != "" {
		return c.Replay.Map.Title
	}
	return c.FileName
}

// word says a value of a string type by its table.
func word[K ~string](l phrase.Language, table map[K]phrase.Key, value any) string {
	name := fmt.Sprint(value)
	if key, ok := table[K(name)]; ok {
		return l.Say(key)
	}
	return text.Or(name, maxWordRunes, "?")
}

// dict is a map for a template that needs more than one value.
func dict(pairs ...any) map[string]any {
	all := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}
