package show

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay"
)

// sample parses one of the shared replays. They are not part of the project:
// without them a test is skipped at home and fails in CI.
func sample(t *testing.T, folder, variable, name string) *replay.Replay {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", folder)
	}
	files, _ := filepath.Glob(filepath.Join(dir, name+"*.SC2Replay"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no replay %s in %s", name, dir)
		}
		t.Skipf("no replay %s in %s (set %s)", name, dir, variable)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	game, err := replay.Parse(t.Context(), data, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return game
}

// shape is a game's kind, its verdict and how many stood on each side, as in
// "Co-op: won, Players 2 Win, Computers 5 Loss".
func shape(game *replay.Replay) string {
	kind := strings.TrimSpace(words.Format(game) + " " + words.Type(game))
	if region := words.Region(game); region == "Test realm" {
		kind += " " + region
	}
	text := kind + ": " + [...]string{"open", "empty", "won", "led", "alone", "tied"}[Judge(game).Verdict]
	for _, side := range Sides(game) {
		ais := 0
		for _, p := range side.Players {
			if p.AI {
				ais++
			}
		}
		text += fmt.Sprintf(", %s %d+%d %s", words.Label(side), len(side.Players)-ais, ais, words.Result(side.Result, side.Likely))
	}
	return text
}

func TestRealGames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ folder, name, want string }{
		{"replays", "00f58bd1", "1v1 Ranked: won, Team 1 1+0 Win, Team 2 1+0 Loss"},
		{"replays", "07ccfd1d", "1v1 Ranked Test realm: won, Team 1 1+0 Loss, Team 2 1+0 Win"},
		{"replays", "067598b0", "1v1 Versus AI: won, Team 1 1+0 Win, Team 2 0+1 Loss"},
		{"replays", "0b3db8a4", "1v1 Versus AI: won, Team 1 1+0 Loss, Team 2 0+1 Win"},
		{"replays", "069f5058", "1v2 Public game: won, Team 2 1+0 Loss, Team 1 2+0 Win"},
		{"replays", "04a3749e", "2v2 Custom game Test realm: won, Team 1 2+0 Loss, Team 2 2+0 Win"},
		{"replays", "0266b77b", "Free for all Public game: open, Team 1 1+0 Result: unknown, Team 2 1+0 Loss, Team 3 1+0 Result: unknown, Team 4 1+0 Result: unknown"},
		{"cases", "case01", "3v3 Public game: won, Team 1 3+0 Win, Team 2 3+0 Loss"},
		{"cases", "case03", "Co-op: won, Players 2+0 Win, Computers 0+2 Loss"},
		{"cases", "case04", "Other Public game: open, Players 12+2 Result: unknown"},
		{"cases", "case08", "1v1 Versus AI: won, Team 1 1+0 Win, Team 2 0+1 Loss"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := shape(sample(t, test.folder, strings.ToUpper(test.folder)+"_DIR", test.name)); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}
