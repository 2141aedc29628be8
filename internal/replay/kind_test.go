package replay

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryKindOfGameSaysWhatItIs reads a real sample of each.
func TestEveryKindOfGameSaysWhatItIs(t *testing.T) {
	tests := map[string]struct {
		file string
		want string // category format region players+AIs+observers, resumed
		warn string
	}{
		"ladder 1v1":               {"703aa8", "ladder 1v1 eu 2+0+0", ""},
		"2v2":                      {"18fb22", "ladder 2v2 eu 4+0+0", ""},
		"two against one":          {"069f50", "public 1v2 us 3+0+0", ""},
		"3v3 of a Chinese client":  {"cabae5", "ladder 3v3 cn 6+0+0", ""},
		"4v4":                      {"a84787", "ladder 4v4 eu 8+0+0", ""},
		"free for all":             {"0266b7", "public ffa eu 4+0+0", ""},
		"free for all, custom":     {"004dae", "private ffa us 4+0+0", ""},
		"a team with a computer":   {"88cbcd", "public 2v2 eu 3+1+0", ""},
		"against a computer":       {"067598", "ladder 1v1 eu 1+1+0", ""},
		"a co-op mission":          {"27fec1", "ladder coop us 2+7+0", ""},
		"a tournament's observers": {"9eacb3", "private 1v1 cn 2+0+5", ""},
		"GameHeart":                {"7cd4ea", "private 1v1 eu 2+0+5", ""},
		"resumed from a replay":    {"d5d4ac", "private 1v1 eu 2+0+4 resumed", "resumed from a replay at 6 seconds"},
		"resumed by another player": {
			"e0d858", "ladder 1v1 us 2+0+0 resumed", "resumed from a replay at 141 seconds",
		},
		"resumed from a save": {"5affa0", "private 1v1 us 1+1+0 resumed", "resumed from a saved game"},
		"anonymised, of a Korean client": {
			"ee7b87", "ladder 1v1 kr 2+0+0", "anonymised",
		},
		"a test realm":  {"84ce91", "ladder 1v1 xx 2+0+0", "no protocol of its own"},
		"a beta":        {"04a374", "private 2v2 xx 4+0+1", ""},
		"the first day": {"da4151", "ladder 1v1 us 2+0+0", ""},
	}
	dir := samples(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(dir, test.file+"*.SC2Replay"))
			if err != nil || len(files) != 1 {
				t.Fatalf("%q: %v", files, err)
			}
			r, err := Parse(t.Context(), readSample(t, files[0]), Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			people, computers := 0, 0
			for _, p := range r.Players {
				if p.AI {
					computers++
				} else {
					people++
				}
				if p.Race == NoRace || p.RaceName == "" {
					t.Errorf("%s: race %s, %q", p.Name, p.Race, p.RaceName)
				}
			}
			got := fmt.Sprintf("%s %s %s %d+%d+%d", r.Category, r.Format, r.Region, people, computers, len(r.Observers))
			if r.Resumed {
				got += " resumed"
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if all := strings.Join(r.Warnings, "; "); (all == "") != (test.warn == "") || !strings.Contains(all, test.warn) {
				t.Errorf("warnings %q, want %q", all, test.warn)
			}
		})
	}
}

// TestWhoTookUpAGame: user 0 was SackyJones up to 141 s and furyofSKANKS, who
// had been user 1, from then on.
func TestWhoTookUpAGame(t *testing.T) {
	r, err := Parse(t.Context(), readSample(t, filepath.Join(samples(t), "e0d8582a6507.SC2Replay")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, line := range r.Chat {
		names[line.From] = true
	}
	if !names["furyofSKANKS"] || len(names) != 1 {
		t.Errorf("who wrote: %v", names)
	}
	if len(r.Leaves) != 1 || r.Leaves[0].Name != "furyofSKANKS" || !r.Leaves[0].Player {
		t.Errorf("%+v", r.Leaves)
	}
}
