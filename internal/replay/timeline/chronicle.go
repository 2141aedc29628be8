package timeline

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Chronicle follows the units of a game as the tracker stream goes by, and
// keeps for each player what a timeline tells.
type Chronicle struct {
	clock   clock.Clock
	build   int    // the base build, which decides how long things take
	units   []unit // by the index of their tag
	samples int    // of all players
	players [stream.MaxPlayerID + 1]progress
}

// progress is what one player had and did. Steps and changes of supply come out
// of order: the start of a unit is known only when it is born.
type progress struct {
	samples     []sample
	counts      []UnitCount
	places      map[string]int // of counts, by id
	upgrades    []Upgrade
	productions []production // in the order in which they were done
	steps       []step
	unnamed     unit // stands for the eggs that the game does not name
	supply      []supplyChange
}

// sample is Sample with what its sums are made of.
type sample struct {
	loop int
	Sample
}

// step is something begun.
type step struct {
	loop     int
	id, name string
	source   StartSource
}

// supplyChange is food taken or given back.
type supplyChange struct {
	loop   int
	supply float64
}

// unit is a unit on the map, or one being built.
type unit struct {
	tag      stream.UnitTag
	owner    int
	id       string // as the tracker has it
	form     string // canonical
	kind     unitKind
	changed  int    // loop in which it took its type
	paired   bool   // its last birth was the second of two
	growing  bool   // in an egg or cocoon
	building bool   // construction not complete
	births   [2]int // loops in which it last gave birth, the last one first
}

// MaxSteps is how many steps of a build order are kept.
const MaxSteps = 60

// maxSamples bounds the samples of all players: eight hours of eight.
const maxSamples = 1 << 15

// Bounds of what is kept of one player, whatever the stream says.
const (
	maxBegun    = 1 << 12 // steps, of which the first MaxSteps are kept
	maxTypes    = 1 << 10 // types of units
	maxUpgrades = 1 << 10
	maxMade     = 1 << 12 // of which the first MaxSteps are kept
	maxChanges  = 1 << 13 // of supply; only those before step MaxSteps matter
)

// none is a unit or a player that there is not.
const none = stream.Absent

// Wanted are the kinds of event that a chronicle looks at.
const Wanted = stream.PlayerStats | stream.UnitBorn | stream.UnitInit | stream.UnitDone | stream.UnitDied |
	stream.UnitChangedType | stream.UnitChangedOwner | stream.UpgradeDone

// NewChronicle is that of a game of a base build, which decides how long things take.
func NewChronicle(clock clock.Clock, build int) *Chronicle {
	return &Chronicle{clock: clock, build: build}
}

// Observe takes the next event of the tracker stream.
func (c *Chronicle) Observe(e *stream.TrackerEvent) {
	switch e.Kind {
	case stream.PlayerStats:
		c.sample(e)
	case stream.UpgradeDone:
		c.upgrade(e)
	case stream.UnitBorn:
		c.born(e)
	case stream.UnitInit:
		c.begun(e)
	case stream.UnitDone:
		c.done(e)
	case stream.UnitChangedType:
		c.changed(e)
	case stream.UnitChangedOwner:
		if u := c.unit(e.Unit.Tag); u != nil {
			u.owner = e.Unit.ControlPlayer
		}
	case stream.UnitDied:
		c.died(e)
	}
}

// of is a player's progress, nil for the map's own units.
func (c *Chronicle) of(player int) *progress {
	if player <= 0 || player > stream.MaxPlayerID {
		return nil
	}
	return &c.players[player]
}

// unit is the one with a tag, nil when it is not on the map.
func (c *Chronicle) unit(tag stream.UnitTag) *unit {
	i := tag.Index()
	if i >= len(c.units) || c.units[i].tag != tag {
		return nil
	}
	return &c.units[i]
}

// enter puts a unit on the map. Tags have 14 bits of index, which bounds the
// table. Pointers into it do not outlive a call.
func (c *Chronicle) enter(e *stream.TrackerEvent) *unit {
	i := e.Unit.Tag.Index()
	for len(c.units) <= i {
		c.units = append(c.units, unit{})
	}
	u := &c.units[i]
	*u = unit{tag: e.Unit.Tag, owner: e.Unit.ControlPlayer}
	u.become(e.Unit.Type, e.Loop)
	return u
}

