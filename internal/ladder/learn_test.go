package ladder

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// published are the files of a made-up release as the real one has them: how many are the
// mod's in each region, and how many are art on some maps.
var published = map[string]struct{ mod, art int }{"us": {9, 2}, "eu": {9, 2}, "kr": {16, 7}}

// official is a game in an official lobby: on a map by its number in the default pool. The
// odd maps share one tileset and the even ones another; every third has art.
func official(region string, number int) Reference {
	m := DefaultMaps()[number]
	var handles []string
	for i := range 5 {
		handles = append(handles, digest("base", i))
	}
	for i := range published[region].mod {
		handles = append(handles, digest("mod "+region, i))
	}
	handles = append(handles, digest("tileset", number%2))
	if number%3 == 0 {
		for i := range published[region].art {
			handles = append(handles, digest("art "+region, i))
		}
	}
	handles = append(handles, digest("map", number))
	return Reference{
		File:  fmt.Sprintf("%s-%d.SC2Replay", region, number),
		Facts: Facts{Region: region, MapTitle: m.Title, MapHash: digest("map", number), Handles: handles},
	}
}

// digest is a made-up SHA-256.
func digest(what string, i int) string {
	return fmt.Sprintf("%064x", fmt.Sprintf("%32s", fmt.Sprintf("%s %d", what, i)))[:64]
}

const forgedFile = "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0"

// forged is a game as r in a lobby with an additional mod, which stands between the
// mod's files and the tileset.
func forged(r Reference) Reference {
	at := baseFiles + published[r.Facts.Region].mod
	r.File, r.Facts.Handles = "forged-"+r.File, slices.Insert(slices.Clone(r.Facts.Handles), at, forgedFile)
	return r
}

func all(regions ...string) (references []Reference) {
	for _, region := range regions {
		for number := range DefaultMaps() {
			references = append(references, official(region, number))
		}
	}
	return references
}

