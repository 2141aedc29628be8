package timeline

import (
	"cmp"
	"slices"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
)

// buildOrder is the first steps in the order they were begun, each with the
// supply used at that moment, itself not yet counted, as players write it:
// "17 0:32 Hatchery".
//
// A construction, a warp-in, an egg and a cocoon have an event of their own at
// the start. What is trained or researched, and a structure that turns into
// another, is known only when it is done; its start is that of the order in the
// game stream (see orderBook.date). Where none is found, as of an AI's, it is
// the end less the time it takes (unitKinds, upgradeKinds), which Chrono Boost
// makes too early by up to a third of that time, bounded by what the same
// structure made before. Upgrades without a known time stand where they were
// done.
func (l *progress) buildOrder(c clock.Clock) []BuildStep {
	slices.SortStableFunc(l.steps, func(a, b step) int { return cmp.Compare(a.loop, b.loop) })
	slices.SortStableFunc(l.supply, func(a, b supplyChange) int { return cmp.Compare(a.loop, b.loop) })
	order := make([]BuildStep, 0, min(len(l.steps), MaxSteps))
	for _, s := range l.steps[:min(len(l.steps), MaxSteps)] {
		order = append(order, BuildStep{
			Supply: int(l.supplyAt(s.loop)), Seconds: c.Seconds(int64(s.loop)), ID: s.id, Name: s.name, StartSource: s.source,
		})
	}
	return order
}

// settle dates what the player made by their orders, and writes the steps and
// the supply that follow from it.
func (l *progress) settle(build int, orders ...*Orders) {
	newOrderBook(build, orders...).date(l.productions, build)
	for i := range l.productions {
		p := &l.productions[i]
		p.start = max(p.start, firstOrder)
		l.take(p.start, p.supply)
		l.step(step{loop: p.start, id: p.id, name: p.name, source: p.source})
	}
	l.productions = nil
}

// supplyAt is the supply used just before a loop: that of the last sample and
// what was taken and given back since.
func (l *progress) supplyAt(loop int) float64 {
	after, supply := 0, 0.0
	i, found := slices.BinarySearchFunc(l.samples, loop, func(s sample, loop int) int { return cmp.Compare(s.loop, loop) })
	switch {
	case found:
		after, supply = l.samples[i].loop, l.samples[i].Supply.Used
	case i > 0:
		after, supply = l.samples[i-1].loop, l.samples[i-1].Supply.Used
	case len(l.samples) > 0:
		supply = l.samples[0].Supply.Used // the first is taken as the game begins
	}
	for _, change := range l.supply {
		if change.loop > after && change.loop < loop {
			supply += change.supply
		}
	}
	return max(supply, 0)
}
