package timeline

import (
	"math"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// supplyUnit is what the tracker counts food in: 4096 to one supply.
const supplyUnit = 4096

// supplyLimit is the most supply there is; a player there is not blocked.
const supplyLimit = 200

// sample keeps a player's statistics.
func (c *Chronicle) sample(e *stream.TrackerEvent) {
	l := c.of(e.Player)
	if l == nil || c.samples == maxSamples {
		return
	}
	c.samples++
	s := &e.Stats
	sum := func(from stream.Score) int { // of army, economy and technology, less what refunds make negative
		return max(int(s[from]), 0) + max(int(s[from+1]), 0) + max(int(s[from+2]), 0)
	}
	minerals, gas := sum(stream.MineralsLostArmy), sum(stream.VespeneLostArmy)
	l.samples = append(l.samples, sample{loop: e.Loop, Sample: Sample{
		Seconds: c.clock.Seconds(int64(e.Loop)),
		Minerals: Resource{
			Current: int(s[stream.MineralsCurrent]), Rate: int(s[stream.MineralsCollectionRate]), Lost: minerals,
			Spent: minerals + sum(stream.MineralsUsedInProgressArmy) + sum(stream.MineralsUsedCurrentArmy),
		},
		Gas: Resource{
			Current: int(s[stream.VespeneCurrent]), Rate: int(s[stream.VespeneCollectionRate]), Lost: gas,
			Spent: gas + sum(stream.VespeneUsedInProgressArmy) + sum(stream.VespeneUsedCurrentArmy),
		},
		Workers: int(s[stream.WorkersActiveCount]),
		Army:    ArmyValue{Minerals: int(s[stream.MineralsUsedCurrentArmy]), Gas: int(s[stream.VespeneUsedCurrentArmy])},
		Supply:  Supply{Used: float64(s[stream.FoodUsed]) / supplyUnit, Made: float64(s[stream.FoodMade]) / supplyUnit},
	}})
}

// blocked is how long a player had no supply left while there was more to be
// had, to the ten game seconds between two samples: each stands for the time
// to the next.
func blocked(samples []sample) float64 {
	seconds := 0.0
	for i := 0; i+1 < len(samples); i++ {
		supply := samples[i].Supply
		if supply.Made > 0 && supply.Used >= supply.Made && supply.Made < supplyLimit {
			seconds += samples[i+1].Seconds - samples[i].Seconds
		}
	}
	return math.Round(seconds*100) / 100
}

// minSamples is two game minutes: before that there is nothing to spend.
const minSamples = 12

// spendingQuotient is Whalen's: 35 (0.00137 I − ln U) + 240, for the mean
// income I (a game minute, as the tracker counts it) and the mean of unspent
// resources U, of minerals and gas together
// (https://tl.net/forum/starcraft-2/266019-do-you-macro-like-a-pro, 2011). It
// says how well the income was spent: about 60 in bronze, 90 among
// professionals.
func spendingQuotient(samples []sample) *float64 {
	if len(samples) < minSamples {
		return nil
	}
	income, unspent := 0.0, 0.0
	for _, s := range samples {
		income += float64(s.Minerals.Rate + s.Gas.Rate)
		unspent += float64(s.Minerals.Current + s.Gas.Current)
	}
	n := float64(len(samples))
	quotient := 35*(0.00137*income/n-math.Log(unspent/n)) + 240
	if math.IsNaN(quotient) || math.IsInf(quotient, 0) {
		return nil
	}
	quotient = math.Round(quotient*10) / 10
	return &quotient
}
