package ladder

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultsAreSane(t *testing.T) {
	t.Parallel()
	s := DefaultSeason("Season 1")
	if diff := cmp.Diff(s, s.Clamp(), cmp.Transformer("", func(s []string) int { return len(s) }), cmp.Transformer("", func(r []Release) int { return len(r) })); diff != "" {
		t.Errorf("clamping changes the default (-want +got):\n%s", diff)
	}
	if len(s.Maps) != 9 {
		t.Errorf("%d maps", len(s.Maps))
	}
}

// TestNothingStopsTheQueue sets every number of the rules to garbage, one at a time and all
// at once.
func TestNothingStopsTheQueue(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[Rules]()
	for _, garbage := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 1e18} {
		all := DefaultSeason("all")
		for i := range kind.NumField() {
			one := DefaultSeason("one")
			spoil(reflect.ValueOf(&one.Rules).Elem().Field(i), garbage)
			spoil(reflect.ValueOf(&all.Rules).Elem().Field(i), garbage)
			playable(t, kind.Field(i).Name, one.Clamp())
		}
		playable(t, "everything", all.Clamp())
	}
	playable(t, "nothing is set", Season{}.Clamp())
	playable(t, "all maps are retired", Season{Maps: []Map{{Title: "A", Retired: true}}}.Clamp())
	playable(t, "maps without titles", Season{Maps: []Map{{}, {Title: " "}}}.Clamp())
}

// spoil writes garbage into a number, or into every number of a list.
func spoil(v reflect.Value, garbage float64) {
	switch v.Kind() {
	case reflect.Float64:
		v.SetFloat(garbage)
	case reflect.Int, reflect.Int64:
		if math.IsNaN(garbage) || math.Abs(garbage) > math.MaxInt64/2 {
			garbage = math.Copysign(math.MaxInt64/2, garbage)
		}
		v.SetInt(int64(garbage))
	case reflect.String:
		v.SetString("garbage")
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1000, 1000))
		for i := range v.Len() {
			spoil(v.Index(i), garbage)
		}
	}
}

// playable holds a season to what the queue needs.
func playable(t *testing.T, name string, s Season) {
	t.Helper()
	r := s.Rules
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"a search that matching can see", r.Search >= 30*sec && r.Search <= day},
		{"a reminder before the search ends", r.SearchReminder > 0 && r.SearchReminder < r.Search},
		{"time to answer", r.Offer >= 5*sec && r.Offer <= 10*minu},
		{"a reminder before the offer ends", r.OfferReminder > 0 && r.OfferReminder < r.Offer},
		{"an offer that ends undelivered", r.OfferDelivery > 0 && r.OfferDelivery <= 10*minu},
		{"pairs that meet again", r.Reoffer >= 0 && r.Reoffer <= hour},
		{"a match that ends", r.Playing > 0 && r.Playing <= day && r.OwnWin > 0 && r.OwnWin <= r.Playing},
		{"not here within a match", r.NotHereFrom >= 0 && r.NotHereFrom < r.Playing && r.NotHereAnswer > 0 && r.NotHereAnswer < r.Playing},
		{"a season that ends", r.SnapshotAfter >= 0 && r.SnapshotAfter <= 7*day},
		{"games that count", r.ShortGame >= 0 && r.ShortGame <= 10*minu},
		{"penalties that end", len(r.Penalties) > 0 && slices.Max(r.Penalties) <= day && slices.Min(r.Penalties) >= 0},
		{"ratings that move", r.K > 0 && r.Spread >= 50 && r.Tau >= 0.1 && r.Tau <= 1.2 && r.Start > 0},
		{"matches that are rated", r.PairMatches > 0 && r.PairWindow > 0},
		{"a pairing", r.Pairing == Cross || r.Pairing == Any},
		{"teams of those who queue alone", r.TeamSize == 1},
		{"reports within a match", r.UploadReminder > 0 && r.UploadReminder < r.Playing},
		{"a pool", len(s.Maps) > 0 && PickMap(s.Maps, nil, nil, 0.5).Title != ""},
	} {
		if !c.ok {
			t.Errorf("%s: not %s: %+v", name, c.what, r)
		}
	}
	if _, err := ReadSeason(s.Document()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func TestSeasonIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	s := learn(t, DefaultSeason("Season 1"), all("us", "eu", "kr")...)
	s.ID, s.Version, s.Maps[2].Retired, s.StaffChannel = 3, 4, true, "123"
	s.Maps[1].Links = map[string]string{"AM": "battlenet:://starcraft/map/1/367550"}
	s.Rules.Offer, s.Rules.Tau = 90*sec, 0.6
	read, err := ReadSeason(s.Document())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, read); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := string(s.Document()); !strings.Contains(text, `"offer": "1m30s"`) || !strings.Contains(text, `"playing": "3h"`) || !strings.Contains(text, "홀리월드") {
		t.Error(text)
	}
}

