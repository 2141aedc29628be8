package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// orderedFiles are the replays in which starts were wrong, by the front of
// their names.
func orderedFiles(t *testing.T, front string) []string {
	t.Helper()
	dir := filepath.Join(samples(t), "..", "cases")
	files, err := filepath.Glob(filepath.Join(dir, front+"*.SC2Replay"))
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no replays %s in %s: %v", front, dir, err)
		}
		t.Skipf("no replays %s in %s", front, dir)
	}
	return files
}

// starts are the steps of one name, as "loop source".
func starts(order []BuildStep, name string) (list []string) {
	for _, s := range order {
		if s.Name == name {
			list = append(list, fmt.Sprintf("%.0f %s", s.Seconds*22.4, s.StartSource))
		}
	}
	return list
}

// TestStartsOfHurriedProductsAreTheirOrders has the loops of the commands in
// the game stream. The second Adept was ordered in loop 3227 while the first
// was in production, which was done in 3471.
func TestStartsOfHurriedProductsAreTheirOrders(t *testing.T) {
	tests := []struct {
		file, name string
		player     int
		want       []string
	}{
		{"case06", "Warp Gate", 0, []string{"3067 order"}},
		{"case06", "Adept", 0, []string{"3054 order", "3471 order", "4463 order", "5275 event", "5431 event", "5657 event", "6474 event", "6542 event", "6621 event"}},
		{"case06", "Resonating Glaives", 0, []string{"5233 order"}},
		{"case06", "Observer", 0, []string{"5220 order"}},
		{"case06", "Queen", 1, []string{"2075 estimate"}}, // an AI gives no commands
		{"case07-9ceb8ab0", "Zealot", 0, []string{"2362 order"}},
		{"case07-9ceb8ab0", "Adept", 0, []string{"3299 order", "4349 order", "5329 order", "6403 order", "6406 order"}},
	}
	for _, test := range tests {
		t.Run(test.file+"/"+test.name, func(t *testing.T) {
			t.Parallel()
			r, err := Parse(t.Context(), readSample(t, orderedFiles(t, test.file)[0]), Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			got := starts(r.Timeline.Players[test.player].BuildOrder, test.name)
			if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// madeGame is what a game's people made, with the orders that dated them.
type madeGame struct {
	build    int
	books    []*orderBook
	products [][]production
}

func readMade(t *testing.T, path string) madeGame {
	t.Helper()
	file, err := stream.Open(readSample(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := raw{header: file.Header, exact: file.Exact}
	if err := text.readPlayers(file); err != nil {
		t.Fatal(err)
	}
	if err := text.readSetting(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	m := &meaning{raw: &text, clock: newClock(text.details.GameSpeed)}
	if err := m.readEvents(t.Context(), file, Options{Timeline: true}); err != nil {
		t.Fatal(err)
	}
	m.people, m.scopes = newRoster(m.raw), participantScopes(m.raw.attributes)
	g := madeGame{build: text.baseBuild()}
	if m.coop() {
		return g
	}
	for i := range m.people {
		p := &m.people[i]
		l := m.chronicle.of(m.playerID(p))
		if p.entry == nil || p.ai() || l == nil || m.archon() {
			continue
		}
		book := newOrderBook(g.build, m.orders(m.playerID(p))...)
		book.date(l.productions, g.build)
		g.books, g.products = append(g.books, book), append(g.products, l.productions)
	}
	return g
}

// TestEveryStartHasAnOrder holds, for every product of every player: it began
// no earlier than an order of its kind, and no later than it could to be done
// in time. Nearly all are dated by an order.
func TestEveryStartHasAnOrder(t *testing.T) {
	oncetest.Sequential(t)
	var files []string
	for _, f := range facts(t) {
		if f.TrackerEvents > 0 && f.Path[:6] != "c46846" { // 110 loops
			files = append(files, filepath.Join(samples(t), f.Path))
		}
	}
	files = append(files, orderedFiles(t, "case06")...)
	files = append(files, orderedFiles(t, "case07")...)
	ordered, estimated := 0, 0
	missing := map[string]int{}
	for _, path := range files {
		g := readMade(t, path)
		for i, made := range g.products {
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
				list, _ := g.books[i].of(&p)
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
	for _, path := range append(orderedFiles(t, "case07"), append(orderedFiles(t, "case08"), orderedFiles(t, "case12")...)...) {
		g := readMade(t, path)
		for _, made := range g.products {
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

func TestShiftOfLinksIsLearned(t *testing.T) {
	var made []production
	var orders []order
	for i := range 5 {
		made = append(made, production{done: 1000 + 300*i, loops: 272, id: "SCV", creator: 1})
		orders = append(orders, order{loop: int32(728 + 300*i), link: 157 + 230})
	}
	b := newOrderBook(referenceBuild, orders)
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
			newOrderBook(referenceBuild, test.orders).date(test.made, referenceBuild)
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
	var a actor
	train := stream.Command{HasAbility: true, Ability: 177}
	a.note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 1}) // of nothing
	a.note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 2, Command: train})
	a.note(&stream.GameEvent{Kind: stream.SelectionChanged, Loop: 3})
	a.note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 4})
	a.note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 5, Command: stream.Command{}}) // the right button
	a.note(&stream.GameEvent{Kind: stream.CommandRepeated, Loop: 6})
	a.note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: 7, Command: stream.Command{HasAbility: true, Ability: maxLink}})
	if len(a.orders) != 2 || a.orders[0].loop != 2 || a.orders[1].loop != 4 {
		t.Errorf("%+v", a.orders)
	}
	for i := range 2 * maxOrders {
		a.note(&stream.GameEvent{Kind: stream.CommandGiven, Loop: i, Command: train})
	}
	if len(a.orders) != maxOrders {
		t.Errorf("%d orders", len(a.orders))
	}
}
