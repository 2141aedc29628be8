package matching

import "slices"

// An edge joins two vertices of a graph.
type edge struct {
	a, b   int32
	weight int64
}

// An arc is an edge as one of its vertices sees it.
type arc struct {
	to, edge int32
	weight   int64
}

// A link is an edge with a direction.
type link struct{ from, to int32 }

func (l link) reversed() link { return link{l.to, l.from} }

// none stands for no vertex and no blossom.
const none = -1

var nowhere = link{none, none}

// The label of a blossom in the search tree. An outer one is reached from the root by
// an alternating path of even length, an inner one by one of odd length.
type label uint8

const (
	unlabelled label = iota
	outer
	inner
)

// A solver finds a maximum-weight matching in a general graph by the primal–dual
// method of Edmonds, as Galil describes it (Efficient algorithms for finding maximum
// matching in graphs, ACM Computing Surveys 18, 1986) and with the nesting of blossoms
// as in van Rantwijk's mwmatching.py.
//
// Every vertex v has a dual u(v) ≥ 0 and every blossom B of three or more vertices a
// dual z(B) ≥ 0, such that u(a) + u(b) + Σ z(B around both) ≥ weight for every edge. An
// edge with equality is tight. The matching is of greatest weight when all matched
// edges are tight, blossoms with z > 0 are full and each free vertex has u = 0.
//
// Unlike its models it grows one tree at a time, from one free vertex with u > 0. That
// permits duals of any size to begin with, so that most vertices are matched before the
// first search, and a search touches no more than its neighbourhood. A search ends when
// it reaches another free vertex, or when an outer vertex reaches u = 0, which then
// becomes free in place of the root.
//
// Duals are integers: dual holds 2u of vertices and z of blossoms. Along tight edges
// all 2u have the same parity, so in one tree the slack of an edge between two outer
// vertices is even.
//
// Nodes are vertices 0 … n-1 and blossoms n … 2n-1. Time is O(n·m·log n) for the
// searches plus O(n²) for each search's relabelling, and memory O(n + m).
type solver struct {
	n     int32
	edges []edge
	arcs  [][]arc // by vertex: its edges
	mate  []int32 // by vertex: a vertex, or none

	dual   []int64 // by node, as of since
	since  []int64 // by node: the search's time at which dual was true
	top    []int32 // by vertex: the outermost node around it
	parent []int32 // by node: the blossom around it, or none
	base   []int32 // by node: the vertex that is not matched within it

	members [][]int32 // by node: its vertices

	// By blossom. children is a cycle of odd length that begins with the child
	// holding the base; links[i] is the tight edge from children[i] to the next, and is
	// matched for odd i.
	children [][]int32
	links    [][]link
	unused   []int32 // ids of blossoms

	label []label // by outermost node
	entry []link  // by labelled node: the edge by which it joined the tree; nowhere for the root

	// The search in progress. Its time is how much 2u of the root has fallen.
	time    int64
	tree    []int32 // every node that got a label
	fresh   []int32 // outer vertices whose edges are not looked at yet
	events  events
	soonest []int64 // by unlabelled node: the earliest event by which an edge reaches it
	zeroAt  int64   // when the first outer vertex reaches u = 0, and which
	zero    int32
	visited []int32 // by node: the last contraction that walked over it
	walk    int32
}

// heaviest returns each vertex's mate in a matching of maximum weight of the graph with
// n vertices, or none. Loops and edges whose weight is not positive are ignored, as no
// matching gains by them; of parallel edges the heaviest counts. The result depends on
// nothing but n and edges with their order.
func heaviest(n int, edges []edge) []int32 {
	return solved(n, edges, guess{dual: make([]int64, n)}).mate
}

// A guess is what the solver begins with: twice the duals of vertices, none of them
// negative, and their mates or nil. A good guess saves time, and may choose another one
// of several heaviest matchings; any guess is right.
type guess struct {
	dual []int64
	mate []int32
}

// solved is the solver of a graph after its work.
func solved(n int, edges []edge, from guess) *solver {
	s := newSolver(n, edges)
	s.begin(from)
	for v := range s.n {
		if s.mate[v] == none && s.dual[v] > 0 {
			s.search(v)
		}
	}
	return s
}

func newSolver(n int, edges []edge) *solver {
	s := &solver{
		n: int32(n), edges: edges, arcs: arcs(n, edges),
		mate: filled(n, none), top: filled(n, none),
		dual: make([]int64, 2*n), since: make([]int64, 2*n),
		parent: filled(2*n, none), base: filled(2*n, none),
		children: make([][]int32, 2*n), links: make([][]link, 2*n), members: make([][]int32, 2*n),
		label: make([]label, 2*n), entry: make([]link, 2*n),
		visited: make([]int32, 2*n), soonest: make([]int64, 2*n),
	}
	for v := range int32(n) {
		s.top[v], s.base[v] = v, v
		s.members[v] = s.base[v : v+1 : v+1]
		s.unused = append(s.unused, int32(2*n)-1-v)
	}
	return s
}