func (u *unit) become(id string, loop int) {
	u.id, u.changed = id, loop
	u.form, u.kind = kindOf(id)
	u.growing = strings.HasSuffix(id, "Egg") || strings.HasSuffix(id, "Cocoon")
}

// born is a unit that is complete as it appears. What stands on the map from
// the first moment were not made.
func (c *Chronicle) born(e *stream.TrackerEvent) {
	u := c.enter(e)
	creator := c.unit(e.Unit.CreatorTag)
	if e.Unit.CreatorTag == 0 {
		creator = nil
	}
	l := c.of(u.owner)
	if l == nil || e.Loop == 0 || !made(e.Unit.CreatorAbility, u.form) {
		return
	}
	l.made(u)
	hatcher := &l.unnamed
	if creator != nil {
		hatcher = creator
	}
	pair := u.form == "Zergling" && hatcher.births[0] == e.Loop && !hatcher.paired
	hatcher.paired = pair
	switch {
	case creator != nil && creator.growing:
		creator.births[0] = e.Loop
		l.hatch(u, max(creator.changed, firstOrder), pair)
	case !pair && orderable(u, e.Unit.CreatorAbility):
		p := c.product(u, e.Loop)
		if creator != nil {
			p.from(creator)
		}
		l.produce(p)
	case u.kind.supply != 0:
		l.take(max(e.Loop-c.product(u, e.Loop).loops, firstOrder), u.kind.supply)
	}
	if creator == nil && u.form == "Zergling" {
		l.unnamed.births[0] = e.Loop
	}
}

// product is a unit as something that was done in a loop, by whatever made it.
func (c *Chronicle) product(u *unit, loop int) production {
	return production{
		done: loop, loops: unitTimes.in(c.build, u.form, u.kind.loops), id: u.form, name: u.kind.name, supply: u.kind.supply,
		creator: none, hurried: protossTraining[orderKeys[u.form].link],
	}
}

// hatch is a unit out of an egg. Two Zerglings are one order.
func (l *progress) hatch(u *unit, start int, pair bool) {
	l.take(start, u.kind.supply)
	if !pair {
		l.begin(start, u)
	}
}

// firstOrder is the first loop in which somebody can order something: after
// the first sample, which is of loop 1.
const firstOrder = 2

// protossMakers are the structures that Chrono Boost hurries and that make
// units one after the other.
var protossMakers = map[string]bool{"Nexus": true, "Gateway": true, "RoboticsFacility": true, "Stargate": true}

// made reports whether somebody made a unit. Hallucinations are born like
// others.
func made(ability, form string) bool {
	return !strings.HasPrefix(ability, "Hallucination") && !strings.HasPrefix(form, "Beacon")
}

// orderable reports whether a unit's birth belongs in a build order. Of units
// that the table does not have, those that were trained do.
func orderable(u *unit, ability string) bool {
	if u.kind.class == classOther {
		_, known := unitKinds[u.id]
		return !known && strings.Contains(ability, "Train")
	}
	return true
}

// begun is the start of a construction or of a warp-in.
func (c *Chronicle) begun(e *stream.TrackerEvent) {
	u := c.enter(e)
	u.building = true
	l := c.of(u.owner)
	if l == nil || e.Loop == 0 {
		return
	}
	l.take(e.Loop, u.kind.supply)
	if zergStructures[u.form] {
		l.take(e.Loop, -1) // the Drone it was
	}
	if _, known := unitKinds[u.id]; u.kind.class != classOther || !known {
		l.begin(e.Loop, u)
	}
}

func (c *Chronicle) done(e *stream.TrackerEvent) {
	u := c.unit(e.Unit.Tag)
	if u == nil || !u.building {
		return
	}
	u.building = false
	if l := c.of(u.owner); l != nil {
		l.made(u)
	}
}

