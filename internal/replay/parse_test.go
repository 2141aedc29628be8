package replay

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/clock"
)

func TestParsePublishedReplays(t *testing.T) {
	type outline struct {
		Version, Map, Region, Format string
		Category                     Category
		Players                      []string
	}
	tests := map[string]outline{
		"automm": {"2.1.9.34644", "Hills of Peshkov", "eu", "3v3", CategoryLadder, []string{
			"1 DakotaFannin terran unknown", "1 Pietra protoss unknown", "1 mullakrekar protoss unknown",
			"2 Sunshine protoss unknown", "2 fidde terran unknown", "2 KeyserSöze terran unknown",
		}},
		"computer": {"1.1.2.16755", "Lost Temple", "eu", "2v2", CategoryPublic, []string{
			"1 rellixmaster terran loss", "1 Murzyn protoss loss", "2 SCIIGears terran win", "2 Player 4 protoss win",
		}},
		"ffa": {"2.1.9.34644", "The Shattered Temple", "eu", "ffa", CategoryPublic, []string{
			"1 Psycho terran unknown", "2 DakotaFannin zerg loss", "3 Whitecourt terran unknown", "4 Mirai protoss unknown",
		}},
		"lotv": {"3.2.2.42253", "Magma Mines", "eu", "2v2", CategoryLadder, []string{
			"1 IMBarabba protoss loss", "1 Nova terran loss", "2 BiC terran win", "2 DakotaFannin protoss win",
		}},
		"public": {"2.1.9.34644", "Green Acres", "eu", "3v3", CategoryPublic, []string{
			"2 Karen terran loss", "1 ETHO protoss win", "1 DakotaFannin zerg win", "1 Sasha protoss win",
			"2 inquisition protoss loss", "2 frainhat terran loss",
		}},
		"short-1v1": {"2.1.8.33553", "Ohana LE", "eu", "1v1", CategoryLadder, []string{
			"1 Eraser terran loss", "2 DakotaFannin zerg win",
		}},
		"wol": {"2.1.9.34644", "Magma Core", "eu", "2v2", CategoryLadder, []string{
			"1 AaxeoiS terran loss", "1 Sunshine terran loss", "2 DakotaFannin terran win", "2 Hodn terran win",
		}},
	}
	dir := published(t)
	for name, want := range tests {
		for levelName, level := range levels {
			t.Run(name+"/"+levelName, func(t *testing.T) {
				t.Parallel()
				r, err := Parse(t.Context(), readSample(t, filepath.Join(dir, name+".SC2Replay")), Options{Level: level})
				if err != nil {
					t.Fatal(err)
				}
				got := outline{Version: r.Version, Map: r.Map.Title, Region: r.Region, Format: r.Format, Category: r.Category}
				for _, p := range r.Players {
					got.Players = append(got.Players, string(rune('0'+p.Team))+" "+p.Name+" "+string(p.Race)+" "+string(p.Result))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := readSample(t, filepath.Join(published(t), "short-1v1.SC2Replay"))
	tests := map[string]struct {
		data []byte
		kind failure.Kind
		key  phrase.Key
	}{
		"an empty file":             {nil, failure.Invalid, phrase.EmptyFile},
		"something else":            {[]byte("GIF89a" + strings.Repeat(" ", 100)), failure.Invalid, phrase.NotAReplay},
		"a short text":              {[]byte("MP"), failure.Invalid, phrase.NotAReplay},
		"only the first bytes":      {good[:40], failure.Invalid, phrase.Truncated},
		"the first half":            {good[:len(good)/2], failure.Invalid, phrase.Truncated},
		"all but the last bytes":    {good[:len(good)-20], failure.Invalid, phrase.Truncated},
		"more than the limit":       {append(append([]byte{}, good...), make([]byte, MaxFileBytes)...), failure.TooLarge, phrase.TooLarge},
		"an archive without header": {append([]byte("MPQ\x1b"), make([]byte, 200)...), failure.Invalid, phrase.Damaged},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Parse(t.Context(), test.data, Options{})
			var f *failure.Error
			if r != nil || !errors.As(err, &f) || f.Kind != test.kind || f.Text.Key != test.key {
				t.Errorf("%v, want %s (%s)", err, test.kind, test.key)
			}
		})
	}
}

func TestParseStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	_, err := Parse(ctx, readSample(t, filepath.Join(published(t), "wol.SC2Replay")), Options{})
	if !errors.Is(err, context.Canceled) || failure.Find(err) != nil {
		t.Errorf("%v, want the context's error as it is", err)
	}
}

func TestReplayMarshalsListsNotNull(t *testing.T) {
	m := &meaning{raw: &raw{}, clock: clock.New(clock.Faster)}
	text, err := json.Marshal(m.replay())
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"cache_handles", "players", "observers", "chat", "leaves", "warnings"} {
		if !strings.Contains(string(text), `"`+field+`":[`) {
			t.Errorf("%s is no list in %s", field, text)
		}
	}
	for _, field := range []string{"winner_team", "locked_alliances"} {
		if !strings.Contains(string(text), `"`+field+`":null`) {
			t.Errorf("%s is not null in %s", field, text)
		}
	}
}

func TestParseIsDeterministic(t *testing.T) {
	data := readSample(t, filepath.Join(published(t), "lotv.SC2Replay"))
	var first string
	for range 5 {
		r, err := Parse(t.Context(), data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Fatal("two readings of one file differ")
		}
	}
}
