package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// lobby makes games with the mod, with dependencies as the published one has them.
type lobby struct {
	region string // of the depot
	number int    // of the account's region
	mod    int    // the mod's own files
	art    int    // art files on some maps
}

var (
	americas = lobby{"US", 1, 9, 2}
	korea    = lobby{"KR", 3, 16, 7}
	china    = lobby{"CN", 5, 9, 2}
)

// game is a game on a map of the default pool; extra are mods that the lobby added.
func (l lobby) game(number int, extra ...string) replaytest.Game {
	contents := []string{"core", "liberty", "swarm", "void", "multi"}
	for i := range l.mod {
		contents = append(contents, "mod "+l.region+string(rune('a'+i)))
	}
	contents = append(contents, extra...)
	contents = append(contents, "tileset "+string(rune('0'+number%2)))
	if number%3 == 0 {
		for i := range l.art {
			contents = append(contents, "art "+l.region+string(rune('a'+i)))
		}
	}
	title := ladder.DefaultMaps()[number].Title
	contents = append(contents, title)
	var handles []stream.CacheHandle
	for _, content := range contents {
		handles = append(handles, replaytest.Handle("s2ma", l.region, content))
	}
	return replaytest.Game{
		Map: title, Handles: handles, Region: l.number, Custom: true, Seed: uint32(number + 1),
		Players: []replaytest.Player{
			{Name: "Ann", Race: replaytest.BWZerg, Result: replaytest.Win},
			{Name: "Bob", Race: replaytest.Protoss, Team: 1, Result: replaytest.Loss, LeavesAt: 9000},
		},
	}
}

// verifyEach runs evoladder verify and reads its lines.
func (p program) verifyEach(t *testing.T, args ...string) (lines []verified, status int) {
	t.Helper()
	out, errs, status := p.run(t, append([]string{"verify"}, args...)...)
	for line := range strings.Lines(out) {
		var v verified
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, errs)
		}
		lines = append(lines, v)
	}
	return lines, status
}

func (v verified) check(code ladder.Code) ladder.Evidence {
	i := slices.IndexFunc(v.Evidence, func(e ladder.Evidence) bool { return e.Code == code })
	if i < 0 {
		return ladder.Evidence{}
	}
	return v.Evidence[i]
}

// must runs a command that succeeds.
func (p program) must(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, status := p.run(t, args...)
	if status != 0 {
		t.Fatalf("%v: status %d, %s%s", args, status, out, errs)
	}
	return out
}

func TestASeasonIsLearntFromReplays(t *testing.T) {
	t.Parallel()
	p, dir := newProgram(t), t.TempDir()
	season := filepath.Join(dir, "season.json")
	file := func(name string, g replaytest.Game) string { return write(t, name+".SC2Replay", g.Bytes()) }
	p.must(t, "season", "init", "-season", season)
	learnt := []string{file("us0", americas.game(0)), file("us1", americas.game(1)), file("us2", americas.game(2)), file("kr0", korea.game(0)), file("kr5", korea.game(5))}
	learn := append([]string{"season", "learn", "-release", "1.0", "-season", season}, learnt...)

	before, _ := os.ReadFile(season)
	shown := p.must(t, slices.Insert(slices.Clone(learn), 2, "-n")...)
	if after, _ := os.ReadFile(season); string(after) != string(before) || !strings.Contains(shown, "release") || !strings.Contains(shown, "Nothing was written") {
		t.Errorf("-n wrote, or showed nothing:\n%s", shown)
	}
	p.must(t, learn...)
	if out := p.must(t, "season", "show", "-season", season); !strings.Contains(out, "release 1.0 in region us      9 files") || !strings.Contains(out, "release 1.0 in region kr      16 files") {
		t.Errorf("season show:\n%s", out)
	}

	forged := korea.game(1, "a mod of my own")
	forgedHash := replaytest.Handle("s2ma", "KR", "a mod of my own").Hash()
	alone := americas.game(2)
	alone.Players = alone.Players[:1]
	lines, status := p.verifyEach(t, "-season", season,
		file("us3", americas.game(3)), file("kr1", korea.game(1)), file("forged", forged), file("cn", china.game(1)), file("alone", alone))
	if status != 0 || len(lines) != 5 {
		t.Fatalf("status %d, %d lines", status, len(lines))
	}
	for i, want := range []struct {
		mod, format ladder.CheckState
		release     string
		region      string
		unknown     []string
	}{
		{ladder.Pass, ladder.Pass, "1.0", "us", nil},
		{ladder.Pass, ladder.Pass, "1.0", "kr", nil},
		{ladder.Fail, ladder.Pass, "1.0", "kr", []string{forgedHash}},
		{ladder.Unknown, ladder.Pass, "", "cn", nil},
		{ladder.Pass, ladder.Fail, "1.0", "us", nil},
	} {
		got := lines[i]
		if got.Mod.State != want.mod || got.Mod.Release != want.release || got.Mod.Region != want.region || !slices.Equal(got.Mod.Unknown, want.unknown) {
			t.Errorf("%s: mod %+v, want %+v", got.File, got.Mod, want)
		}
		if !got.Map.Known || len(got.SHA256) != 64 || got.check(ladder.CheckMap).State != ladder.Pass || got.check(ladder.CheckFormat).State != want.format {
			t.Errorf("%s: %+v", got.File, got)
		}
	}
	if out, errs, status := p.run(t, "season", "learn", "-release", "1.0", "-season", season, file("f", forged)); status != 1 || !strings.Contains(errs, forgedHash) {
		t.Errorf("learning a forged lobby: status %d, %s%s", status, out, errs)
	}
}

