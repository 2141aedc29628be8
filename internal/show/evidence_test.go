package show

import (
	"slices"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// TestEveryCheckSaysWhatItCameTo in every language; and a failure says what to do.
func TestEveryCheckSaysWhatItCameTo(t *testing.T) {
	t.Parallel()
	information := []ladder.Code{ladder.CheckSpeed, ladder.CheckAlliance, ladder.CheckPrivacy, ladder.CheckWatchers}
	for _, code := range ladder.Codes {
		states := []ladder.CheckState{ladder.Pass, ladder.Fail, ladder.Unknown}
		if slices.Contains(information, code) {
			states = []ladder.CheckState{ladder.Info}
		}
		for _, l := range phrase.Languages() {
			said := map[string]bool{}
			for _, state := range states {
				text := EvidenceText(ladder.Evidence{Code: code, State: state, Expected: "EXPECTED", Found: "FOUND"})
				sentence := text.In(l)
				if sentence == string(text.Key) || strings.ContainsAny(sentence, "{}") || sentence == "" {
					t.Errorf("%s: %s %s says %q", l, code, state, sentence)
				}
				said[sentence] = true
			}
			if len(states) == 3 && len(said) < 2 {
				t.Errorf("%s: %s says the same whether it passes or fails", l, code)
			}
		}
	}
	if text := EvidenceText(ladder.Evidence{Code: "new", State: ladder.Fail}); text.Key != "new" {
		t.Errorf("a code of a newer program: %+v", text)
	}
}
