// Package timeline tells a game as it went: statistics over time, what was made and
// lost, and the build order. It is fed the events of the tracker stream (Chronicle)
// and the commands of the game stream (Orders); the tables have what the game's data
// says of units and upgrades.
package timeline

// Timeline is what the tracker and game streams tell of a game as it went.
type Timeline struct {
	Players []Player `json:"players"` // in the order of Replay.Players
}

// Player is one player's game. Seconds are those a player sees on the
// clock (22.4 loops each at speed Faster), counted from the start.
type Player struct {
	Slot             int         `json:"slot"` // Player.Slot
	Samples          []Sample    `json:"samples"`
	APM              []float64   `json:"apm"` // actions in each minute, from the first
	Units            []UnitCount `json:"units"`
	Upgrades         []Upgrade   `json:"upgrades"`
	BuildOrder       []BuildStep `json:"build_order"`
	SupplyBlocked    float64     `json:"supply_blocked_seconds"`
	SpendingQuotient *float64    `json:"spending_quotient"` // nil: too few samples
}

// Sample is the game's own statistics of one player at one moment, taken
// every ten game seconds.
type Sample struct {
	Seconds  float64   `json:"seconds"`
	Minerals Resource  `json:"minerals"`
	Gas      Resource  `json:"gas"`
	Workers  int       `json:"workers"`
	Army     ArmyValue `json:"army"`
	Supply   Supply    `json:"supply"`
}

// Resource is the state of one resource.
type Resource struct {
	Current int `json:"current"` // in the bank
	Rate    int `json:"rate"`    // income a game minute, as the game counts it
	Lost    int `json:"lost"`    // worth of what was lost so far
	Spent   int `json:"spent"`   // spent so far: in progress, in use and lost
}

// ArmyValue is what the living army cost.
type ArmyValue struct {
	Minerals int `json:"minerals"`
	Gas      int `json:"gas"`
}

// Supply is food, in the units players read.
type Supply struct {
	Used float64 `json:"used"`
	Made float64 `json:"made"`
}

// UnitCount is how many units of one type a player had made and lost.
type UnitCount struct {
	ID       string `json:"id"`   // as the game names it: "SiegeTank"
	Name     string `json:"name"` // readable: "Siege Tank"
	Produced int    `json:"produced"`
	Lost     int    `json:"lost"`
}

// Upgrade is a finished upgrade.
type Upgrade struct {
	Seconds float64 `json:"seconds"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
}

// BuildStep is one line of a build order: "17 0:32 Hatchery".
type BuildStep struct {
	Supply  int     `json:"supply"`  // used when it was begun
	Seconds float64 `json:"seconds"` // when it was begun
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	// StartSource says how Seconds is known.
	StartSource StartSource `json:"start_source"`
}

// Player is the game of the player whom tracker events call number, by their
// statistics, units and upgrades, and by the orders of those who commanded them: two
// in an Archon game. The caller knows the slot and counts the actions. It can be asked
// for each number once.
func (c *Chronicle) Player(number int, orders ...*Orders) Player {
	l := c.of(number)
	if l == nil {
		l = new(progress)
	}
	l.settle(c.build, orders...)
	player := Player{
		Samples: make([]Sample, len(l.samples)), Units: l.counts, Upgrades: l.upgrades, BuildOrder: l.buildOrder(c.clock),
		SupplyBlocked: blocked(l.samples), SpendingQuotient: spendingQuotient(l.samples),
	}
	for i := range l.samples {
		player.Samples[i] = l.samples[i].Sample
	}
	if player.Units == nil {
		player.Units = []UnitCount{}
	}
	if player.Upgrades == nil {
		player.Upgrades = []Upgrade{}
	}
	return player
}
