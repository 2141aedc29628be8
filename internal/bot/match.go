package bot

import (
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// maxEvidenceRunes bounds what a line of evidence quotes.
const maxEvidenceRunes = 160

// withMatch adds to the answer to an upload what it came to for its match; nil: it belongs to
// none.
func (v voice) withMatch(answer string, m *upload.Match) string {
	if m == nil {
		return answer
	}
	return join(append([]string{answer}, v.match(*m)...), "\n", maxContent, v.andMore)
}

// match is what an upload came to for its match, in lines.
func (v voice) match(m upload.Match) []string {
	switch m.Effect {
	case ladder.Ruled:
		key := phrase.MatchRuled
		if m.Unrated != "" {
			key = phrase.MatchUnrated
		}
		return []string{v.Say(key, "players", v.sides(m))}
	case ladder.Agrees:
		return []string{v.Say(phrase.MatchAgrees, "players", v.sides(m))}
	case ladder.Differs:
		return []string{v.Say(phrase.MatchDiffers)}
	case ladder.Barred:
		return []string{v.Say(phrase.MatchBarred)}
	case ladder.Asks:
		return append([]string{v.Say(phrase.MatchAsks)}, v.reasons(m.Evidence)...)
	}
	return append([]string{v.Say(phrase.MatchRejected)}, v.reasons(m.Evidence)...)
}

// sides are a match's players in one line: the winner marked, each with the change of
// rating if there is one.
func (v voice) sides(m upload.Match) string {
	all := make([]string, len(m.Sides))
	for i, side := range m.Sides {
		all[i] = plain(side.Name, maxNameRunes, v.Say(phrase.NoName))
		if m.Unrated == "" {
			before, after := int(side.Before), int(side.After) // whole numbers in Elo
			all[i] = v.Say(phrase.MatchRating, "player", all[i], "before", strconv.Itoa(before), "after", strconv.Itoa(after), "change", signed(after-before))
		}
		if m.Won(side) {
			all[i] = "🏆 " + all[i]
		}
	}
	return strings.Join(all, " · ")
}

// signed is a number with its sign, as people write it.
func signed(n int) string {
	switch {
	case n < 0:
		return "−" + strconv.Itoa(-n)
	case n == 0:
		return "±0"
	}
	return "+" + strconv.Itoa(n)
}

// reasons are what stands in the way of a ruling and what there is to do, what fails before
// what is not known.
func (v voice) reasons(lines []ladder.Evidence) (all []string) {
	quoted := func(words string) string { return plain(words, maxEvidenceRunes, "?") }
	for _, state := range []ladder.CheckState{ladder.Fail, ladder.Unknown} {
		for _, line := range lines {
			if line.State == state {
				all = append(all, "• "+show.EvidenceText(line).With(quoted).In(v.Language))
			}
		}
	}
	return all
}
