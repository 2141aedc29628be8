package replay

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// mostSummary bounds a stored summary whatever its file holds, in bytes.
const mostSummary = 256 << 10

func TestSummaryOfAnyFileIsWithinItsBudget(t *testing.T) {
	oncetest.Sequential(t)
	replaytest.SkipCostly(t)
	t.Parallel()
	for _, v := range append(replaytest.Vectors(), replaytest.Floods()...) {
		parsed, err := Parse(t.Context(), v.File, Options{})
		if err != nil {
			continue
		}
		if encoded, err := json.Marshal(parsed); err != nil || len(encoded) > mostSummary {
			t.Errorf("%s: a file of %d bytes has a summary of %d, %v", v.Name, len(v.File), len(encoded), err)
		}
	}
}

func TestBudgetsKeepTheFirstAndSayHowManyThereWere(t *testing.T) {
	t.Parallel()
	game := replaytest.Sample()
	game.Chat = nil
	for range 8000 {
		game.Chat = append(game.Chat, replaytest.Chat{Loop: 1, Text: "gg"})
	}
	parsed, err := Parse(t.Context(), game.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if parsed.ChatTotal != 8000 || len(parsed.Chat) != MaxChat {
		t.Errorf("%d of %d lines are kept, want %d of 8000", len(parsed.Chat), parsed.ChatTotal, MaxChat)
	}
	parsed.Chat[0].Text = strings.Repeat("я", MaxTextBytes)
	for i := range parsed.Chat {
		parsed.Chat[i].From = strings.Repeat("<", MaxNameBytes)
	}
	parsed.Warnings = slices.Repeat([]string{"w"}, 100)
	long := map[string]string{"detail": strings.Repeat("é", MaxTextBytes)}
	parsed.WarningKeys = slices.Repeat([]phrase.Text{{Key: phrase.DamagedLobby, Args: long}}, 100)
	parsed.Bound()
	if text := parsed.Chat[0].Text; len(text) > MaxTextBytes || !utf8.ValidString(text) {
		t.Errorf("a text of %d bytes, valid: %t", len(text), utf8.ValidString(text))
	}
	encoded, err := json.Marshal(parsed)
	if err != nil || len(encoded) > mostSummary || parsed.ChatTotal != 8000 || parsed.WarningsTotal != 100 || len(parsed.Warnings) != MaxWarnings ||
		len(parsed.WarningKeys) != MaxWarnings || len(long["detail"]) > MaxTextBytes {
		t.Errorf("%v, %d bytes, %d lines, %d of %d warnings", err, len(encoded), parsed.ChatTotal, len(parsed.Warnings), parsed.WarningsTotal)
	}
	before, after := *parsed, *parsed
	after.Bound()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("bounded again it is another: %s", diff)
	}
}
