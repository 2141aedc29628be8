package matching

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
)

// A wave is a queue that has grown while the matchmaker paused.
type wave struct {
	name    string
	bw, sc2 float64
	wait    func(rng *rand.Rand) float64
}

var waves = []wave{
	{"waits up to 10 min", 0.4, 0.4, func(rng *rand.Rand) float64 { return 600 * rng.Float64() }},
	{"waits of 1 min on average", 0.4, 0.4, func(rng *rand.Rand) float64 { return 60 * rng.ExpFloat64() }},
	{"an hour's outage, waits differing by up to 10 min", 0.4, 0.4, func(rng *rand.Rand) float64 { return 3600 + 600*rng.Float64() }},
	{"60 % BW, waits up to 10 min", 0.6, 0.2, func(rng *rand.Rand) float64 { return 600 * rng.Float64() }},
}

func (w wave) entries(players int, seed uint64) []Entry {
	rng := rand.New(rand.NewPCG(seed, 750))
	entries := make([]Entry, players)
	for i := range entries {
		skill, kind := 1500+300*rng.NormFloat64(), rng.Float64()
		bw, sc2 := skill+60*rng.NormFloat64(), skill+60*rng.NormFloat64()
		e := waiting(i+1, time.Duration(w.wait(rng)*float64(time.Second)), [2]Standing{
			BW: {kind < w.bw || kind >= w.bw+w.sc2, bw, 60}, SC2: {kind >= w.bw, sc2, 60},
		})
		for n := range 5 {
			e.Recent = append(e.Recent, Meeting{PlayerID(1 + rng.IntN(players)), noon.Add(-time.Duration(n*25) * time.Minute)})
		}
		entries[i] = e
	}
	return entries
}

// spent is the processor time of this process. It is what a run costs on a machine that
// others load, too.
func spent() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkRun times runs with 150 and 750 waiting, 25 waves of each kind, and prints how
// near the pruned matchings are to the optimum of all allowed pairs. Each wave runs three
// times and its fastest run counts, as others may use the machine.
func BenchmarkRun(b *testing.B) {
	for _, players := range []int{150, 750} {
		b.Run(fmt.Sprint(players), func(b *testing.B) {
			for b.Loop() {
				fmt.Println()
				var wall, processor []float64
				for _, w := range waves {
					one, two := w.time(players)
					wall, processor = append(wall, one...), append(processor, two...)
				}
				b.ReportMetric(quantile(wall, 0.99), "p99-ms")
				b.ReportMetric(quantile(processor, 0.99), "cpu-p99-ms")
			}
		})
	}
}

// time runs 25 waves and prints their times in milliseconds.
func (w wave) time(players int) (wall, processor []float64) {
	least, proved, allowed, kept, rounds := math.Inf(1), math.Inf(1), 0, 0, 0.0
	for seed := range uint64(25) {
		entries := w.entries(players, seed)
		run, fastest, cheapest := fastest(entries)
		wall, processor = append(wall, fastest), append(processor, cheapest)
		rounds += float64(run.Rounds) / 25
		least = min(least, float64(run.Weight)/float64(optimum(entries)))
		proved = min(proved, float64(run.Weight)/float64(run.Bound))
		allowed, kept = allowed+run.Allowed/25, kept+run.Kept/25
	}
	fmt.Printf("%d waiting, %s: %d pairs allowed, %d kept, %.1f rounds; wall p50 %.1f ms, max %.1f; processor p50 %.1f, max %.1f; weight ≥ %.3f %% of the optimum, proved ≥ %.3f %%\n",
		players, w.name, allowed, kept, rounds, quantile(wall, 0.5), slices.Max(wall), quantile(processor, 0.5), slices.Max(processor), 100*least, 100*proved)
	return wall, processor
}

// fastest is a run with its least times of three.
func fastest(entries []Entry) (run Run, wall, processor float64) {
	wall, processor = math.Inf(1), math.Inf(1)
	for range 3 {
		began, before := time.Now(), spent()
		run = Match(noon, entries, plenty, DefaultRule()).Run
		processor = min(processor, float64((spent()-before).Microseconds())/1000)
		wall = min(wall, float64(time.Since(began).Microseconds())/1000)
	}
	return run, wall, processor
}

// optimum is the greatest weight that the allowed pairs have, without pruning.
func optimum(entries []Entry) int64 {
	m := &market{now: noon, rule: DefaultRule()}
	var run Run
	m.candidates = admit(noon, entries, m.rule, &run)
	m.bind()
	edges := m.edges(&run)
	from := m.guess()
	kept := shortlisted(len(entries), edges, atFirst, func(e edge) int64 {
		return 2*e.weight - from.dual[e.a] - from.dual[e.b]
	})
	return solved(len(entries), edges, solved(len(entries), kept, from).proof().guess()).weight()
}
