package replay

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// TestParseHostileFiles holds every vector to a result or an error of a stated
// kind. Of a file whose players can be read the rest is read as far as it goes,
// with a warning; what cannot even be opened is refused for the reason that
// the vector is made for.
func TestParseHostileFiles(t *testing.T) {
	replaytest.SkipCostly(t)
	kinds := map[error][]failure.Kind{
		mpq.ErrFormat:         {failure.Invalid},
		mpq.ErrNoStream:       {failure.Invalid},
		mpq.ErrLimit:          {failure.TooLarge},
		mpq.ErrUnsupported:    {failure.Unsupported},
		stream.ErrMalformed:   {failure.Invalid},
		stream.ErrUnsupported: {failure.Invalid},
	}
	for _, v := range hostile() {
		for name, options := range map[string]Options{"summary": {Level: Summary}, "timeline": {Timeline: true}} {
			t.Run(v.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				r, err := Parse(t.Context(), v.File, options)
				if err == nil {
					if len(r.Players) != 2 {
						t.Errorf("%d players, want the good list's two", len(r.Players))
					}
					if options.Timeline && v.Want != nil && len(r.Warnings) == 0 {
						t.Errorf("no warning of %v", v.Want)
					}
					if _, err := json.Marshal(r); err != nil {
						t.Error(err)
					}
					return
				}
				f := failure.Find(err)
				if f == nil || f.Text.Key == "" {
					t.Fatalf("%v is no failure.Error", err)
				}
				if f.Cause != nil && !errors.Is(err, v.Want) {
					t.Errorf("%v, want %v", err, v.Want)
				}
				for _, kind := range kinds[v.Want] {
					if f.Kind != kind {
						t.Errorf("%s, want %s: %v", f.Kind, kind, err)
					}
				}
			})
		}
	}
}

func TestParseWrittenGame(t *testing.T) {
	r, err := Parse(t.Context(), replaytest.Sample().Bytes(), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) != 0 || r.Format != "1v1" || r.WinnerTeam == nil || *r.WinnerTeam != 2 || len(r.Chat) != 2 || len(r.Observers) != 1 {
		t.Errorf("%+v", r)
	}
	alpha, beta := r.Players[0], r.Players[1]
	if alpha.Name != "Alpha" || alpha.Clan != "ONE" || alpha.Race != Zerg || alpha.Result != Loss || *alpha.APM != 180 {
		t.Errorf("%+v", alpha)
	}
	if beta.Race != BWProtoss || beta.PickedRace != Random || beta.Result != Win || *beta.MMR != 4000 {
		t.Errorf("%+v", beta)
	}
}

// TestOutputIsCapped reads a good file with less room than its streams take.
func TestOutputIsCapped(t *testing.T) {
	file := replaytest.Sample().Bytes()
	_, err := Parse(t.Context(), file, Options{Limits: Limits{OutputBytes: 100}})
	if f := failure.Find(err); f == nil || f.Kind != failure.TooLarge {
		t.Errorf("%v, want too large", err)
	}
	r, err := Parse(t.Context(), file, Options{Limits: Limits{OutputBytes: 20_000}})
	if err != nil || len(r.Warnings) == 0 {
		t.Errorf("%v, want a summary with a warning that the events are too large", err)
	}
}

// TestFloodOfAttributes reads as many attributes as fit, all of which make
// somebody a player.
func TestFloodOfAttributes(t *testing.T) {
	file := replaytest.Sample().File()
	file.Attributes.List = nil
	for i := range 80_000 {
		file.Attributes.List = append(file.Attributes.List, stream.Attribute{ID: attributeController, Scope: i % 256, Value: "Humn"})
	}
	if r, err := Parse(t.Context(), file.Bytes(), Options{}); err != nil || len(r.Players) != 2 {
		t.Error(err)
	}
}
