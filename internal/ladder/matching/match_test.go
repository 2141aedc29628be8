package matching

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// waiting is an entry of one player with the entry's number, settled ratings and a wait.
func waiting(id int, wait time.Duration, standings [2]Standing) Entry {
	return Entry{
		ID: EntryID(id), Players: []PlayerID{PlayerID(id)}, Standings: standings, Since: noon.Add(-wait),
	}
}

func onBW(rating float64) [2]Standing  { return [2]Standing{BW: {true, rating, 60}} }
func onSC2(rating float64) [2]Standing { return [2]Standing{SC2: {true, rating, 60}} }
func onBoth(bw, sc2 float64) [2]Standing {
	return [2]Standing{BW: {true, bw, 60}, SC2: {true, sc2, 60}}
}

// plenty is a population that needs no relaxation.
var plenty = Population{Smoothed: Count{Side: [2]float64{50, 50}, All: 100}}

func ids(pairs []Pair) [][2]EntryID {
	var all [][2]EntryID
	for _, p := range pairs {
		all = append(all, p.Entries)
	}
	return all
}

func expect(t *testing.T, got Result, want ...[2]EntryID) {
	t.Helper()
	if !slices.Equal(ids(got.Pairs), want) {
		t.Errorf("pairs %v, want %v", ids(got.Pairs), want)
	}
}

func TestNobodyToPair(t *testing.T) {
	expect(t, Match(noon, nil, Population{}, DefaultRule()))
	expect(t, Match(noon, []Entry{waiting(1, time.Hour, onBoth(1500, 1500))}, Population{}, DefaultRule()))
	none := []Entry{waiting(1, time.Hour, [2]Standing{}), waiting(2, time.Hour, onBW(1500))}
	got := Match(noon, none, Population{}, DefaultRule())
	expect(t, got)
	if got.Run.Unfit != 1 {
		t.Errorf("%d unfit entries, want that without a side", got.Run.Unfit)
	}
}

func TestOneSideStaysQuietUnderCross(t *testing.T) {
	var entries []Entry
	for id := 1; id <= 30; id++ {
		entries = append(entries, waiting(id, time.Hour, onBW(1500)))
	}
	got := Match(noon, entries, Population{}, DefaultRule())
	expect(t, got)
	if got.Run.Left.Max != 3600 {
		t.Errorf("the longest goes on waiting since %v s", got.Run.Left.Max)
	}
	rule := DefaultRule()
	rule.Pairing = Any
	if got := Match(noon, entries, Population{}, rule); len(got.Pairs) != 15 {
		t.Errorf("%d pairs where any side meets any, want 15", len(got.Pairs))
	}
}

func TestCostWithinCredit(t *testing.T) {
	rule := DefaultRule()
	rule.GapDivisor = 400 // so that 300 points cost 225 s
	pair := func(bw, sc2 time.Duration) Result {
		return Match(noon, []Entry{waiting(1, bw, onBW(1500)), waiting(2, sc2, onSC2(1800))}, plenty, rule)
	}
	// Equal waits count in full.
	expect(t, pair(224*time.Second, 224*time.Second))
	got := pair(226*time.Second, 226*time.Second)
	expect(t, got, [2]EntryID{1, 2})
	if p := got.Pairs[0]; p.Gap != 300 || p.Cost != 225 || p.Credit != 226 || p.Waits != [2]float64{226, 226} {
		t.Errorf("pair %+v", p)
	}
	// A longer wait counts 0.7, a shorter one 0.3.
	expect(t, pair(320*time.Second, 0))
	expect(t, pair(323*time.Second, 0), [2]EntryID{1, 2})
	expect(t, pair(0, 320*time.Second))
	expect(t, pair(3*time.Second, 321*time.Second), [2]EntryID{1, 2})
}

