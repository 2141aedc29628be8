package ladder

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay"
)

// sampleFacts are the facts of real replays that are not part of the project, by the
// beginning of their names.
func sampleFacts(t *testing.T, variable, folder string) map[string]Facts {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", folder)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.SC2Replay"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no replays in %s", dir)
		}
		t.Skipf("no replays in %s (set %s)", dir, variable)
	}
	all := map[string]Facts{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := replay.Parse(t.Context(), data, replay.Options{})
		if err != nil {
			continue // the parser's tests say which and why
		}
		all[strings.TrimSuffix(filepath.Base(file), ".SC2Replay")] = FactsOf(r)
		stored, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again replay.Replay
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(FactsOf(r), FactsOf(&again)); diff != "" {
			t.Errorf("%s: a stored summary says something else:\n%s", file, diff)
		}
	}
	return all
}

func TestRealReplaysAreJudgedByTheirKind(t *testing.T) {
	t.Parallel()
	facts := sampleFacts(t, "REPLAYS_DIR", "replays")
	s := DefaultSeason("test")
	for name, want := range map[string]map[Code]CheckState{
		"004dae9cee35": {CheckFormat: Fail},                      // four for themselves
		"067598b0aab0": {CheckFormat: Fail},                      // against an AI
		"e0d8582a6507": {CheckFormat: Fail},                      // resumed
		"d5d4ac5bf5e3": {CheckFormat: Fail, CheckWatchers: Info}, // resumed, with observers
		"0399208c1562": {CheckFormat: Pass, CheckWatchers: Info}, // with observers
		"c46846ce2485": {CheckFormat: Pass, CheckLength: Fail},   // five seconds
		"00f58bd11d4b": {CheckFormat: Pass, CheckLength: Pass, CheckWinner: Pass, CheckMap: Fail, CheckMod: Unknown},
	} {
		f, found := facts[name]
		if !found {
			t.Errorf("no replay %s", name)
		}
		lines := s.Verify(f)
		for code, state := range want {
			if i := slices.IndexFunc(lines, func(e Evidence) bool { return e.Code == code }); i < 0 || lines[i].State != state {
				t.Errorf("%s: %s, want %s\n%+v", name, code, state, lines)
			}
		}
	}
	for name, f := range facts {
		for _, line := range s.Verify(f) {
			if line.Code == CheckMod && line.State != Unknown || line.Code == CheckMap && line.State != Fail {
				t.Errorf("%s passes with nothing learnt: %+v", name, line)
			}
		}
	}
}

// TestARealPatchIsLearntAsARelease: games of one patch on several maps share their files.
func TestARealPatchIsLearntAsARelease(t *testing.T) {
	t.Parallel()
	facts := sampleFacts(t, "CASES_DIR", "cases")
	var patch []Reference
	for name, f := range facts {
		if f.Region == "eu" && len(f.Handles) == 7 {
			patch = append(patch, Reference{File: name, Facts: f})
		}
	}
	if len(patch) < 3 {
		t.Fatalf("%d games of the patch", len(patch))
	}
	slices.SortFunc(patch, func(a, b Reference) int { return strings.Compare(a.File, b.File) })
	lesson, err := DefaultSeason("test").Learn("5.0.10", patch[:2], LearnOptions{AddMaps: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range facts {
		check, own := lesson.Season.CheckMod(f), slices.ContainsFunc(patch, func(r Reference) bool { return r.File == name })
		switch {
		case f.Region != "eu" && check.State != Unknown,
			f.Region == "eu" && own && check.State != Pass,
			f.Region == "eu" && !own && (check.State != Fail || len(check.Unknown) == 0):
			t.Errorf("%s on %s in %s: %+v", name, f.MapTitle, f.Region, check)
		}
	}
}
