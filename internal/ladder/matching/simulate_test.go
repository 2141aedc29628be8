package matching

import (
	"container/heap"
	"math"
	"math/rand"
	"slices"
	"time"
)

// The simulator: a closed population that thinks, queues, plays and queues again, with
// the policy as an argument. Times are seconds from the beginning. Everything follows
// from the seed; policies with the same seed get the same players.

// A simulation is one population over some hours.
type simulation struct {
	players int
	hours   float64
	bw, sc2 float64 // shares of players with one side; the rest has both
	seed    int64
}

const (
	warmUp    = 3600.0 // is not measured
	thinking  = 180.0  // mean time from a match to the next queueing
	aftermath = 90.0   // from a game's end to its report
)

type simPlayer struct {
	id     int
	plays  [2]bool
	rating [2]float64
	since  float64
	queued bool
	missed int         // runs without a match since queueing
	recent []simRecent // oldest first
}

type simRecent struct {
	opponent int
	at       float64
}

// A simMatch has the player of BW first.
type simMatch struct {
	players [2]*simPlayer
	gap     float64
}

// A policy pairs the players of a queue, which it may reorder.
type policy struct {
	name   string
	onJoin bool                   // whether it runs when somebody joins
	every  func(w *world) float64 // seconds to its next run
	pair   func(w *world, queue []*simPlayer) []simMatch
}

// A simEvent is a player who joins, or with none a run of the policy.
type simEvent struct {
	at     float64
	player *simPlayer
}

type agenda []simEvent

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at < a[j].at }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(simEvent)) }
func (a *agenda) Pop() any {
	all := *a
	last := all[len(all)-1]
	*a = all[:len(all)-1]
	return last
}

// A world is a simulation in progress.
type world struct {
	simulation
	policy policy
	rng    *rand.Rand
	now    float64
	agenda agenda
	queue  []*simPlayer

	smoothed, peak, window float64      // the total population, as ShieldBattery smooths it
	pops                   [][2]float64 // the last runs: time since the one before, players
	lastPop                float64

	ours  *ourState
	taken measured
}

// measured is what a simulation came to.
type measured struct {
	waits   []float64
	gaps    []float64
	bands   [3][]float64 // waits of the weakest 5 %, the middle, the strongest 5 %
	bySide  [2][]float64
	repeats int // players who met one of their last three
	double  int // players in two matches, or against themselves
	pairs   int
	skipped int // pairs past somebody who waited longer than both, and still waits a minute later
}

func (s simulation) run(p policy) *world {
	w := &world{simulation: s, policy: p, rng: rand.New(rand.NewSource(s.seed))}
	for _, player := range s.populate(w.rng) {
		heap.Push(&w.agenda, simEvent{w.rng.Float64() * 1200, player})
	}
	heap.Push(&w.agenda, simEvent{1, nil})
	for end := s.hours * 3600; w.agenda.Len() > 0 && w.agenda[0].at <= end; {
		w.step(heap.Pop(&w.agenda).(simEvent))
	}
	w.close()
	return w
}

// populate draws the players. The first two have one side each, so that no population
// is without either.
func (s simulation) populate(rng *rand.Rand) []*simPlayer {
	players := make([]*simPlayer, s.players)
	for i := range players {
		skill, kind := 1500+300*rng.NormFloat64(), rng.Float64()
		p := &simPlayer{id: i, plays: [2]bool{kind < s.bw || kind >= s.bw+s.sc2, kind >= s.bw}}
		if i < 2 {
			p.plays = [2]bool{i == 0, i == 1}
		}
		p.rating = [2]float64{skill + 60*rng.NormFloat64(), skill + 60*rng.NormFloat64()}
		players[i] = p
	}
	return players
}