func TestThinPopulationRelaxes(t *testing.T) {
	rule := DefaultRule()
	rule.GapDivisor = 400
	at := func(gap float64, bw, sc2 float64) int {
		p := Population{Smoothed: Count{Side: [2]float64{bw, sc2}, All: bw + sc2}}
		return len(Match(noon, []Entry{waiting(1, 0, onBW(1500)), waiting(2, 0, onSC2(1500+gap))}, p, rule).Pairs)
	}
	for _, c := range []struct {
		gap, bw, sc2 float64
		want         int
	}{
		{0, 50, 50, 1},
		{10, 50, 50, 0},
		{189, 0, 0, 1},
		{190, 0, 0, 0}, // all six are missing: 90 s
		{134, 50, 0, 1},
		{135, 50, 0, 0}, // on one side only: 45 s
		{109, 3, 5, 1},
		{110, 3, 5, 0}, // 30 s
	} {
		if got := at(c.gap, c.bw, c.sc2); got != c.want {
			t.Errorf("%d pairs with a gap of %v and %v and %v waiting, want %d", got, c.gap, c.bw, c.sc2, c.want)
		}
	}
}

func TestSidesOfBoth(t *testing.T) {
	cases := map[string]struct {
		a, b [2]Standing
		want [2]EntryID
	}{
		"first has the smaller gap as BW":  {onBoth(1500, 1900), onBoth(1950, 1510), [2]EntryID{1, 2}},
		"second has the smaller gap as BW": {onBoth(1900, 1500), onBoth(1510, 1950), [2]EntryID{2, 1}},
		"equal gaps":                       {onBoth(1500, 1500), onBoth(1500, 1500), [2]EntryID{1, 2}},
		"one has SC2 only":                 {onSC2(1500), onBoth(1600, 1500), [2]EntryID{2, 1}},
		"one has BW only":                  {onBoth(1500, 1600), onBW(1550), [2]EntryID{2, 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Match(noon, []Entry{waiting(1, time.Hour, c.a), waiting(2, time.Hour, c.b)}, plenty, DefaultRule())
			expect(t, got, c.want)
			if len(got.Pairs) == 1 && got.Pairs[0].Sides != [2]Side{BW, SC2} {
				t.Errorf("sides %v", got.Pairs[0].Sides)
			}
		})
	}
}

func TestAnySideMeetsAny(t *testing.T) {
	rule := DefaultRule()
	rule.Pairing = Any
	got := Match(noon, []Entry{waiting(1, time.Minute, onBoth(1900, 1500)), waiting(2, time.Minute, onSC2(1510))}, plenty, rule)
	expect(t, got, [2]EntryID{1, 2})
	if p := got.Pairs[0]; p.Sides != [2]Side{SC2, SC2} || p.Gap != 10 {
		t.Errorf("pair %+v", p)
	}
}

// The rule before this one booked a player with both sides twice; the exact one pairs
// all four.
func TestBothSidesAreOnePlayer(t *testing.T) {
	entries := []Entry{
		waiting(1, time.Minute, onBoth(1500, 1500)), waiting(2, time.Minute, onBoth(1500, 1500)),
		waiting(3, time.Minute, onBW(1500)), waiting(4, time.Minute, onBoth(1500, 1500)),
	}
	got := Match(noon, entries, plenty, DefaultRule())
	if len(got.Pairs) != 2 {
		t.Errorf("pairs %v, want all four players in two", ids(got.Pairs))
	}
}

func TestLastOpponentOnlyWithoutAnother(t *testing.T) {
	met := func(id EntryID, at time.Duration) []Meeting { return []Meeting{{PlayerID(id), noon.Add(-at)}} }
	one, two := waiting(1, 20*time.Minute, onBW(1500)), waiting(2, 20*time.Minute, onSC2(1500))
	one.Recent, two.Recent = met(2, 30*time.Minute), met(1, 30*time.Minute)
	third := waiting(3, 20*time.Minute, onSC2(1700))

	got := Match(noon, []Entry{one, two}, plenty, DefaultRule())
	expect(t, got, [2]EntryID{1, 2})
	if !got.Pairs[0].Rematch || got.Run.Rematch != 1 {
		t.Errorf("not told as a rematch: %+v", got)
	}
	got = Match(noon, []Entry{one, two, third}, plenty, DefaultRule())
	expect(t, got, [2]EntryID{1, 3})
	if got.Run.HeldBack != 1 {
		t.Errorf("%d held back", got.Run.HeldBack)
	}
	// The other must be allowed now, not only compatible.
	third.Standings, third.Since = onSC2(3000), noon
	expect(t, Match(noon, []Entry{one, two, third}, plenty, DefaultRule()), [2]EntryID{1, 2})
	// It holds though only one of the two remembers, and for a match of long ago.
	one.Recent, two.Recent = nil, met(1, 48*time.Hour)
	third = waiting(3, 20*time.Minute, onSC2(1700))
	expect(t, Match(noon, []Entry{one, two, third}, plenty, DefaultRule()), [2]EntryID{1, 3})
}

