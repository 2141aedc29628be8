package matching

// What a solved graph's duals prove.

// weight is that of the matching, which equals the sum of the duals: u of each vertex
// and z of each blossom for every pair that fits in it.
func (s *solver) weight() int64 {
	twice := int64(0)
	for v := range s.n {
		twice += s.dual[v]
	}
	for b := s.n; b < 2*s.n; b++ {
		if s.base[b] == none {
			continue
		}
		twice += s.dual[b] * int64(len(s.members[b])-1)
	}
	return twice / 2
}

// A proof holds what it takes to see quickly which edges a solved graph's duals cover.
type proof struct {
	*solver
	depth  []int32 // by node: how many blossoms are around it
	around []int64 // by node: the sum of their duals and, of a blossom, its own
}

func (s *solver) proof() *proof {
	p := &proof{s, filled(int(2*s.n), none), make([]int64, 2*s.n)}
	for node := range 2 * s.n {
		if s.base[node] != none {
			p.reckon(node)
		}
	}
	return p
}

// reckon fills in a node after the blossoms around it.
func (p *proof) reckon(node int32) {
	if p.depth[node] != none {
		return
	}
	p.depth[node] = 0
	if up := p.parent[node]; up != none {
		p.reckon(up)
		p.depth[node], p.around[node] = p.depth[up]+1, p.around[up]
	}
	if node >= p.n {
		p.around[node] += p.dual[node]
	}
}

// short is twice what the duals around an edge are short of its weight. No edge that the
// solver was given is short.
func (p *proof) short(e edge) int64 {
	short := 2*e.weight - p.dual[e.a] - p.dual[e.b]
	if short <= 0 || p.top[e.a] != p.top[e.b] || e.a == e.b {
		return short
	}
	a, b := e.a, e.b
	for p.depth[a] > p.depth[b] {
		a = p.parent[a]
	}
	for p.depth[b] > p.depth[a] {
		b = p.parent[b]
	}
	for a != b {
		a, b = p.parent[a], p.parent[b]
	}
	return short - 2*p.around[a]
}

// bound is a weight that no matching of the edges exceeds: that of duals raised until they
// cover all edges, at the end of each where more edges are short.
func (p *proof) bound(edges []edge) int64 {
	var uncovered []edge
	degree, raise := make([]int, p.n), make([]int64, p.n)
	for _, e := range edges {
		if p.short(e) > 0 {
			uncovered = append(uncovered, e)
			degree[e.a]++
			degree[e.b]++
		}
	}
	sum := int64(0)
	for _, e := range uncovered {
		if short := p.short(e) - raise[e.a] - raise[e.b]; short > 0 {
			end := e.a
			if degree[e.b] > degree[e.a] {
				end = e.b
			}
			raise[end] += short
			sum += short
		}
	}
	return p.weight() + (sum+1)/2
}

// guess is the solution as a start for the graph with further edges. It has no blossoms,
// so each vertex bears half of the duals of those around it.
func (p *proof) guess() guess {
	g := guess{make([]int64, p.n), p.mate}
	for v := range g.dual {
		g.dual[v] = p.dual[v] + p.around[v]
	}
	return g
}
