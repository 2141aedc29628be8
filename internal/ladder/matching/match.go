package matching

import (
	"slices"
	"time"
)

// A Result is the pairs of one run, in the order of their first entries' ids, and what
// the run saw.
type Result struct {
	Pairs []Pair
	Run   Run
}

// A Pair is two entries that shall meet. Under Cross the first plays BW; under Any it is
// the one with the lower id.
type Pair struct {
	Entries [2]EntryID
	Sides   [2]Side
	Waits   [2]float64 // seconds
	Gap     float64    // of the ratings
	Cost    float64    // seconds
	Credit  float64    // seconds
	Rematch bool       // whether one is the other's very last opponent
}

// Match pairs the entries that wait. It depends on nothing but its arguments, and not on
// the entries' order. No entry and no player is in two pairs.
func Match(now time.Time, entries []Entry, population Population, rule Rule) Result {
	rule = rule.Clamped()
	m := &market{now: now, rule: rule, relaxed: relaxation(population, rule)}
	run := Run{At: now, Entries: len(entries), Population: population.Smoothed, Relaxed: m.relaxed}
	m.candidates = admit(now, entries, rule, &run)
	m.bind()
	edges := m.edges(&run)
	mates := m.solve(edges, &run)
	pairs := m.pairs(mates)
	run.observe(m, pairs, mates)
	return Result{Pairs: pairs, Run: run}
}

// edges are the allowed pairs. The very last opponent is one only if neither of the two
// has another; what counts as another is no last opponent itself, so that there is no
// circle of players who wait for each other.
func (m *market) edges(run *Run) []edge {
	n := len(m.candidates)
	var again []edge
	edges, others, past := make([]edge, 0, n*n/4), make([]bool, n), make([]*tie, n)
	for i := range m.candidates {
		a := &m.candidates[i]
		for j := i + 1; j < n; j++ {
			past[j] = &untied
		}
		for k := range a.ties {
			past[a.ties[k].other] = &a.ties[k]
		}
		for j := i + 1; j < n; j++ {
			b := &m.candidates[j]
			o, compatible, allowed := m.offer(a, b, past[j])
			if compatible {
				run.Compatible++
			}
			if !allowed {
				continue
			}
			e := edge{int32(i), int32(j), m.weight(a, b, &o)}
			if past[j].last {
				again = append(again, e)
				continue
			}
			edges = append(edges, e)
			others[i], others[j] = true, true
		}
	}
	run.Allowed = len(edges)
	for _, e := range again {
		if others[e.a] || others[e.b] {
			run.HeldBack++
		} else {
			run.Allowed++
			edges = append(edges, e)
		}
	}
	return edges
}

// pairs describes the pairs of a matching.
func (m *market) pairs(mates []int32) []Pair {
	var pairs []Pair
	for v, w := range mates {
		if int(w) < v { // none, or described already
			continue
		}
		a, b := &m.candidates[v], &m.candidates[w]
		past := a.tie(w)
		o, _, _ := m.offer(a, b, past)
		p := Pair{
			Entries: [2]EntryID{a.ID, b.ID}, Sides: o.sides, Waits: [2]float64{a.wait, b.wait},
			Gap: o.gap, Cost: o.cost, Credit: o.credit, Rematch: past.last,
		}
		if m.rule.Pairing == Cross && p.Sides[0] == SC2 {
			slices.Reverse(p.Entries[:])
			slices.Reverse(p.Sides[:])
			slices.Reverse(p.Waits[:])
		}
		pairs = append(pairs, p)
	}
	return pairs
}