// Each of three is the last opponent of the next. None counts as another for the rest.
func TestCircleOfLastOpponents(t *testing.T) {
	var entries []Entry
	for id := 1; id <= 3; id++ {
		e := waiting(id, time.Hour, onBoth(1500, 1500))
		e.Recent = []Meeting{{PlayerID(id%3 + 1), noon.Add(-time.Duration(id) * time.Minute)}}
		entries = append(entries, e)
	}
	if got := Match(noon, entries, plenty, DefaultRule()); len(got.Pairs) != 1 {
		t.Errorf("pairs %v, want one", ids(got.Pairs))
	}
}

func TestRematchCostFades(t *testing.T) {
	// One before the last, so that only the cost counts.
	cost := func(age time.Duration) float64 {
		one, two := waiting(1, time.Hour, onBW(1500)), waiting(2, time.Hour, onSC2(1500))
		one.Recent = []Meeting{{2, noon.Add(-age)}, {9, noon.Add(-age + time.Second)}}
		got := Match(noon, []Entry{one, two}, plenty, DefaultRule())
		if len(got.Pairs) != 1 {
			t.Fatalf("no pair after %v", age)
		}
		return got.Pairs[0].Cost
	}
	for age, want := range map[time.Duration]float64{
		2 * time.Second: 259.90, 45 * time.Minute: 130, 90 * time.Minute: 0, 24 * time.Hour: 0,
		-45 * time.Minute: 130, // after a clock was set back
	} {
		if got := cost(age); math.Abs(got-want) > 0.01 {
			t.Errorf("cost %v after %v, want %v", got, age, want)
		}
	}
}

func TestOnlyTheLastOpponentsCost(t *testing.T) {
	one, two := waiting(1, time.Hour, onBW(1500)), waiting(2, time.Hour, onSC2(1500))
	one.Recent = []Meeting{{2, noon.Add(-9 * time.Minute)}}
	for n := range 3 {
		one.Recent = append(one.Recent, Meeting{PlayerID(10 + n), noon.Add(-time.Duration(n) * time.Minute)})
	}
	got := Match(noon, []Entry{one, two}, plenty, DefaultRule())
	if len(got.Pairs) != 1 || got.Pairs[0].Cost != 0 {
		t.Errorf("the fourth last opponent costs: %+v", got.Pairs)
	}
}

func TestLapsedOfferIsNotMadeAgain(t *testing.T) {
	for age, pairs := range map[time.Duration]int{
		0: 0, 599 * time.Second: 0, 600 * time.Second: 1, -time.Minute: 0, -time.Hour: 1,
	} {
		one, two := waiting(1, time.Hour, onBW(1500)), waiting(2, time.Hour, onSC2(1500))
		two.Lapsed = []Meeting{{1, noon.Add(-age)}}
		if got := Match(noon, []Entry{one, two}, plenty, DefaultRule()); len(got.Pairs) != pairs {
			t.Errorf("%d pairs %v after the offer lapsed, want %d", len(got.Pairs), age, pairs)
		}
	}
}

