package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay/timeline"
)

func TestTimelineAgreesWithFacts(t *testing.T) {
	dir := samples(t)
	for _, f := range facts(t) {
		if f.Level < 4 || f.TrackerEvents == 0 {
			continue
		}
		t.Run(f.Path[:6], func(t *testing.T) {
			t.Parallel()
			r, err := Parse(t.Context(), readSample(t, filepath.Join(dir, f.Path)), Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Timeline.Players) != len(r.Players) {
				t.Fatalf("%d of %d players", len(r.Timeline.Players), len(r.Players))
			}
			samples, compared := 0, 0
			for i, p := range r.Timeline.Players {
				if p.Slot != r.Players[i].Slot {
					t.Errorf("player %d is slot %d, want %d", i, p.Slot, r.Players[i].Slot)
				}
				samples += len(p.Samples)
				checkTimeline(t, r, p)
				for _, want := range f.LastStats {
					if len(p.Samples) > 0 && cmp.Equal(lastStats(p.Samples[len(p.Samples)-1]), figures(want)) {
						compared++
					}
				}
			}
			if f.Path[:6] != "7cd4ea" && samples != f.StatsSamples { // its observers have samples too
				t.Errorf("%d samples, want %d", samples, f.StatsSamples)
			}
			if want := min(len(f.LastStats), len(r.Players)); compared < want {
				t.Errorf("the last samples of %d players agree, want %d: %v", compared, want, f.LastStats)
			}
		})
	}
}

func figures(stats map[string]any) map[string]float64 {
	out := map[string]float64{}
	for key, value := range stats {
		if key != "frame" { // shifted in GameHeart games
			out[key], _ = value.(float64)
		}
	}
	return out
}

func lastStats(s timeline.Sample) map[string]float64 {
	return map[string]float64{
		"army": float64(s.Army.Minerals), "food_used": s.Supply.Used, "workers": float64(s.Workers),
		"minerals_lost": float64(s.Minerals.Lost), "minerals_rate": float64(s.Minerals.Rate),
		"vespene_lost": float64(s.Gas.Lost),
	}
}

// checkTimeline holds what must be so in any timeline.
func checkTimeline(t *testing.T, r *Replay, p timeline.Player) {
	t.Helper()
	for i, s := range p.Samples {
		if i > 0 && s.Seconds < p.Samples[i-1].Seconds || s.Seconds > r.Duration+1 {
			t.Errorf("sample %d at %.2f s", i, s.Seconds)
		}
	}
	if len(p.BuildOrder) > timeline.MaxSteps || p.SupplyBlocked < 0 || p.SupplyBlocked > r.Duration {
		t.Errorf("%d steps, %.0f s blocked", len(p.BuildOrder), p.SupplyBlocked)
	}
	for i, s := range p.BuildOrder {
		if i > 0 && s.Seconds < p.BuildOrder[i-1].Seconds || s.Seconds > r.Duration+1 || s.Supply < 0 || s.Supply > 210 || s.Name == "" {
			t.Errorf("step %d: %+v", i, s)
		}
	}
	for _, u := range p.Units {
		if u.Name == "" || u.Produced < 0 || u.Lost < 0 {
			t.Errorf("%+v", u)
		}
	}
}

// TestBuildOrderOfAKnownGame is a game anybody can watch: Ever Dream LE,
// JiaanN against Rairden. Times and supplies are what the replay shows at the
// moment the order is given, but for trained units, whose start is derived.
func TestBuildOrderOfAKnownGame(t *testing.T) {
	r, err := Parse(t.Context(), readSample(t, filepath.Join(samples(t), "703aa81b9e3c.SC2Replay")), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [2]string{
		`12 0:00 SCV
13 0:12 SCV
14 0:17 Supply Depot
14 0:24 SCV
15 0:39 SCV
16 0:41 Barracks
16 0:45 Refinery
16 0:51 SCV
17 1:03 SCV
18 1:15 SCV
19 1:29 Orbital Command
19 1:30 Reaper
20 1:45 Command Center`,
		`12 0:01 Drone
13 0:12 Overlord
13 0:21 Drone
14 0:32 Drone
15 0:32 Drone
16 0:38 Drone
17 0:56 Hatchery
16 1:02 Drone
17 1:02 Drone
18 1:15 Spawning Pool`,
	}
	for i, text := range want {
		lines := strings.Split(text, "\n")
		if diff := cmp.Diff(lines, written(r.Timeline.Players[i].BuildOrder)[:len(lines)]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Players[i].Name, diff)
		}
	}
	units := map[string]timeline.UnitCount{}
	for _, u := range r.Timeline.Players[1].Units {
		units[u.ID] = u
	}
	if got := units["Mutalisk"]; got != (timeline.UnitCount{ID: "Mutalisk", Name: "Mutalisk", Produced: 52, Lost: 43}) {
		t.Errorf("%+v", got)
	}
}

// written is a build order as players read it.
func written(order []timeline.BuildStep) []string {
	var lines []string
	for _, s := range order {
		lines = append(lines, fmt.Sprintf("%d %d:%02d %s", s.Supply, int(s.Seconds)/60, int(s.Seconds)%60, s.Name))
	}
	return lines
}

// orderedFiles are the replays in which starts were wrong, by the front of
// their names.
func orderedFiles(t *testing.T, front string) []string {
	t.Helper()
	dir := filepath.Join(samples(t), "..", "cases")
	files, err := filepath.Glob(filepath.Join(dir, front+"*.SC2Replay"))
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no replays %s in %s: %v", front, dir, err)
		}
		t.Skipf("no replays %s in %s", front, dir)
	}
	return files
}

// starts are the steps of one name, as "loop source".
func starts(order []timeline.BuildStep, name string) (list []string) {
	for _, s := range order {
		if s.Name == name {
			list = append(list, fmt.Sprintf("%.0f %s", s.Seconds*22.4, s.StartSource))
		}
	}
	return list
}

// TestStartsOfHurriedProductsAreTheirOrders has the loops of the commands in
// the game stream. The second Adept was ordered in loop 3227 while the first
// was in production, which was done in 3471.
func TestStartsOfHurriedProductsAreTheirOrders(t *testing.T) {
	tests := []struct {
		file, name string
		player     int
		want       []string
	}{
		{"case06", "Warp Gate", 0, []string{"3067 order"}},
		{"case06", "Adept", 0, []string{"3054 order", "3471 order", "4463 order", "5275 event", "5431 event", "5657 event", "6474 event", "6542 event", "6621 event"}},
		{"case06", "Resonating Glaives", 0, []string{"5233 order"}},
		{"case06", "Observer", 0, []string{"5220 order"}},
		{"case06", "Queen", 1, []string{"2075 estimate"}}, // an AI gives no commands
		{"case07-9ceb8ab0", "Zealot", 0, []string{"2362 order"}},
		{"case07-9ceb8ab0", "Adept", 0, []string{"3299 order", "4349 order", "5329 order", "6403 order", "6406 order"}},
	}
	for _, test := range tests {
		t.Run(test.file+"/"+test.name, func(t *testing.T) {
			t.Parallel()
			r, err := Parse(t.Context(), readSample(t, orderedFiles(t, test.file)[0]), Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			got := starts(r.Timeline.Players[test.player].BuildOrder, test.name)
			if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
