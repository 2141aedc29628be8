package ladder

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/evoladder/evoladderbot/internal/ladder/rating"
)

// Ledger is what Check audits. CheckKey and CheckMatch audit a part of it, for ledgers
// that are not read at once.
type Ledger struct {
	Matches []Match // all that have a ruling
	Rulings []Ruling
	Lines   []Line
	Ratings []Rating
}

// Difference is something about the ledger that does not fit.
type Difference struct {
	Key   RatingKey // of a line or a cache
	Match MatchID   // 0: none
	Line  LineID    // 0: none
	What  string
}

// String is the difference as an operator reads it.
func (d Difference) String() string {
	return fmt.Sprintf("player %d, %s, %s; match %d; line %d: %s",
		d.Key.Player, d.Key.Race, d.Key.System, d.Match, d.Line, d.What)
}

// Check follows every key's lines from the first to the cache, and every match's rulings
// to its lines, and says what differs.
func Check(l Ledger) []Difference {
	keys, caches := make(map[RatingKey][]Line), make(map[RatingKey]Rating)
	byMatch, rulings := make(map[MatchID][]Line), make(map[MatchID][]Ruling)
	for _, r := range l.Ratings {
		caches[r.RatingKey] = r
		keys[r.RatingKey] = nil
	}
	for _, line := range l.Lines {
		keys[line.RatingKey] = append(keys[line.RatingKey], line)
		if line.Match != 0 {
			byMatch[line.Match] = append(byMatch[line.Match], line)
		}
	}
	for _, r := range l.Rulings {
		rulings[r.Match] = append(rulings[r.Match], r)
	}
	var all []Difference
	for key, lines := range keys {
		all = append(all, CheckKey(caches[key], lines)...)
	}
	for _, m := range l.Matches {
		all = append(all, CheckMatch(m, rulings[m.ID], byMatch[m.ID])...)
		delete(byMatch, m.ID)
	}
	for match, lines := range byMatch {
		all = append(all, Difference{Match: match, Key: lines[0].RatingKey, Line: lines[0].ID, What: "a line of a match without a ruling"})
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Match, b.Match), cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
	return all
}

// near says whether two values are the same but for what adding floats in another order
// may change.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// CheckKey follows the lines of one key by N, and compares the cache with the last. A
// cache that is absent is given as the zero Rating.
func CheckKey(cache Rating, lines []Line) []Difference {
	var all []Difference
	var now Rating
	for i, l := range slices.SortedFunc(slices.Values(lines), func(a, b Line) int { return a.N - b.N }) {
		differs := func(format string, args ...any) {
			all = append(all, Difference{Key: l.RatingKey, Match: l.Match, Line: l.ID, What: fmt.Sprintf(format, args...)})
		}
		if l.N != i+1 {
			differs("n is %d, the line before has %d", l.N, now.N)
		}
		if i > 0 && l.Before != now.Value {
			differs("begins at %v, the line before ended at %v", l.Before, now.Value)
		}
		if !near(l.After, l.Before+l.Delta) || l.System == Elo && l.After != l.Before+l.Delta {
			differs("%v and %v is not %v", l.Before, l.Delta, l.After)
		}
		if games := now.Games + counts(l.Kind); l.Games != games && l.Kind != LineSeason {
			differs("%d games, by the lines %d", l.Games, games)
		}
		last := now.Last
		if l.Kind == LineMatch && l.Sequence == 0 {
			last = l.At
		}
		now = Rating{l.RatingKey, l.After, l.Deviation, l.Volatility, l.N, l.Games, last}
	}
	return append(all, checkCache(cache, now)...)
}

// counts is by how much a line changes the number of games.
func counts(kind LineKind) int {
	switch kind {
	case LineMatch, LineRestore:
		return 1
	case LineVoid:
		return -1
	default:
		return 0
	}
}

func checkCache(cache, want Rating) []Difference {
	same := cache.Value == want.Value && cache.Deviation == want.Deviation && cache.Volatility == want.Volatility &&
		cache.N == want.N && cache.Games == want.Games && cache.Last.Equal(want.Last)
	if same || want.N == 0 && cache.N == 0 {
		return nil
	}
	key := want.RatingKey
	if want.N == 0 {
		key = cache.RatingKey
	}
	return []Difference{{Key: key, What: fmt.Sprintf(
		"the rating is %v (n %d, %d games, ±%v, last %v), by the ledger %v (n %d, %d games, ±%v, last %v)",
		cache.Value, cache.N, cache.Games, cache.Deviation, cache.Last,
		want.Value, want.N, want.Games, want.Deviation, want.Last)}}
}

// CheckMatch follows one match's rulings, and computes anew the lines that each must have
// written.
func CheckMatch(m Match, rulings []Ruling, lines []Line) []Difference {
	c := checker{m: m, lines: slices.SortedFunc(slices.Values(lines), func(a, b Line) int { return cmp.Compare(a.ID, b.ID) })}
	rulings = slices.SortedFunc(slices.Values(rulings), func(a, b Ruling) int { return a.Number - b.Number })
	for i, r := range rulings {
		last := i == len(rulings)-1
		if r.Number != i+1 || last != r.Superseded.IsZero() {
			c.differs(Line{}, "ruling %d is number %d of %d, superseded %v", r.ID, r.Number, len(rulings), r.Superseded)
		}
		if r.Rated != (m.Rated && !r.Void && r.Unrated == "") {
			c.differs(Line{}, "ruling %d: rated %v, void %v, unrated %q", r.ID, r.Rated, r.Void, r.Unrated)
		}
	}
	c.inForce(rulings)
	for _, system := range Systems {
		c.follow(system, rulings)
	}
	for _, l := range c.lines {
		known := slices.ContainsFunc(rulings, func(r Ruling) bool { return r.ID == l.Ruling })
		seated := slices.ContainsFunc(m.Seats, func(s Seat) bool { return s.key(l.System) == l.RatingKey })
		if !known || !seated {
			c.differs(l, "no ruling or no seat has this line")
		}
	}
	return c.all
}