func TestRegions(t *testing.T) {
	rule := DefaultRule()
	rule.Regions = Regions{{0, 2, 0}, {0, 0, 0}, {Never}} // the last row is short
	at := func(a, b int) Result {
		one, two := waiting(1, 10*time.Minute, onBW(1500)), waiting(2, 10*time.Minute, onSC2(1500))
		one.Region, two.Region = a, b
		return Match(noon, []Entry{one, two}, plenty, rule)
	}
	for pair, want := range map[[2]int]float64{
		{0, 0}: 0, {0, 1}: 60, {1, 0}: 60, {1, 2}: 0, {2, 2}: 0, {0, 7}: 0, {-1, 0}: 0,
	} {
		if got := at(pair[0], pair[1]); len(got.Pairs) != 1 || got.Pairs[0].Cost != want {
			t.Errorf("regions %v: %+v, want the cost %v", pair, got.Pairs, want)
		}
	}
	expect(t, at(0, 2))
	expect(t, at(2, 0))
}

func TestNewcomersSearchWiderAndMeet(t *testing.T) {
	newcomer := func(rating float64) [2]Standing { return [2]Standing{SC2: {true, rating, 350}} }
	settled := []Entry{waiting(1, 100*time.Second, onBW(1500)), waiting(2, time.Minute, onSC2(1700))}
	expect(t, Match(noon, settled, plenty, DefaultRule()))
	settled[1].Standings = newcomer(1700)
	expect(t, Match(noon, settled, plenty, DefaultRule()), [2]EntryID{1, 2})

	entries := []Entry{
		waiting(1, time.Minute, [2]Standing{BW: {true, 1500, 350}}), waiting(2, time.Minute, onSC2(1500)),
		waiting(3, time.Minute, newcomer(1500)),
	}
	expect(t, Match(noon, entries, plenty, DefaultRule()), [2]EntryID{1, 3})
}

func TestClockSetBack(t *testing.T) {
	entries := []Entry{waiting(1, -time.Hour, onBW(1500)), waiting(2, -time.Hour, onSC2(1500))}
	got := Match(noon, entries, plenty, DefaultRule())
	expect(t, got, [2]EntryID{1, 2})
	if got.Pairs[0].Waits != [2]float64{} {
		t.Errorf("waits %v, want none", got.Pairs[0].Waits)
	}
}

func TestPlayerIsInOnePair(t *testing.T) {
	twice := waiting(7, time.Minute, onSC2(1500))
	twice.Players = []PlayerID{1}
	entries := []Entry{
		waiting(1, 2*time.Minute, onBW(1500)), twice, waiting(2, time.Minute, onSC2(1500)),
		waiting(3, time.Minute, onBW(1500)), waiting(2, 30*time.Second, onSC2(1500)),
	}
	got := Match(noon, entries, plenty, DefaultRule())
	if got.Run.Duplicates != 2 || len(got.Pairs) != 1 {
		t.Fatalf("result %+v", got)
	}
	for _, p := range got.Pairs {
		if slices.Contains(p.Entries[:], 7) {
			t.Error("the entry that waits longer must stay")
		}
	}
}

func TestTeams(t *testing.T) {
	rule := DefaultRule()
	rule.TeamSize = 2
	team := func(id int, standings [2]Standing, players ...PlayerID) Entry {
		e := waiting(id, time.Minute, standings)
		e.Players = players
		return e
	}
	entries := []Entry{
		team(1, onBW(1500), 11, 12), team(2, onSC2(1500), 21, 22), team(3, onSC2(1500), 31), team(4, onSC2(1500), 41, 41),
	}
	got := Match(noon, entries, plenty, rule)
	expect(t, got, [2]EntryID{1, 2})
	if got.Run.Unfit != 2 {
		t.Errorf("%d unfit, want the single player and the doubled one", got.Run.Unfit)
	}
	// Past matches count for any of the players.
	entries[0].Recent = []Meeting{{22, noon.Add(-time.Minute)}}
	expect(t, Match(noon, entries, plenty, rule))
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		entries := randomEntries(rng, 60)
		want := Match(noon, entries, plenty, DefaultRule())
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if got := Match(noon, entries, plenty, DefaultRule()); !reflect.DeepEqual(got, want) {
			t.Fatalf("pairs %v, but in another order %v", ids(got.Pairs), ids(want.Pairs))
		}
	}
}

