package ladder

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Judge says what a replay shows about a match: each check in the order of the codes,
// and the verdict that they come to. received is when the ladder got the file, by its
// own clock.
//
// A check that fails refuses, and one that is unknown leaves the game undecided. Three
// can be settled by a click of the one who did not hand the file in: an identity that
// only a name or nothing speaks for, a recorder's clock that does not fit, and a game
// that is too short to count by itself.
func Judge(m Match, s Season, players []Player, f Facts, known Known, received time.Time) Judgement {
	j := judge{match: m, season: s, players: players, facts: f, known: known, received: received}
	j.seating = j.seat()
	if !j.related() {
		j.line(CheckPlayers, Fail, j.names(), shownNames(f))
		j.out.Verdict = Unrelated
		return j.out
	}
	j.line(CheckPlayers, Pass, j.names(), shownNames(f))
	j.out.Evidence = append(j.out.Evidence, format(f, s.Rules.TeamSize))
	j.races()
	j.identity()
	j.novelty()
	j.playedMap()
	j.out.Evidence = append(j.out.Evidence, s.CheckMod(f).Evidence())
	j.begun()
	j.ended()
	j.winner()
	j.out.Length = f.Length
	j.out.Evidence = append(j.out.Evidence, length(f, s.Rules))
	j.out.Evidence = append(j.out.Evidence, information(f)...)
	j.sumUp()
	return j.out
}

// judge is the work on one Judgement.
type judge struct {
	match    Match
	season   Season
	players  []Player
	facts    Facts
	known    Known
	received time.Time
	seating  []int // index of Facts.Players for each seat, or -1
	out      Judgement
}

func (j *judge) line(code Code, state CheckState, expected, found string) {
	j.out.Evidence = append(j.out.Evidence, Evidence{Code: code, State: state, Expected: expected, Found: found})
}

// names are the match's players and what the game may call them.
func (j *judge) names() string {
	all := make([]string, len(j.match.Seats))
	for i, seat := range j.match.Seats {
		all[i] = j.declared(seat.Player)
	}
	return strings.Join(all, " vs ")
}

// declared are a player's declared names as one reads them.
func (j *judge) declared(id PlayerID) string {
	p := j.player(id)
	return strings.Join(p.DeclaredNames(), " or ")
}

func (j *judge) player(id PlayerID) Player {
	for _, p := range j.players {
		if p.ID == id {
			return p
		}
	}
	return Player{ID: id}
}

func shownNames(f Facts) string {
	all := make([]string, len(f.Players))
	for i, p := range f.Players {
		all[i] = shown(p)
	}
	return strings.Join(all, " vs ")
}

// shown is somebody of the replay as a line of evidence names them.
func shown(p FactPlayer) string {
	switch {
	case p.AI:
		return cmp.Or(p.Name, "?") + " (AI)"
	case p.Toon == "":
		return cmp.Or(p.Name, "?")
	}
	return cmp.Or(p.Name, "?") + " (" + p.Toon + ")"
}

// format is what was played, by how many, and whether in one go.
func format(f Facts, size int) Evidence {
	size = max(size, 1)
	want := fmt.Sprintf("%dv%d", size, size)
	line := Evidence{Code: CheckFormat, State: Pass, Expected: want + ", no AI, not resumed", Found: cmp.Or(f.Format, "?")}
	if f.Format != want || len(f.Players) != 2*size {
		line.State = Fail
	}
	if ais := count(f.Players, func(p FactPlayer) bool { return p.AI }); ais > 0 {
		line.State, line.Found = Fail, line.Found+", "+strconv.Itoa(ais)+" AI"
	}
	if f.Resumed {
		line.State, line.Found = Fail, line.Found+", resumed"
	}
	return line
}

func count[T any](list []T, is func(T) bool) (n int) {
	for _, item := range list {
		if is(item) {
			n++
		}
	}
	return n
}

// races compares each seat's race with that of the player in it.
func (j *judge) races() {
	state, want, found := Pass, make([]string, len(j.seating)), make([]string, len(j.seating))
	for i, seat := range j.match.Seats {
		want[i], found[i] = string(seat.Race), "?"
		if j.seating[i] < 0 {
			state = Fail
			continue
		}
		race := j.facts.Players[j.seating[i]].Race
		found[i] = cmp.Or(string(race), "?")
		if race != seat.Race {
			state = Fail
		}
	}
	j.line(CheckRaces, state, strings.Join(want, " vs "), strings.Join(found, " vs "))
}

