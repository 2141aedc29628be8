package ladder

import (
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder/rating"
)

// Systems are all systems, in the order in which their lines are written.
var Systems = []System{Elo, Glicko2}

// settle writes the lines by which the ledger follows a new ruling. What stands already is
// left; what does not is taken back first, then computed from the values that the match
// was first computed from. After the season's end nothing moves.
func (t *turn) settle(r Ruling) {
	if r.Unrated == UnratedSeason {
		return
	}
	for _, system := range Systems {
		stands, result := t.standing(system)
		if stands && r.Rated && result == r.Result {
			continue
		}
		if stands {
			t.takeBack(system, r)
		}
		if r.Rated {
			t.give(system, r)
		}
	}
}

// lines are the match's lines of one key, of the given kinds, with those of this act.
func (t *turn) lines(key RatingKey, kinds ...LineKind) []Line {
	var of []Line
	for _, list := range [][]Line{t.Lines, t.out.Lines} {
		for _, l := range list {
			if l.RatingKey == key && l.Match == t.m.ID && slices.Contains(kinds, l.Kind) {
				of = append(of, l)
			}
		}
	}
	return of
}

func (s Seat) key(system System) RatingKey { return RatingKey{s.Player, s.Race, system} }

// standing says whether the match counts in the ledger now, and with which result.
func (t *turn) standing(system System) (bool, Result) {
	lines := t.lines(t.m.Seats[0].key(system), LineMatch, LineVoid, LineRestore)
	if len(lines) == 0 {
		return false, NoResult
	}
	last := lines[len(lines)-1]
	return last.Kind != LineVoid, t.resultOf(last.Ruling)
}

func (t *turn) resultOf(id RulingID) Result {
	r, _ := lookup(func(r Ruling) bool { return r.ID == id }, t.out.Rulings, t.Rulings)
	return r.Result
}

func net(lines []Line) float64 {
	var sum float64
	for _, l := range lines {
		sum += l.Delta
	}
	return sum
}

// takeBack writes the negative of what stands, and of what was refunded for it.
func (t *turn) takeBack(system System, r Ruling) {
	for _, s := range t.m.Seats {
		key := s.key(system)
		if refunded := net(t.lines(key, LineRefund)); refunded != 0 {
			t.write(Line{RatingKey: key, Kind: LineRefund, Ruling: r.ID, Delta: -refunded}, 0)
		}
		lines := t.lines(key, LineMatch, LineVoid, LineRestore)
		t.write(Line{RatingKey: key, Kind: LineVoid, Ruling: r.ID, Delta: -lines[len(lines)-1].Delta}, -1)
	}
}

// give writes a ruling's lines: again what it gave before, or what it now comes to.
func (t *turn) give(system System, r Ruling) {
	lines := t.compute(system, r)
	for i, s := range t.m.Seats {
		for _, old := range t.lines(s.key(system), LineMatch) {
			if t.resultOf(old.Ruling) == r.Result {
				lines[i].Kind = LineRestore
			}
		}
	}
	for _, l := range lines {
		t.write(l, +1)
	}
}

// compute is a ruling's lines, of seat after seat, from what the match was first computed
// from.
func (t *turn) compute(system System, r Ruling) []Line {
	from := make([]rating.Glicko, len(t.m.Seats))
	for i, s := range t.m.Seats {
		from[i] = t.base(s.key(system))
	}
	rules := t.rules
	if first := t.lines(t.m.Seats[0].key(system), LineMatch); len(first) > 0 {
		rules.K, rules.Spread, rules.Tau = first[0].K, first[0].Spread, first[0].Tau
	}
	lines := rate(system, rules, r.Result, t.m.Seats, from)
	for i := range lines {
		lines[i].RatingKey, lines[i].Ruling = t.m.Seats[i].key(system), r.ID
	}
	return lines
}

// base is what the match is computed from: its first line's values, or the present ones.
func (t *turn) base(key RatingKey) rating.Glicko {
	if first := t.lines(key, LineMatch); len(first) > 0 {
		l := first[0]
		return rating.Glicko{Value: l.Before, Deviation: l.FromDeviation, Volatility: l.FromVolatility}
	}
	now := t.rating(key)
	g := rating.Glicko{Value: now.Value, Deviation: now.Deviation, Volatility: now.Volatility}
	if key.System == Glicko2 && !now.Last.IsZero() {
		g = g.Idle(t.act.At.Sub(now.Last))
	}
	return g
}

