package ladder_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// node is a world and how it came about.
type node struct {
	world *laddertest.World
	step  string
	from  *node
}

func (n *node) path() string {
	if n.from == nil {
		return n.step
	}
	return n.from.path() + " → " + n.step
}

// walk is a breadth-first search over worlds. Worlds with one Key are one state, because
// the key is of all that Apply reads: whatever can follow one can follow the other. Every
// transition is checked before it is merged.
type walk struct {
	t           *testing.T
	mu          sync.Mutex
	seen        map[[32]byte]bool
	transitions int
	changed     int             // transitions that were not refused
	ends        map[string]bool // how matches and entries ended
	failures    int
}

// explore walks from a world to a depth, on all processors.
func explore(t *testing.T, name string, root *laddertest.World, depth int, ends map[string]bool) {
	t.Helper()
	w := &walk{t: t, seen: map[[32]byte]bool{root.Key(): true}, ends: ends}
	level := []*node{{world: root, step: name}}
	for d := range depth {
		level = w.next(level, d == depth-1)
		if w.failures > 0 {
			break
		}
	}
	t.Logf("%s, to depth %d: %d states, %d transitions, of which %d changed something", name, depth, len(w.seen), w.transitions, w.changed)
}

// next is the level below: the states that were not seen before. The last level's worlds
// are not kept.
func (w *walk) next(level []*node, last bool) []*node {
	var below []*node
	var group sync.WaitGroup
	todo := make(chan *node, 64)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for n := range todo {
				found := w.expand(n, last)
				w.mu.Lock()
				below = append(below, found...)
				w.mu.Unlock()
			}
		})
	}
	for _, n := range level {
		todo <- n
	}
	close(todo)
	group.Wait()
	return below
}

// expand tries every step from a world.
func (w *walk) expand(n *node, last bool) []*node {
	var found []*node
	steps := n.world.Steps()
	changed := 0
	for _, step := range steps {
		next := *n.world
		changes, errs := next.Run(step)
		to := &node{world: &next, step: step.Name, from: n}
		if err := checkStep(n.world, &next, step, changes, errs); err != nil {
			w.fail(to, err)
		}
		if !slices.ContainsFunc(changes, func(c ladder.Change) bool { return !c.Empty() }) {
			continue
		}
		changed++
		key := next.Key()
		w.mu.Lock()
		isNew := !w.seen[key]
		w.seen[key] = true
		w.mu.Unlock()
		if isNew {
			w.note(&next)
			// One state in eight, as its key has it, is led to its end: those between are near.
			if key[0]%8 == 0 {
				if err := checkEnds(&next); err != nil {
					w.fail(to, err)
				}
			}
		}
		if isNew && !last {
			found = append(found, to)
		}
	}
	w.mu.Lock()
	w.transitions += len(steps)
	w.changed += changed
	w.mu.Unlock()
	return found
}

func (w *walk) fail(n *node, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failures++; w.failures <= 5 {
		w.t.Errorf("%s: %v\n%s", n.path(), err, n.world.Dump(laddertest.Start))
	}
}

// note remembers how what is over in a world ended.
func (w *walk) note(world *laddertest.World) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range world.Entries {
		w.ends["entry "+string(e.State)] = true
	}
	for _, p := range world.Penalties {
		w.ends["penalty "+string(p.Reason)] = true
	}
	for _, m := range world.Matches {
		end := string(m.State)
		for _, r := range world.Rulings {
			if r.ID == m.Ruling && m.State != ladder.MatchDisputed {
				end += " by " + string(r.By)
			}
		}
		if m.State == ladder.MatchDisputed {
			end += ": " + m.Dispute
		}
		w.ends["match "+end] = true
	}
}

// reach leads a world through steps by their names; of the same in several matches, that
// of the last.
func reach(t *testing.T, w *laddertest.World, names ...string) *laddertest.World {
	t.Helper()
	for _, name := range names {
		steps := w.Steps()
		slices.Reverse(steps)
		at := slices.IndexFunc(steps, func(s laddertest.Step) bool { return s.Name == name })
		if at < 0 {
			t.Fatalf("no step %q; there are %v", name, steps)
		}
		if _, errs := w.Run(steps[at]); errors.Join(errs...) != nil {
			t.Fatalf("%s: %v", name, errs)
		}
	}
	return w
}

