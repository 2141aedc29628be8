package replaytest

import (
	"slices"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// noUser is the user of events that the game itself causes.
const noUser = 16

// statsEvery is the time between two samples of a player's figures, in loops.
const statsEvery = 160

// halls are what a player of a race begins with, and the workers.
var halls = map[Race][2]string{
	Terran: {"CommandCenter", "SCV"}, Zerg: {"Hatchery", "Drone"}, Protoss: {"Nexus", "Probe"},
	BWTerran: {"CommandCenterBW", "SCVBW"}, BWZerg: {"HatcheryBW", "DroneBW"}, BWProtoss: {"NexusBW", "ProbeBW"},
}

const firstWorkers = 12

func (g Game) messages() (all []stream.Message) {
	for _, c := range g.Chat {
		all = append(all, stream.Message{Loop: c.Loop, User: g.user(c.Player), Text: c.Text})
	}
	return all
}

// gameEvents is loading, each player's commands, evenly spaced and of as many
// a minute as they have APM, a look around every second, and who left.
func (g Game) gameEvents() (all []stream.GameEvent) {
	all = append(all, stream.GameEvent{User: noUser, Kind: stream.OtherGame})
	if g.Resumed {
		all = append(all, g.hijack())
	}
	for i, p := range g.Players {
		if p.Computer {
			continue
		}
		user, end := g.user(i), g.Loops
		if p.LeavesAt > 0 {
			end = p.LeavesAt
			all = append(all, stream.GameEvent{Loop: end, User: user, Kind: stream.UserLeft})
		}
		for loop := loopsASecond; loop < end; loop += loopsASecond {
			c := stream.Camera{HasTarget: true, Target: stream.Point{X: 256 * (20 + loop%100), Y: 256 * 50}}
			all = append(all, stream.GameEvent{Loop: loop, User: user, Kind: stream.CameraMoved, Camera: c})
		}
		if !p.Observer {
			all = append(all, g.commands(user, p.APM, end)...)
		}
	}
	slices.SortStableFunc(all, func(a, b stream.GameEvent) int { return a.Loop - b.Loop })
	return all
}

// commands are a selection now and then, and orders with and without targets.
func (g Game) commands(user, apm, end int) (all []stream.GameEvent) {
	if apm <= 0 {
		return nil
	}
	every := 60 * realLoops / float64(apm)
	for n := 1; int(float64(n)*every) < end; n++ {
		e := stream.GameEvent{Loop: int(float64(n) * every), User: user, Kind: stream.CommandGiven}
		e.Command = stream.Command{Flags: 256, Sequence: n, ControlledBy: stream.Absent}
		switch n % 4 {
		case 0:
			e.Kind, e.Selection = stream.SelectionChanged, stream.Selection{Group: 10, AddedUnits: 1, AddedKinds: 1}
		case 1:
			e.Command.HasAbility, e.Command.Ability = true, 100
		case 2:
			e.Command.Target, e.Command.Point = stream.PointTarget, stream.Point{X: 100 << 12, Y: 90 << 12}
		case 3:
			e.Command.Target, e.Command.Unit, e.Command.UnitLink = stream.UnitTarget, stream.NewUnitTag(n, 1), 42
		}
		all = append(all, e)
	}
	return all
}

func (g Game) hijack() stream.GameEvent {
	e := stream.GameEvent{User: noUser, Kind: stream.ReplayHijacked}
	for i, p := range g.Players {
		if !p.Computer {
			e.Hijack = append(e.Hijack, stream.UserInfo{User: g.user(i), Name: p.Name, ClanTag: p.Clan})
		}
	}
	return e
}

// trackerEvents is who plays, what they begin with, their figures, one unit
// that is built and one that dies, and an upgrade.
func (g Game) trackerEvents() (all []stream.TrackerEvent) {
	id, unit := 0, 0
	for i, p := range g.Players {
		if p.Observer {
			continue
		}
		id++
		s := stream.Setup{Type: 1, User: g.user(i), Slot: i}
		if p.Computer {
			s.Type, s.User = 2, stream.Absent
		}
		all = append(all, stream.TrackerEvent{Kind: stream.PlayerSetup, Player: id, Setup: s})
		all = append(all, g.units(id, &unit, p)...)
		for loop := 1; loop <= g.Loops; loop += statsEvery {
			all = append(all, stream.TrackerEvent{Loop: loop, Kind: stream.PlayerStats, Player: id, Stats: figures(loop)})
		}
	}
	slices.SortStableFunc(all, func(a, b stream.TrackerEvent) int { return a.Loop - b.Loop })
	return all
}

func (g Game) units(id int, unit *int, p Player) (all []stream.TrackerEvent) {
	next := func(typ string) stream.Unit {
		*unit++
		return stream.Unit{
			Tag: stream.NewUnitTag(*unit, 1), Type: typ, ControlPlayer: id, UpkeepPlayer: id, X: 20 + 40*id, Y: 50,
			Killer: stream.Absent,
		}
	}
	hall := halls[p.Race]
	all = append(all, stream.TrackerEvent{Kind: stream.UnitBorn, Unit: next(hall[0])})
	for range firstWorkers {
		all = append(all, stream.TrackerEvent{Kind: stream.UnitBorn, Unit: next(hall[1])})
	}
	second := next(hall[0])
	lost := next(hall[1])
	return append(all,
		stream.TrackerEvent{Loop: g.Loops / 8, Kind: stream.UnitInit, Unit: second},
		stream.TrackerEvent{Loop: g.Loops / 4, Kind: stream.UnitDone, Unit: second},
		stream.TrackerEvent{Loop: g.Loops / 4, Kind: stream.UnitBorn, Unit: lost},
		stream.TrackerEvent{Loop: g.Loops / 2, Kind: stream.UnitDied, Unit: lost},
		stream.TrackerEvent{Loop: g.Loops / 2, Kind: stream.UpgradeDone, Player: id, Upgrade: "TerranInfantryWeaponsLevel1", Count: 1},
	)
}

// figures are those of a player who does not do much, at a time.
func figures(loop int) (s stream.Stats) {
	const food = 4096 // supply is in 1/4096
	grown := int32(loop / statsEvery)
	s[stream.MineralsCurrent] = 50 + 10*grown
	s[stream.MineralsCollectionRate] = 600 + grown
	s[stream.WorkersActiveCount] = firstWorkers + grown
	s[stream.MineralsUsedCurrentEconomy] = 1000
	s[stream.FoodUsed] = (firstWorkers + grown) * food
	s[stream.FoodMade] = 15 * food
	return s
}
