package bot

import (
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestAnswerSaysWhatBecameOfTheMatch(t *testing.T) {
	t.Parallel()
	sides := []upload.Side{
		{Name: "JiaanN", Team: 0, Race: ladder.BWZerg, Before: 1500, After: 1480},
		{Name: "Foo_Bar", Team: 1, Race: ladder.Terran, Before: 1500, After: 1520},
	}
	evidence := []ladder.Evidence{
		{Code: ladder.CheckFormat, State: ladder.Pass, Found: "1v1"},
		{Code: ladder.CheckWinner, State: ladder.Unknown, Found: "no winner"},
		{Code: ladder.CheckRaces, State: ladder.Fail, Expected: "bw_zerg vs terran", Found: "zerg vs ?"},
		{Code: ladder.CheckSpeed, State: ladder.Info, Found: "Normal"},
	}
	for name, test := range map[string]struct {
		match upload.Match
		want  string
	}{
		"ruled": {
			upload.Match{Effect: ladder.Ruled, Result: ladder.Team1, Sides: sides},
			"⚔️ **Match decided:** JiaanN 1500 → **1480** (−20) · 🏆 Foo\\_Bar 1500 → **1520** (+20)",
		},
		"ruled, not rated": {
			upload.Match{Effect: ladder.Ruled, Result: ladder.Team1, Unrated: ladder.UnratedPair, Sides: sides},
			"⚔️ **Match decided:** JiaanN · 🏆 Foo\\_Bar. It changes no rating.",
		},
		"agrees": {
			upload.Match{Effect: ladder.Agrees, Result: ladder.Draw, Unrated: ladder.UnratedPair, Sides: sides},
			"⚔️ Your match has this result already: JiaanN · Foo\\_Bar",
		},
		"differs": {upload.Match{Effect: ladder.Differs}, "⚔️ Your match has another result than this replay shows. The staff see both and decide."},
		"barred":  {upload.Match{Effect: ladder.Barred}, "⚔️ You both chose a remake, so this game does not count. Play the match again and upload that replay."},
		"rejected": {
			upload.Match{Effect: ladder.Rejected, Evidence: evidence},
			"⚔️ This replay does not decide your match:\n" +
				"• Somebody played another race than the match has for them. Upload the replay of the match, or report the result if you both agree on it.\n" +
				"• The replay does not show who won. Upload the winner's file, which goes on to the end, or report the result.",
		},
		"asks": {
			upload.Match{Effect: ladder.Asks, Evidence: []ladder.Evidence{{Code: ladder.CheckLength, State: ladder.Fail, Found: "20s"}}},
			"⚔️ This replay decides your match once your opponent confirms it:\n• A game as short as this counts only if the opponent confirms it. If it was no real game, both choose Remake and play again.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			view := done(t, duel())
			view.Match = &test.match
			got, err := answer(view)
			if err != nil {
				t.Fatal(err)
			}
			if _, said, _ := strings.Cut(got.content, "\n"); said != test.want {
				t.Errorf("\n got %s\nwant %s", said, test.want)
			}
		})
	}
}

// However much a replay fails, the answer is a message that Discord takes.
func TestAnswerAboutAMatchKeepsDiscordsLimit(t *testing.T) {
	t.Parallel()
	m := upload.Match{Effect: ladder.Rejected}
	for _, code := range ladder.Codes {
		m.Evidence = append(m.Evidence, ladder.Evidence{Code: code, State: ladder.Fail, Expected: strings.Repeat("@", 500), Found: strings.Repeat("_", 500)})
	}
	for _, l := range phrase.Languages() {
		view := done(t, duel())
		view.Match, view.Language = &m, l
		got, err := answer(view)
		if err != nil {
			t.Fatal(err)
		}
		if n := length(got.content); n > maxContent || n < maxContent/2 || strings.Contains(got.content, "{") {
			t.Errorf("%s: %d: %s", l, n, got.content)
		}
	}
}