func (j *judge) novelty() {
	decided, known := j.known.Games[j.facts.Identity]
	switch {
	case j.facts.Identity == "":
		j.line(CheckNovelty, Unknown, "a game of its own", "the file does not say which game it is")
	case known && decided != j.match.ID:
		j.line(CheckNovelty, Fail, "a game of its own", "decided match "+strconv.FormatInt(int64(decided), 10))
	default:
		j.line(CheckNovelty, Pass, "a game of its own", j.facts.Identity)
	}
}

// playedMap compares the map by hash; by title only as long as no hash is learnt.
func (j *judge) playedMap() {
	want, f := Map{Title: j.match.Map, Hash: j.match.MapHash}, j.facts
	if m, ok := j.season.mapTitled(j.match.Map); ok {
		want.Hash = cmp.Or(m.Hash, want.Hash)
	}
	state := Fail
	switch known, ok := j.season.FindMap(f.MapTitle, f.MapHash); {
	case f.MapHash == "" && f.MapTitle == "":
		state = Unknown
	case want.Hash != "" && f.MapHash == want.Hash, j.match.MapHash != "" && f.MapHash == j.match.MapHash:
		state = Pass
	case want.Hash == "" && ok && sameTitle(known.Title, want.Title):
		state = Pass
	case want.Hash == "" && !ok && sameTitle(f.MapTitle, want.Title):
		state = Pass // left the pool since
	}
	j.line(CheckMap, state, described(want.Title, want.Hash), described(f.MapTitle, f.MapHash))
}

// described is a map as a line of evidence names it.
func described(title, hash string) string {
	if hash == "" {
		return cmp.Or(title, "?")
	}
	return cmp.Or(title, "?") + " " + short(hash)
}

// short is the beginning of a hash, enough to tell files apart by eye.
func short(hash string) string { return hash[:min(len(hash), 8)] }

// Begun is the latest moment at which the game can have begun: when this file was received,
// or the game's first one (zero: none is known), less its length. It rests on the ladder's
// clock alone.
func (f Facts) Begun(received, first time.Time) time.Time {
	if !first.IsZero() && first.Before(received) {
		received = first
	}
	return received.Add(-f.Length)
}

// begun holds the game's beginning against the accept.
func (j *judge) begun() {
	if j.match.Accepted.IsZero() {
		j.line(CheckTime, Unknown, "begun after both accepted", "not accepted yet")
		return
	}
	earliest, latest := j.match.Accepted.Add(-time.Duration(j.season.Rules.EarlyStart)), j.facts.Begun(j.received, j.known.First)
	state := Pass
	if latest.Before(earliest) {
		state = Fail
	}
	j.line(CheckTime, state, "begun "+moment(earliest)+" or later", "begun "+moment(latest)+" or earlier")
}

// ended holds the recorder's clock against the ladder's. Clocks are set wrong, so a misfit
// is no proof.
func (j *judge) ended() {
	skew := time.Duration(j.season.Rules.ClockSkew)
	from, to := j.match.Accepted.Add(j.facts.Length-skew), j.received.Add(skew)
	state, found := Pass, "not said"
	if end := j.facts.EndedAt; !end.IsZero() {
		found = moment(end)
	}
	if end := j.facts.EndedAt; end.Before(from) || end.After(to) || j.match.Accepted.IsZero() {
		state = Unknown
	}
	j.line(CheckEnd, state, moment(from)+" to "+moment(to), found)
}

// moment is a time in evidence.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// winner says whether the file tells who won, and what it comes to for the match's teams.
func (j *judge) winner() {
	line := decided(j.facts)
	if line.State == Pass {
		if j.out.Result = j.result(); j.out.Result == NoResult {
			line.State, line.Found = Unknown, line.Found+"; nobody of the match stands there"
		}
	}
	j.out.Evidence = append(j.out.Evidence, line)
}

// guessed is the word of package replay for a winner that is likely and not shown.
const guessed = "guess"

