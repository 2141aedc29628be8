package timeline

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// written is a build order as players read it.
func written(order []BuildStep) []string {
	var lines []string
	for _, s := range order {
		lines = append(lines, fmt.Sprintf("%d %d:%02d %s", s.Supply, int(s.Seconds)/60, int(s.Seconds)%60, s.Name))
	}
	return lines
}

// script is a tracker stream of one player.
type script struct{ Chronicle }

func newScript() *script { return &script{*NewChronicle(clock.New(clock.Faster), 80949)} }

func (s *script) unit(kind stream.TrackerKind, loop, tag int, id string, more ...func(*stream.Unit)) {
	u := stream.Unit{Tag: stream.NewUnitTag(tag, 1), Type: id, ControlPlayer: 1, Killer: none}
	for _, f := range more {
		f(&u)
	}
	s.Observe(&stream.TrackerEvent{Loop: loop, Kind: kind, Unit: u})
}

func by(tag int, ability string) func(*stream.Unit) {
	return func(u *stream.Unit) { u.CreatorTag, u.CreatorAbility = stream.NewUnitTag(tag, 1), ability }
}

func killer(player int) func(*stream.Unit) {
	return func(u *stream.Unit) { u.Killer = player }
}

func (s *script) stats(loop int, used, made float64) {
	e := stream.TrackerEvent{Loop: loop, Kind: stream.PlayerStats, Player: 1}
	e.Stats[stream.FoodUsed], e.Stats[stream.FoodMade] = int32(used*supplyUnit), int32(made*supplyUnit)
	s.Observe(&e)
}