func (w *world) step(e simEvent) {
	w.now = e.at
	w.smooth()
	if e.player == nil {
		w.pops = append(w.pops, [2]float64{w.now - w.lastPop, float64(len(w.queue))})
		w.pops = w.pops[max(0, len(w.pops)-5):]
		w.lastPop = w.now
		w.match()
		heap.Push(&w.agenda, simEvent{w.now + w.policy.every(w), nil})
		return
	}
	e.player.since, e.player.queued, e.player.missed = w.now, true, 0
	w.queue = append(w.queue, e.player)
	w.peak = max(w.peak, float64(len(w.queue)))
	if w.policy.onJoin {
		w.match()
	}
}

// smooth is ShieldBattery's average of the greatest queue of each minute.
func (w *world) smooth() {
	for w.now-w.window > 60 {
		share := 1 - math.Pow(.5, 60.0/1200)
		w.smoothed = w.peak*share + (1-share)*w.smoothed
		w.peak = float64(len(w.queue))
		w.window += 60
	}
}

func (w *world) match() {
	for _, m := range w.policy.pair(w, slices.Clone(w.queue)) {
		w.play(m)
	}
	w.queue = slices.DeleteFunc(w.queue, func(p *simPlayer) bool { return !p.queued })
}

// play records a match and lets both come back after it.
func (w *world) play(m simMatch) {
	w.measure(m)
	length := aftermath + 60*(12+13*w.rng.Float64())
	for side, p := range m.players {
		p.recent = append(p.recent, simRecent{m.players[1-side].id, w.now})
		p.recent = p.recent[max(0, len(p.recent)-12):]
		p.queued = false
		heap.Push(&w.agenda, simEvent{w.now + length + w.rng.ExpFloat64()*thinking, p})
	}
}

func (w *world) measure(m simMatch) {
	if m.players[0] == m.players[1] || !m.players[0].queued || !m.players[1].queued {
		w.taken.double++
	}
	if w.now <= warmUp {
		return
	}
	w.taken.pairs++
	w.taken.gaps = append(w.taken.gaps, m.gap)
	for side, p := range m.players {
		wait := w.now - p.since
		w.taken.waits = append(w.taken.waits, wait)
		w.taken.bySide[side] = append(w.taken.bySide[side], wait)
		band := p.band(Side(side))
		w.taken.bands[band] = append(w.taken.bands[band], wait)
		if p.metLately(m.players[1-side]) {
			w.taken.repeats++
		}
	}
}

// band is 0 for the weakest 5 % of all ratings, 2 for the strongest, else 1.
func (p *simPlayer) band(side Side) int {
	const tail = 1.645 * 306 // of N(1500, 300² + 60²)
	switch gap := p.rating[side] - 1500; {
	case gap < -tail:
		return 0
	case gap > tail:
		return 2
	default:
		return 1
	}
}

func (p *simPlayer) metLately(o *simPlayer) bool {
	last := p.recent[max(0, len(p.recent)-3):]
	return slices.ContainsFunc(last, func(r simRecent) bool { return r.opponent == o.id })
}

// close counts waits that have no end yet, if they are long.
func (w *world) close() {
	for _, p := range w.queue {
		if wait := w.now - p.since; wait > 300 {
			w.taken.waits = append(w.taken.waits, wait)
		}
	}
	if w.ours != nil {
		w.taken.skipped = w.ours.skipped(w)
	}
}

// paired is the match of two players with the smaller gap; false if no sides meet.
func paired(a, b *simPlayer) (m simMatch, ok bool) {
	if a.plays[BW] && b.plays[SC2] {
		m, ok = simMatch{[2]*simPlayer{a, b}, math.Abs(a.rating[BW] - b.rating[SC2])}, true
	}
	if b.plays[BW] && a.plays[SC2] {
		if gap := math.Abs(b.rating[BW] - a.rating[SC2]); !ok || gap < m.gap {
			m, ok = simMatch{[2]*simPlayer{b, a}, gap}, true
		}
	}
	return m, ok
}