func filled(n int, with int32) []int32 { return slices.Repeat([]int32{with}, n) }

// arcs lists the edges of each vertex that can be part of a matching.
func arcs(n int, edges []edge) [][]arc {
	degree := make([]int, n)
	usable := func(e edge) bool { return e.weight > 0 && e.a != e.b }
	total := 0
	for _, e := range edges {
		if usable(e) {
			degree[e.a]++
			degree[e.b]++
			total += 2
		}
	}
	room := make([]arc, total)
	all := make([][]arc, n)
	for v, d := range degree {
		all[v], room = room[:0:d], room[d:]
	}
	for k, e := range edges {
		if usable(e) {
			all[e.a] = append(all[e.a], arc{e.b, int32(k), e.weight})
			all[e.b] = append(all[e.b], arc{e.a, int32(k), e.weight})
		}
	}
	return all
}

// begin finds feasible duals near the guess and a matching on tight edges: of the guess
// what it can, then for each free vertex by taking no more than it needs.
func (s *solver) begin(from guess) {
	for v := range s.n {
		short := int64(0)
		for _, a := range s.arcs[v] {
			short = max(short, 2*a.weight-from.dual[v]-from.dual[a.to])
		}
		s.dual[v] = from.dual[v] + (short+1)/2
	}
	if from.mate != nil {
		s.keep(from.mate)
	}
	for v := range s.n {
		if s.mate[v] == none {
			s.lower(v)
		}
	}
}

// keep takes over the mates whose edge is tight.
func (s *solver) keep(mates []int32) {
	for v := range s.n {
		for _, a := range s.arcs[v] {
			if a.to == mates[v] && s.mate[v] == none && s.dual[v]+s.dual[a.to] == 2*a.weight {
				s.mate[v], s.mate[a.to] = a.to, v
			}
		}
	}
}

// lower gives a free vertex the least feasible dual, and a free mate by a tight edge.
func (s *solver) lower(v int32) {
	least, mate := int64(0), int32(none)
	for _, a := range s.arcs[v] {
		needs := 2*a.weight - s.dual[a.to]
		if needs > least || needs == least && mate == none {
			least, mate = needs, none
			if s.mate[a.to] == none {
				mate = a.to
			}
		}
	}
	s.dual[v] = least
	if mate != none {
		s.mate[v], s.mate[mate] = mate, v
	}
}

// now is the dual of a node at this time of the search. Outer vertices fall and inner
// ones rise with time; outer blossoms rise and inner ones fall.
func (s *solver) now(node int32) int64 {
	moved := s.time - s.since[node]
	if node >= s.n {
		moved = -moved
	}
	switch s.label[s.outermost(node)] {
	case outer:
		return s.dual[node] - moved
	case inner:
		return s.dual[node] + moved
	default:
		return s.dual[node]
	}
}

func (s *solver) outermost(node int32) int32 {
	if node < s.n {
		return s.top[node]
	}
	return node
}

// settle writes down the node's dual, so that its label may change.
func (s *solver) settle(node int32) {
	s.dual[node], s.since[node] = s.now(node), s.time
}

// childAround is the child of the blossom that holds the vertex.
func (s *solver) childAround(v, blossom int32) int32 {
	for s.parent[v] != blossom {
		v = s.parent[v]
	}
	return v
}

// rebase makes the vertex the base of the node by exchanging matched and unmatched links
// on the path of even length from the vertex's child to the old base. The caller gives
// the vertex its mate.
func (s *solver) rebase(node, v int32) {
	if node < s.n {
		return
	}
	children, links := s.children[node], s.links[node]
	child := s.childAround(v, node)
	s.rebase(child, v)
	at := slices.Index(children, child)
	if at%2 == 0 {
		for i := at - 2; i >= 0; i -= 2 {
			s.pair(children[i], children[i+1], links[i])
		}
	} else {
		for i := at + 1; i < len(children); i += 2 {
			s.pair(children[i], children[(i+1)%len(children)], links[i])
		}
	}
	rotate(children, at)
	rotate(links, at)
	s.base[node] = v
}

// pair matches two nodes by a link between them.
func (s *solver) pair(from, to int32, by link) {
	s.rebase(from, by.from)
	s.rebase(to, by.to)
	s.mate[by.from], s.mate[by.to] = by.to, by.from
}

// rotate moves the item at the index to the front, keeping the cycle.
func rotate[T any](cycle []T, at int) {
	slices.Reverse(cycle[:at])
	slices.Reverse(cycle[at:])
	slices.Reverse(cycle)
}
