package matching

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// bruteForce is the greatest weight of any matching, by trying all.
func bruteForce(n int, edges []edge) int64 {
	weight := make([][]int64, n)
	for v := range weight {
		weight[v] = make([]int64, n)
	}
	for _, e := range edges {
		if e.a != e.b {
			weight[e.a][e.b] = max(weight[e.a][e.b], e.weight)
			weight[e.b][e.a] = weight[e.a][e.b]
		}
	}
	best := make([]int64, 1<<n) // by set of vertices
	for set := 1; set < 1<<n; set++ {
		last := 0
		for set>>(last+1) != 0 {
			last++
		}
		rest := set &^ (1 << last)
		best[set] = best[rest]
		for v := range last {
			if rest&(1<<v) != 0 {
				best[set] = max(best[set], weight[last][v]+best[rest&^(1<<v)])
			}
		}
	}
	return best[1<<n-1]
}

// weigh is the weight of a matching. It fails the test if that is none of the graph.
func weigh(t testing.TB, n int, edges []edge, mate []int32) int64 {
	t.Helper()
	if len(mate) != n {
		t.Fatalf("%d mates for %d vertices", len(mate), n)
	}
	total := int64(0)
	for v, w := range mate {
		if w == none {
			continue
		}
		if int(mate[w]) != v || int(w) == v {
			t.Fatalf("%d has the mate %d, who has %d", v, w, mate[w])
		}
		if int(w) > v {
			total += heaviestBetween(t, edges, int32(v), w)
		}
	}
	return total
}

func heaviestBetween(t testing.TB, edges []edge, v, w int32) int64 {
	t.Helper()
	heaviest, found := int64(0), false
	for _, e := range edges {
		if e.a == v && e.b == w || e.a == w && e.b == v {
			heaviest, found = max(heaviest, e.weight), true
		}
	}
	if !found {
		t.Fatalf("%d and %d are matched without an edge", v, w)
	}
	return heaviest
}

// randomGraph has few distinct weights in every other graph, so that many edges are tight.
func randomGraph(rng *rand.Rand, n int) []edge {
	density, heaviest := rng.Float64(), int64(1+rng.IntN(4))
	if rng.IntN(2) == 0 {
		heaviest = 1000
	}
	var edges []edge
	for a := range int32(n) {
		for b := range a {
			if rng.Float64() < density {
				edges = append(edges, edge{a, b, 1 + rng.Int64N(heaviest)})
			}
		}
	}
	rng.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
	return edges
}