func TestASeasonGoesOutAndIn(t *testing.T) {
	t.Parallel()
	p, dir := newProgram(t), t.TempDir()
	season, copied := filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")
	p.must(t, "season", "init", "-season", season, "-name", "Spring")
	document := p.must(t, "season", "export", "-season", season)
	edited := write(t, "edited.json", []byte(strings.Replace(document, `"offer": "1m"`, `"offer": "90s"`, 1)))
	p.must(t, "season", "import", "-season", copied, edited)
	if out := p.must(t, "season", "export", "-season", copied); !strings.Contains(out, `"offer": "1m30s"`) || !strings.Contains(out, "Spring") {
		t.Errorf("%s", out)
	}

	// The same in the database.
	p.must(t, "migrate")
	p.must(t, "season", "init", "-name", "Spring")
	p.must(t, "season", "import", edited)
	p.must(t, "season", "learn", "-release", "1.0", write(t, "us.SC2Replay", americas.game(0).Bytes()))
	out := p.must(t, "season", "export")
	if !strings.Contains(out, `"offer": "1m30s"`) || !strings.Contains(out, `"version": 3`) {
		t.Errorf("%s", out)
	}
	lines, status := p.verifyEach(t, write(t, "us2.SC2Replay", americas.game(2).Bytes()))
	if status != 0 || len(lines) != 1 || lines[0].Mod.State != ladder.Pass {
		t.Errorf("status %d, %+v", status, lines)
	}
}

// TestRealReplaysAreHeldAgainstASeason learns from real games of one patch, each on a map
// of its own, as if their common files were a mod's.
func TestRealReplaysAreHeldAgainstASeason(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	season := filepath.Join(t.TempDir(), "season.json")
	p.must(t, "season", "init", "-season", season)
	lines, status := p.verifyEach(t, "-season", season, samples(t))
	if status != 0 || len(lines) != 7 {
		t.Fatalf("status %d, %d lines", status, len(lines))
	}
	for _, v := range lines {
		if v.Mod.State != ladder.Unknown || v.Map.Known || v.check(ladder.CheckMap).State != ladder.Fail || v.check(ladder.CheckWinner).State == "" {
			t.Errorf("%s with nothing learnt: %+v", v.File, v)
		}
	}
	_, errs, status := p.run(t, "season", "learn", "-release", "1.0", "-season", season, filepath.Join(samples(t), "wol.SC2Replay"))
	if status != 1 || !strings.Contains(errs, "wol.SC2Replay: it has") {
		t.Errorf("a game without the mod: status %d, %s", status, errs)
	}
}

func TestWrongUseOfASeasonIsExplained(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	season := filepath.Join(t.TempDir(), "season.json")
	p.must(t, "season", "init", "-season", season)
	broken := write(t, "broken.json", []byte(`{"rules": {"offer": 90}}`))
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"season"}, "init|learn|show|import|export"},
		{[]string{"season", "shwo"}, "init|learn|show|import|export"},
		{[]string{"season", "init", "-season", season}, "exists already"},
		{[]string{"season", "init", season}, "-season"},
		{[]string{"season", "learn", "-season", season, "x"}, "-release NAME"},
		{[]string{"season", "learn", "-season", season, "-release", "1"}, "name files"},
		{[]string{"season", "learn", "-season", season, "-release", "1", "no.SC2Replay"}, "no.SC2Replay: there is no such file"},
		{[]string{"season", "show", "-season", season + "x"}, "there is no season file"},
		{[]string{"season", "show", "-season", broken}, "rules.offer: write a duration"},
		{[]string{"season", "import"}, "name one file"},
		{[]string{"season", "import", broken}, "rules.offer: write a duration"},
		{[]string{"season", "show", "-seson", "x"}, "seson"},
		{[]string{"verify", "-season", season}, "name files"},
		{[]string{"verify", "-season", season + "x", "y"}, "there is no season file"},
		{[]string{"verify", "-x"}, "verify: flag"},
	} {
		out, errs, status := p.run(t, test.args...)
		if status != 1 || !strings.Contains(errs, test.want) {
			t.Errorf("%v: status %d, %q, %q", test.args, status, out, errs)
		}
	}
	p.must(t, "migrate")
	if _, errs, status := p.run(t, "season", "show"); status != 1 || !strings.Contains(errs, "evoladder season init") {
		t.Errorf("a database without a season: status %d, %s", status, errs)
	}
	out, errs, status := p.run(t, "verify", "-season", season, write(t, "a.SC2Replay", []byte("hello")))
	if status != 1 || !strings.Contains(out, `"error"`) || !strings.Contains(errs, "1 of 1 files") {
		t.Errorf("a file that is none: status %d, %s, %s", status, out, errs)
	}
}