// rate computes the lines of a result, without their place in the ledger: Delta, Expected,
// Opponent and, in Glicko-2, the deviation and volatility before and after.
func rate(system System, r Rules, result Result, seats []Seat, from []rating.Glicko) []Line {
	teams := [2]rating.Glicko{mean(seats, from, 0), mean(seats, from, 1)}
	lines := make([]Line, len(seats))
	for i, s := range seats {
		me, other := from[i], teams[1-s.Team]
		l := Line{
			Kind: LineMatch, Opponent: other.Value, FromDeviation: me.Deviation, FromVolatility: me.Volatility,
			K: r.K, Spread: r.Spread, Tau: r.Tau,
		}
		if system == Elo {
			l.Expected, l.Delta = elo(r, result, teams, s.Team)
		} else {
			after := me.Play(r.Tau, rating.Outcome{Opponent: other, Score: result.Score(s.Team)})
			l.Expected = rating.ExpectedGlicko(me, other)
			l.Delta, l.Deviation, l.Volatility = after.Value-me.Value, after.Deviation, after.Volatility
		}
		lines[i] = l
	}
	return lines
}

// elo is a team's expected score and change. The second team's change is the negative of
// the first's, so that they sum to 0 however they are rounded.
func elo(r Rules, result Result, teams [2]rating.Glicko, team int) (expected, delta float64) {
	expected = rating.Expected(teams[0].Value, teams[1].Value, float64(r.Spread))
	delta = rating.Delta(result.Score(0), expected, float64(r.K))
	if team == 1 {
		return 1 - expected, 0 - delta
	}
	return expected, delta
}

// mean is a team's rating as its opponents meet it.
func mean(seats []Seat, from []rating.Glicko, team int) rating.Glicko {
	var sum rating.Glicko
	var n float64
	for i, s := range seats {
		if s.Team == team {
			sum.Value += from[i].Value
			sum.Deviation += from[i].Deviation
			sum.Volatility += from[i].Volatility
			n++
		}
	}
	return rating.Glicko{Value: sum.Value / n, Deviation: sum.Deviation / n, Volatility: sum.Volatility / n}
}

// rating is a key's present rating; a newcomer's if it has none.
func (t *turn) rating(key RatingKey) Rating {
	r, found := lookup(func(r Rating) bool { return r.RatingKey == key }, t.out.Ratings, t.Ratings)
	if !found {
		return NewRating(key, t.rules)
	}
	return r
}

// NewRating is the rating of a player who has no line yet.
func NewRating(key RatingKey, r Rules) Rating {
	start := rating.Newcomer(float64(r.Start))
	now := Rating{RatingKey: key, Value: start.Value}
	if key.System == Glicko2 {
		now.Deviation, now.Volatility = start.Deviation, start.Volatility
	}
	return now
}

// write appends a line to its key's ledger, and brings the cache up to it. A match counts
// in games.
func (t *turn) write(l Line, games int) {
	now := t.rating(l.RatingKey)
	l.ID, l.Version, l.Season = LineID(t.NewID()), LedgerVersion, t.Season.ID
	l.N, l.Before, l.After, l.Games = now.N+1, now.Value, now.Value+l.Delta, now.Games+games
	l.Actor, l.At = t.act.Actor, t.act.At
	if l.Reason == "" {
		l.Reason = t.act.Reason
	}
	if l.Kind != LineManual {
		l.Match = t.m.ID
		l.Sequence = len(t.lines(l.RatingKey, LineMatch, LineVoid, LineRestore, LineRefund))
	}
	if l.Kind != LineMatch || l.Sequence > 0 {
		// What a match taught about the certainty of a rating stays known.
		l.Deviation, l.Volatility = now.Deviation, now.Volatility
	}
	t.out.Lines = append(t.out.Lines, l)
	t.saveRating(l, now.Last)
}

// saveRating is the cache after a line.
func (t *turn) saveRating(l Line, last time.Time) {
	r := Rating{
		RatingKey: l.RatingKey, Value: l.After, Deviation: l.Deviation, Volatility: l.Volatility,
		N: l.N, Games: l.Games, Last: last,
	}
	if l.Kind == LineMatch && l.Sequence == 0 {
		r.Last = l.At
	}
	put(&t.out.Ratings, r, func(o Rating) bool { return o.RatingKey == l.RatingKey })
}
