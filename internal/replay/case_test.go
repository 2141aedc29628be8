package replay

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// readCase reads one of the shared replays that were once read wrongly. They
// are not part of the project: without them a test is skipped at home and fails
// in CI.
func readCase(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("CASES_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "cases")
	}
	files, _ := filepath.Glob(filepath.Join(dir, name+"-*.SC2Replay"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no replay %s in %s", name, dir)
		}
		t.Skipf("no replay %s in %s (set CASES_DIR)", name, dir)
	}
	return readSample(t, files[0])
}

func parseCase(t testing.TB, name string) *Replay {
	t.Helper()
	r, err := Parse(t.Context(), readCase(t, name), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCasesSayWhoWon(t *testing.T) {
	oncetest.Sequential(t)
	for _, test := range []struct{ file, format, teams, want string }{
		{"case01", "3v3", "1 1 1 2 2 2", "winner 1 from metadata: W? W? W L L? L"},
		{"case02", "3v3", "1 1 1 2 2 2", "winner 1 from objective: W? W? W? L? L L"},
		{"case03", "coop", "1 2 1 2", "winner none from metadata: W? W - -"},
		{"case04", "other", "1 1 1 1 1 1 1 1 1 1 1 1 1 1", "winner none from none: W W - - L - - - - W W - W W"},
		{"case05", "other", "1 1 1 1 1 1 1 1 1 1 1 1 1 1", "winner none from none: - - - - - - - - - - - - - -"},
		{"case12", "1v1", "1 2", "winner 1 from metadata: W L"},
	} {
		t.Run(test.file, func(t *testing.T) {
			r := parseCase(t, test.file)
			var teams []string
			for _, p := range r.Players {
				teams = append(teams, fmt.Sprint(p.Team))
			}
			if got := outcome(r); got != test.want || r.Format != test.format || strings.Join(teams, " ") != test.teams {
				t.Errorf("%s %v %s\nwant %s [%s] %s", r.Format, teams, got, test.format, test.teams, test.want)
			}
		})
	}
}

func TestCaseOfCoopNamesPartnersAndCommanders(t *testing.T) {
	r := parseCase(t, "case03")
	var got []string
	for _, p := range r.Players {
		got = append(got, fmt.Sprintf("%d %s %s", p.Side, p.Name, p.Commander))
	}
	want := []string{"1 Anteus Karax", "1 Spagheet Mengsk", "2 Amon's Forces ", "2 Amon's Forces "}
	if !slices.Equal(got, want) || number(r.WinnerSide) != "1" || r.GameType != GameCoop {
		t.Errorf("%q, side %s won, %s", got, number(r.WinnerSide), r.GameType)
	}
}

func TestCaseOfAMapsOwnRace(t *testing.T) {
	oncetest.Sequential(t)
	for _, file := range []string{"case04", "case05"} {
		own := 0
		for _, p := range parseCase(t, file).Players {
			if (p.Race == NoRace) != (p.RaceName == "Android") {
				t.Errorf("%s: %s plays %s, %q", file, p.Name, p.Race, p.RaceName)
			}
			if p.Race == NoRace {
				own++
			}
			if p.Race == NoRace && !p.AI && p.PickedRace != NoRace {
				t.Errorf("%s: %s picked %s", file, p.Name, p.PickedRace)
			}
		}
		if own != 2 {
			t.Errorf("%s: %d play a race of the map's own", file, own)
		}
	}
}

func TestARaceOfAMapsOwnIsNoneOfOurs(t *testing.T) {
	for name, test := range map[string]struct {
		local      string
		noMetadata bool
		want       Race
	}{
		"with metadata":                        {"Android", false, NoRace},
		"with metadata, named after ours":      {"Infested Terran", false, NoRace},
		"before there was metadata":            {"Android", true, NoRace},
		"ours, in the recorder's own language": {"테란", true, Terran},
		"Brood War's":                          {"BW Terran", true, BWTerran},
		"a name without a letter":              {"?", true, Terran},
	} {
		t.Run(name, func(t *testing.T) {
			file := replaytest.Game{Custom: true, NoMetadata: test.noMetadata, Players: []replaytest.Player{
				{Name: "A", Race: "Andr", Picked: replaytest.Terran, Local: test.local}, {Name: "B", Team: 1},
			}}.Bytes()
			r, err := Parse(t.Context(), file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if p := r.Players[0]; p.Race != test.want || p.RaceName != test.local {
				t.Errorf("%s, %q", p.Race, p.RaceName)
			}
		})
	}
}

func TestCaseOfAGameByAPIHasNoHandle(t *testing.T) {
	r := parseCase(t, "case08")
	if p := r.Players[0]; p.Toon != "" || p.Name != "Sc2JudgmentBot" || p.AI || r.GameType != GameVersusAI {
		t.Errorf("%+v of a %s game", p, r.GameType)
	}
}

func TestHandles(t *testing.T) {
	for text, want := range map[string]string{
		"1-S2-1-1046319": "1-S2-1-1046319", "98-S2-1-1": "98-S2-1-1", "": "", "Sc2JudgmentBot": "", "a-b-c-d": "",
		"1-S2-1-0": "", "0-S2-0-0": "", "1--1-5": "", "1-S2-1-5-6": "", "-1-S2-1-5": "", "1-S2-1-x": "",
	} {
		if got := handleOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestCasesThatCannotBeRead(t *testing.T) {
	for _, test := range []struct {
		file string
		kind failure.Kind
		key  phrase.Key
	}{
		{"case09", failure.Unsupported, phrase.BetaBuild},
		{"case10", failure.Invalid, phrase.Damaged},
	} {
		_, err := Parse(t.Context(), readCase(t, test.file), Options{})
		if f := failure.Find(err); f == nil || f.Kind != test.kind || f.Text.Key != test.key {
			t.Errorf("%s: %v", test.file, err)
		}
	}
}

func TestBetaSaysItsBuild(t *testing.T) {
	archive := replaytest.Sample().File().Archive()
	archive.UserData = []byte("\x15StarCraft II replay\x1b2\x01\x00\x09\x00\x00\x00\x39\x1d\x00\x00\x39\x1d\x02\x00\x07\x53\x05")
	for n := 21; n <= len(archive.UserData); n++ {
		cut := archive
		cut.UserData = archive.UserData[:n]
		_, err := Parse(t.Context(), cut.Bytes(), Options{})
		f := failure.Find(err)
		if f == nil || f.Kind != failure.Unsupported || f.Text.Key != phrase.BetaBuild {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if want := "14621"; n >= 30 && f.Text.Args["build"] != want {
			t.Errorf("%d bytes: build %q", n, f.Text.Args["build"])
		}
	}
}

// TestDamageIsNotAnUnknownBuild reads details of a build without tables: what
// is no value at all is damage, what is a value of another kind may be news.
func TestDamageIsNotAnUnknownBuild(t *testing.T) {
	for name, test := range map[string]struct {
		build   int
		details func([]byte) []byte
		kind    failure.Kind
	}{
		"another stream's bytes":        {99999, func([]byte) []byte { return []byte("x\x9c compressed") }, failure.Invalid},
		"cut short":                     {99999, func(d []byte) []byte { return d[:len(d)/2] }, failure.Invalid},
		"other values":                  {99999, func([]byte) []byte { return []byte{9, 4} }, failure.Unsupported},
		"other values, a known build":   {80949, func([]byte) []byte { return []byte{9, 4} }, failure.Invalid},
		"another stream, a known build": {80949, func([]byte) []byte { return []byte("x\x9c") }, failure.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			archive := replaytest.Game{BaseBuild: test.build, Players: []replaytest.Player{{Name: "A"}, {Name: "B", Team: 1}}}.File().Archive()
			for i := range archive.Streams {
				if s := &archive.Streams[i]; s.Name == "replay.details" {
					s.Data = test.details(s.Data)
				}
			}
			_, err := Parse(t.Context(), archive.Bytes(), Options{})
			if f := failure.Find(err); f == nil || f.Kind != test.kind {
				t.Errorf("%v, want %s", err, test.kind)
			}
		})
	}
}

func TestCaseOfAStreamShorterThanAnnounced(t *testing.T) {
	r := parseCase(t, "case11")
	if r.WinnerSource != WinnerFromMetadata || *r.Players[0].MMR != 4501 || *r.Players[1].MMR != 4559 ||
		strings.Contains(strings.Join(r.Warnings, " "), "metadata") {
		t.Errorf("winner from %s, %+v, warnings %q", r.WinnerSource, r.Players, r.Warnings)
	}
}

// TestStreamsShorterThanAnnouncedAreRead announces ten bytes more of each small
// stream than there are.
func TestStreamsShorterThanAnnouncedAreRead(t *testing.T) {
	for _, name := range []string{"replay.details", "replay.initData", "replay.attributes.events", "replay.gamemetadata.json"} {
		for _, codec := range []replaytest.Codec{replaytest.Zlib, replaytest.Bzip2} {
			archive := replaytest.Sample().File().Archive()
			for i := range archive.Streams {
				s := &archive.Streams[i]
				if packed := replaytest.Compress(codec, s.Data); s.Name == name && len(packed) < len(s.Data) {
					s.Codec, s.Size = codec, uint32(len(s.Data))+10
					s.Packed = packed
				}
			}
			r, err := Parse(t.Context(), archive.Bytes(), Options{})
			if err != nil {
				t.Errorf("%s, %#x: %v", name, codec, err)
				continue
			}
			if len(r.Warnings) > 0 || *r.Players[1].MMR != 4000 || len(r.Observers) != 1 || r.Settings.LockedAlliances == nil {
				t.Errorf("%s, %#x: %+v", name, codec, r)
			}
		}
	}
}

func TestCaseOfALongRecording(t *testing.T) {
	r := parseCase(t, "case12")
	if r.DecidedSeconds == nil || math.Abs(*r.DecidedSeconds-638) > 1 || r.DecidedBy != DecidedByStatistics ||
		math.Abs(r.Duration-1210.67) > 0.01 || r.GameType != GameVersusAI {
		t.Errorf("decided at %v by %s, of %.2f s, %s", r.DecidedSeconds, r.DecidedBy, r.Duration, r.GameType)
	}
}

func inOrder(events []stream.TrackerEvent) []stream.TrackerEvent {
	slices.SortStableFunc(events, func(a, b stream.TrackerEvent) int { return a.Loop - b.Loop })
	return events
}
