package timeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

func TestShiftOfLinksIsLearned(t *testing.T) {
	var made []production
	var orders []order
	for i := range 5 {
		made = append(made, production{done: 1000 + 300*i, loops: 272, id: "SCV", creator: 1})
		orders = append(orders, order{loop: int32(728 + 300*i), link: 157 + 230})
	}
	b := newOrderBook(referenceBuild, &Orders{list: orders})
	b.date(made, referenceBuild)
	for i, p := range made {
		if p.start != 728+300*i || p.source != StartFromOrder {
			t.Errorf("%+v", p)
		}
	}
	if b.shift != 230 {
		t.Errorf("links are shifted by %d", b.shift)
	}
}

func TestOrders(t *testing.T) {
	probe := order{link: 177}
	at := func(o order, loops ...int32) (list []order) {
		for _, loop := range loops {
			o.loop = loop
			list = append(list, o)
		}
		return list
	}
	nexus := func(done int, ends ...int) production {
		p := production{done: done, loops: 272, id: "Probe", creator: 7, single: true, hurried: true}
		copy(p.ends[:], ends)
		return p
	}
	forge := func(done int, id string) production {
		return production{done: done, loops: upgradeKinds[id].loops, id: id, creator: none, hurried: true}
	}
	tests := map[string]struct {
		made   []production
		orders []order
		want   string
	}{
		"five queued start one after the other": {
			[]production{nexus(372), nexus(644, 372), nexus(916, 644, 372), nexus(1188, 916, 644), nexus(1460, 1188, 916)},
			at(probe, 100, 101, 102, 103, 104),
			"100 order, 372 order, 644 order, 916 order, 1188 order",
		},
		"what is hurried starts at its order": {
			[]production{nexus(372), nexus(653, 372)}, at(probe, 100, 460), "100 order, 460 order",
		},
		"a hurried one in the queue starts at the end of the one before": {
			[]production{nexus(372), nexus(560, 372)}, at(probe, 100, 300), "100 order, 372 order",
		},
		"a cancelled order dates nothing": {
			[]production{nexus(1000), nexus(3000, 1000)}, at(probe, 728, 1100, 2780), "728 order, 2780 order",
		},
		"without an order the time is the estimate": {
			[]production{nexus(1000), nexus(1200, 1000)}, nil, "728 estimate, 1000 estimate",
		},
		"an order after the latest start is another's": {
			[]production{nexus(1000)}, at(probe, 900), "728 estimate",
		},
		"an order of another player's ability is none": {
			[]production{nexus(1000)}, at(order{link: 178}, 728), "728 estimate",
		},
		"an upgrade under Chrono Boost": {
			[]production{forge(5000, "ProtossGroundWeaponsLevel1")}, at(order{link: 182}, 2500), "2500 order",
		},
		"an upgrade behind another": {
			[]production{forge(5000, "ProtossGroundWeaponsLevel1"), forge(7400, "ProtossGroundArmorsLevel1")},
			append(at(order{link: 182}, 2500), at(order{link: 182, index: 3}, 2600)...),
			"2500 order, 5000 order",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			newOrderBook(referenceBuild, &Orders{list: test.orders}).date(test.made, referenceBuild)
			var got []string
			for _, p := range test.made {
				got = append(got, fmt.Sprint(p.start, " ", p.source))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOrdersAreBoundedAndRepeated(t *testing.T) {
	var a Orders
	train := stream.Command{HasAbility: true, Ability: 177}
	a.Note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 1}) // of nothing
	a.Note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 2, Command: train})
	a.Note(&stream.GameEvent{Kind: stream.SelectionChanged, Loop: 3})
	a.Note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 4})
	a.Note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 5, Command: stream.Command{}}) // the right button
	a.Note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 6})
	a.Note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 7, Command: stream.Command{HasAbility: true, Ability: maxLink}})
	if len(a.list) != 2 || a.list[0].loop != 2 || a.list[1].loop != 4 {
		t.Errorf("%+v", a.list)
	}
	for i := range 2 * maxOrders {
		a.Note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: i, Command: train})
	}
	if len(a.list) != maxOrders {
		t.Errorf("%d orders", len(a.list))
	}
}
