package replay

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// readWithout reads a sample as if it had no metadata, changed by edit, and
// returns what its streams say as well.
func readWithout(t *testing.T, path string, edit func(*raw)) (*Replay, *raw) {
	t.Helper()
	file, err := stream.Open(readSample(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := raw{header: file.Header, exact: file.Exact}
	if err := text.readPlayers(file); err != nil {
		t.Fatal(err)
	}
	if err := text.readSetting(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	written := text
	text.metadata = nil
	text.details.Players = slices.Clone(text.details.Players)
	edit(&text)
	m := &meaning{raw: &text, clock: clock.New(text.details.GameSpeed)}
	if err := m.readEvents(t.Context(), file, Options{}); err != nil {
		t.Fatal(err)
	}
	return m.replay(), &written
}

// TestOurReadingAgreesWithMetadata holds what we count and conclude ourselves
// to what the game wrote down: results and races of everybody, and the APM of
// 1v1 players within 5 %.
func TestOurReadingAgreesWithMetadata(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	dir := samples(t)
	compared := 0
	for _, f := range facts(t) {
		r, written := readWithout(t, filepath.Join(dir, f.Path), func(*raw) {})
		if written.metadata == nil {
			continue
		}
		if seconds := float64(r.Loops) / 16; written.metadata.Duration > 0 && math.Abs(seconds-written.metadata.Duration) > 1 {
			t.Errorf("%s: %.1f game seconds, metadata says %.0f", f.Path[:6], seconds, written.metadata.Duration)
		}
		m := &meaning{raw: written, people: newRoster(written)}
		for i, p := range r.Players {
			w := m.metadataOf(&person{entryIndex: p.Slot}, participantScopes(written.attributes)[p.Slot])
			if w == nil {
				t.Errorf("%s: metadata lacks %s", f.Path[:6], p.Name)
				continue
			}
			m.written = append(m.written, w)
			if result := m.metadataResult(i); result != p.Result {
				t.Errorf("%s: result of %s is %s, metadata says %s", f.Path[:6], p.Name, p.Result, w.Result)
			}
			if race := raceOfCode(w.AssignedRace); race != NoRace && race != p.Race {
				t.Errorf("%s: race of %s is %s, metadata says %s", f.Path[:6], p.Name, p.Race, w.AssignedRace)
			}
			if p.AI || w.APM == nil || r.Format != "1v1" {
				continue
			}
			compared++
			if off := *p.APM/gameAPM(written, *w.APM) - 1; math.Abs(off) > 0.05 {
				t.Errorf("%s: APM of %s is %.1f, metadata says %.0f: %+.1f %%", f.Path[:6], p.Name, *p.APM, *w.APM, off*100)
			}
		}
	}
	if compared < 30 {
		t.Errorf("APM of %d players compared", compared)
	}
}

// gameAPM is a written APM in real minutes: where the client's clock shows
// game time, so does its APM.
func gameAPM(r *raw, apm float64) float64 {
	if r.header.UsesScaledTime {
		return apm
	}
	return apm * clock.New(r.details.GameSpeed).Loops / 16
}

// TestLeavesDoNotContradictTheGame reads every sample without metadata and
// without the player list's results. What the leaves then say must be what the
// game says; where they say nothing the result must be unknown.
func TestLeavesDoNotContradictTheGame(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	dir := samples(t)
	decided, games := 0, 0
	for _, f := range facts(t) {
		r, written := readWithout(t, filepath.Join(dir, f.Path), func(r *raw) {
			for i := range r.details.Players {
				r.details.Players[i].Result = 0
			}
		})
		games++
		if r.WinnerSource == WinnerFromNone {
			continue
		}
		decided++
		if r.WinnerSource != WinnerFromLeaves {
			t.Errorf("%s: winner from %s", f.Path[:6], r.WinnerSource)
		}
		m := &meaning{raw: written, people: newRoster(written)}
		for i, p := range r.Players {
			if want := m.detailsResult(i); want != Undecided && want != p.Result {
				t.Errorf("%s: %s has %s by the leaves, the game says %s", f.Path[:6], p.Name, p.Result, want)
			}
		}
	}
	t.Logf("the leaves decide %d of %d games", decided, games)
	if decided < games/4 {
		t.Errorf("the leaves decide only %d of %d games", decided, games)
	}
}