// randomEntries have shared players, pasts, regions and ratings that are no numbers.
func randomEntries(rng *rand.Rand, n int) []Entry {
	entries := make([]Entry, n)
	for i := range entries {
		e := waiting(i+1, time.Duration(rng.IntN(900)-20)*time.Second, [2]Standing{})
		if rng.IntN(20) == 0 {
			e.Players[0] = PlayerID(1 + rng.IntN(n))
		}
		for side := range e.Standings {
			e.Standings[side] = Standing{rng.IntN(3) > 0, 1500 + 300*rng.NormFloat64(), 45 + 300*rng.Float64()}
		}
		if rng.IntN(30) == 0 {
			e.Standings[BW] = Standing{true, math.NaN(), math.Inf(1)}
		}
		for range rng.IntN(4) {
			met := Meeting{PlayerID(1 + rng.IntN(n)), noon.Add(-time.Duration(rng.IntN(7200)) * time.Second)}
			e.Recent = append(e.Recent, met)
		}
		if rng.IntN(4) == 0 {
			e.Lapsed = []Meeting{{PlayerID(1 + rng.IntN(n)), noon.Add(-time.Minute)}}
		}
		e.Region = rng.IntN(4)
		entries[i] = e
	}
	return entries
}

func TestNoDoubleBookings(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	rng := rand.New(rand.NewPCG(7, 8))
	rule := DefaultRule()
	rule.Regions = Regions{{0, 1, 2, Never}, {1, 0, 1, 2}}
	for round := range rounds {
		entries := randomEntries(rng, rng.IntN(80))
		rule.Pairing = []Pairing{Cross, Any}[round%2]
		checkPairs(t, entries, Match(noon, entries, Population{}, rule), rule)
	}
}

func checkPairs(t *testing.T, entries []Entry, got Result, rule Rule) {
	t.Helper()
	byID := make(map[EntryID]*Entry)
	for i := range entries {
		byID[entries[i].ID] = &entries[i]
	}
	booked := make(map[PlayerID]bool)
	for _, p := range got.Pairs {
		a, b := byID[p.Entries[0]], byID[p.Entries[1]]
		for _, player := range append(slices.Clone(a.Players), b.Players...) {
			if booked[player] {
				t.Fatalf("player %d is in two matches", player)
			}
			booked[player] = true
		}
		switch _, meet := rule.Regions.distance(a.Region, b.Region); {
		case !meet:
			t.Fatal("regions that never meet")
		case rule.Pairing == Cross && p.Sides != [2]Side{BW, SC2}:
			t.Fatalf("sides %v", p.Sides)
		case !a.Standings[p.Sides[0]].Plays || !b.Standings[p.Sides[1]].Plays:
			t.Fatal("a side that the player does not queue with")
		case p.Cost > p.Credit:
			t.Fatalf("cost %v above the credit %v", p.Cost, p.Credit)
		}
	}
	if got.Run.Pairs != len(got.Pairs) || got.Run.Weight > got.Run.Bound {
		t.Fatalf("run %+v", got.Run)
	}
}

// Whatever is set, two compatible entries meet within the hour that an entry lives.
func TestNoSettingStopsTheQueue(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1e300, -1e300}
	entries := []Entry{waiting(1, time.Hour, onBW(0)), waiting(2, 0, onSC2(4000))}
	entries[0].Recent = []Meeting{{2, noon.Add(-3600 * time.Second)}}
	entries[1].Region = 1
	for _, x := range bad {
		rule := Rule{Pairing: "neither", TeamSize: -3, RematchDepth: math.MaxInt, Regions: Regions{{0, 127}}}
		value := reflect.ValueOf(&rule).Elem()
		for i := range value.NumField() {
			if value.Field(i).Kind() == reflect.Float64 {
				value.Field(i).SetFloat(x)
			}
		}
		for _, p := range []Population{{}, plenty, {Smoothed: Count{Side: [2]float64{x, x}, All: x}}} {
			expect(t, Match(noon, entries, p, rule), [2]EntryID{1, 2})
		}
		value.FieldByName("LongerShare").SetFloat(0.5) // each by itself at its worst
		value.FieldByName("CostLimit").SetFloat(1e9)
		expect(t, Match(noon, entries, plenty, rule), [2]EntryID{1, 2})
	}
	if rule := DefaultRule(); !reflect.DeepEqual(rule.Clamped(), rule) {
		t.Error("a default is out of its range")
	}
}