func learn(t *testing.T, s Season, references ...Reference) Season {
	t.Helper()
	lesson, err := s.Learn("1.0", references, LearnOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return lesson.Season
}

func TestOfficialGamesPassAndAForgedOneNamesItsFile(t *testing.T) {
	t.Parallel()
	for name, taught := range map[string][]Reference{
		"all":                  all("us", "eu", "kr"),
		"maps with everything": {official("us", 0), official("us", 1), official("us", 2), official("eu", 0), official("eu", 3), official("kr", 0), official("kr", 5)},
		"one map elsewhere":    {official("kr", 0), official("us", 0), official("us", 1), official("eu", 3)},
		"only maps with art":   {official("us", 0), official("us", 6), official("us", 3), official("eu", 0), official("kr", 0), official("kr", 6)},
		"one map each":         {official("us", 0), official("eu", 1), official("kr", 0), official("eu", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := learn(t, DefaultSeason("test"), taught...)
			for _, r := range all("us", "eu", "kr") {
				if check := s.CheckMod(r.Facts); check.State != Pass || check.Release != "1.0" || check.Region != r.Facts.Region {
					t.Errorf("%s: %+v", r.File, check)
				}
				f := forged(r)
				want := ModCheck{State: Fail, Release: "1.0", Region: r.Facts.Region, Unknown: []string{forgedFile}}
				if diff := cmp.Diff(want, s.CheckMod(f.Facts)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", f.File, diff)
				}
			}
			foreign := official("us", 0)
			foreign.Facts.Region = "cn"
			if check := s.CheckMod(foreign.Facts); check.State != Unknown || check.Region != "cn" {
				t.Errorf("a region that is not learnt: %+v", check)
			}
		})
	}
}

func TestAReleaseIsTheModsFilesAndNothingElse(t *testing.T) {
	t.Parallel()
	s := learn(t, DefaultSeason("test"), all("us", "kr")...)
	for region, made := range published {
		if region == "eu" {
			continue
		}
		var want []string
		for i := range made.mod {
			want = append(want, digest("mod "+region, i))
		}
		if diff := cmp.Diff(want, s.Releases[0].Handles[region]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", region, diff)
		}
	}
	if len(s.Base) != 5 || len(s.Tilesets) != 2 || len(s.Art) != 9 || len(s.Releases[0].Unsplit) != 0 {
		t.Errorf("%d base, %d tilesets, %d art, unsplit %v", len(s.Base), len(s.Tilesets), len(s.Art), s.Releases[0].Unsplit)
	}
	for i, m := range s.Maps {
		if m.Hash != digest("map", i) {
			t.Errorf("%s has the file %s", m.Title, m.Hash)
		}
	}
}

func TestLearningMapByMapComesToTheSame(t *testing.T) {
	t.Parallel()
	want := learn(t, DefaultSeason("test"), all("us")...)
	for _, order := range [][]int{{2, 4, 0, 1, 3, 5, 6, 7, 8}, {1, 5, 2, 0, 3, 4, 6, 7, 8}, {4, 8, 1, 0, 3, 6, 2, 5, 7}} {
		s := DefaultSeason("test")
		for _, number := range order {
			s = learn(t, s, official("us", number))
		}
		sets := func(s Season) [][]string {
			return [][]string{s.Base, s.Releases[0].Handles["us"], slices.Sorted(slices.Values(s.Tilesets)), slices.Sorted(slices.Values(s.Art))}
		}
		if diff := cmp.Diff(sets(want), sets(s)); diff != "" {
			t.Errorf("in the order %v (-at once +one by one):\n%s", order, diff)
		}
	}
}

func TestOneMapAloneIsLearntWithItsFiles(t *testing.T) {
	t.Parallel()
	s := learn(t, DefaultSeason("test"), official("us", 0))
	if !slices.Equal(s.Releases[0].Unsplit, []string{"us"}) {
		t.Fatalf("unsplit %v", s.Releases[0].Unsplit)
	}
	for number, want := range map[int]CheckState{0: Pass, 2: Pass, 1: Fail} { // 1 has another tileset
		if check := s.CheckMod(official("us", number).Facts); check.State != want {
			t.Errorf("map %d: %+v", number, check)
		}
	}
	vanilla := official("us", 0)
	vanilla.Facts.Handles = slices.Delete(vanilla.Facts.Handles, 5, 14)
	if check := s.CheckMod(vanilla.Facts); check.State != Fail {
		t.Errorf("without the mod: %+v", check)
	}
}

func TestWhatIsNoOfficialGameIsNotLearnt(t *testing.T) {
	t.Parallel()
	learnt := learn(t, DefaultSeason("test"), official("us", 0), official("us", 1), official("us", 2))
	bigger := official("us", 0)
	bigger.Facts.Handles = slices.Insert(bigger.Facts.Handles, 5, digest("mod us", 99))
	newRelease := official("us", 0)
	for i := 5; i < 12; i++ {
		newRelease.Facts.Handles[i] = digest("next", i)
	}
	otherMap := official("us", 0)
	otherMap.Facts.MapHash = digest("map", 77)
	for name, test := range map[string]struct {
		season     Season
		release    string
		references []Reference
		says       string
	}{
		"forged beside official":       {DefaultSeason("t"), "1.0", []Reference{official("us", 0), official("us", 1), forged(official("us", 2))}, forgedFile},
		"forged on the same map":       {DefaultSeason("t"), "1.0", []Reference{official("us", 1), forged(official("us", 1))}, forgedFile},
		"forged on one tileset":        {DefaultSeason("t"), "1.0", []Reference{official("us", 1), forged(official("us", 5))}, forgedFile},
		"forged, the release learnt":   {learnt, "1.0", []Reference{forged(official("us", 0))}, forgedFile},
		"forged on a new map":          {learnt, "1.0", []Reference{forged(official("us", 4))}, forgedFile},
		"a file more":                  {learnt, "1.0", []Reference{bigger}, digest("mod us", 99)},
		"another release":              {learnt, "1.0", []Reference{newRelease}, "another release"},
		"the release by another name":  {learnt, "2.0", []Reference{official("us", 0), official("us", 1)}, "learnt already"},
		"two releases at once":         {DefaultSeason("t"), "1.0", []Reference{official("us", 0), official("eu", 0), {File: "none", Facts: Facts{Region: "us", Handles: make([]string, 6)}}}, "none"},
		"no region":                    {DefaultSeason("t"), "1.0", []Reference{{File: "here", Facts: Facts{Handles: official("us", 0).Facts.Handles}}}, "here"},
		"no name":                      {DefaultSeason("t"), " ", all("us"), "name the release"},
		"another file of a known map":  {learnt, "1.0", []Reference{otherMap}, "learnt with another file"},
		"other files of the game's":    {learnt, "1.0", []Reference{withBase(official("us", 0), digest("base", 9))}, digest("base", 9)},
		"other files of the game, two": {DefaultSeason("t"), "1.0", []Reference{official("us", 0), withBase(official("us", 1), digest("base", 9))}, digest("base", 9)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := test.season.Document()
			lesson, err := test.season.Learn(test.release, test.references, LearnOptions{})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one with %q; lines %v", err, test.says, lesson.Lines)
			}
			if diff := cmp.Diff(before, test.season.Document()); diff != "" {
				t.Errorf("the season changed:\n%s", diff)
			}
		})
	}
}

