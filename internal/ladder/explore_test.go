package ladder_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

// checkStep holds every invariant after a step.
func checkStep(before, after *laddertest.World, step laddertest.Step, changes []ladder.Change, errs []error) error {
	for _, err := range errs {
		var refusal ladder.Refusal
		if err != nil && !errors.As(err, &refusal) {
			return err
		}
	}
	if !slices.ContainsFunc(changes, func(c ladder.Change) bool { return !c.Empty() }) {
		return nil
	}
	return errors.Join(
		checkRows(after), checkLedger(after), checkBlame(before, step, changes), checkOutage(before, after, step),
		checkTwice(after, step), checkProgress(after, step), checkWaits(before, after),
	)
}

// checkWaits: who is back in the queue waits since when they waited.
func checkWaits(before, after *laddertest.World) error {
	for _, was := range before.Entries {
		for _, is := range after.Entries {
			if is.ID == was.ID && (!is.Since.Equal(was.Since) || is.Since.After(is.Deadline)) {
				return fmt.Errorf("an entry waited since %v and now since %v, until %v", was.Since, is.Since, is.Deadline)
			}
		}
	}
	return nil
}

func disputed(w *laddertest.World, s laddertest.Step) bool {
	return slices.ContainsFunc(w.Matches, func(m ladder.Match) bool {
		return m.ID == s.Acts[0].Match && m.State == ladder.MatchDisputed
	})
}

// checkEnds: with nothing but timers, everything that is live comes to an end, and soon;
// only disputes wait for staff.
func checkEnds(world *laddertest.World) error {
	const most = 20
	w := *world
	for range most {
		var next *laddertest.Step
		steps := w.Steps()
		for i, s := range steps {
			if timer := s.Acts[0].Kind == ladder.TickEntry || s.Acts[0].Kind == ladder.TickMatch; !timer || disputed(&w, s) {
				continue
			}
			if next == nil || s.At().Before(next.At()) {
				next = &steps[i]
			}
		}
		if next == nil {
			return nil
		}
		if _, errs := w.Run(*next); errs[0] != nil {
			return errs[0]
		}
	}
	return fmt.Errorf("after %d timers something is still live:\n%s", most, w.Dump(laddertest.Start))
}

// checkRows: nobody is in two entries or matches, an entry and its match agree, every
// live state has a deadline and nothing else has one, a game rules one match.
func checkRows(w *laddertest.World) error {
	held := make(map[ladder.PlayerID]int)
	matches := make(map[ladder.MatchID]ladder.Match)
	for _, m := range w.Matches {
		matches[m.ID] = m
		if err := checkMatch(m); err != nil {
			return err
		}
	}
	for _, e := range w.Entries {
		if !e.State.Live() {
			if !e.Due.IsZero() {
				return fmt.Errorf("an entry that is %s is due", e.State)
			}
			continue
		}
		for _, m := range e.Members {
			if held[m.Player]++; held[m.Player] > 1 {
				return fmt.Errorf("player %d is in two entries", m.Player)
			}
		}
		if err := checkEntry(e, matches[e.Match]); err != nil {
			return err
		}
	}
	return checkHolds(w)
}

func checkMatch(m ladder.Match) error {
	switch m.State {
	case ladder.MatchOffered, ladder.MatchPlaying:
		if m.Deadline.IsZero() || m.Due.IsZero() || m.Due.After(m.Deadline) {
			return fmt.Errorf("a match that is %s has deadline %v, due %v", m.State, m.Deadline, m.Due)
		}
	case ladder.MatchDisputed:
		if m.Due.IsZero() || !m.Deadline.IsZero() {
			return fmt.Errorf("a disputed match has deadline %v, due %v", m.Deadline, m.Due)
		}
	default:
		if !m.Due.IsZero() || !m.Deadline.IsZero() || m.Ended.IsZero() {
			return fmt.Errorf("a match that is %s has deadline %v, due %v, ended %v", m.State, m.Deadline, m.Due, m.Ended)
		}
	}
	return nil
}

func checkEntry(e ladder.Entry, m ladder.Match) error {
	want := map[ladder.EntryState]ladder.MatchState{ladder.Offered: ladder.MatchOffered, ladder.Matched: ladder.MatchPlaying}
	switch {
	case e.State == ladder.Searching && (e.Due.IsZero() || e.Deadline.IsZero() || e.Match != 0):
		return fmt.Errorf("a searching entry has deadline %v, due %v, match %d", e.Deadline, e.Due, e.Match)
	case e.State != ladder.Searching && m.State != want[e.State]:
		return fmt.Errorf("an entry is %s, its match %s", e.State, m.State)
	}
	return nil
}

// checkHolds: a match that is offered or played holds all its players' entries; a game
// decides one match.
func checkHolds(w *laddertest.World) error {
	for _, m := range w.Matches {
		if m.State != ladder.MatchOffered && m.State != ladder.MatchPlaying {
			continue
		}
		for _, s := range m.Seats {
			holds := func(e ladder.Entry) bool { return e.ID == s.Entry && e.Match == m.ID && e.State.Live() }
			if !slices.ContainsFunc(w.Entries, holds) {
				return fmt.Errorf("a match that is %s does not hold player %d", m.State, s.Player)
			}
		}
	}
	decided := make(map[string]ladder.MatchID)
	for _, r := range w.Rulings {
		for _, g := range w.Games {
			if g.ID != r.Game {
				continue
			}
			if other, found := decided[g.Identity]; found && other != r.Match {
				return fmt.Errorf("game %q decided matches %d and %d", g.Identity, other, r.Match)
			}
			decided[g.Identity] = r.Match
		}
	}
	return nil
}