// What leads to the worlds from which the search begins.
var (
	toOffer  = []string{"1: join", "2: join", "pair 1 and 2", "1: offer delivered", "2: offer delivered"}
	toPlay   = append(slices.Clone(toOffer), "1: accept", "2: accept")
	toReport = append(slices.Clone(toPlay), "tick match 1", "1: reports team0")
	toWaits  = append(slices.Clone(toPlay), "1: uploads bad clock")
	toFinal  = append(slices.Clone(toPlay), "1: uploads team0 wins")
	toVoid   = append(slices.Clone(toPlay), "1: not here", "tick match 1")
	toSecond = append(append(slices.Clone(toFinal), "1: join", "2: join", "pair 1 and 2"), "1: accept", "2: accept")
	toThree  = append(slices.Clone(toPlay), "3: join")
)

// roots are where the search begins, and how deep it goes: as deep as sequences are asked
// of it from nothing, and from what takes most of those to come to, less.
var roots = []struct {
	name         string
	players      int
	lead         []string
	depth, short int
}{
	{"two players", 2, nil, 7, 5},
	{"three players", 3, nil, 5, 3},
	{"an offer", 2, toOffer, 4, 3},
	{"playing", 2, toPlay, 3, 2},
	{"one report", 2, toReport, 3, 2},
	{"a click is waited for", 2, toWaits, 3, 2},
	{"final", 2, toFinal, 3, 2},
	{"void by absence", 2, toVoid, 3, 2},
	{"a second match", 2, toSecond, 2, 2},
	{"two of three play", 3, toThree, 3, 2},
}

func TestEverySequence(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // many small worlds, few of which stay
	ends := make(map[string]bool)
	for _, r := range roots {
		depth := r.depth
		if testing.Short() {
			depth = r.short
		}
		explore(t, r.name, reach(t, laddertest.New(laddertest.Season(), r.players), r.lead...), depth, ends)
	}
	t.Logf("ends: %s", strings.Join(slices.Sorted(maps.Keys(ends)), "; "))
	for _, end := range []string{
		"entry closed", "entry expired", "entry left", "match lapsed",
		"match final by replay", "match final by reports", "match final by concession", "match final by staff",
		"match void by absence", "match void by deadline", "match void by staff",
		"match disputed: reports_differ", "match disputed: one_report", "match disputed: unconfirmed",
		"match disputed: contested", "match disputed: differing_replay",
		"penalty declined", "penalty silent", "penalty not_here", "penalty no_result",
	} {
		if !ends[end] {
			t.Errorf("nothing leads to: %s", end)
		}
	}
}

// TestLongWalks goes far deeper than every sequence can be, by chance.
func TestLongWalks(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	walks := 150
	if testing.Short() {
		walks = 20
	}
	if ruled := walkFar(t, laddertest.Season(), walks); ruled < walks {
		t.Errorf("%d walks came to %d rulings", walks, ruled)
	}
}

// walkFar takes as many walks as are asked for, by chance, and holds the invariants at each
// step. It returns how many rulings they came to.
func walkFar(t *testing.T, season ladder.Season, walks int) (ruled int) {
	t.Helper()
	const length = 120
	longest := 0
	for seed := range walks {
		random := rand.New(rand.NewPCG(uint64(seed), 7))
		w := laddertest.New(season, 2+seed%2)
		var names []string
		for range length {
			before := *w
			step := w.Pick(random)
			names = append(names, step.Name)
			changes, errs := w.Run(step)
			if err := checkStep(&before, w, step, changes, errs); err != nil {
				t.Fatalf("seed %d: %s: %v\n%s", seed, strings.Join(names, " → "), err, w.Dump(laddertest.Start))
			}
		}
		if err := checkEnds(w); err != nil {
			t.Errorf("seed %d: %s: %v", seed, strings.Join(names, " → "), err)
		}
		ruled += len(w.Rulings)
		longest = max(longest, len(w.Matches))
	}
	t.Logf("%d walks of %d steps: %d rulings, up to %d matches", walks, length, ruled, longest)
	return ruled
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	one, two := laddertest.New(laddertest.Season(), 3), laddertest.New(laddertest.Season(), 3)
	two.SkipIDs(1000)
	for range 200 {
		step := one.Pick(random)
		for i, act := range step.Acts {
			step.Acts[i] = laddertest.Translate(act, one.Rows, two.Rows)
		}
		own := laddertest.Step{Acts: make([]ladder.Act, len(step.Acts))}
		for i, act := range step.Acts {
			own.Acts[i] = laddertest.Translate(act, two.Rows, one.Rows)
		}
		one.Run(own)
		two.Run(step)
		if a, b := one.Dump(laddertest.Start), two.Dump(laddertest.Start); a != b {
			t.Fatalf("after %s:\n%s\n%s", step.Name, a, b)
		}
	}
}