// With the default rule it takes half an hour at most, against somebody who just came.
func TestAnybodyCompatibleAfterHalfAnHour(t *testing.T) {
	entries := []Entry{waiting(1, 30*time.Minute, onBW(-9999)), waiting(2, 0, onSC2(9999))}
	entries[0].Recent = []Meeting{{2, noon}}
	expect(t, Match(noon, entries, plenty, DefaultRule()), [2]EntryID{1, 2})
}

func TestRunCanBeStored(t *testing.T) {
	entries := randomEntries(rand.New(rand.NewPCG(9, 9)), 50)
	run := Match(noon, entries, plenty, DefaultRule()).Run
	text, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var back Run
	if err := json.Unmarshal(text, &back); err != nil || back != run {
		t.Errorf("%v: %+v came back as %+v", err, run, back)
	}
	if run.Compatible < run.Allowed || run.Allowed == 0 || run.Costs.P50 > run.Costs.P95 || run.Costs.P95 > run.Costs.Max {
		t.Errorf("run %+v", run)
	}
}

func TestPopulation(t *testing.T) {
	rule := DefaultRule()
	count := Count{Side: [2]float64{8, 4}, All: 10}
	var p Population
	for minute := range 21 { // the window of the 20th minute ends at the 21st call
		p = p.Advance(noon.Add(time.Duration(minute)*time.Minute), count, rule)
	}
	if got := p.Smoothed.Side[BW]; math.Abs(got-4) > 1e-9 {
		t.Errorf("%v of 8 after a half-life", got)
	}
	// The greatest count of a window goes in, though the queue is empty at its end.
	q := Population{}.Advance(noon, Count{}, rule).Advance(noon.Add(30*time.Second), count, rule)
	q = q.Advance(noon.Add(time.Minute), Count{}, rule)
	if q.Smoothed.All <= 0 {
		t.Error("the peak is lost")
	}
	// A long pause is as many windows; a clock set back changes nothing.
	later := p.Advance(noon.Add(41*time.Minute), Count{}, rule)
	if got := later.Smoothed.Side[BW]; math.Abs(got-2) > 0.3 {
		t.Errorf("%v of 4 after another half-life of nobody", got)
	}
	back := p.Advance(noon.Add(-24*time.Hour), Count{}, rule)
	if back.Smoothed != p.Smoothed {
		t.Errorf("smoothed %v became %v", p.Smoothed, back.Smoothed)
	}
	if got := CountOf([]Entry{waiting(1, 0, onBW(1)), waiting(2, 0, onBoth(1, 1))}); got != (Count{[2]float64{2, 1}, 2}) {
		t.Errorf("count %v", got)
	}
}

// A queue too great for the solver is pruned, at a loss that the run's bound contains.
func TestPruningLosesLessThanAThousandth(t *testing.T) {
	oncetest.Sequential(t)
	players := 750
	if testing.Short() {
		players = 300
	}
	for _, w := range waves {
		entries := w.entries(players, 1)
		run := Match(noon, entries, plenty, DefaultRule()).Run
		best := optimum(entries)
		if run.Kept >= run.Allowed || run.Allowed < fewEdges {
			t.Errorf("%s: not pruned, %d of %d", w.name, run.Kept, run.Allowed)
		}
		if run.Weight > best || run.Bound < best || float64(run.Weight) < 0.999*float64(best) {
			t.Errorf("%s: weight %d and bound %d, the optimum is %d", w.name, run.Weight, run.Bound, best)
		}
	}
}