// ourState is what Match needs to know from run to run.
type ourState struct {
	rule       Rule
	population Population
	passed     []passed
	ends       map[stay]float64
}

// A stay is one wait of a player.
type stay struct {
	player int
	since  float64
}

// passed is a stay past which a pair was made.
type passed struct {
	pair int
	stay stay
	at   float64
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func moment(at float64) time.Time { return epoch.Add(time.Duration(at * float64(time.Second))) }

// ours is Match under a rule, run as the ladder runs it: when somebody joins, and every
// five seconds.
func ours(name string, rule Rule) policy {
	return policy{
		name: name, onJoin: true,
		every: func(*world) float64 { return 5 },
		pair: func(w *world, queue []*simPlayer) []simMatch {
			if w.ours == nil {
				w.ours = &ourState{rule: rule, ends: make(map[stay]float64)}
			}
			return w.ours.pair(w, queue)
		},
	}
}

func (s *ourState) pair(w *world, queue []*simPlayer) []simMatch {
	entries := make([]Entry, len(queue))
	byID := make(map[EntryID]*simPlayer, len(queue))
	for i, p := range queue {
		entries[i] = p.entry()
		byID[entries[i].ID] = p
	}
	now := moment(w.now)
	s.population = s.population.Advance(now, CountOf(entries), s.rule)
	result := Match(now, entries, s.population, s.rule)
	var matches []simMatch
	for _, pair := range result.Pairs {
		m := simMatch{[2]*simPlayer{byID[pair.Entries[0]], byID[pair.Entries[1]]}, pair.Gap}
		for _, p := range m.players {
			s.ends[stay{p.id, p.since}] = w.now
		}
		matches = append(matches, m)
	}
	if w.now > warmUp {
		s.lookBack(w, entries, matches)
	}
	return matches
}

func (p *simPlayer) entry() Entry {
	e := Entry{ID: EntryID(p.id + 1), Players: []PlayerID{PlayerID(p.id + 1)}, Since: moment(p.since)}
	for side := range e.Standings {
		e.Standings[side] = Standing{Plays: p.plays[side], Rating: p.rating[side], Deviation: 60}
	}
	for _, r := range p.recent {
		e.Recent = append(e.Recent, Meeting{PlayerID(r.opponent + 1), moment(r.at)})
	}
	return e
}

// lookBack notes who stays in the queue though they waited longer than both of a pair
// and might have met one of the two.
func (s *ourState) lookBack(w *world, entries []Entry, matches []simMatch) {
	m := &market{now: moment(w.now), rule: s.rule.Clamped()}
	m.relaxed = relaxation(s.population, m.rule)
	m.candidates = admit(m.now, entries, m.rule, new(Run))
	m.bind()
	at := make(map[int]int32)
	for i := range m.candidates {
		at[int(m.candidates[i].ID)-1] = int32(i)
	}
	mayMeet := func(p, q *simPlayer) bool {
		a, b := &m.candidates[at[p.id]], &m.candidates[at[q.id]]
		past := a.tie(at[q.id])
		_, _, allowed := m.offer(a, b, past)
		return allowed && !past.last
	}
	for k, match := range matches {
		a, b := match.players[0], match.players[1]
		for _, p := range w.queue {
			if s.ends[stay{p.id, p.since}] == w.now || p.since >= min(a.since, b.since) {
				continue
			}
			if mayMeet(p, a) || mayMeet(p, b) {
				s.passed = append(s.passed, passed{w.taken.pairs + k, stay{p.id, p.since}, w.now})
			}
		}
	}
}

// skipped counts the pairs past somebody who waited for a minute more.
func (s *ourState) skipped(w *world) int {
	pairs := make(map[int]bool)
	for _, p := range s.passed {
		end, ended := s.ends[p.stay]
		if !ended {
			end = w.now
		}
		if end-p.at > 60 {
			pairs[p.pair] = true
		}
	}
	return len(pairs)
}
