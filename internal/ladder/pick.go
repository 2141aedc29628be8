package ladder

import (
	"math"
	"slices"
)

// PickMap is the map of a match: random among those of the pool that neither side vetoed,
// or, when all are vetoed, among those with the fewest vetoes. vetoes are the titles of
// each player; recent those of the last matches of either, as often as they were played:
// a map is the rarer the more often it is among them. r is from [0, 1).
func PickMap(pool []Map, vetoes [][]string, recent []string, r float64) Map {
	drawn := drawable(pool)
	counts := make([]int, len(drawn))
	for i, m := range drawn {
		counts[i] = count(vetoes, func(titles []string) bool { return containsTitle(titles, m.Title) })
	}
	fewest := slices.Min(counts)
	weights, sum := make([]float64, len(drawn)), 0.0
	for i, m := range drawn {
		if counts[i] == fewest {
			weights[i] = weight(count(recent, func(title string) bool { return sameTitle(title, m.Title) }))
			sum += weights[i]
		}
	}
	if math.IsNaN(r) {
		r = 0
	}
	at, last := min(1, max(0, r))*sum, 0
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if last = i; at < w {
			break
		}
		at -= w
	}
	return drawn[last]
}

// weight is how likely a map is that was played so often lately, beside one that was not.
func weight(played int) float64 { return 1 / (1 + 3*float64(played)) }

// Pool is the maps that are drawn from, and may be vetoed.
func (s Season) Pool() []Map { return drawable(s.Maps) }

// drawable are the maps that are not retired; all, when all are; the default pool when
// there are none.
func drawable(pool []Map) []Map {
	drawn := slices.DeleteFunc(slices.Clone(pool), func(m Map) bool { return m.Retired })
	switch {
	case len(drawn) > 0:
		return drawn
	case len(pool) > 0:
		return pool
	}
	return DefaultMaps()
}

func containsTitle(titles []string, title string) bool {
	return slices.ContainsFunc(titles, func(one string) bool { return sameTitle(one, title) })
}