// decided is the check of the winner as far as the file alone goes.
func decided(f Facts) Evidence {
	line := Evidence{Code: CheckWinner, State: Pass, Expected: "a winner that nothing contradicts"}
	switch {
	case f.Contradiction != "":
		line.State, line.Found = Fail, f.Contradiction
	case f.Draw:
		line.Found = "a draw"
	case f.Winner == nil:
		line.State, line.Found = Unknown, "no winner"
	case f.WinnerSource == guessed:
		line.State, line.Found = Unknown, "likely "+winners(f)+", not shown"
	default:
		line.Found = winners(f) + ", by " + f.WinnerSource
	}
	return line
}

func winners(f Facts) string {
	var names []string
	for _, p := range f.Players {
		if p.Team == *f.Winner {
			names = append(names, cmp.Or(p.Name, "?"))
		}
	}
	return strings.Join(names, ", ")
}

// result is the winner as one of the match's teams; none if a team of the match is not
// a team of the game.
func (j *judge) result() Result {
	teams := [2][]int{}
	for i, seat := range j.match.Seats {
		if j.seating[i] < 0 || seat.Team < 0 || seat.Team > 1 {
			return NoResult
		}
		teams[seat.Team] = append(teams[seat.Team], j.facts.Players[j.seating[i]].Team)
	}
	for i := range teams {
		if teams[i] = slices.Compact(teams[i]); len(teams[i]) != 1 {
			return NoResult
		}
	}
	switch {
	case teams[0][0] == teams[1][0]:
		return NoResult
	case j.facts.Draw:
		return Draw
	case *j.facts.Winner == teams[0][0]:
		return Team0
	case *j.facts.Winner == teams[1][0]:
		return Team1
	}
	return NoResult
}

func length(f Facts, rules Rules) Evidence {
	state := Pass
	if f.Length < time.Duration(rules.ShortGame) {
		state = Fail
	}
	return Evidence{
		Code: CheckLength, State: state,
		Expected: time.Duration(rules.ShortGame).String() + " or longer", Found: f.Length.Round(time.Second).String(),
	}
}

// information are the lines that decide nothing.
func information(f Facts) []Evidence {
	locked := "?"
	if f.Locked != nil {
		locked = map[bool]string{true: "locked", false: "open"}[*f.Locked]
	}
	return []Evidence{
		{Code: CheckSpeed, State: Info, Expected: "Faster", Found: cmp.Or(f.Speed, "?")},
		{Code: CheckAlliance, State: Info, Expected: "locked", Found: locked},
		{Code: CheckPrivacy, State: Info, Expected: "normal", Found: cmp.Or(f.Privacy, "?")},
		{Code: CheckWatchers, State: Info, Expected: "0", Found: strconv.Itoa(f.Observers)},
	}
}

// settledByClick are the checks that a player's confirmation may stand in for, with the
// state in which it may.
var settledByClick = map[Code]CheckState{CheckIdentity: Unknown, CheckEnd: Unknown, CheckLength: Fail}

// sumUp makes the verdict of the lines.
func (j *judge) sumUp() {
	failed, unknown, click := false, false, false
	for _, line := range j.out.Evidence {
		switch {
		case line.State == Pass || line.State == Info:
		case settledByClick[line.Code] == line.State:
			click = true
		case line.State == Fail:
			failed = true
		default:
			unknown = true
		}
	}
	switch {
	case failed:
		j.out.Verdict = Refused
	case unknown:
		j.out.Verdict = Inconclusive
	case click:
		j.out.Verdict = NeedsConfirmation
		for _, seat := range j.match.Seats {
			j.out.Confirm = append(j.out.Confirm, seat.Player)
		}
	default:
		j.out.Verdict = Verified
	}
}

// Verify is what a replay shows that needs no match, as Judge would have it. A lobby of one
// player, as staff open to look at a map, is judged on its map and mod all the same.
func (s Season) Verify(f Facts) []Evidence {
	inPool := Evidence{Code: CheckMap, State: Pass, Expected: "a map of the pool", Found: described(f.MapTitle, f.MapHash)}
	if _, known := s.FindMap(f.MapTitle, f.MapHash); !known {
		inPool.State = Fail
	}
	lines := []Evidence{format(f, s.Rules.TeamSize), inPool, s.CheckMod(f).Evidence(), decided(f), length(f, s.Rules)}
	return append(lines, information(f)...)
}
