package replaytest_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	icza "github.com/icza/mpq"
	"github.com/icza/s2prot/rep"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// games are one of each shape.
func games() map[string]replaytest.Game {
	two := []replaytest.Player{
		{Name: "Alpha & <Omega>", Clan: "ONE", Race: replaytest.Zerg, Result: replaytest.Loss, APM: 180, LeavesAt: 4000},
		{Name: "Béta", Race: replaytest.BWProtoss, Picked: replaytest.Random, Local: "БВ Протосс", Team: 1, Result: replaytest.Win, APM: 90},
	}
	four := append(append([]replaytest.Player{}, two...),
		replaytest.Player{Name: "Gamma", Team: 0, Result: replaytest.Loss},
		replaytest.Player{Name: "A.I.", Computer: true, Team: 1, Result: replaytest.Win})
	return map[string]replaytest.Game{
		"sample":      replaytest.Sample(),
		"1v1":         {Players: two, Loops: 4032},
		"zlib":        {Players: two, Loops: 4032, Codec: replaytest.Zlib},
		"anonymous":   {Players: two, Loops: 4032, Anonymous: true},
		"no metadata": {Players: two, Loops: 4032, NoMetadata: true, Custom: true},
		"2v2 with AI": {Players: four, Loops: 4032, Region: 2},
		"resumed":     {Players: two, Loops: 4032, Resumed: true},
		"no players":  {Loops: 100},
	}
}

func TestAnotherParserReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for name, g := range games() {
		r, err := rep.New(bytes.NewReader(g.Bytes()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := g.File()
		if r.GameEvtsErr || r.TrackerEvtsErr || r.MessageEvtsErr ||
			len(r.GameEvts) != len(f.Game) || len(r.TrackerEvts.Evts) != len(f.Tracker) || len(r.MessageEvts) != len(f.Messages) {
			t.Errorf("%s: events %d, %d, %d of %d, %d, %d", name, len(r.GameEvts), len(r.TrackerEvts.Evts),
				len(r.MessageEvts), len(f.Game), len(f.Tracker), len(f.Messages))
		}
		if r.Details.Title() != f.Details.Title || r.Header.Loops() != int64(f.Header.Loops) {
			t.Errorf("%s: %s, %d loops", name, r.Details.Title(), r.Header.Loops())
		}
		for i, p := range r.Details.Players() {
			want := f.Details.Players[i]
			if p.Stringv("name") != want.Name || p.RaceString() != want.Race || int(p.TeamID()) != want.TeamID || p.Toon.ID() != want.Toon.ID {
				t.Errorf("%s: player %v, want %+v", name, p, want)
			}
		}
		for i, s := range r.InitData.LobbyState.Slots {
			if want := f.InitData.Lobby.Slots[i]; s.ToonHandle() != want.ToonHandle || int(s.TeamID()) != want.TeamID {
				t.Errorf("%s: slot %v, want %+v", name, s, want)
			}
		}
		if mode := r.AttrEvts.GameMode().Name; g.Custom != (mode == "Private") {
			t.Errorf("%s: custom %t is %q", name, g.Custom, mode)
		}
	}
}

func TestOurParserReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for name, g := range games() {
		want := g.File()
		r, err := stream.Open(want.Bytes())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := replaytest.File{Header: r.Header, Codec: want.Codec}
		var errs [5]error
		got.Details, errs[0] = r.Details()
		got.InitData, errs[1] = r.InitData()
		got.Attributes, errs[2] = r.Attributes()
		got.Messages, errs[3] = r.Messages()
		metadata, err := r.Metadata()
		errs[4] = err
		if metadata != nil {
			got.Metadata = bytes.Clone(metadata)
		}
		got.Anonymous = r.Anonymous
		if errs != [5]error{} {
			t.Errorf("%s: %v", name, errs)
		}
		got.Game, want.Game = nil, compareEvents(t, r, want.Game)
		want.Tracker = compareTracker(t, r, want.Tracker)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-written +read):\n%s", name, d)
		}
		r.Close()
	}
}

func compareEvents(t *testing.T, r *stream.Replay, want []stream.GameEvent) []stream.GameEvent {
	g, err := r.GameEvents(stream.AllGame)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; g.Next(context.Background()); i++ {
		if i >= len(want) || want[i].Loop != g.Event.Loop || want[i].User != g.Event.User || want[i].Kind != g.Event.Kind {
			t.Fatalf("game event %d: %+v", i, g.Event)
		}
		if w := want[i]; w.Kind == stream.CommandGiven && w.Command != g.Event.Command {
			t.Fatalf("game event %d: %+v, want %+v", i, g.Event.Command, w.Command)
		}
	}
	if g.Err() != nil || g.Count != len(want) {
		t.Errorf("%d game events, want %d: %v", g.Count, len(want), g.Err())
	}
	return nil
}

func compareTracker(t *testing.T, r *stream.Replay, want []stream.TrackerEvent) []stream.TrackerEvent {
	s, err := r.TrackerEvents(stream.AllTracker)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; s.Next(context.Background()); i++ {
		e, w := s.Event, want[min(i, len(want)-1)]
		if e.Loop != w.Loop || e.Kind != w.Kind || w.Kind == stream.PlayerStats && e.Stats != w.Stats ||
			w.Kind == stream.UnitBorn && (e.Unit.Type != w.Unit.Type || e.Unit.Tag != w.Unit.Tag) {
			t.Fatalf("tracker event %d: %+v, want %+v", i, e, w)
		}
	}
	if s.Err() != nil || s.Count != len(want) {
		t.Errorf("%d tracker events, want %d: %v", s.Count, len(want), s.Err())
	}
	return nil
}

func TestArchivesOfEveryShape(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("a probe, a pylon, another probe; "), 3000)
	for _, version := range []uint16{0, 1, 3} {
		for _, codec := range []replaytest.Codec{replaytest.Stored, replaytest.Zlib, replaytest.Bzip2} {
			for shape := range 8 {
				s := replaytest.Stream{
					Name: `folder\Some File.txt`, Data: text, Codec: codec,
					Sectors: shape&1 != 0, Encrypted: shape&2 != 0, FixedKey: shape&4 != 0,
				}
				a := replaytest.Archive{
					Version: version, SectorShift: 3, UserData: []byte("user"),
					Streams: []replaytest.Stream{{Name: "before", Data: []byte("x")}, s, {Name: "empty", Sectors: s.Sectors}},
				}
				checkArchive(t, a, s)
			}
		}
	}
}

func checkArchive(t *testing.T, a replaytest.Archive, s replaytest.Stream) {
	t.Helper()
	file := a.Bytes()
	ours, err := mpq.Open(file)
	if err != nil {
		t.Fatalf("version %d: %v", a.Version, err)
	}
	got, err := ours.Read(nil, mpq.NewName("FOLDER/some file.TXT"), len(s.Data))
	if err != nil || !bytes.Equal(got, s.Data) {
		t.Errorf("version %d, %+v: %d bytes, %v", a.Version, s.Codec, len(got), err)
	}
	if got, err := ours.Read(got, mpq.NewName("empty"), 0); err != nil || len(got) != 0 {
		t.Errorf("empty: %d bytes, %v", len(got), err)
	}
	if s.Encrypted {
		return // the other reader cannot
	}
	theirs, err := icza.New(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := theirs.FileByName(s.Name); err != nil || !bytes.Equal(got, s.Data) {
		t.Errorf("version %d, codec %d, sectors %t: the other reader has %d bytes, %v", a.Version, s.Codec, s.Sectors, len(got), err)
	}
}
