package matching

import (
	"math"
	"slices"
	"time"
)

// A market is one run: its candidates and the rule, already clamped.
type market struct {
	now        time.Time
	rule       Rule
	relaxed    float64 // the credit for missing players
	candidates []candidate
}

// An offer is what pairing two candidates would be, with costs and credit in seconds.
type offer struct {
	sides        [2]Side // of the first and the second candidate
	gap          float64
	cost, credit float64
}

// offer judges two candidates; false if they may not meet, or not yet.
func (m *market) offer(a, b *candidate) (o offer, compatible, allowed bool) {
	if !m.orient(a, b, &o) {
		return o, false, false
	}
	steps, meet := m.rule.Regions.distance(a.Region, b.Region)
	if !meet || m.lapsed(a, b) {
		return o, false, false
	}
	o.credit = m.credit(a, b)
	fixed := m.gapCost(a, b, &o) + m.rule.RegionStep*float64(steps)
	if m.bend(fixed) > o.credit {
		return o, true, false // spares most pairs the look at their past
	}
	o.cost = m.bend(fixed + m.rematchCost(a, b))
	return o, true, o.cost <= o.credit
}

// orient chooses the sides with the smaller gap; false if no sides of the two meet. In a
// tie the candidate with the lower id, which is the first, takes BW.
func (m *market) orient(a, b *candidate, o *offer) bool {
	found := false
	for _, side := range [2]Side{BW, SC2} {
		for _, other := range [2]Side{SC2, BW} {
			if side == other && m.rule.Pairing == Cross || !a.plays(side) || !b.plays(other) {
				continue
			}
			gap := math.Abs(a.rating(side) - b.rating(other))
			if !found || gap < o.gap {
				o.sides, o.gap, found = [2]Side{side, other}, gap, true
			}
		}
	}
	return found
}

// gapCost is gap² / GapDivisor, of uncertain ratings over a greater divisor.
func (m *market) gapCost(a, b *candidate, o *offer) float64 {
	spread := a.spread[o.sides[0]] + b.spread[o.sides[1]]
	scale := m.rule.DeviationScale
	return o.gap * o.gap / (m.rule.GapDivisor * (1 + spread/(scale*scale)))
}

// rematchCost is that of the latest match of the two, if it is among the last of either.
func (m *market) rematchCost(a, b *candidate) float64 {
	age := math.Inf(1)
	for _, met := range a.recent {
		if slices.Contains(b.Players, met.Opponent) {
			age = min(age, m.age(met))
		}
	}
	for _, met := range b.recent {
		if slices.Contains(a.Players, met.Opponent) {
			age = min(age, m.age(met))
		}
	}
	return m.rule.RematchCost * max(0, 1-age/m.rule.RematchFade)
}

// age is in seconds. A meeting in the future, which a clock set back leaves behind, is
// as long ago as it is ahead, so that it is forgotten in time.
func (m *market) age(met Meeting) float64 { return math.Abs(m.now.Sub(met.At).Seconds()) }

// bend keeps a cost up to the limit, and lets a greater one approach 1.25 × the limit.
func (m *market) bend(cost float64) float64 {
	limit := m.rule.CostLimit
	if cost <= limit {
		return cost
	}
	return limit * (1 + 0.25*(1-limit/cost))
}

// credit is what the two have waited, and what the population lacks.
func (m *market) credit(a, b *candidate) float64 {
	longer := m.rule.LongerShare
	return longer*max(a.wait, b.wait) + (1-longer)*min(a.wait, b.wait) + m.relaxed
}

// relaxation is the credit for each player missing below a healthy population, the mean
// of both sides. Under Any there is one population.
func relaxation(p Population, rule Rule) float64 {
	missing := func(waiting float64) float64 {
		return rule.Relaxation * (rule.Healthy - within(waiting, 0, 0, rule.Healthy))
	}
	if rule.Pairing == Any {
		return missing(p.Smoothed.All)
	}
	return (missing(p.Smoothed.Side[BW]) + missing(p.Smoothed.Side[SC2])) / 2
}

// lapsed says whether an offer between the two came to nothing a short time ago.
func (m *market) lapsed(a, b *candidate) bool {
	return m.declined(a, b) || m.declined(b, a)
}

func (m *market) declined(a, b *candidate) bool {
	return slices.ContainsFunc(a.Lapsed, func(met Meeting) bool {
		return m.age(met) < m.rule.LapsedFor && slices.Contains(b.Players, met.Opponent)
	})
}

// lastMet says whether one is the very last opponent of the other.
func lastMet(a, b *candidate) bool {
	return a.met && slices.Contains(b.Players, a.last) || b.met && slices.Contains(a.Players, b.last)
}

// weight is credit − cost + constant in milliseconds, at least 1, with the priority of
// long waits.
func (m *market) weight(a, b *candidate, o *offer) int64 {
	w := o.credit - o.cost + m.rule.PairBonus + m.rule.Priority*(a.wait+b.wait)
	if a.newcomer(o.sides[0], m.rule) && b.newcomer(o.sides[1], m.rule) {
		w += m.rule.NewcomerBonus
	}
	return max(1, int64(math.Round(1000*w)))
}
