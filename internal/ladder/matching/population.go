package matching

import (
	"math"
	"time"
)

// A Count is how many entries wait: with each side, and in all. An entry with both sides
// counts for both.
type Count struct {
	Side [2]float64 `json:"side"`
	All  float64    `json:"all"`
}

// CountOf counts entries.
func CountOf(entries []Entry) Count {
	count := Count{All: float64(len(entries))}
	for _, e := range entries {
		for side, s := range e.Standings {
			if s.Plays {
				count.Side[side]++
			}
		}
	}
	return count
}

// with joins two counts number by number.
func (c Count) with(d Count, join func(x, y float64) float64) Count {
	return Count{
		Side: [2]float64{join(c.Side[BW], d.Side[BW]), join(c.Side[SC2], d.Side[SC2])},
		All:  join(c.All, d.All),
	}
}

// A Population is how many entries usually wait. A count of this moment would not do, as
// each run empties the queue; so the greatest count of each window of a minute goes into
// an average that forgets. The zero value is a ladder on which nobody waits.
type Population struct {
	Smoothed Count     `json:"smoothed"`
	Peak     Count     `json:"peak"`   // of the window
	Window   time.Time `json:"window"` // when the window began
}

// PopulationOf is the population as a run left it, for who goes on after a pause. What is
// not known of the time since is taken to be as it was then, and after the run's minute as
// it is at the next Advance.
func PopulationOf(run Run) Population {
	return Population{Smoothed: run.Population, Peak: run.Population, Window: run.At}
}

const window = time.Minute

// Advance is the population after a moment at which so many wait. Call it before each
// run and when somebody joins.
func (p Population) Advance(now time.Time, waiting Count, rule Rule) Population {
	if p.Window.IsZero() || now.Before(p.Window) { // the first call, or a clock set back
		p.Window = now
	}
	if windows := now.Sub(p.Window) / window; windows > 0 {
		keep := math.Exp2(-window.Seconds() / rule.Clamped().HalfLife)
		p.Smoothed = p.Smoothed.toward(p.Peak, keep)
		p.Smoothed = p.Smoothed.toward(waiting, math.Pow(keep, float64(windows-1)))
		p.Peak = Count{}
		p.Window = p.Window.Add(windows * window)
	}
	p.Peak = p.Peak.with(waiting, math.Max)
	return p
}

func (c Count) toward(to Count, keep float64) Count {
	return c.with(to, func(x, y float64) float64 { return keep*x + (1-keep)*y })
}