// checkLedger: the ledger recomputes, and what matches changed in Elo sums to 0.
func checkLedger(w *laddertest.World) error {
	matches := slices.DeleteFunc(slices.Clone(w.Matches), func(m ladder.Match) bool { return m.Ruling == 0 })
	if found := ladder.Check(ladder.Ledger{Matches: matches, Rulings: w.Rulings, Lines: w.Lines, Ratings: w.Ratings}); len(found) > 0 {
		return fmt.Errorf("ladder check: %v", found)
	}
	var sum float64
	for _, l := range w.Lines {
		if l.System == ladder.Elo && (l.Kind == ladder.LineMatch || l.Kind == ladder.LineVoid || l.Kind == ladder.LineRestore) {
			sum += l.Delta
		}
	}
	if sum != 0 {
		return fmt.Errorf("the ledger's matches sum to %v", sum)
	}
	return nil
}

// checkBlame: a penalty is for what its player did or left undone, never for an outage or
// for what somebody else did.
func checkBlame(before *laddertest.World, step laddertest.Step, changes []ladder.Change) error {
	for i, c := range changes {
		for _, p := range c.Penalties {
			act := step.Acts[i]
			if !p.Cleared.IsZero() {
				continue
			}
			own := act.Player == p.Player && (act.Kind == ladder.Decline || act.Kind == ladder.Leave)
			late := act.Kind == ladder.TickMatch && tookTooLong(before, p)
			if own != (p.Reason == ladder.ForDecline) || !own && !late {
				return fmt.Errorf("player %d is penalised (%s) by %s", p.Player, p.Reason, act.Kind)
			}
		}
	}
	return nil
}

// tookTooLong says whether a player was silent for all of the time that was theirs.
func tookTooLong(before *laddertest.World, p ladder.Penalty) bool {
	for _, m := range before.Matches {
		for _, s := range m.Seats {
			if m.ID != p.Match || s.Player != p.Player {
				continue
			}
			switch p.Reason {
			case ladder.ForSilence:
				return !s.Delivered.IsZero() && s.Answer == ladder.NoAnswer && !p.From.Before(s.AnswerBy)
			case ladder.ForAbsence:
				return m.Absent == p.Player && !p.From.Before(m.AbsentBy)
			case ladder.ForNoResult:
				handed := func(g ladder.Game) bool { return g.Match == m.ID && g.Uploader == p.Player }
				return s.Report == ladder.NoResult && !p.From.Before(m.Deadline) && !slices.ContainsFunc(before.Games, handed)
			}
		}
	}
	return false
}

// checkOutage: an outage leaves everybody the time that they had.
func checkOutage(before, after *laddertest.World, step laddertest.Step) error {
	if step.Acts[0].Kind != ladder.Extend {
		return nil
	}
	left := func(w *laddertest.World) []time.Duration {
		var of []time.Duration
		for _, e := range w.Entries {
			if e.State == ladder.Searching {
				of = append(of, e.Deadline.Sub(w.Now), e.Due.Sub(w.Now))
			}
		}
		for _, m := range w.Matches {
			if m.State != ladder.MatchOffered && m.State != ladder.MatchPlaying {
				continue
			}
			of = append(of, m.Deadline.Sub(w.Now), m.Due.Sub(w.Now))
			if !m.AbsentBy.IsZero() {
				of = append(of, m.AbsentBy.Sub(w.Now))
			}
			for _, s := range m.Seats {
				if m.State == ladder.MatchOffered && s.Answer == ladder.NoAnswer {
					of = append(of, s.AnswerBy.Sub(w.Now))
				}
			}
		}
		return of
	}
	if was, is := left(before), left(after); !slices.Equal(was, is) {
		return fmt.Errorf("before the outage they had %v, after it %v", was, is)
	}
	return nil
}

// checkTwice: an act that is done again changes nothing.
func checkTwice(w *laddertest.World, step laddertest.Step) error {
	if step.Acts[0].Kind == ladder.Extend {
		return nil // the length of another outage
	}
	again := *w
	changes, errs := again.Run(step)
	var refusal ladder.Refusal
	if !changes[0].Empty() || errs[0] != nil && !errors.As(errs[0], &refusal) {
		return fmt.Errorf("done again it is %+v, %w", changes[0], errs[0])
	}
	return nil
}

// checkProgress: what a timer was due for is done when it has run.
func checkProgress(w *laddertest.World, step laddertest.Step) error {
	act := step.Acts[0]
	for _, m := range w.Matches {
		if act.Kind == ladder.TickMatch && m.ID == act.Match && !m.Due.IsZero() && !m.Due.After(w.Now) {
			return fmt.Errorf("after its tick the match is still due at %v, now %v", m.Due, w.Now)
		}
	}
	for _, e := range w.Entries {
		if act.Kind == ladder.TickEntry && e.ID == act.Entry && !e.Due.IsZero() && !e.Due.After(w.Now) {
			return fmt.Errorf("after its tick the entry is still due at %v, now %v", e.Due, w.Now)
		}
	}
	return nil
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
