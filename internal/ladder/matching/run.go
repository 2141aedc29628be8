package matching

import (
	"slices"
	"time"
)

// A Run is what one run saw: telemetry to store. Times are in seconds, weights in
// milliseconds.
type Run struct {
	At         time.Time `json:"at"`
	Entries    int       `json:"entries"`
	Unfit      int       `json:"unfit"`      // entries without a side, or not of a whole team
	Duplicates int       `json:"duplicates"` // entries set aside because another has a player of theirs
	Population Count     `json:"population"` // smoothed
	Relaxed    float64   `json:"relaxed"`    // credit for missing players

	Compatible int   `json:"compatible"` // pairs whose sides meet
	Allowed    int   `json:"allowed"`    // of them, those that may meet now
	HeldBack   int   `json:"held_back"`  // last opponents while another is allowed
	Kept       int   `json:"kept"`       // allowed pairs that the solver was given
	Rounds     int   `json:"rounds"`     // of the solver
	Weight     int64 `json:"weight"`     // of the matching
	Bound      int64 `json:"bound"`      // no matching of the allowed pairs weighs more

	Pairs   int       `json:"pairs"`
	Rematch int       `json:"rematch"` // pairs with a very last opponent
	Waits   Quantiles `json:"waits"`   // of the paired
	Gaps    Quantiles `json:"gaps"`
	Costs   Quantiles `json:"costs"`
	Credits Quantiles `json:"credits"`
	Left    Quantiles `json:"left"` // waits of those who go on waiting
}

// Quantiles of values; zero of none.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// quantiles sorts the values.
func quantiles(values []float64) Quantiles {
	if len(values) == 0 {
		return Quantiles{}
	}
	slices.Sort(values)
	at := func(share float64) float64 {
		return values[min(len(values)-1, int(share*float64(len(values))))]
	}
	return Quantiles{P50: at(0.5), P95: at(0.95), Max: values[len(values)-1]}
}

// observe fills in what a run came to.
func (r *Run) observe(m *market, pairs []Pair, mates []int32) {
	var waits, gaps, costs, credits, left []float64
	for _, p := range pairs {
		waits = append(waits, p.Waits[:]...)
		gaps = append(gaps, p.Gap)
		costs = append(costs, p.Cost)
		credits = append(credits, p.Credit)
		if p.Rematch {
			r.Rematch++
		}
	}
	for v, w := range mates {
		if w == none {
			left = append(left, m.candidates[v].wait)
		}
	}
	r.Pairs = len(pairs)
	r.Waits, r.Gaps = quantiles(waits), quantiles(gaps)
	r.Costs, r.Credits = quantiles(costs), quantiles(credits)
	r.Left = quantiles(left)
}