func TestWhatASeasonLeavesOutIsTheDefault(t *testing.T) {
	t.Parallel()
	s, err := ReadSeason([]byte(`{"name": "short", "rules": {"offer": "90s", "clock_skew": "0s"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultRules()
	want.Offer, want.ClockSkew = 90*sec, 0
	if diff := cmp.Diff(want, s.Rules); diff != "" || len(s.Maps) != 9 {
		t.Errorf("(-want +got):\n%s, %d maps", diff, len(s.Maps))
	}
}

func TestAWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		``:                                      "no JSON object",
		`null`:                                  "no JSON object",
		`[1]`:                                   "no JSON object",
		`{"name": "x"`:                          "unexpected end",
		`{"rules": {"ofer": "90s"}}`:            "rules.ofer: there is no such field",
		`{"rules": {"offer": 90}}`:              "rules.offer: write a duration",
		`{"rules": {"offer": "90"}}`:            "rules.offer: write a duration",
		`{"rules": {"k": "forty"}}`:             "rules.k: write a whole number",
		`{"rules": {"k": 1.5}}`:                 "rules.k: write a whole number",
		`{"rules": {"k": 1e30}}`:                "rules.k: write a whole number",
		`{"rules": {"tau": "x"}}`:               "rules.tau: write a number",
		`{"rules": {"penalties": 5}}`:           "rules.penalties: write a list",
		`{"rules": {"penalties": ["0s", "x"]}}`: "rules.penalties[1]: write a duration",
		`{"rules": 7}`:                          "rules: write an object",
		`{"paused": "yes"}`:                     "paused: write true or false",
		`{"name": 7}`:                           "name: write a text",
		`{"maps": [{"title": "A"}, {"titel": "B"}]}`:              "maps[1].titel: there is no such field",
		`{"maps": [{"author": "B"}]}`:                             "maps[0].title",
		`{"maps": [{"title": "A", "hash": "123"}]}`:               "maps[0].hash",
		`{"base": ["xyz"]}`:                                       "base[0]",
		`{"releases": [{"name": ""}]}`:                            "releases[0].name",
		`{"releases": [{"name": "1"}, {"name": "1"}]}`:            "releases[1].name",
		`{"releases": [{"name": "1", "handles": {"us": ["q"]}}]}`: "releases[0].handles.us[0]",
	} {
		if _, err := ReadSeason([]byte(document)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", document, err, want)
		}
	}
}

func FuzzReadSeason(f *testing.F) {
	f.Add(DefaultSeason("x").Document())
	f.Add([]byte(`{"rules": {"offer": "-5h", "k": -9223372036854775808, "tau": 1e308}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ReadSeason(data); err == nil {
			playable(t, "fuzz", s)
		}
	})
}

func TestRegionsAndServers(t *testing.T) {
	t.Parallel()
	all := Regions()
	if len(all) != 16 || len(serverRows) != 16 {
		t.Fatalf("%d regions, %d rows", len(all), len(serverRows))
	}
	for i, row := range serverRows {
		if n := len(strings.Fields(row)); n != 16-i {
			t.Errorf("row %d has %d servers", i, n)
		}
	}
	steps := RegionSteps()
	for i, a := range all {
		if a.Name() == string(a) || a.Index() != i || steps[i][i] != 0 {
			t.Errorf("%s: %q, %d, %d steps to itself", a, a.Name(), a.Index(), steps[i][i])
		}
		for j, b := range all {
			server := ServerOf(a, b)
			if server == "" || server != ServerOf(b, a) || ServerName(server) == "" || !slices.Contains([]string{"AM", "EU", "AS"}, ServerRegion(server)) {
				t.Errorf("%s and %s play on %q, %q", a, b, server, ServerOf(b, a))
			}
			if steps[i][j] != steps[j][i] || (steps[i][j] == NeverMeet) != Blocked(a, b) || steps[i][j] > 2 {
				t.Errorf("%s and %s are %d and %d steps away", a, b, steps[i][j], steps[j][i])
			}
		}
	}
	for pair, want := range map[[2]Region]string{
		{"NAW", "NAW"}: "USW", {"NAE", "EUW"}: "USE", {"EUW", "EUE"}: "EUC", {"KRJ", "EUW"}: "USW", {"EUE", "KRJ"}: "USC", {"EUE", "CHN"}: "USW",
		{"OCE", "OCE"}: "AUS", {"SEA", "FER"}: "KOR", {"FER", "FER"}: "KOR", {"THM", "THM"}: "TWN", {"USB", "KRJ"}: "TWN", {"AFR", "MEA"}: "EUC",
	} {
		if got := ServerOf(pair[0], pair[1]); got != want {
			t.Errorf("%v play on %s, want %s", pair, got, want)
		}
	}
	if !Blocked("USB", "SAM") || !Blocked("CAM", "FER") || Blocked("USB", "FER") || Blocked("SAM", "CAM") || Blocked("NAW", "FER") {
		t.Error("blocked are USB and FER with CAM and SAM, and no others")
	}
	if ServerOf("NAW", "XXX") != "" || Region("XXX").Name() != "XXX" {
		t.Error("a region that there is not has a server or a name")
	}
}

func TestMapsArePickedFairly(t *testing.T) {
	t.Parallel()
	pool := DefaultMaps()
	random := rand.New(rand.NewPCG(1, 2))
	counts := func(pool []Map, vetoes [][]string, recent []string) map[string]int {
		n := map[string]int{}
		for range 9000 {
			n[PickMap(pool, vetoes, recent, random.Float64()).Title]++
		}
		return n
	}
	for title, n := range counts(pool, nil, nil) {
		if n < 850 || n > 1150 {
			t.Errorf("%s %d times of 9000", title, n)
		}
	}
	vetoed := counts(pool, [][]string{{pool[0].Title, pool[1].Title}, {"golden wall  sel", pool[3].Title}}, nil)
	if len(vetoed) != 6 || vetoed[pool[0].Title]+vetoed[pool[1].Title]+vetoed[pool[3].Title] > 0 {
		t.Errorf("despite vetoes: %v", vetoed)
	}
	recent := counts(pool, nil, []string{pool[4].Title, pool[4].Title, pool[5].Title})
	if recent[pool[4].Title] > recent[pool[5].Title] || recent[pool[5].Title] > recent[pool[6].Title]/2 || recent[pool[4].Title] == 0 {
		t.Errorf("recent maps: %v", recent)
	}
}

func TestVetoesCountAsTheSeasonAllows(t *testing.T) {
	t.Parallel()
	s := DefaultSeason("Season 1")
	s.Maps, s.Rules.Vetoes = []Map{{Title: "A"}, {Title: "B"}, {Title: "C", Retired: true}, {Title: "D"}}, 2
	for _, c := range []struct{ vetoes, count []string }{
		{[]string{"D", "A", "B"}, []string{"D", "A"}},
		{[]string{"gone", "C", "B"}, []string{"B"}}, // neither a map that left nor one that is not drawn uses one up
		{nil, nil},
	} {
		if got := s.vetoes(Player{Vetoes: c.vetoes}); !slices.Equal(got, c.count) {
			t.Errorf("%v: %v count, want %v", c.vetoes, got, c.count)
		}
	}
}

func TestAVetoOfEverythingStillGivesAMap(t *testing.T) {
	t.Parallel()
	pool := DefaultMaps()
	var everything []string
	for _, m := range pool {
		everything = append(everything, m.Title)
	}
	for _, r := range []float64{0, 0.3, 0.999999, 1, -5, 7, math.NaN(), math.Inf(1)} {
		if m := PickMap(pool, [][]string{everything, everything[:8]}, nil, r); m.Title != pool[8].Title {
			t.Errorf("r %v: %s, and not the least vetoed", r, m.Title)
		}
		if m := PickMap(pool, [][]string{everything, everything}, everything, r); m.Title == "" {
			t.Errorf("r %v: no map", r)
		}
		if m := PickMap(nil, nil, nil, r); m.Title == "" {
			t.Errorf("r %v, no pool: no map", r)
		}
	}
	pool[8].Retired = true
	if m := PickMap(pool, [][]string{everything[:8]}, nil, 0.9); m.Title == pool[8].Title {
		t.Error("a retired map")
	}
}

func TestDurationsAreWrittenShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{90 * time.Second: "1m30s", 3 * time.Hour: "3h", 10 * time.Minute: "10m", 0: "0s", time.Hour + time.Second: "1h0m1s", 70 * time.Minute: "1h10m"} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
