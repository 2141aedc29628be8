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
	for node := range s.soonest {
		s.soonest[node] = math.MaxInt64
	}
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
		return s.scan(v)
	}
	if len(s.events) == 0 || s.zeroAt <= s.events[0].time {
		s.time = s.zeroAt
		s.flip(link{none, s.zero})
		return true
	}
	next := s.events.pop()
	s.time = max(s.time, next.time)
	switch {
	case next.blossom == none:
		return s.recall(next.edge)
	case s.label[next.blossom] == inner:
		s.open(next.blossom)
	}
	return false
}

// scan looks at the edges of an outer vertex. It returns true if one led to a free vertex.
func (s *solver) scan(v int32) bool {
	dual := s.now(v)
	for _, a := range s.arcs[v] {
		to := s.top[a.to]
		if to == s.top[v] || s.label[to] == inner {
			continue // open comes back to an inner vertex; until then the slack stays
		}
		if s.touch(link{v, a.to}, a.edge, dual+s.now(a.to)-2*a.weight) {
			return true
		}
	}
	return false
}

// recall looks at an edge whose time has come, unless its ends have changed.
func (s *solver) recall(k int32) bool {
	e := s.edges[k]
	l := link{e.a, e.b}
	if s.label[s.top[l.from]] != outer {
		l = l.reversed()
	}
	from, to := s.top[l.from], s.top[l.to]
	if from == to || s.label[to] == inner {
		return false
	}
	return s.touch(l, k, s.now(l.from)+s.now(l.to)-2*e.weight)
}

// touch uses an edge from an outer vertex to one that is outer or unlabelled if it is
// tight, and otherwise notes when it will be. Of the edges to one unlabelled node only the
// soonest matters, as it gives the node a label. It returns true if it led to a free
// vertex.
func (s *solver) touch(l link, k int32, slack int64) bool {
	to := s.top[l.to]
	switch {
	case s.label[to] == outer && slack > 0:
		s.note(event{s.time + slack/2, k, none})
	case s.label[to] == outer:
		s.contract(l)
	case slack > 0:
		if at := s.time + slack; at < s.soonest[to] {
			s.soonest[to] = at
			s.note(event{at, k, none})
		}
	case s.mate[s.base[to]] == none:
		s.rebase(to, l.to)
		s.mate[l.to] = l.from
		s.flip(l.reversed())
		return true
	default:
		s.grow(l)
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
	for _, v := range s.members[node] {
		s.since[v] = s.time
	}
}

func (s *solver) labelOuter(node int32, by link) {
	s.enter(node, outer, by)
	for _, v := range s.members[node] {
		s.expose(v)
	}
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
		s.absorb(child, blossom)
	}
	s.enter(blossom, outer, s.entry[root])
}

// absorb makes an outermost node a child of a new blossom, which is outer. What was inner
// turns: its vertices are outer now.
func (s *solver) absorb(child, blossom int32) {
	turns := s.label[child] == inner
	s.settle(child)
	if turns {
		for _, v := range s.members[child] {
			s.settle(v)
			s.expose(v)
		}
	}
	for _, v := range s.members[child] {
		s.top[v] = blossom
	}
	s.members[blossom] = append(s.members[blossom], s.members[child]...)
	s.parent[child], s.label[child] = blossom, unlabelled
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
			for _, v := range s.members[child] {
				s.revisit(v)
			}
		}
	}
}

// revisit looks again at the edges between outer vertices and one that left the tree.
func (s *solver) revisit(v int32) {
	for _, a := range s.arcs[v] {
		if s.label[s.top[a.to]] == outer {
			s.note(event{s.time, a.edge, none})
		}
	}
}

// dissolve makes a blossom's children outermost nodes without a label.
func (s *solver) dissolve(blossom int32) {
	for _, child := range s.children[blossom] {
		s.parent[child] = none
		for _, v := range s.members[child] {
			s.settle(v)
			s.top[v] = child
		}
	}
	s.label[blossom], s.base[blossom] = unlabelled, none
	s.children[blossom], s.links[blossom], s.members[blossom] = nil, nil, s.members[blossom][:0]
	s.unused = append(s.unused, blossom)
}

// finish writes down the tree's duals, takes its labels off and dissolves its blossoms
// whose dual is zero.
func (s *solver) finish() {
	for _, node := range s.tree {
		if s.label[node] == unlabelled {
			continue // a blossom took it in, or it is dissolved
		}
		for _, v := range s.members[node] {
			s.settle(v)
		}
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
