package replay

import (
	"slices"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// without is a file that lacks streams.
func without(f replaytest.File, names ...string) []byte {
	a := f.Archive()
	a.Streams = slices.DeleteFunc(a.Streams, func(s replaytest.Stream) bool { return slices.Contains(names, s.Name) })
	return a.Bytes()
}

// TestWhatIsMissingCostsWhatItAloneKnows takes one thing after the other from
// a good replay.
func TestWhatIsMissingCostsWhatItAloneKnows(t *testing.T) {
	good := replaytest.Sample().File()
	changed := func(change func(*replaytest.File)) []byte {
		f := replaytest.Sample().File()
		change(&f)
		return f.Bytes()
	}
	tests := map[string]struct {
		file []byte
		warn string // part of the one warning; none when empty
		want func(r *Replay) bool
	}{
		"attributes": {without(good, "replay.attributes.events"), "attributes cannot be read", func(r *Replay) bool {
			return r.Category == CategoryLadder && r.Settings.Privacy == "unknown"
		}},
		"attributes' content": {changed(func(f *replaytest.File) { f.Attributes.List = nil }), "", func(r *Replay) bool {
			return r.Category == CategoryLadder
		}},
		"metadata": {without(good, "replay.gamemetadata.json"), "", func(r *Replay) bool {
			return r.WinnerSource == WinnerFromDetails && r.Players[1].MMR == nil && r.Players[0].APM != nil
		}},
		"a number in metadata": {changed(func(f *replaytest.File) {
			f.Metadata = []byte(strings.Replace(string(f.Metadata), `"MMR": 4000`, `"MMR": "4000"`, 1))
		}), "metadata cannot be read", func(r *Replay) bool {
			return r.WinnerSource == WinnerFromMetadata && r.Players[1].MMR == nil && *r.Players[1].APM == 120
		}},
		"messages": {without(good, "replay.message.events"), "", func(r *Replay) bool { return len(r.Chat) == 0 }},
		"lobby": {without(good, "replay.initData"), "lobby cannot be read: mpq: replay.initData", func(r *Replay) bool {
			return len(r.Observers) == 0 && r.Settings.ObserversAllowed == "unknown"
		}},
		"game events": {without(good, "replay.game.events"), "game events cannot be read", func(r *Replay) bool {
			return len(r.Leaves) == 0
		}},
		"tracker events": {without(good, "replay.tracker.events"), "", func(r *Replay) bool {
			return len(r.Timeline.Players[0].Samples) == 0 && len(r.Timeline.Players[0].APM) > 0
		}},
		"cache handles": {changed(func(f *replaytest.File) {
			f.Details.CacheHandles, f.InitData.Game.CacheHandles = nil, nil
		}), "", func(r *Replay) bool { return r.Map.SHA256 == "" && r.Map.Title == "Test LE" && r.Region == "us" }},
		"details' cache handles": {changed(func(f *replaytest.File) { f.Details.CacheHandles = nil }), "", func(r *Replay) bool {
			return r.Map.SHA256 != ""
		}},
		"player list": {changed(func(f *replaytest.File) { f.Details.Players = nil }), "", func(r *Replay) bool {
			return r.Players[0].RaceName == "" && r.Players[0].Color == "#000000" && r.WinnerSource == WinnerFromMetadata
		}},
		"time": {changed(func(f *replaytest.File) { f.Details.TimeUTC, f.Details.TimeLocalOffset = -1, -1<<40 }), "", func(r *Replay) bool {
			return r.EndedAt.IsZero()
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Parse(t.Context(), test.file, Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Players) != 2 || r.Players[0].Name != "Alpha" || r.Players[1].Race != BWProtoss && name != "metadata" ||
				r.Format != "1v1" || r.WinnerTeam == nil || *r.WinnerTeam != 2 || !test.want(r) {
				t.Errorf("%+v", r)
			}
			if warnings := strings.Join(r.Warnings, "; "); len(r.Warnings) > 1 || !strings.Contains(warnings, test.warn) || (warnings == "") != (test.warn == "") {
				t.Errorf("warnings %q, want %q", r.Warnings, test.warn)
			}
		})
	}
}

func TestOnlyComputersPlay(t *testing.T) {
	r, err := Parse(t.Context(), replaytest.Game{Custom: true, Players: []replaytest.Player{
		{Name: "A.I. 1", Computer: true, Race: replaytest.Zerg, Result: replaytest.Win},
		{Name: "A.I. 2", Computer: true, Team: 1, Result: replaytest.Loss},
		{Name: "Audience", Observer: true, Team: 2},
	}}.Bytes(), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != "1v1" || len(r.Players) != 2 || !r.Players[0].AI || !r.Players[1].AI || *r.WinnerTeam != 1 ||
		len(r.Observers) != 1 || r.Players[0].APM != nil || len(r.Warnings) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestSixteenPlay fills every seat, each for himself.
func TestSixteenPlay(t *testing.T) {
	g := replaytest.Game{Custom: true}
	for i := range 16 {
		g.Players = append(g.Players, replaytest.Player{Name: string(rune('A' + i)), Team: i})
	}
	r, err := Parse(t.Context(), g.Bytes(), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != "ffa" || len(r.Players) != 16 || r.Players[15].Name != "P" || len(r.Timeline.Players[15].Samples) == 0 || len(r.Warnings) != 0 {
		t.Errorf("%s, %d players, warnings %q", r.Format, len(r.Players), r.Warnings)
	}
}
