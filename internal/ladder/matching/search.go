package matching

import (
	"math"
	"slices"
)

// search grows a tree of tight edges from a free vertex until the vertex is matched, or
// another of its tree is free with u = 0 in its place.
func (s *solver) search(root int32) {
	s.time, s.zeroAt = 0, math.MaxInt64
	s.tree, s.fresh, s.events = s.tree[:0], s.fresh[:0], s.events[:0]
	s.labelOuter(s.top[root], nowhere)
	for !s.step() {
	}
	s.finish()
}

// step looks at one outer vertex; without one it lets time pass until an edge becomes
// tight, the dual of an inner blossom zero, or that of an outer vertex. It returns true
// when the search is over.
func (s *solver) step() bool {
	if len(s.fresh) > 0 {
		v := s.fresh[len(s.fresh)-1]
		s.fresh = s.fresh[:len(s.fresh)-1]
		for _, k := range s.incident[v] {
			if s.touch(k) {
				return true
			}
		}
		return false
	}
	if len(s.events) == 0 || s.zeroAt <= s.events[0].time {
		s.time = s.zeroAt
		s.flip(link{none, s.zero})
		return true
	}
	next := s.events.pop()
	s.time = max(s.time, next.time)
	if next.blossom == none {
		return s.touch(next.edge)
	}
	if s.label[next.blossom] == inner {
		s.open(next.blossom)
	}
	return false
}

// touch uses an edge of an outer vertex if it is tight, and otherwise notes when it will
// be. It returns true if that found another free vertex.
func (s *solver) touch(k int32) bool {
	l := link{s.edges[k].a, s.edges[k].b}
	if s.label[s.top[l.from]] != outer {
		l = l.reversed()
	}
	from, to := s.top[l.from], s.top[l.to]
	if s.label[from] != outer || from == to {
		return false
	}
	slack := s.slack(k)
	switch s.label[to] {
	case outer:
		if slack > 0 {
			s.note(event{s.time + slack/2, k, none})
		} else {
			s.contract(l)
		}
	case unlabelled:
		if slack > 0 {
			s.note(event{s.time + slack, k, none})
		} else if s.mate[s.base[to]] == none {
			s.rebase(to, l.to)
			s.mate[l.to] = l.from
			s.flip(l.reversed())
			return true
		} else {
			s.grow(l)
		}
	case inner: // slack stays as it is; open comes back to it
	}
	return false
}

// note remembers an event that comes before the search ends anyway.
func (s *solver) note(e event) {
	if e.time < s.zeroAt {
		s.events.push(e)
	}
}

// grow adds the node at the link's end as an inner one, and its mate as an outer one.
func (s *solver) grow(l link) {
	s.labelInner(s.top[l.to], l)
	base := s.base[s.top[l.to]]
	mate := s.mate[base]
	s.labelOuter(s.top[mate], link{base, mate})
}

func (s *solver) labelInner(node int32, by link) {
	s.enter(node, inner, by)
	if node >= s.n {
		s.note(event{s.time + s.dual[node], none, node})
	}
	s.leaves(node, func(v int32) { s.since[v] = s.time })
}

func (s *solver) labelOuter(node int32, by link) {
	s.enter(node, outer, by)
	s.leaves(node, s.expose)
}

func (s *solver) enter(node int32, as label, by link) {
	s.label[node], s.entry[node], s.since[node] = as, by, s.time
	s.tree = append(s.tree, node)
}

// expose makes a vertex an outer one, whose dual is true now.
func (s *solver) expose(v int32) {
	s.since[v] = s.time
	s.fresh = append(s.fresh, v)
	if at := s.time + s.dual[v]; at < s.zeroAt {
		s.zeroAt, s.zero = at, v
	}
}

// flip gives the outer vertex l.to the mate l.from, which may be none, and exchanges
// matched and unmatched edges from there to the root.
func (s *solver) flip(l link) {
	for {
		node := s.top[l.to]
		s.rebase(node, l.to)
		s.mate[l.to] = l.from
		up := s.entry[node]
		if up == nowhere {
			return
		}
		within := s.top[up.from]
		l = s.entry[within].reversed()
		s.rebase(within, l.from)
		s.mate[l.from] = l.to
	}
}

// contract makes a blossom of the cycle that a tight edge between two outer nodes closes.
func (s *solver) contract(l link) {
	root := s.meeting(s.top[l.from], s.top[l.to])
	blossom := s.unused[len(s.unused)-1]
	s.unused = s.unused[:len(s.unused)-1]
	children, links := s.cycle(root, l)
	s.children[blossom], s.links[blossom] = children, links
	s.base[blossom], s.dual[blossom], s.parent[blossom] = s.base[root], 0, none
	for _, child := range children {
		risen := s.label[child] == inner
		s.settle(child)
		s.leaves(child, func(v int32) {
			if risen {
				s.settle(v)
			}
		})
		s.parent[child], s.label[child] = blossom, unlabelled
		s.leaves(child, func(v int32) {
			s.top[v] = blossom
			if risen {
				s.expose(v)
			}
		})
	}
	s.enter(blossom, outer, s.entry[root])
}