func withBase(r Reference, hash string) Reference {
	r.Facts.Handles = slices.Clone(r.Facts.Handles)
	r.Facts.Handles[4] = hash
	return r
}

func TestForceGrowsARelease(t *testing.T) {
	t.Parallel()
	s := learn(t, DefaultSeason("test"), official("us", 0), official("us", 1), official("us", 2))
	lesson, err := s.Learn("1.0", []Reference{forged(official("us", 0))}, LearnOptions{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]LessonLine{{What: "release", Region: "us", Hash: forgedFile, Text: "1.0"}}, lesson.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if check := lesson.Season.CheckMod(forged(official("us", 0)).Facts); check.State != Pass {
		t.Errorf("%+v", check)
	}
}

func TestASecondReleaseLeavesTheFirst(t *testing.T) {
	t.Parallel()
	s := learn(t, DefaultSeason("test"), all("us")...)
	next := func(number int) Reference {
		r := official("us", number)
		r.Facts.Handles[7], r.Facts.Handles[9] = digest("next", 7), digest("next", 9) // the others stay
		return r
	}
	lesson, err := s.Learn("1.1", []Reference{next(0)}, LearnOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for number := range DefaultMaps() {
		if old := lesson.Season.CheckMod(official("us", number).Facts); old.State != Pass || old.Release != "1.0" {
			t.Errorf("a late upload of the old release: %+v", old)
		}
		if fresh := lesson.Season.CheckMod(next(number).Facts); fresh.State != Pass || fresh.Release != "1.1" {
			t.Errorf("the new release: %+v", fresh)
		}
	}
	mixed := next(1)
	mixed.Facts.Handles[9] = digest("mod us", 4)
	if check := lesson.Season.CheckMod(mixed.Facts); check.State != Fail {
		t.Errorf("files of both releases: %+v", check)
	}
}

func TestAMapThatIsNotInThePoolIsKnownAndDrawnWhenAsked(t *testing.T) {
	t.Parallel()
	r := official("us", 0)
	r.Facts.MapTitle, r.Facts.MapHash = "Khione SEL", digest("map", 50)
	for _, add := range []bool{false, true} {
		lesson, err := DefaultSeason("test").Learn("1.0", []Reference{r}, LearnOptions{AddMaps: add})
		if err != nil {
			t.Fatal(err)
		}
		m, known := lesson.Season.FindMap("", r.Facts.MapHash)
		if !known || m.Retired == add {
			t.Errorf("asked to add it: %t, known: %t, retired: %t", add, known, m.Retired)
		}
		if check := lesson.Season.CheckMod(r.Facts); check.State != Pass {
			t.Errorf("its own reference: %+v", check)
		}
	}
}