func TestBuildOrder(t *testing.T) {
	tests := map[string]struct {
		play   func(s *script)
		want   []string
		orders []order
	}{
		"what stands there at the start was not built": {
			func(s *script) { s.unit(stream.UnitBorn, 0, 1, "Nexus"); s.unit(stream.UnitBorn, 0, 2, "Probe") },
			nil, nil,
		},
		"a trained unit begins its build time before its birth": {
			func(s *script) {
				s.stats(1, 12, 15)
				s.unit(stream.UnitBorn, 0, 1, "CommandCenter")
				s.unit(stream.UnitBorn, 294, 2, "SCV", by(1, "CommandCenterTrain"))
				s.unit(stream.UnitBorn, 566, 3, "SCV", by(1, "CommandCenterTrain"))
			},
			[]string{"12 0:00 SCV", "13 0:13 SCV"},
			nil,
		},
		"a hurried unit begins after the one before it": {
			func(s *script) {
				s.stats(1, 12, 15)
				s.unit(stream.UnitBorn, 0, 1, "Nexus")
				s.unit(stream.UnitBorn, 272, 2, "Probe", by(1, "NexusTrain"))
				s.unit(stream.UnitBorn, 453, 3, "Probe", by(1, "NexusTrain"))
			},
			[]string{"12 0:00 Probe", "13 0:12 Probe"},
			nil,
		},
		"two from a reactor begin together": {
			func(s *script) {
				s.stats(1, 20, 30)
				s.unit(stream.UnitBorn, 0, 1, "Barracks")
				s.unit(stream.UnitBorn, 1000, 2, "Marine", by(1, "BarracksTrain"))
				s.unit(stream.UnitBorn, 1003, 3, "Marine", by(1, "BarracksTrain"))
			},
			[]string{"20 0:26 Marine", "21 0:26 Marine"},
			nil,
		},
		"what hatches begins with its egg, a pair of Zerglings is one order": {
			func(s *script) {
				s.stats(1, 12, 14)
				s.unit(stream.UnitBorn, 0, 1, "Larva")
				s.unit(stream.UnitChangedType, 224, 1, "Egg")
				s.unit(stream.UnitBorn, 608, 2, "Zergling", by(1, "LarvaTrain"))
				s.unit(stream.UnitBorn, 608, 3, "Zergling", by(1, "LarvaTrain"))
				s.unit(stream.UnitChangedType, 608, 1, "Larva")
				s.unit(stream.UnitDied, 608, 1, "")
				s.unit(stream.UnitInit, 672, 4, "SpawningPool")
				s.unit(stream.UnitInit, 673, 5, "Extractor")
			},
			[]string{"12 0:10 Zergling", "13 0:30 Spawning Pool", "12 0:30 Extractor"},
			nil,
		},
		"a structure that turns into another": {
			func(s *script) {
				s.stats(1, 19, 23)
				s.unit(stream.UnitBorn, 0, 1, "CommandCenter")
				s.unit(stream.UnitChangedType, 2576, 1, "OrbitalCommand")
				s.unit(stream.UnitChangedType, 2600, 1, "OrbitalCommandFlying")
				s.unit(stream.UnitChangedType, 2700, 1, "OrbitalCommand")
			},
			[]string{"19 1:30 Orbital Command"},
			nil,
		},
		"a cocoon": {
			func(s *script) {
				s.stats(1, 40, 44)
				s.unit(stream.UnitBorn, 0, 1, "Roach")
				s.unit(stream.UnitChangedType, 5600, 1, "RavagerCocoon")
				s.unit(stream.UnitChangedType, 5792, 1, "Ravager")
				s.unit(stream.UnitChangedType, 5800, 1, "RavagerBurrowed")
				s.unit(stream.UnitInit, 6000, 2, "Hatchery")
			},
			[]string{"40 4:10 Ravager", "41 4:27 Hatchery"},
			nil,
		},
		"hallucinations, summons and larvae are no player's order": {
			func(s *script) {
				s.unit(stream.UnitBorn, 100, 1, "Phoenix", by(9, "HallucinationPhoenix"))
				s.unit(stream.UnitBorn, 100, 2, "MULE", by(9, "CalldownMULE"))
				s.unit(stream.UnitBorn, 100, 3, "Larva")
				s.unit(stream.UnitInit, 100, 4, "CreepTumorQueen")
			},
			nil, nil,
		},
		"what the table does not know keeps its id": {
			func(s *script) {
				s.stats(1, 12, 15)
				s.unit(stream.UnitInit, 224, 1, "BWGateway")
				s.unit(stream.UnitBorn, 448, 2, "BWZealot", by(1, "BWGatewayTrain"))
				s.unit(stream.UnitBorn, 448, 3, "BWSpiderMineEffect", by(1, "Effect"))
			},
			[]string{"12 0:10 BWGateway", "12 0:20 BWZealot"},
			nil,
		},
		"an upgrade begins its research time before": {
			func(s *script) {
				s.stats(1, 50, 60)
				s.Observe(&stream.TrackerEvent{Loop: 4480, Kind: stream.UpgradeDone, Player: 1, Upgrade: "Stimpack", Count: 1})
				s.Observe(&stream.TrackerEvent{Loop: 4480, Kind: stream.UpgradeDone, Player: 1, Upgrade: "SprayTerran", Count: 1})
				s.Observe(&stream.TrackerEvent{Loop: 80, Kind: stream.UpgradeDone, Player: 1, Upgrade: "Burrow", Count: 1})
			},
			[]string{"50 1:40 Stimpack"},
			nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript()
			test.play(s)
			s.players[1].settle(s.build, &Orders{list: test.orders})
			if diff := cmp.Diff(test.want, written(s.players[1].buildOrder(s.clock))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnitsMadeAndLost(t *testing.T) {
	s := newScript()
	s.unit(stream.UnitBorn, 0, 1, "SCV")
	s.unit(stream.UnitBorn, 300, 2, "SCV", by(9, "CommandCenterTrain"))
	s.unit(stream.UnitDied, 400, 1, "", killer(2))
	s.unit(stream.UnitInit, 500, 3, "Barracks")
	s.unit(stream.UnitDied, 600, 3, "", killer(1)) // cancelled
	s.unit(stream.UnitInit, 500, 4, "Barracks")
	s.unit(stream.UnitDone, 600, 4, "")
	s.unit(stream.UnitChangedType, 700, 4, "BarracksFlying")
	s.unit(stream.UnitDied, 800, 4, "", killer(2))
	s.unit(stream.UnitBorn, 900, 5, "MULE", by(9, "CalldownMULE"))
	s.unit(stream.UnitDied, 999, 5, "", killer(1)) // its time is over
	s.unit(stream.UnitBorn, 900, 6, "Baneling", by(9, "MorphZerglingToBaneling"))
	s.unit(stream.UnitDied, 999, 6, "", killer(1)) // blew itself up
	s.unit(stream.UnitBorn, 0, 7, "Drone")
	s.unit(stream.UnitDied, 999, 7, "") // became a structure
	want := []UnitCount{
		{"SCV", "SCV", 1, 1}, {"Barracks", "Barracks", 1, 1}, {"MULE", "MULE", 1, 0}, {"Baneling", "Baneling", 1, 1},
	}
	if diff := cmp.Diff(want, s.players[1].counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSupplyBlocked(t *testing.T) {
	s := newScript()
	for i, used := range []float64{10, 15, 15, 14, 23, 200} {
		made := []float64{15, 15, 15, 15, 23, 200}[i]
		s.stats(i*160, used, made)
	}
	if got := blocked(s.players[1].samples); math.Abs(got-3*160/22.4) > 0.02 {
		t.Errorf("%.2f s blocked, want three samples' %.2f", got, 3*160/22.4)
	}
	if got := blocked(nil); got != 0 {
		t.Errorf("%.2f s blocked in no game", got)
	}
}

func TestSpendingQuotient(t *testing.T) {
	of := func(n, income, unspent int) []sample {
		all := make([]sample, n)
		for i := range all {
			all[i].Minerals = Resource{Rate: income / 2, Current: unspent / 2}
			all[i].Gas = Resource{Rate: income / 2, Current: unspent / 2}
		}
		return all
	}
	// The article's own examples are read off its chart; these are the formula.
	for _, test := range []struct {
		income, unspent int
		want            float64
	}{{1000, 500, 70.4}, {1500, 800, 78}, {800, 1600, 20.1}} {
		got := spendingQuotient(of(minSamples, test.income, test.unspent))
		if got == nil || math.Abs(*got-test.want) > 0.06 {
			t.Errorf("income %d, unspent %d: %v, want %.1f", test.income, test.unspent, got, test.want)
		}
	}
	if got := spendingQuotient(of(minSamples-1, 1000, 500)); got != nil {
		t.Errorf("%v of too few samples", *got)
	}
	if got := spendingQuotient(of(minSamples, 1000, 0)); got != nil {
		t.Errorf("%v of nothing unspent", *got)
	}
}

func TestEveryUnitIsWellFormed(t *testing.T) {
	for id, kind := range unitKinds {
		if kind.form == "" && kind.name == "" || kind.form != "" && kind != (unitKind{form: kind.form}) {
			t.Errorf("%s: %+v", id, kind)
		}
		if form, ok := unitKinds[kind.form]; kind.form != "" && (!ok || form.form != "") {
			t.Errorf("%s is a form of %s, which is none", id, kind.form)
		}
		if kind.class == classUnit && kind.loops == 0 {
			t.Errorf("%s takes no time", id)
		}
	}
	for id := range zergStructures {
		if unitKinds[id].class != classStructure {
			t.Errorf("%s is no structure", id)
		}
	}
}