// cycle lists the nodes of a new blossom and the links between them, from the root to
// the start of the closing link, over it, and from its end back to the root.
func (s *solver) cycle(root int32, closing link) (children []int32, links []link) {
	for node := s.top[closing.from]; node != root; node = s.top[s.entry[node].from] {
		children, links = append(children, node), append(links, s.entry[node])
	}
	children = append(children, root)
	slices.Reverse(children)
	slices.Reverse(links)
	links = append(links, closing)
	for node := s.top[closing.to]; node != root; node = s.top[s.entry[node].from] {
		children, links = append(children, node), append(links, s.entry[node].reversed())
	}
	return children, links
}

// meeting is the first node that the ways from two outer nodes to the root share. It
// climbs both in turn, so that its work is in proportion to the blossom.
func (s *solver) meeting(a, b int32) int32 {
	s.walk++
	for {
		if a != none {
			if s.visited[a] == s.walk {
				return a
			}
			s.visited[a] = s.walk
			a = s.above(a)
		}
		a, b = b, a
		if a == none {
			a, b = b, a
		}
	}
}

// above is the next outer node on the way from an outer node to the root, or none.
func (s *solver) above(node int32) int32 {
	up := s.entry[node]
	if up == nowhere {
		return none
	}
	return s.top[s.entry[s.top[up.from]].from]
}

// open dissolves an inner blossom whose dual is zero. The children between its entry and
// its base, on the side where they alternate, take its place in the tree; the others
// leave the tree.
func (s *solver) open(blossom int32) {
	by := s.entry[blossom]
	first := s.childAround(by.to, blossom)
	children, links := s.children[blossom], s.links[blossom]
	s.dissolve(blossom)
	at := slices.Index(children, first)
	for at != 0 {
		s.grow(by) // the child and its mate, which is its neighbour in the cycle
		if at%2 == 1 {
			at = (at + 2) % len(children)
			by = links[(at+len(links)-1)%len(links)]
		} else {
			at -= 2
			by = links[at].reversed()
		}
	}
	s.labelInner(children[0], by) // whose mate is in the tree
	for _, child := range children {
		if s.label[child] == unlabelled {
			s.leaves(child, s.revisit)
		}
	}
}

// revisit looks again at the edges between outer vertices and one that left the tree.
func (s *solver) revisit(v int32) {
	for _, k := range s.incident[v] {
		if s.label[s.top[s.other(k, v)]] == outer {
			s.note(event{s.time, k, none})
		}
	}
}

// dissolve makes a blossom's children outermost nodes without a label.
func (s *solver) dissolve(blossom int32) {
	s.leaves(blossom, s.settle)
	for _, child := range s.children[blossom] {
		s.parent[child] = none
		s.leaves(child, func(v int32) { s.top[v] = child })
	}
	s.label[blossom], s.base[blossom] = unlabelled, none
	s.children[blossom], s.links[blossom] = nil, nil
	s.unused = append(s.unused, blossom)
}

// finish writes down the tree's duals, takes its labels off and dissolves its blossoms
// whose dual is zero.
func (s *solver) finish() {
	for _, node := range s.tree {
		if s.label[node] == unlabelled {
			continue // a blossom took it in, or it is dissolved
		}
		s.leaves(node, s.settle)
		s.settle(node)
		s.label[node] = unlabelled
		s.tidy(node)
	}
}

func (s *solver) tidy(node int32) {
	if node < s.n || s.dual[node] > 0 {
		return
	}
	children := s.children[node]
	s.dissolve(node)
	for _, child := range children {
		s.tidy(child)
	}
}

// An event is a time at which an edge may be tight, or an inner blossom's dual zero.
type event struct {
	time    int64
	edge    int32
	blossom int32
}

// events is a heap, the earliest first.
type events []event

func (h *events) push(e event) {
	*h = append(*h, e)
	q := *h
	at := len(q) - 1
	for at > 0 && e.time < q[(at-1)/2].time {
		q[at] = q[(at-1)/2]
		at = (at - 1) / 2
	}
	q[at] = e
}

func (h *events) pop() event {
	q := *h
	first, last := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	*h = q
	at := 0
	for child := 1; child < len(q); child = 2*at + 1 {
		if child+1 < len(q) && q[child+1].time < q[child].time {
			child++
		}
		if last.time <= q[child].time {
			break
		}
		q[at] = q[child]
		at = child
	}
	if len(q) > 0 {
		q[at] = last
	}
	return first
}
