package matching

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// A figures is the mean of several seeds.
type figures struct {
	policy         string
	wait50, wait95 float64 // seconds
	wait99         float64
	gap50, gap95   float64
	repeats        float64 // % of players whose opponent is one of their last three
	soon           float64 // % of waits up to five minutes
	sides          float64 // mean wait of BW less that of SC2
	low, mid, high float64 // wait p95 of the weakest 5 %, the middle, the strongest 5 %
	skipped        float64 // % of pairs past a longer waiter; of ours only
	pairs, doubles float64
}

func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Clone(values)
	slices.Sort(values)
	return values[min(len(values)-1, int(share*float64(len(values))))]
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

func (m *measured) figures() figures {
	soon := 0.0
	for _, wait := range m.waits {
		if wait <= 300 {
			soon++
		}
	}
	pairs := float64(m.pairs)
	return figures{
		wait50: quantile(m.waits, 0.5), wait95: quantile(m.waits, 0.95), wait99: quantile(m.waits, 0.99),
		gap50: quantile(m.gaps, 0.5), gap95: quantile(m.gaps, 0.95),
		repeats: 100 * float64(m.repeats) / (2 * pairs), soon: 100 * soon / float64(len(m.waits)),
		sides: mean(m.bySide[BW]) - mean(m.bySide[SC2]),
		low:   quantile(m.bands[0], 0.95), mid: quantile(m.bands[1], 0.95), high: quantile(m.bands[2], 0.95),
		skipped: 100 * float64(m.skipped) / pairs, pairs: pairs, doubles: float64(m.double),
	}
}

func (f *figures) numbers() []*float64 {
	return []*float64{
		&f.wait50, &f.wait95, &f.wait99, &f.gap50, &f.gap95, &f.repeats, &f.soon, &f.sides,
		&f.low, &f.mid, &f.high, &f.skipped, &f.pairs, &f.doubles,
	}
}

// hours is how long populations are simulated, the smaller the longer.
func hours(players int) float64 {
	switch {
	case players <= 20:
		return 60
	case players <= 100:
		return 20
	default:
		return 6
	}
}

// simulate is the mean over seeds 1 … n of one policy with 40 % BW, 40 % SC2, 20 % both.
func simulate(players, seeds int, p policy) figures {
	each := make([]figures, seeds)
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range each {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			w := simulation{players, hours(players), 0.4, 0.4, int64(i + 1)}.run(p)
			each[i] = w.taken.figures()
		})
	}
	wait.Wait()
	total := figures{policy: p.name}
	for i := range each {
		for k, number := range each[i].numbers() {
			*total.numbers()[k] += *number / float64(seeds)
		}
	}
	return total
}

// A known row is what the rule came to in the sketch that the marks were taken from: 100
// active, seeds 1 … 4.
var known = map[string][6]float64{ // waits p50 p95 p99, gaps p50 p95, repeats
	"first come first served": {0, 139, 200, 284, 832, 7.9},
	"the ladder's last rule":  {49, 374, 558, 67, 295, 23.8},
	"ShieldBattery's formula": {17, 269, 447, 93, 262, 19.6},
	"FAF's rule":              {16, 347, 817, 65, 228, 26.1},
	"lichess's rule":          {29, 597, 1455, 37, 127, 39.0},
	"Showdown's rule":         {17, 228, 404, 152, 320, 8.3},
}

// strays is the greatest difference to the known row, as a share.
func (f *figures) strays() float64 {
	most := 0.0
	for k, want := range known[f.policy] {
		if got := *f.numbers()[k]; want > 0 {
			most = max(most, math.Abs(got/want-1))
		}
	}
	return most
}

// A mark bounds ours against a baseline: wait p95, gap p95 and repeats as shares.
type mark struct {
	players            int
	baseline           string
	wait, gap, repeats float64
}

var marks = []mark{
	{100, "the ladder's last rule", 0.85, 0.92, 0.35},
	{100, "ShieldBattery's formula", 1.15, 1.02, 0.40},
	{750, "the ladder's last rule", 0.65, 0.90, 0.15},
	{750, "ShieldBattery's formula", 1.25, 0.95, 0.15},
}

// held prints each share with its mark, and says whether all hold.
func (m mark) held(out io.Writer, ours, baseline figures) bool {
	all := true
	for _, c := range []struct {
		what                  string
		ours, baseline, limit float64
	}{
		{"wait p95", ours.wait95, baseline.wait95, m.wait},
		{"gap p95", ours.gap95, baseline.gap95, m.gap},
		{"repeats", ours.repeats, baseline.repeats, m.repeats},
	} {
		share, verdict := c.ours/c.baseline, "holds"
		if !(share <= c.limit) {
			verdict, all = "FALLS SHORT", false
		}
		fmt.Fprintf(out, "%4d against %-24s %-8s %.3f, mark %.2f: %s\n", m.players, m.baseline, c.what, share, c.limit, verdict)
	}
	return all
}

const header = "active policy                    wait p50/p95/p99   gap p50/p95  last 3   ≤5 min  BW−SC2  p95 by rating  skips  doubles  pairs\n"

func (f figures) row(players int) string {
	return fmt.Sprintf("%4d   %-24s %5.0f/%5.0f/%5.0f   %4.0f/%4.0f    %5.1f%%   %5.1f%%  %+5.0fs  %4.0f/%4.0f/%4.0f  %4.1f%%  %7.0f  %5.0f\n",
		players, f.policy, f.wait50, f.wait95, f.wait99, f.gap50, f.gap95, f.repeats, f.soon, f.sides,
		f.low, f.mid, f.high, f.skipped, f.doubles, f.pairs)
}

// BenchmarkPopulation prints the table of all policies, means of 8 seeds, and how ours
// stands to the marks.
func BenchmarkPopulation(b *testing.B) {
	for b.Loop() {
		fmt.Println()
		for _, players := range []int{20, 100, 750} {
			fmt.Print(header)
			rows := make(map[string]figures)
			for _, p := range append([]policy{ours("ours", DefaultRule())}, baselines()...) {
				rows[p.name] = simulate(players, 8, p)
				fmt.Print(rows[p.name].row(players))
			}
			for _, m := range marks {
				if m.players == players {
					m.held(os.Stdout, rows["ours"], rows[m.baseline])
				}
			}
		}
		for _, p := range baselines() {
			f := simulate(100, 4, p)
			fmt.Printf("%s strays %.1f %% at most from its known row (100 active, 4 seeds)\n", p.name, 100*f.strays())
		}
	}
}

func TestBaselinesComeToTheirKnownRows(t *testing.T) {
	oncetest.Sequential(t)
	if testing.Short() {
		t.Skip("simulates 480 hours")
	}
	for _, p := range baselines() {
		if f := simulate(100, 4, p); f.strays() > 0.15 {
			t.Errorf("%s strays by %.0f %%: %s", p.name, 100*f.strays(), f.row(100))
		}
	}
}

func TestMarksHoldAtAHundredActive(t *testing.T) {
	oncetest.Sequential(t)
	if testing.Short() {
		t.Skip("simulates 480 hours")
	}
	got := simulate(100, 8, ours("ours", DefaultRule()))
	for _, baseline := range []policy{lastRule(), shieldBattery()} {
		f := simulate(100, 8, baseline)
		for _, m := range marks {
			if m.players == 100 && m.baseline == f.policy && !m.held(t.Output(), got, f) {
				t.Error("ours falls short of a mark")
			}
		}
	}
	if got.doubles > 0 {
		t.Errorf("%v double bookings", got.doubles)
	}
}
