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
		size := int64(0)
		s.leaves(b, func(int32) { size++ })
		twice += s.dual[b] * (size - 1)
	}
	return twice / 2
}

// short is twice what the duals around an edge are short of its weight. No edge that the
// solver was given is short.
func (s *solver) short(e edge) int64 {
	short := 2*e.weight - s.dual[e.a] - s.dual[e.b]
	if short <= 0 || s.top[e.a] != s.top[e.b] {
		return short
	}
	for b := s.parent[e.a]; b != none; b = s.parent[b] {
		if s.holds(b, e.b) {
			short -= 2 * s.dual[b]
		}
	}
	return short
}

// holds says whether a blossom is around a vertex.
func (s *solver) holds(blossom, v int32) bool {
	for b := s.parent[v]; b != none; b = s.parent[b] {
		if b == blossom {
			return true
		}
	}
	return false
}

// bound is a weight that no matching exceeds when further edges are allowed: that of
// duals raised at both ends of every edge that is short.
func (s *solver) bound(further []edge) int64 {
	raise := make([]int64, s.n)
	for _, e := range further {
		if short := s.short(e); short > 0 {
			raise[e.a], raise[e.b] = max(raise[e.a], short), max(raise[e.b], short)
		}
	}
	sum := int64(0)
	for _, short := range raise {
		sum += short
	}
	return s.weight() + (sum+3)/4
}

// price is a vertex's dual with half of those of the blossoms around it, rounded up.
func (s *solver) price(v int32) int64 {
	twice := s.dual[v]
	for b := s.parent[v]; b != none; b = s.parent[b] {
		twice += s.dual[b]
	}
	return (twice + 1) / 2
}
