package matching

import (
	"math"
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

// offer judges two candidates: whether their sides meet, and whether they may meet now.
// It begins with what rules out most.
func (m *market) offer(a, b *candidate, past *tie) (o offer, compatible, allowed bool) {
	if !m.orient(a, b, &o) {
		return o, false, false
	}
	o.credit = m.credit(a, b)
	cost := m.gapCost(a, b, &o)
	if m.bend(cost) > o.credit {
		return o, true, false
	}
	steps, meet := m.rule.Regions.distance(a.Region, b.Region)
	if !meet || past.lapsed {
		return o, true, false
	}
	o.cost = m.bend(cost + m.rule.RegionStep*float64(steps) + m.rematchCost(past))
	return o, true, o.cost <= o.credit
}

// orient chooses the sides with the smaller gap; false if no sides of the two meet. In a
// tie the candidate with the lower id, which is the first, takes BW.
func (m *market) orient(a, b *candidate, o *offer) bool {
	found := m.try(a, b, BW, SC2, false, o)
	found = m.try(a, b, SC2, BW, found, o)
	if m.rule.Pairing == Any {
		found = m.try(a, b, BW, BW, found, o)
		found = m.try(a, b, SC2, SC2, found, o)
	}
	return found
}

// try takes the two sides if both play them and their gap is the smallest yet.
func (m *market) try(a, b *candidate, one, two Side, found bool, o *offer) bool {
	if !a.plays[one] || !b.plays[two] {
		return found
	}
	if gap := math.Abs(a.rating[one] - b.rating[two]); !found || gap < o.gap {
		o.sides, o.gap = [2]Side{one, two}, gap
	}
	return true
}

// gapCost is gap² / GapDivisor, of uncertain ratings over a greater divisor.
func (m *market) gapCost(a, b *candidate, o *offer) float64 {
	spread := a.spread[o.sides[0]] + b.spread[o.sides[1]]
	scale := m.rule.DeviationScale
	return o.gap * o.gap / (m.rule.GapDivisor * (1 + spread/(scale*scale)))
}

// rematchCost falls with the age of the latest match of the two.
func (m *market) rematchCost(past *tie) float64 {
	return m.rule.RematchCost * max(0, 1-past.age/m.rule.RematchFade)
}

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

// weight is credit − cost + constant in milliseconds, at least 1, with the priority of
// long waits.
func (m *market) weight(a, b *candidate, o *offer) int64 {
	w := o.credit - o.cost + m.rule.PairBonus + m.rule.Priority*(a.wait+b.wait)
	if a.newcomer[o.sides[0]] && b.newcomer[o.sides[1]] {
		w += m.rule.NewcomerBonus
	}
	return max(1, int64(1000*w+0.5))
}
