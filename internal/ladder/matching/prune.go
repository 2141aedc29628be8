package matching

import (
	"cmp"
	"math"
	"slices"
)

// Pruning. A queue of 750 has 100,000 edges and more, of which a matching needs few. The
// solver gets the best edges of each entry, judged by what each says beyond a guess of
// the two entries' duals; then its own duals tell which of the others would have been
// better, and bound what any matching can weigh. Those are added until the matching is
// proved good enough.
const (
	fewEdges  = 2000 // are not pruned
	perEntry  = 8    // edges an entry keeps in the first round
	perRound  = 4    // edges an entry gets back in each further round
	maxRounds = 6
	enough    = 0.9995 // share of the bound at which the rounds end
)

// solve finds a matching of greatest weight, or one proved to be near it.
func (m *market) solve(edges []edge, run *Run) []int32 {
	n := len(m.candidates)
	guess := m.guess()
	kept, rest := edges, []edge(nil)
	if len(edges) > fewEdges {
		kept, rest = split(n, edges, guess, perEntry, math.MinInt64)
	}
	for {
		run.Rounds++
		s := solved(n, kept, guess)
		run.Kept, run.Weight, run.Bound = len(kept), s.weight(), s.bound(rest)
		if len(rest) == 0 || float64(run.Weight) >= enough*float64(run.Bound) || run.Rounds == maxRounds {
			return s.mate
		}
		for v := range guess {
			guess[v] = s.price(int32(v))
		}
		var better []edge
		better, rest = split(n, rest, guess, perRound, 0)
		kept = append(kept, better...)
	}
}

// guess is the duals if costs were equal for all: the credit grows by LongerShare of a
// wait above the median, which the longer wait of a pair tends to be, and by the rest of
// one below.
func (m *market) guess() []int64 {
	waits := make([]float64, len(m.candidates))
	for v := range m.candidates {
		waits[v] = m.candidates[v].wait
	}
	median := quantiles(slices.Clone(waits)).P50
	guess := make([]int64, len(waits))
	for v, wait := range waits {
		guess[v] = int64(1000*(0.5+m.rule.Priority)*wait + 1000*(m.rule.LongerShare-0.5)*math.Abs(wait-median))
	}
	return guess
}

// split takes from the edges each vertex's best, which weigh more than the prices of
// both ends and the margin together.
func split(n int, edges []edge, price []int64, each int, margin int64) (best, rest []edge) {
	type ranked struct {
		gain int64
		edge int32
	}
	worst := func(a, b ranked) int { return cmp.Compare(a.gain, b.gain) }
	top := make([][]ranked, n)
	taken := make([]bool, len(edges))
	for k, e := range edges {
		r := ranked{e.weight - price[e.a] - price[e.b], int32(k)}
		if r.gain <= margin {
			continue
		}
		for _, v := range [2]int32{e.a, e.b} {
			if len(top[v]) < each {
				top[v] = append(top[v], r)
				slices.SortFunc(top[v], worst)
			} else if top[v][0].gain < r.gain {
				top[v][0] = r
				slices.SortFunc(top[v], worst)
			}
		}
	}
	for _, list := range top {
		for _, r := range list {
			taken[r.edge] = true
		}
	}
	for k, e := range edges {
		if taken[k] {
			best = append(best, e)
		} else {
			rest = append(rest, e)
		}
	}
	return best, rest
}
