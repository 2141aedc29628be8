package matching

import (
	"cmp"
	"math"
	"slices"
)

// A tie is the common past of two candidates.
type tie struct {
	other  int32   // the candidate at its other end
	age    float64 // seconds since their latest match, if it is among the last of either
	last   bool    // whether one is the very last opponent of the other
	lapsed bool    // whether an offer between them came to nothing a short time ago
}

// bind gives each candidate its ties. There are few, so that looking at all pairs of
// candidates takes no look at their past.
func (m *market) bind() {
	owner := make(map[PlayerID]int32)
	for i := range m.candidates {
		for _, p := range m.candidates[i].Players {
			owner[p] = int32(i)
		}
	}
	for i := range m.candidates {
		c := &m.candidates[i]
		for n, met := range newest(c.Recent, max(1, m.rule.RematchDepth)) {
			if o, waits := owner[met.Opponent]; waits {
				counts := n < m.rule.RematchDepth
				m.tie(int32(i), o, func(t *tie) {
					t.last = t.last || n == 0
					if counts {
						t.age = min(t.age, m.age(met))
					}
				})
			}
		}
		for _, met := range c.Lapsed {
			if o, waits := owner[met.Opponent]; waits && m.age(met) < m.rule.LapsedFor {
				m.tie(int32(i), o, func(t *tie) { t.lapsed = true })
			}
		}
	}
}

// tie changes the tie of two candidates at both ends.
func (m *market) tie(a, b int32, change func(*tie)) {
	for _, end := range [2][2]int32{{a, b}, {b, a}} {
		c := &m.candidates[end[0]]
		if c.tie(end[1]).other == none {
			c.ties = append(c.ties, tie{other: end[1], age: math.Inf(1)})
		}
		at := slices.IndexFunc(c.ties, func(t tie) bool { return t.other == end[1] })
		change(&c.ties[at])
	}
}

// untied is the tie of two who have no past.
var untied = tie{other: none, age: math.Inf(1)}

func (c *candidate) tie(other int32) *tie {
	for at := range c.ties {
		if c.ties[at].other == other {
			return &c.ties[at]
		}
	}
	return &untied
}

// newest are the latest meetings, the latest first.
func newest(meetings []Meeting, n int) []Meeting {
	latest := slices.Clone(meetings)
	slices.SortFunc(latest, func(a, b Meeting) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Opponent, b.Opponent))
	})
	return latest[:min(n, len(latest))]
}

// age is in seconds. A meeting in the future, which a clock set back leaves behind, is
// as long ago as it is ahead, so that it is forgotten in time.
func (m *market) age(met Meeting) float64 { return math.Abs(m.now.Sub(met.At).Seconds()) }