// changed is a unit taking another type. Most changes are of posture; some
// make another unit.
func (c *Chronicle) changed(e *stream.TrackerEvent) {
	u := c.unit(e.Unit.Tag)
	if u == nil {
		return
	}
	before := *u
	u.become(e.Unit.Type, e.Loop)
	l := c.of(u.owner)
	if l == nil || e.Loop == 0 || u.kind.class != classMorph || u.form == before.form {
		if before.growing || u.growing {
			u.kind.supply = max(u.kind.supply, before.kind.supply)
		}
		return
	}
	l.made(u)
	supply := u.kind.supply - before.kind.supply
	if !before.growing {
		p := c.product(u, e.Loop)
		p.supply, p.creator = supply, u.tag.Index()
		l.produce(p)
		return
	}
	start := max(before.changed, firstOrder)
	l.take(start, supply)
	l.begin(start, u)
}

// died is a unit leaving the map: killed, used up, out of time or cancelled.
// What is used up (a Drone, a larva) has no killer; what runs out of time or
// is cancelled has its owner for one.
func (c *Chronicle) died(e *stream.TrackerEvent) {
	u := c.unit(e.Unit.Tag)
	if u == nil {
		return
	}
	killed := e.Unit.Killer != none
	if l := c.of(u.owner); l != nil {
		own := e.Unit.Killer == u.owner
		if killed && !(own && (u.building || u.kind.class == classOther)) {
			l.lost(u)
		}
		if killed || u.form != "Drone" {
			l.take(e.Loop, -u.kind.supply)
		}
	}
	u.tag = 0
}

// upgrade is one that is finished. Sprays, dances and skins are upgrades to
// the game, given at the start.
func (c *Chronicle) upgrade(e *stream.TrackerEvent) {
	l := c.of(e.Player)
	if l == nil || e.Loop == 0 || e.Count <= 0 || len(l.upgrades) == maxUpgrades || cosmetic(e.Upgrade) {
		return
	}
	kind := upgradeKindOf(e.Upgrade)
	l.upgrades = append(l.upgrades, Upgrade{
		Seconds: c.clock.Seconds(int64(e.Loop)), ID: stream.CleanText(e.Upgrade), Name: stream.CleanText(kind.name),
	})
	p := production{
		done: e.Loop, loops: upgradeTimes.in(c.build, e.Upgrade, kind.loops), id: e.Upgrade, name: kind.name, creator: none,
		hurried: protossResearch[orderKeys[e.Upgrade].link],
	}
	if p.done-p.shortest(c.build)-slack >= 0 { // else the map gave it
		l.produce(p)
	}
}

func cosmetic(upgrade string) bool {
	return strings.HasPrefix(upgrade, "Spray") || strings.HasPrefix(upgrade, "Reward") ||
		strings.HasPrefix(upgrade, "GameTime") || strings.HasSuffix(upgrade, "Skin")
}

func (l *progress) made(u *unit) {
	if count := l.count(u); count != nil {
		count.Produced++
	}
}

func (l *progress) lost(u *unit) {
	if count := l.count(u); count != nil {
		count.Lost++
	}
}

// count is the line of a unit's type, nil for what only becomes a unit.
func (l *progress) count(u *unit) *UnitCount {
	if u.growing || u.form == "Larva" {
		return nil
	}
	if i, ok := l.places[u.form]; ok {
		return &l.counts[i]
	}
	if len(l.counts) == maxTypes {
		return nil
	}
	if l.places == nil {
		l.places = make(map[string]int, 32)
	}
	l.places[u.form] = len(l.counts)
	l.counts = append(l.counts, UnitCount{ID: stream.CleanText(u.form), Name: stream.CleanText(u.kind.name)})
	return &l.counts[len(l.counts)-1]
}

func (l *progress) take(loop int, supply float64) {
	if supply != 0 && len(l.supply) < maxChanges {
		l.supply = append(l.supply, supplyChange{loop: loop, supply: supply})
	}
}

// begin is a step whose start the game recorded.
func (l *progress) begin(loop int, u *unit) {
	l.step(step{loop: loop, id: u.form, name: u.kind.name, source: StartFromEvent})
}

func (l *progress) step(s step) {
	if len(l.steps) < maxBegun {
		s.id, s.name = stream.CleanText(s.id), stream.CleanText(s.name)
		l.steps = append(l.steps, s)
	}
}

// produce keeps what was made until its start can be found.
func (l *progress) produce(p production) {
	if len(l.productions) < maxMade {
		l.productions = append(l.productions, p)
	}
}
