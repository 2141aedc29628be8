package matching

import "math"

// Pairing says which sides meet.
type Pairing string

// The pairing rules.
const (
	Cross Pairing = "cross" // BW meets SC2
	Any   Pairing = "any"   // every side meets every side
)

// A Rule is how entries are paired: data of a season. Start from DefaultRule; Match
// reads every number through Clamped. Durations are in seconds.
type Rule struct {
	Pairing  Pairing `json:"-"`
	TeamSize int     `json:"-"` // players of an entry

	// A gap of ratings costs gap² / GapDivisor.
	GapDivisor float64 `json:"gap_divisor"`
	// Uncertain ratings widen the search: the divisor grows by the share
	// (σa² + σb²) / DeviationScale², of deviations above SettledDeviation.
	DeviationScale   float64 `json:"deviation_scale"`
	SettledDeviation float64 `json:"settled_deviation"`
	// Two entries of NewcomerDeviation or more weigh NewcomerBonus more.
	NewcomerDeviation float64 `json:"newcomer_deviation"`
	NewcomerBonus     float64 `json:"newcomer_bonus"`

	// One of the last RematchDepth opponents costs RematchCost, falling to 0 over
	// RematchFade.
	RematchDepth int     `json:"rematch_depth"`
	RematchCost  float64 `json:"rematch_cost"`
	RematchFade  float64 `json:"rematch_fade"`
	// A pair whose offer lapsed is not offered again for LapsedFor.
	LapsedFor float64 `json:"-"`

	// Each step of distance between two regions costs RegionStep.
	RegionStep float64 `json:"region_step"`
	Regions    Regions `json:"-"`

	// The pair's credit is its longer wait × LongerShare, its shorter wait × the rest,
	// and Relaxation for each player missing below Healthy, the mean of both sides.
	LongerShare float64 `json:"longer_share"`
	Relaxation  float64 `json:"relaxation"`
	Healthy     float64 `json:"healthy"`
	// HalfLife is how fast the smoothed population forgets.
	HalfLife float64 `json:"half_life"`

	// Above CostLimit a cost grows ever slower, to 1.25 × CostLimit, so that nobody's
	// wait is without an end.
	CostLimit float64 `json:"cost_limit"`
	// A pair weighs PairBonus more than its credit less its cost: the greater, the
	// rather two pairs than one better pair.
	PairBonus float64 `json:"pair_bonus"`
	// It weighs Priority more for each second that either waits: the greater, the rather
	// those are paired who wait longest, and not those who fit best.
	Priority float64 `json:"priority"`
}

// DefaultRule is the rule that the package's benchmark measures.
func DefaultRule() Rule {
	return Rule{
		Pairing: Cross, TeamSize: 1,
		GapDivisor: 330, DeviationScale: 394, SettledDeviation: 75,
		NewcomerDeviation: 110, NewcomerBonus: 30,
		RematchDepth: 3, RematchCost: 260, RematchFade: 90 * 60, LapsedFor: 10 * 60,
		RegionStep: 30, LongerShare: 0.7, Relaxation: 15, Healthy: 6, HalfLife: 20 * 60,
		CostLimit: 1000, PairBonus: 60, Priority: 0.5,
	}
}

// Clamped is the rule with every number in a range in which two compatible entries meet
// within an hour, whatever else is set. What is no number takes its default.
func (r Rule) Clamped() Rule {
	d := DefaultRule()
	if r.Pairing != Any {
		r.Pairing = Cross
	}
	r.TeamSize = min(maxTeam, max(1, r.TeamSize))
	r.GapDivisor = within(r.GapDivisor, d.GapDivisor, 25, 10_000)
	r.DeviationScale = within(r.DeviationScale, d.DeviationScale, 50, 1e6)
	r.SettledDeviation = within(r.SettledDeviation, d.SettledDeviation, 0, 500)
	r.NewcomerDeviation = within(r.NewcomerDeviation, d.NewcomerDeviation, 50, 1000)
	r.NewcomerBonus = within(r.NewcomerBonus, d.NewcomerBonus, 0, 300)
	r.RematchDepth = min(10, max(0, r.RematchDepth))
	r.RematchCost = within(r.RematchCost, d.RematchCost, 0, 900)
	r.RematchFade = within(r.RematchFade, d.RematchFade, 60, 24*60*60)
	r.LapsedFor = within(r.LapsedFor, d.LapsedFor, 0, 30*60)
	r.RegionStep = within(r.RegionStep, d.RegionStep, 0, 300)
	r.LongerShare = within(r.LongerShare, d.LongerShare, 0.5, 1)
	r.Relaxation = within(r.Relaxation, d.Relaxation, 0, 60)
	r.Healthy = within(r.Healthy, d.Healthy, 0, 100)
	r.HalfLife = within(r.HalfLife, d.HalfLife, 60, 24*60*60)
	r.CostLimit = within(r.CostLimit, d.CostLimit, 60, 1440)
	r.PairBonus = within(r.PairBonus, d.PairBonus, 1, 3600)
	r.Priority = within(r.Priority, d.Priority, 0, 10)
	return r
}

// maxTeam is the greatest team that StarCraft II's ladder formats have.
const maxTeam = 4

// within is x between the bounds, and the default where x is no number.
func within(x, otherwise, least, most float64) float64 {
	if math.IsNaN(x) {
		return otherwise
	}
	return min(most, max(least, x))
}

// Regions is how far regions are from each other, by the rows of both: 0 plays without
// delay, each further step with noticeably more, and Never not at all. It is read in both
// directions, where the greater distance or Never counts; a region that it does not have
// is near to all.
type Regions [][]int8

// Never is the distance of regions that do not meet.
const Never int8 = -1

// maxSteps bounds a distance.
const maxSteps = 10

// distance is the steps between two regions; false if they never meet.
func (r Regions) distance(a, b int) (steps int8, meet bool) {
	if len(r) == 0 {
		return 0, true
	}
	there, back := r.at(a, b), r.at(b, a)
	return min(maxSteps, max(there, back)), there >= 0 && back >= 0
}

func (r Regions) at(a, b int) int8 {
	if a < 0 || a >= len(r) || b < 0 || b >= len(r[a]) {
		return 0
	}
	return r[a][b]
}
