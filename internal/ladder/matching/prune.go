package matching

import (
	"math"
	"slices"
)

// Pruning. A queue of 750 has 100,000 edges and more, of which a matching needs few. The
// solver gets the best edges of each entry, judged by what each says beyond a guess of
// the two entries' duals. Its own duals then bound what any matching of all edges can
// weigh, and tell which edges are the best; with these it begins again until the matching
// is proved good enough.
const (
	fewEdges  = 2000 // are not pruned
	atFirst   = 16   // edges an entry keeps in the first round
	later     = 8    // edges an entry keeps in each further round
	maxRounds = 6
	enough    = 0.999 // share of the bound at which the rounds end
)

// solve finds a matching of greatest weight, or one proved to be near it.
func (m *market) solve(edges []edge, run *Run) []int32 {
	n := len(m.candidates)
	from, kept := m.guess(), edges
	if len(edges) > fewEdges {
		kept = shortlisted(n, edges, atFirst, func(e edge) int64 {
			return 2*e.weight - from.dual[e.a] - from.dual[e.b]
		})
	}
	for {
		run.Rounds++
		s := solved(n, kept, from)
		run.Kept, run.Weight, run.Bound = len(kept), s.weight(), s.weight()
		if len(kept) == len(edges) {
			return s.mate
		}
		proof := s.proof()
		run.Bound = proof.bound(edges)
		if float64(run.Weight) >= enough*float64(run.Bound) || run.Rounds == maxRounds {
			return s.mate
		}
		from = proof.guess()
		kept = shortlisted(n, edges, later, func(e edge) int64 {
			if s.mate[e.a] == e.b {
				return math.MaxInt64 // what is matched stays
			}
			return proof.short(e)
		})
	}
}

// guess is what the duals were if costs were equal for all: the credit grows by
// LongerShare of a wait above the median, which the longer wait of a pair tends to be,
// and by the rest of one below.
func (m *market) guess() guess {
	waits := make([]float64, len(m.candidates))
	for v := range m.candidates {
		waits[v] = m.candidates[v].wait
	}
	median := quantiles(slices.Clone(waits)).P50
	g := guess{dual: make([]int64, len(waits))}
	for v, wait := range waits {
		g.dual[v] = int64(1000 * ((1+2*m.rule.Priority)*wait + (2*m.rule.LongerShare-1)*math.Abs(wait-median)))
	}
	return g
}

// shortlisted are the edges that are among those with the greatest worth of one of their
// vertices.
func shortlisted(n int, edges []edge, each int, worth func(edge) int64) []edge {
	lists := make([]shortlist, n)
	room := make([]gain, n*each)
	for v := range lists {
		lists[v] = shortlist{math.MinInt64, room[v*each : v*each : (v+1)*each]}
	}
	for k, e := range edges {
		g := gain{worth(e), int32(k)}
		for _, v := range [2]int32{e.a, e.b} {
			if g.size > lists[v].least {
				lists[v].add(g)
			}
		}
	}
	taken := make([]bool, len(edges))
	chosen := make([]edge, 0, n*each)
	for _, list := range lists {
		for _, g := range list.best {
			if !taken[g.edge] {
				taken[g.edge] = true
				chosen = append(chosen, edges[g.edge])
			}
		}
	}
	return chosen
}

// A gain is what taking an edge is worth.
type gain struct {
	size int64
	edge int32
}

// A shortlist holds the greatest gains, the least first, up to its capacity. Of equal
// ones the first stay.
type shortlist struct {
	least int64 // what a further gain must exceed
	best  []gain
}

func (l *shortlist) add(g gain) {
	at := 0
	if len(l.best) < cap(l.best) {
		l.best = append(l.best, g)
		for at = len(l.best) - 1; at > 0 && l.best[at-1].size >= g.size; at-- {
			l.best[at] = l.best[at-1]
		}
	} else {
		for at+1 < len(l.best) && l.best[at+1].size < g.size {
			l.best[at] = l.best[at+1]
			at++
		}
	}
	l.best[at] = g
	if len(l.best) == cap(l.best) {
		l.least = l.best[0].size
	}
}
