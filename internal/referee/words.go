package referee

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// maxText caps words that staff or a replay brought, before they are escaped.
const maxText = 200

// raceName is a race in words. The keys are those of the races.
func raceName(l phrase.Language, r ladder.Race) string { return l.Say(phrase.Key(r)) }

// raceNames are races in words.
func raceNames(l phrase.Language, races []ladder.Race) string {
	names := make([]string, len(races))
	for i, r := range races {
		names[i] = raceName(l, r)
	}
	return strings.Join(names, ", ")
}

// nameOf is a player's name, ready for a message.
func nameOf(l phrase.Language, p ladder.Player) string {
	if p.Name == "" {
		return l.Say(phrase.NoName)
	}
	return discord.Escape(p.Name)
}

// length is a game's length in minutes and seconds.
func length(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// signed is a change of a rating.
func signed(delta float64) string { return fmt.Sprintf("%+d", int(delta)) }

func whole(value float64) string { return strconv.Itoa(int(value)) }

// paragraphs are the sentences that there are.
func paragraphs(all ...string) string {
	var said []string
	for _, one := range all {
		if one != "" {
			said = append(said, one)
		}
	}
	return strings.Join(said, "\n")
}

// resultIn is a result in words, as the seats of a match make it.
func (v view) resultIn(l phrase.Language, result ladder.Result) string {
	for _, s := range v.Seats {
		if result == won(s.Team) {
			return l.Say(phrase.LadderWonBy, "player", nameOf(l, v.players[s.Player]))
		}
	}
	return l.Say(phrase.LadderDraw)
}

// won is the result in which a team won.
func won(team int) ladder.Result { return [2]ladder.Result{ladder.Team0, ladder.Team1}[team] }

// checkName is a check in one or two words.
func checkName(l phrase.Language, code ladder.Code) string {
	return l.Say(phrase.Key("ladder_check_" + string(code)))
}

// maxField is how much the field of a card may hold, as Discord counts: in UTF-16 units.
const maxField = 1024

// fitting are the first of some lines, as many as fit.
func fitting(limit int, lines ...string) string {
	var out strings.Builder
	used := 0
	for _, line := range lines {
		used += units(line) + 1
		if used > limit-2 {
			return out.String() + "…"
		}
		out.WriteString(line + "\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// units is the size of a text as Discord counts it.
func units(s string) int { return len(utf16.Encode([]rune(s))) }