// checker is the work on one match.
type checker struct {
	m     Match
	lines []Line
	all   []Difference
}

func (c *checker) differs(l Line, format string, args ...any) {
	c.all = append(c.all, Difference{Key: l.RatingKey, Match: c.m.ID, Line: l.ID, What: fmt.Sprintf(format, args...)})
}

// inForce compares the match's state with its last ruling.
func (c *checker) inForce(rulings []Ruling) {
	var last Ruling
	if len(rulings) > 0 {
		last = rulings[len(rulings)-1]
	}
	if c.m.Ruling != last.ID {
		c.differs(Line{}, "ruling %d is in force, the last is %d", c.m.Ruling, last.ID)
	}
	final, void := c.m.State == MatchFinal, c.m.State == MatchVoid
	if (final || void) && (last.ID == 0 || last.Void != void) {
		c.differs(Line{}, "%s, and the last ruling is %d, void %v", c.m.State, last.ID, last.Void)
	}
}

// of are the lines that a ruling wrote for one seat.
func (c *checker) of(r Ruling, key RatingKey, kinds ...LineKind) []Line {
	return slices.DeleteFunc(slices.Clone(c.lines), func(l Line) bool {
		return l.Ruling != r.ID || l.RatingKey != key || !slices.Contains(kinds, l.Kind)
	})
}

// follow computes a system's lines from the rulings.
func (c *checker) follow(system System, rulings []Ruling) {
	stands := NoResult                          // as it counts; NoResult: it does not
	given := make(map[Result]bool)              // results that were computed once
	standing := make([]float64, len(c.m.Seats)) // by seat
	var first []Line                            // by seat
	for _, r := range rulings {
		back := r.Unrated != UnratedSeason && stands != NoResult && (!r.Rated || r.Result != stands)
		give := r.Rated && r.Result != stands
		if back {
			c.back(system, r, standing)
			stands = NoResult
			clear(standing)
		} else {
			c.none(system, r, LineVoid)
		}
		if !give {
			c.none(system, r, LineMatch, LineRestore)
			continue
		}
		kind := LineMatch
		if given[r.Result] {
			kind = LineRestore
		}
		lines := c.given(system, r, kind)
		if lines == nil {
			return // nothing to go on from
		}
		if first == nil {
			first = lines
		}
		c.recompute(system, r, first, lines)
		stands, given[r.Result] = r.Result, true
		for i, l := range lines {
			standing[i] = l.Delta
		}
	}
	c.refunds(system, standing)
}

func (c *checker) none(system System, r Ruling, kinds ...LineKind) {
	for _, s := range c.m.Seats {
		for _, l := range c.of(r, s.key(system), kinds...) {
			c.differs(l, "ruling %d should have no such line", r.ID)
		}
	}
}

// back checks that a ruling took back what stood.
func (c *checker) back(system System, r Ruling, standing []float64) {
	for i, s := range c.m.Seats {
		lines := c.of(r, s.key(system), LineVoid)
		if len(lines) != 1 || lines[0].Delta != 0-standing[i] {
			c.differs(Line{RatingKey: s.key(system)}, "ruling %d should take back %v, and has %d lines", r.ID, standing[i], len(lines))
		}
	}
}

// given are a ruling's lines by seat; nil if they are not all there.
func (c *checker) given(system System, r Ruling, kind LineKind) []Line {
	var all []Line
	var sum float64
	for _, s := range c.m.Seats {
		lines := c.of(r, s.key(system), LineMatch, LineRestore)
		if len(lines) != 1 || lines[0].Kind != kind {
			c.differs(Line{RatingKey: s.key(system)}, "ruling %d should have one line of kind %s, and has %d lines", r.ID, kind, len(lines))
			return nil
		}
		all = append(all, lines[0])
		sum += lines[0].Delta
	}
	if system == Elo && sum != 0 {
		c.differs(all[0], "the lines of ruling %d sum to %v", r.ID, sum)
	}
	return all
}

// recompute compares a ruling's lines with what its result comes to, from the values that
// the match was first computed from.
func (c *checker) recompute(system System, r Ruling, first, lines []Line) {
	from := make([]rating.Glicko, len(first))
	for i, l := range first {
		from[i] = rating.Glicko{Value: l.Before, Deviation: l.FromDeviation, Volatility: l.FromVolatility}
	}
	rules := Rules{K: first[0].K, Spread: first[0].Spread, Tau: first[0].Tau}
	for i, want := range rate(system, rules, r.Result, c.m.Seats, from) {
		got := lines[i]
		if !near(got.Delta, want.Delta) || !near(got.Expected, want.Expected) || !near(got.Opponent, want.Opponent) {
			c.differs(got, "%v (expected %v, opponent %v), by the ruling %v (%v, %v)",
				got.Delta, got.Expected, got.Opponent, want.Delta, want.Expected, want.Opponent)
		}
	}
}

// refunds checks that nobody was given back more than the match cost them.
func (c *checker) refunds(system System, standing []float64) {
	for i, s := range c.m.Seats {
		var sum float64
		for _, l := range c.lines {
			if l.RatingKey == s.key(system) && l.Kind == LineRefund {
				sum += l.Delta
			}
		}
		if sum != 0 && !near(sum, -standing[i]) {
			c.differs(Line{RatingKey: s.key(system)}, "refunds of %v for a change of %v", sum, standing[i])
		}
	}
}
