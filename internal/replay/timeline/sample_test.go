package timeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// made is what a player made, with the orders that dated it.
func (g *game) made(s seat) (*orderBook, []production) {
	made := g.chronicle.of(s.number).productions
	book := newOrderBook(g.build, s.orders)
	book.date(made, g.build)
	return book, made
}

// TestEveryStartHasAnOrder holds, for every product of every player: it began
// no earlier than an order of its kind, and no later than it could to be done
// in time. Nearly all are dated by an order.
func TestEveryStartHasAnOrder(t *testing.T) {
	oncetest.Sequential(t)
	files := slices.DeleteFunc(sampleGames(t), func(path string) bool {
		return strings.HasPrefix(filepath.Base(path), "c46846") // 110 loops
	})
	files = append(append(files, caseGames(t, "case06")...), caseGames(t, "case07")...)
	ordered, estimated := 0, 0
	missing := map[string]int{}
	for _, path := range files {
		g := readGame(t, path)
		for _, seat := range g.seats {
			book, made := g.made(seat)
			for _, p := range made {
				if !p.known {
					continue
				}
				if p.source == StartFromEstimate {
					estimated++
					missing[p.id]++
					continue
				}
				ordered++
				list, _ := book.of(&p)
				before := false
				for _, o := range list {
					before = before || int(o.loop) <= p.start && (p.key.index == anyIndex || int(o.index) == p.key.index)
				}
				latest := p.done - p.shortest(g.build)
				if !p.hurried && p.creator == none {
					latest = p.done - p.loops*quickest/10
				}
				if !before || p.start > latest {
					t.Errorf("%s: %s of %d began in %d, at the latest in %d, ordered before: %t", filepath.Base(path), p.id, p.done, p.start, latest, before)
				}
			}
		}
	}
	t.Logf("%d ordered, %d estimated: %v", ordered, estimated, missing)
	if ordered < 9000 || estimated > ordered/40 {
		t.Errorf("%d have an order, %d do not: %v", ordered, estimated, missing)
	}
}

// TestTimesOfLaterPatches compares the times of the tables with what products
// took from their order on that nothing hurried.
func TestTimesOfLaterPatches(t *testing.T) {
	exact := map[string]int{}
	for _, path := range append(caseGames(t, "case07"), append(caseGames(t, "case08"), caseGames(t, "case12")...)...) {
		g := readGame(t, path)
		for _, seat := range g.seats {
			_, made := g.made(seat)
			for _, p := range made {
				if p.source == StartFromOrder && max(p.done-p.start-p.loops, p.loops-p.done+p.start) <= 1 {
					exact[fmt.Sprintf("%s %d", p.id, p.loops)]++
				}
			}
		}
	}
	for _, want := range []string{
		"EvolveGroovedSpines 1120", "EvolveMuscularAugments 1440", "CentrificalHooks 1600", "VoidRay 964", "Stalker 672",
		"Reaper 1161", "ProtossGroundWeaponsLevel1 2880", "ProtossGroundWeaponsLevel2 3440",
	} {
		if exact[want] == 0 {
			t.Errorf("none took %s loops", want)
		}
	}
}

// begun are the loops in which somebody gave a command without a target, as one
// trains and researches.
type begun []int

func (b begun) at(loop int) bool {
	_, found := slices.BinarySearchFunc(b, loop, func(at, loop int) int {
		if at < loop-1 {
			return -1
		}
		if at > loop+1 {
			return 1
		}
		return 0
	})
	return found
}

// TestTimesAreThoseOfTheSamples looks for the command that began each unit and
// upgrade exactly as long before as the tables say. There is none for what had
// to wait or was hurried; of what Terrans and Zergs research almost all has one.
func TestTimesAreThoseOfTheSamples(t *testing.T) {
	oncetest.Sequential(t)
	plain, plainFound := 0, 0
	found := map[string]int{}
	for _, path := range sampleGames(t) {
		g := readGame(t, path)
		for _, s := range g.seats {
			protoss := false
			for _, u := range g.births[s.number] {
				protoss = protoss || u.id == "Probe"
				if loops := unitTimes.in(g.build, u.id, unitKinds[u.id].loops); s.commands.at(u.loop - loops) {
					found[u.id]++
				}
			}
			for _, u := range g.chronicle.of(s.number).upgrades {
				loops := upgradeTimes.in(g.build, u.ID, upgradeKindOf(u.ID).loops)
				hit := loops > 0 && s.commands.at(int(u.Seconds*g.clock.Loops+0.5)-loops)
				if hit {
					found[u.ID]++
				}
				if loops > 0 && !protoss {
					plain++
					if hit {
						plainFound++
					}
				}
			}
		}
	}
	t.Logf("%d of %d upgrades of Terrans and Zergs have a command", plainFound, plain)
	if plain == 0 || plainFound < plain*9/10 {
		t.Errorf("%d of %d upgrades of Terrans and Zergs have a command", plainFound, plain)
	}
	for _, id := range []string{
		"WidowMine", "Raven", "Stalker", "Sentry", "Adept", "Oracle", "VoidRay", "Stimpack", "WarpGateResearch",
		"ProtossGroundWeaponsLevel1", "ProtossGroundArmorsLevel1", "ProtossShieldsLevel1", "ProtossAirWeaponsLevel1",
	} {
		if found[id] < 2 {
			t.Errorf("%d of %s have a command", found[id], id)
		}
	}
}