func TestMatchingEqualsBruteForce(t *testing.T) {
	oncetest.Sequential(t)
	graphs := 100_000
	if testing.Short() {
		graphs = 5_000
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range graphs {
		n := 2 + rng.IntN(9)
		edges := randomGraph(rng, n)
		got, want := weigh(t, n, edges, heaviest(n, edges)), bruteForce(n, edges)
		if got != want {
			t.Fatalf("weight %d, want %d, of n %d and %v", got, want, n, edges)
		}
	}
}

// A greater graph has no brute force, but its duals prove the optimum: the weight of the
// matching equals their sum, which no matching can exceed.
func TestDualsProveTheOptimum(t *testing.T) {
	graphs := 400
	if testing.Short() {
		graphs = 40
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range graphs {
		n := 11 + rng.IntN(90)
		edges := randomGraph(rng, n)
		prove(t, n, edges)
	}
}

// prove solves a graph and checks that its duals are feasible and their sum is the weight.
func prove(t testing.TB, n int, edges []edge) {
	t.Helper()
	s := solved(n, edges, guess{dual: make([]int64, n)})
	for node := range 2 * n {
		if s.dual[node] < 0 && s.base[node] != none {
			t.Fatalf("the dual of node %d is negative", node)
		}
	}
	proof := s.proof()
	for _, e := range edges {
		if short := proof.short(e); short > 0 {
			t.Fatalf("edge %v is not covered by its duals: %d/2 are missing", e, short)
		}
	}
	if weight, bound := weigh(t, n, edges, s.mate), s.weight(); weight != bound {
		t.Fatalf("weight %d, but the duals allow %d", weight, bound)
	}
}

// The cases are those of mwmatching.py by Joris van Rantwijk, with vertices from 1, but
// those of fractions, of forced cardinality and of several optima.
func TestKnownCases(t *testing.T) {
	cases := map[string]struct {
		edges []edge
		want  []int32 // mates from vertex 1 on
	}{
		"no edge":                       {nil, nil},
		"one edge":                      {[]edge{{1, 2, 1}}, []int32{2, 1}},
		"two edges":                     {[]edge{{1, 2, 10}, {2, 3, 11}}, []int32{-1, 3, 2}},
		"a path":                        {[]edge{{1, 2, 5}, {2, 3, 11}, {3, 4, 5}}, []int32{-1, 3, 2, -1}},
		"negative weights":              {[]edge{{1, 2, 2}, {1, 3, -2}, {2, 3, 1}, {2, 4, -1}, {3, 4, -6}}, []int32{2, 1, -1, -1}},
		"a blossom":                     {[]edge{{1, 2, 8}, {1, 3, 9}, {2, 3, 10}, {3, 4, 7}}, []int32{2, 1, 4, 3}},
		"a blossom augmented":           {[]edge{{1, 2, 8}, {1, 3, 9}, {2, 3, 10}, {3, 4, 7}, {1, 6, 5}, {4, 5, 6}}, []int32{6, 3, 2, 5, 4, 1}},
		"inner blossom 1":               {[]edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 4}, {1, 6, 3}}, []int32{6, 3, 2, 5, 4, 1}},
		"inner blossom 2":               {[]edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 3}, {1, 6, 4}}, []int32{6, 3, 2, 5, 4, 1}},
		"inner blossom 3":               {[]edge{{1, 2, 9}, {1, 3, 8}, {2, 3, 10}, {1, 4, 5}, {4, 5, 3}, {3, 6, 4}}, []int32{2, 1, 6, 5, 4, 3}},
		"nested blossom":                {[]edge{{1, 2, 9}, {1, 3, 9}, {2, 3, 10}, {2, 4, 8}, {3, 5, 8}, {4, 5, 10}, {5, 6, 6}}, []int32{3, 4, 1, 2, 6, 5}},
		"nested blossom relabelled":     {[]edge{{1, 2, 10}, {1, 7, 10}, {2, 3, 12}, {3, 4, 20}, {3, 5, 20}, {4, 5, 25}, {5, 6, 10}, {6, 7, 10}, {7, 8, 8}}, []int32{2, 1, 4, 3, 6, 5, 8, 7}},
		"nested blossom opened":         {[]edge{{1, 2, 8}, {1, 3, 8}, {2, 3, 10}, {2, 4, 12}, {3, 5, 12}, {4, 5, 14}, {4, 6, 12}, {5, 7, 12}, {6, 7, 14}, {7, 8, 12}}, []int32{2, 1, 5, 6, 3, 4, 8, 7}},
		"blossom inner and opened":      {[]edge{{1, 2, 23}, {1, 5, 22}, {1, 6, 15}, {2, 3, 25}, {3, 4, 22}, {4, 5, 25}, {4, 8, 14}, {5, 7, 13}}, []int32{6, 3, 2, 8, 7, 1, 5, 4}},
		"nested, inner and opened":      {[]edge{{1, 2, 19}, {1, 3, 20}, {1, 8, 8}, {2, 3, 25}, {2, 4, 18}, {3, 5, 18}, {4, 5, 13}, {4, 7, 7}, {5, 6, 7}}, []int32{8, 3, 2, 7, 6, 5, 4, 1}},
		"augmented while opening 1":     {[]edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 35}, {5, 7, 26}, {9, 10, 5}}, []int32{6, 3, 2, 8, 7, 1, 5, 4, 10, 9}},
		"augmented while opening 2":     {[]edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 26}, {5, 7, 40}, {9, 10, 5}}, []int32{6, 3, 2, 8, 7, 1, 5, 4, 10, 9}},
		"least slack after opening":     {[]edge{{1, 2, 45}, {1, 5, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 50}, {1, 6, 30}, {3, 9, 35}, {4, 8, 28}, {5, 7, 26}, {9, 10, 5}}, []int32{6, 3, 2, 8, 7, 1, 5, 4, 10, 9}},
		"nested, least slack":           {[]edge{{1, 2, 45}, {1, 7, 45}, {2, 3, 50}, {3, 4, 45}, {4, 5, 95}, {4, 6, 94}, {5, 6, 94}, {6, 7, 50}, {1, 8, 30}, {3, 11, 35}, {5, 9, 36}, {7, 10, 26}, {11, 12, 5}}, []int32{8, 3, 2, 6, 9, 4, 10, 1, 5, 7, 12, 11}},
		"inner blossom within a search": {[]edge{{1, 2, 40}, {1, 3, 40}, {2, 3, 60}, {2, 4, 55}, {3, 5, 55}, {4, 5, 50}, {1, 8, 15}, {5, 7, 30}, {7, 6, 10}, {8, 10, 10}, {4, 9, 30}}, []int32{2, 1, 5, 9, 3, 7, 6, 10, 4, 8}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := len(c.want)
			edges := slices.Clone(c.edges)
			for k := range edges {
				edges[k].a--
				edges[k].b--
			}
			got := heaviest(n, edges)
			for v := range got {
				if got[v] != none {
					got[v]++
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("mates %v, want %v", got, c.want)
			}
			prove(t, n, edges)
		})
	}
}

func TestLoopsAndParallelEdges(t *testing.T) {
	edges := []edge{{0, 0, 100}, {0, 1, 3}, {1, 0, 8}, {1, 2, 6}, {2, 2, 7}, {1, 2, 0}}
	if got := heaviest(4, edges); !slices.Equal(got, []int32{1, 0, -1, -1}) {
		t.Errorf("mates %v", got)
	}
	if got := heaviest(0, nil); len(got) != 0 {
		t.Errorf("mates %v of an empty graph", got)
	}
}

// Complete graphs of odd size and equal weights contract to blossoms within blossoms.
func TestOddCliques(t *testing.T) {
	for n := 3; n <= 41; n += 2 {
		var edges []edge
		for a := range int32(n) {
			for b := range a {
				edges = append(edges, edge{a, b, 10 + int64(a*b%3)})
			}
		}
		prove(t, n, edges)
	}
}

func FuzzMatching(f *testing.F) {
	f.Add([]byte{5, 1, 2, 9, 2, 3, 9, 3, 1, 9, 3, 4, 8})
	f.Add([]byte{10, 0, 1, 45, 0, 4, 45, 1, 2, 50, 2, 3, 45, 3, 4, 50, 0, 5, 30, 2, 8, 35, 3, 7, 26, 4, 6, 40, 8, 9, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		n := 1 + int(data[0])%10
		var edges []edge
		for data = data[1:]; len(data) >= 3; data = data[3:] {
			a, b := int(data[0])%n, int(data[1])%n
			edges = append(edges, edge{int32(a), int32(b), int64(int8(data[2]))})
		}
		got, want := weigh(t, n, edges, heaviest(n, edges)), bruteForce(n, edges)
		if got != want {
			t.Errorf("weight %d, want %d", got, want)
		}
	})
}
