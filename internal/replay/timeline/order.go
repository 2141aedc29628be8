package timeline

import (
	"cmp"
	"slices"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// order is a command without a target, as one trains and researches.
type order struct {
	loop     int32
	link     uint16
	index    uint8
	consumed bool // something was made by it
}

// Bounds of orders. A player gives some two thousand in an hour; a build order
// is decided by the first few hundred.
const (
	maxOrders      = 1 << 13 // kept of a user
	maxLink        = 1 << 12 // the game's data has under 800 abilities, a mod's under 2,500
	maxOrderIndex  = 1 << 5  // commands that an ability has
	maxOrdersAtOne = 64      // of orders looked at for one product
)

// Orders are what one user may have ordered to be made.
type Orders struct {
	list     []order
	ordering bool
	last     order // for its repetitions; when ordering
}

// Note keeps a command that may be an order to make something. A command that is
// given again counts as another order.
func (o *Orders) Note(e *stream.GameEvent) {
	switch e.Kind {
	case stream.CommandGiven:
		c := &e.Command
		o.ordering = c.HasAbility && c.Target == stream.NoTarget && c.Ability >= 0 && c.Ability < maxLink &&
			c.AbilityIndex >= 0 && c.AbilityIndex < maxOrderIndex
		o.last = order{link: uint16(c.Ability & (maxLink - 1)), index: uint8(c.AbilityIndex & (maxOrderIndex - 1))}
	case stream.CommandRepeated:
	default:
		return
	}
	if o.ordering && len(o.list) < maxOrders {
		o.last.loop = int32(e.Loop)
		o.list = append(o.list, o.last)
	}
}

// orderBook is what one player ordered.
type orderBook struct {
	shift  int // of links, see orderKeys
	all    []order
	places map[uint16][]order // by ability
}

// newOrderBook takes the orders of those who command a player's units: two of
// them in an Archon game.
func newOrderBook(build int, users ...*Orders) *orderBook {
	b := &orderBook{shift: linkShift(build), places: make(map[uint16][]order, 64)}
	for _, user := range users {
		b.all = append(b.all, user.list...)
	}
	if len(users) > 1 {
		slices.SortStableFunc(b.all, func(a, b order) int { return cmp.Compare(a.loop, b.loop) })
	}
	var counts [maxLink]int32
	for i := range b.all {
		counts[b.all[i].link]++
	}
	room := make([]order, len(b.all))
	for i := range b.all {
		o := &b.all[i]
		place, known := b.places[o.link]
		if !known {
			n := counts[o.link]
			place, room = room[:0:n], room[n:]
		}
		b.places[o.link] = append(place, *o)
	}
	return b
}

// minVotes is how many products must have been ordered exactly as long before
// they were done as they take, by an ability at the same distance from the
// reference, for that to be the file's own shift.
const minVotes = 4

// learn looks for the shift of links that the file itself shows: that with
// which most products have an order exactly their time before. Whatever the
// table says has two votes more.
func (b *orderBook) learn(made []production) {
	votes := map[int]int{b.shift: 2}
	for i := range made {
		p := &made[i]
		p.key, p.known = orderKeys[p.id]
		if !p.known || p.key.index == anyIndex || p.loops == 0 {
			continue
		}
		loop := p.done - p.loops
		at, _ := slices.BinarySearchFunc(b.all, loop, func(o order, loop int) int { return cmp.Compare(int(o.loop), loop) })
		for last := at + maxOrdersAtOne; at < len(b.all) && at < last && int(b.all[at].loop) == loop; at++ {
			if int(b.all[at].index) == p.key.index {
				votes[int(b.all[at].link)-p.key.link]++
			}
		}
	}
	for shift, n := range votes {
		if n >= minVotes && (n > votes[b.shift] || n == votes[b.shift] && shift < b.shift) {
			b.shift = shift
		}
	}
}

// of are the orders of a product's ability, and whether that is known.
func (b *orderBook) of(p *production) (list []order, known bool) {
	link := p.key.link + b.shift
	if !p.known || link < 0 || link >= maxLink {
		return nil, false
	}
	return b.places[uint16(link)], true
}

// find is the first order of a product, or none, given between two loops,
// that nothing was made by.
func find(list []order, key orderKey, from, to int) *order {
	i, _ := slices.BinarySearchFunc(list, from, func(o order, loop int) int { return cmp.Compare(int(o.loop), loop) })
	for looked := 0; i < len(list) && int(list[i].loop) <= to && looked < maxOrdersAtOne; i, looked = i+1, looked+1 {
		o := &list[i]
		if (key.index == anyIndex || int(o.index) == key.index) && !o.consumed {
			return o
		}
	}
	return nil
}
