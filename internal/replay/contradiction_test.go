package replay

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRealFilesDoNotContradictThemselves: the game that wrote the samples was not lying.
func TestRealFilesDoNotContradictThemselves(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samples(t), "*.SC2Replay"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r, err := Parse(t.Context(), readSample(t, file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.WinnerContradicted) > 0 {
				t.Errorf("the winner by %s is contradicted by %v", r.WinnerSource, r.WinnerContradicted)
			}
		})
	}
}

func TestAnEditedWinnerIsContradicted(t *testing.T) {
	t.Parallel()
	const end = 10_000
	type at map[int]int64 // when a user left
	for name, test := range map[string]struct {
		teams   []int
		details string // the results, a letter each
		written string // those of the game's summary; empty: it has none
		leaves  at
		stats   int // the last statistics; 0: not the same for all
		want    []WinnerSource
	}{
		"all agree":                             {[]int{1, 2}, "WL", "WL", at{1: 9000, 0: end}, 9000, nil},
		"the summary was edited":                {[]int{1, 2}, "WL", "LW", at{1: 9000, 0: end}, 9000, []WinnerSource{WinnerFromDetails, WinnerFromLeaves}},
		"the summary makes a tie of it":         {[]int{1, 2}, "WL", "TT", at{1: 9000, 0: end}, 9000, []WinnerSource{WinnerFromDetails}},
		"summary and list were edited":          {[]int{1, 2}, "LW", "LW", at{1: 9000, 0: end}, 9000, []WinnerSource{WinnerFromLeaves}},
		"by the loser, in their own file":       {[]int{1, 2}, "WL", "WL", at{0: end}, end, []WinnerSource{WinnerFromLeaves}},
		"the list does not know yet":            {[]int{1, 2}, "--", "WL", at{1: 9000, 0: end}, 9000, nil},
		"no summary":                            {[]int{1, 2}, "WL", "", at{1: 9000, 0: end}, 9000, nil},
		"no summary, the list was edited":       {[]int{1, 2}, "LW", "", at{1: 9000, 0: end}, 9000, []WinnerSource{WinnerFromLeaves}},
		"the winner leaves after the end":       {[]int{1, 2}, "WL", "WL", at{0: 9060}, 9000, nil},
		"the winner records until leaving":      {[]int{1, 2}, "WL", "WL", at{0: end}, end - 60, nil},
		"the loser stays, no statistics agree":  {[]int{1, 2}, "WL", "WL", at{0: end}, 0, nil},
		"the winner is gone, none agree":        {[]int{1, 2}, "WL", "WL", at{0: 9000}, 0, []WinnerSource{WinnerFromLeaves}},
		"nobody left":                           {[]int{1, 2}, "WL", "WL", nil, 9000, nil},
		"one of the winners left early":         {[]int{1, 1, 2, 2}, "WWLL", "WWLL", at{0: 500, 2: 8000, 3: 9000, 1: end}, 0, nil},
		"all of the winners left, and not both": {[]int{1, 1, 2, 2}, "WWLL", "WWLL", at{0: 500, 1: 8000, 2: 700}, 0, []WinnerSource{WinnerFromLeaves}},
		"three teams":                           {[]int{1, 2, 3}, "WLL", "WLL", at{0: 500}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := game(end, test.teams...)
			m.game.read, m.tracker.read = true, true
			words := map[rune]string{'W': "Win", 'L': "Loss", 'T': "Tie"}
			if test.written != "" {
				m.raw.metadata = &metadata{}
			}
			for i, letter := range test.written {
				m.raw.metadata.Players = append(m.raw.metadata.Players, metadataPlayer{PlayerID: i + 1, Result: words[letter]})
			}
			numbers := map[rune]int{'W': 1, 'L': 2, 'T': 3}
			for i, letter := range test.details {
				m.raw.details.Players[i].Result = numbers[letter]
				m.tracker.owned[i+1] = 1
				m.tracker.sampled[i+1] = samplings{last: test.stats, before: test.stats - 40}
				if loop, left := test.leaves[i]; left {
					m.game.leaves = append(m.game.leaves, gameLeave{loop: loop, user: i})
				}
			}
			got := m.replay().WinnerContradicted
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
