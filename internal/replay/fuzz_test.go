package replay

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// FuzzParse mutates whole files. Their streams are stored, so that a changed
// byte reaches the decoders.
func FuzzParse(f *testing.F) {
	game := replaytest.Sample()
	f.Add(game.Bytes())
	game.Codec = replaytest.Stored
	f.Add(game.Bytes())
	game.BaseBuild, game.NoMetadata, game.Resumed = 97425, true, true
	f.Add(game.Bytes())
	game.Anonymous = true
	f.Add(game.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		check(t, file, Options{Level: Summary})
		check(t, file, Options{Timeline: true})
	})
}

// FuzzStreams mutates the streams behind a good player list, for any build.
func FuzzStreams(f *testing.F) {
	game := replaytest.Sample().File()
	for _, build := range []int{80949, 99999, 16561, 24764, 38215} {
		f.Add(build, replaytest.EncodeInitData(game.InitData), replaytest.EncodeAttributes(game.Attributes),
			game.Metadata, replaytest.EncodeMessages(game.Messages),
			replaytest.EncodeGame(game.Game), replaytest.EncodeTracker(game.Tracker))
	}
	f.Fuzz(func(t *testing.T, build int, initData, attributes, metadata, messages, events, tracker []byte) {
		file := game
		file.Header.Version.BaseBuild = build & math.MaxInt32
		archive := file.Archive()
		archive.Streams = []replaytest.Stream{
			{Name: "replay.details", Data: replaytest.EncodeDetails(game.Details)},
			{Name: "replay.initData", Data: initData},
			{Name: "replay.attributes.events", Data: attributes},
			{Name: "replay.gamemetadata.json", Data: metadata},
			{Name: "replay.message.events", Data: messages},
			{Name: "replay.game.events", Data: events},
			{Name: "replay.tracker.events", Data: tracker},
		}
		check(t, archive.Bytes(), Options{Timeline: true})
	})
}

// check holds a parse of anything to what it promises.
func check(t *testing.T, file []byte, options Options) {
	t.Helper()
	r, err := Parse(t.Context(), file, options)
	if err != nil {
		if f := failure.Find(err); r != nil || f == nil || f.Kind == "" || f.Text.Key == "" {
			t.Fatalf("%v is no failure.Error", err)
		}
		return
	}
	if _, err := json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range r.Players {
		if seen[p.Slot] || p.Race == "" || p.PickedRace == "" || p.Result == "" || p.Race == Random {
			t.Fatalf("player %+v", p)
		}
		seen[p.Slot] = true
		if (p.Result == Undecided) != (p.ResultSource == ResultFromNone) {
			t.Fatalf("%s from %s", p.Result, p.ResultSource)
		}
		if r.WinnerSide != nil && *r.WinnerSide == p.Side && p.Result != Win && !p.AI {
			t.Fatalf("side %d won, and %+v", *r.WinnerSide, p)
		}
	}
	if (r.WinnerSide != nil) != (r.WinnerSource != WinnerFromNone) || r.WinnerTeam != nil && *r.WinnerTeam != *r.WinnerSide {
		t.Fatalf("winner %v, side %v from %s", r.WinnerTeam, r.WinnerSide, r.WinnerSource)
	}
	if r.Timeline != nil && len(r.Timeline.Players) != len(r.Players) {
		t.Fatalf("%d timelines of %d players", len(r.Timeline.Players), len(r.Players))
	}
}
