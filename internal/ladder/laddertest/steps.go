package laddertest

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Season is a season with the default rules, of one map and one release.
func Season() ladder.Season {
	s := ladder.DefaultSeason("Trial")
	s.ID, s.Version = 1, 1
	s.Maps = []ladder.Map{{Title: "Golden Wall SEL", Hash: mapHash}}
	s.Base = []string{"base"}
	s.Releases = []ladder.Release{{Name: "1.0", Handles: map[string][]string{"eu": {"mod"}}}}
	return s
}

const (
	mapHash = "golden"
	// GameLength is how long the games of uploads are.
	GameLength = 10 * time.Minute
	shortGame  = 30 * time.Second
)

// Step is what may happen next: acts at one moment, one after another.
type Step struct {
	Name string
	Acts []ladder.Act
}

// At is the step's moment.
func (s Step) At() time.Time { return s.Acts[0].At }

// Upload is a kind of replay that is handed in.
type Upload string

// The kinds of uploads. A game is the same whoever hands it in; a file is each player's
// own.
const (
	Wins0     Upload = "team0 wins"
	Wins1     Upload = "team1 wins"
	Short     Upload = "short" // team 1 left at once
	NoWinner  Upload = "no winner"
	OtherMap  Upload = "other map"
	BadClock  Upload = "bad clock" // of the recorder; team 0 wins
	Strangers Upload = "strangers"
	Rerun     Upload = "rerun"    // a game that ruled an earlier match
	Borrowed  Upload = "borrowed" // team 0 plays on team 1's account, who plays on another
)

// Uploads are all kinds.
var Uploads = []Upload{Wins0, Wins1, Short, NoWinner, OtherMap, BadClock, Strangers, Rerun, Borrowed}

// Run does a step. What is refused changes nothing; another error is returned.
func (w *World) Run(s Step) ([]ladder.Change, []error) {
	changes, errs := make([]ladder.Change, len(s.Acts)), make([]error, len(s.Acts))
	for i, act := range s.Acts {
		changes[i], errs[i] = w.Do(act)
	}
	return changes, errs
}

// maker collects steps.
type maker struct {
	w     *World
	steps []Step
}

// Steps are all steps that may come next: what each player, staff and the program may do,
// sensible or not, each at the first moment from now at which it means something. Timers
// come in any order, also late.
func (w *World) Steps() []Step {
	m := maker{w: w}
	m.queue()
	m.pairs()
	for _, match := range w.Matches {
		m.match(match)
	}
	m.staff()
	m.timers()
	m.outage()
	return m.steps
}

// add adds an act at a moment, or now if that has passed.
func (m *maker) add(at time.Time, name string, act ladder.Act) {
	if at.Before(m.w.Now) {
		at = m.w.Now
	}
	act.At = at
	m.steps = append(m.steps, Step{Name: name, Acts: []ladder.Act{act}})
}

func (m *maker) byPlayer(at time.Time, p ladder.PlayerID, name string, act ladder.Act) {
	act.Player, act.Actor = p, ladder.Actor{Role: ladder.ByPlayer, Player: p}
	m.add(at, fmt.Sprintf("%d: %s", p, name), act)
}

// free is when a player's penalties are over.
func (m *maker) free(p ladder.PlayerID) time.Time {
	at := m.w.Now
	for _, penalty := range m.w.Penalties {
		if penalty.Player == p && penalty.Cleared.IsZero() && penalty.Until.After(at) {
			at = penalty.Until
		}
	}
	return at
}

func (m *maker) queue() {
	for _, p := range m.w.Players {
		live := m.w.entryOf(ladder.Act{Player: p.ID})
		if live == nil {
			m.byPlayer(m.w.Now, p.ID, "join", ladder.Act{Kind: ladder.Join})
			if free := m.free(p.ID); free.After(m.w.Now) {
				m.byPlayer(free, p.ID, "join later", ladder.Act{Kind: ladder.Join})
			}
			continue
		}
		m.byPlayer(m.w.Now, p.ID, "leave", ladder.Act{Kind: ladder.Leave})
		if live.Reminded {
			m.byPlayer(m.w.Now, p.ID, "stay", ladder.Act{Kind: ladder.Stay})
		}
	}
}

// pairs offers a match to each two that search, as a matchmaker may.
func (m *maker) pairs() {
	for _, a := range m.w.Entries {
		for _, b := range m.w.Entries {
			if a.State == ladder.Searching && b.State == ladder.Searching && a.ID != b.ID {
				m.pair(a, b)
			}
		}
	}
}

func (m *maker) pair(a, b ladder.Entry) {
	seats := []ladder.Seat{seat(a, 0, ladder.BW), seat(b, 1, ladder.SC2)}
	if seats[0].Race == "" || seats[1].Race == "" {
		return
	}
	at, met := m.w.Now, 0
	for _, match := range m.w.Matches {
		if match.State == ladder.MatchLapsed && between(match, seats) {
			if again := match.Ended.Add(time.Duration(m.w.Season.Rules.Reoffer)); again.After(at) {
				at = again
			}
		}
	}
	for _, match := range m.w.Matches {
		counts := match.State != ladder.MatchLapsed && match.State != ladder.MatchVoid
		if counts && between(match, seats) && at.Sub(match.OfferedAt) < time.Duration(m.w.Season.Rules.PairWindow) {
			met++
		}
	}
	m.add(at, fmt.Sprintf("pair %d and %d", seats[0].Player, seats[1].Player), ladder.Act{
		Kind: ladder.PairUp, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, Pair: &ladder.Pair{
			Entries: []ladder.EntryID{a.ID, b.ID}, Seats: seats, Map: "Golden Wall SEL", MapHash: mapHash, Server: "EUC", Met: met,
		},
	})
}

func seat(e ladder.Entry, team int, side ladder.Side) ladder.Seat {
	for _, r := range e.Members[0].Races {
		if r.Side() == side {
			return ladder.Seat{Player: e.Members[0].Player, Entry: e.ID, Team: team, Race: r}
		}
	}
	return ladder.Seat{}
}

func between(m ladder.Match, seats []ladder.Seat) bool {
	for _, s := range seats {
		if !slices.ContainsFunc(m.Seats, func(o ladder.Seat) bool { return o.Player == s.Player }) {
			return false
		}
	}
	return true
}

// match is what players and the program may do in a match.
func (m *maker) match(match ladder.Match) {
	for _, s := range match.Seats {
		on := func(name string, act ladder.Act) {
			act.Match = match.ID
			m.byPlayer(m.w.Now, s.Player, name, act)
		}
		switch match.State {
		case ladder.MatchOffered:
			m.answers(match, s)
		case ladder.MatchPlaying:
			m.play(match, s)
			m.uploads(match, s)
		case ladder.MatchFinal:
			on("contest", ladder.Act{Kind: ladder.Contest})
			m.upload(match, s, Wins0)
			m.upload(match, s, Wins1)
		case ladder.MatchVoid:
			on("contest", ladder.Act{Kind: ladder.Contest})
			m.upload(match, s, Wins0)
		case ladder.MatchDisputed:
			m.reports(match, s)
			m.upload(match, s, Wins0)
		case ladder.MatchLapsed:
			if s.Answer == ladder.NoAnswer {
				on("accept too late", ladder.Act{Kind: ladder.Accept})
			}
		}
	}
	m.clicks(match)
}

func (m *maker) answers(match ladder.Match, s ladder.Seat) {
	act := ladder.Act{Match: match.ID, Player: s.Player, Actor: ladder.Actor{Role: ladder.ByTimer}}
	if s.Delivered.IsZero() {
		act.Kind = ladder.Deliver
		m.add(m.w.Now, fmt.Sprintf("%d: offer delivered", s.Player), act)
		act.Kind = ladder.Unreach
		m.add(m.w.Now, fmt.Sprintf("%d: offer undeliverable", s.Player), act)
	}
	m.byPlayer(m.w.Now, s.Player, "accept", ladder.Act{Kind: ladder.Accept, Match: match.ID})
	m.byPlayer(m.w.Now, s.Player, "decline", ladder.Act{Kind: ladder.Decline, Match: match.ID})
}

func (m *maker) play(match ladder.Match, s ladder.Seat) {
	from := match.Accepted.Add(time.Duration(m.w.Season.Rules.NotHereFrom)).Add(match.Outage)
	m.byPlayer(from, s.Player, "not here", ladder.Act{Kind: ladder.NotHere, Match: match.ID})
	if match.Absent == s.Player {
		m.byPlayer(m.w.Now, s.Player, "here", ladder.Act{Kind: ladder.Here, Match: match.ID})
	}
	if slices.ContainsFunc(m.w.Games, func(g ladder.Game) bool { return g.Match == match.ID && !g.Barred }) {
		m.byPlayer(m.w.Now, s.Player, "remake", ladder.Act{Kind: ladder.AskRemake, Match: match.ID})
	}
	m.reports(match, s)
}

func (m *maker) reports(match ladder.Match, s ladder.Seat) {
	for _, r := range []ladder.Result{ladder.Team0, ladder.Team1, ladder.Draw} {
		m.byPlayer(m.w.Now, s.Player, "reports "+string(r), ladder.Act{Kind: ladder.SayResult, Match: match.ID, Result: r})
	}
}

// clicks are the answers to games that wait for one.
func (m *maker) clicks(match ladder.Match) {
	for _, g := range m.w.Games {
		if g.Match != match.ID || g.Verdict != ladder.NeedsConfirmation || g.Barred {
			continue
		}
		for _, p := range g.Confirm {
			if p != g.Uploader {
				m.byPlayer(m.w.Now, p, "confirms", ladder.Act{Kind: ladder.Confirm, Match: match.ID, Game: g.ID})
				m.byPlayer(m.w.Now, p, "dismisses", ladder.Act{Kind: ladder.Dismiss, Match: match.ID, Game: g.ID})
			}
		}
	}
}

func (m *maker) uploads(match ladder.Match, s ladder.Seat) {
	for _, kind := range Uploads {
		m.upload(match, s, kind)
	}
}

// upload has a player hand a replay of a kind in, as soon as such a game can be over.
func (m *maker) upload(match ladder.Match, s ladder.Seat, kind Upload) {
	if kind == Rerun && m.w.ruledBefore(match) == "" {
		return
	}
	act := m.w.HandIn(match, s.Player, kind)
	m.byPlayer(act.At, s.Player, "uploads "+string(kind), act)
}

// HandIn is the act of handing in a player's file; 0: an observer's.
func (w *World) HandIn(match ladder.Match, by ladder.PlayerID, kind Upload) ladder.Act {
	facts := w.facts(match, kind)
	at := match.Accepted.Add(facts.Length)
	if at.Before(w.Now) {
		at = w.Now
	}
	if kind != BadClock {
		facts.EndedAt = at
	}
	return ladder.Act{
		Kind: ladder.HandIn, Match: match.ID, At: at,
		Replay: &ladder.HandedIn{Replay: file(fmt.Sprintf("%s by %d", facts.Identity, by)), Facts: facts, Received: at},
	}
}

// file is the id of a replay, the same for the same name in every world.
func file(name string) ladder.ReplayID {
	sum := fnv.New32a()
	sum.Write([]byte(name))
	return ladder.ReplayID(sum.Sum32())
}

// facts are what a replay of a kind says.
func (w *World) facts(match ladder.Match, kind Upload) ladder.Facts {
	winner := 0
	f := ladder.Facts{
		Identity: fmt.Sprintf("%s of match %d", kind, w.ordinal(match)), Format: "1v1", Region: "eu",
		MapTitle: match.Map, MapHash: mapHash, Handles: []string{"base", "mod", mapHash}, Length: GameLength,
		Speed: "Faster", Privacy: "normal", Winner: &winner, WinnerSource: "leaves",
	}
	for _, s := range match.Seats {
		f.Players = append(f.Players, ladder.FactPlayer{
			Name: w.Players[s.Player-1].Name, Toon: fmt.Sprintf("2-S2-1-%d", s.Player), Team: s.Team, Race: s.Race,
		})
	}
	switch kind {
	case Wins1:
		winner = 1
	case Short:
		f.Length = shortGame
	case NoWinner:
		f.Winner = nil
	case OtherMap:
		f.MapTitle, f.MapHash, f.Handles = "Desert", "desert", []string{"base", "mod", "desert"}
	case Strangers:
		f.Players = []ladder.FactPlayer{{Name: "Xeno", Toon: "2-S2-1-98"}, {Name: "Yeti", Toon: "2-S2-1-99", Team: 1}}
	case Borrowed:
		f.Players[0].Toon, f.Players[1].Toon = f.Players[1].Toon, f.Players[1].Toon+"0"
	case Rerun:
		f.Identity = w.ruledBefore(match)
	}
	return f
}

// ordinal is which of the matches that were accepted one is.
func (w *World) ordinal(match ladder.Match) int {
	n := 0
	for _, m := range w.Matches {
		if !m.Accepted.IsZero() {
			n++
		}
		if m.ID == match.ID {
			break
		}
	}
	return n
}

// ruledBefore is a game that ruled another match; empty without one.
func (w *World) ruledBefore(match ladder.Match) string {
	for _, r := range w.Rulings {
		if r.Game != 0 && r.Match != match.ID {
			return w.game(r.Game).Identity
		}
	}
	return ""
}

func (m *maker) byStaff(name string, act ladder.Act) {
	act.Actor, act.Reason = ladder.Actor{Role: ladder.ByStaff, Name: "staff"}, "because"
	m.add(act.At, "staff: "+name, act)
}

func (m *maker) staff() {
	for i, match := range m.w.Matches {
		on := func(name string, act ladder.Act) {
			act.Match = match.ID
			m.byStaff(fmt.Sprintf("%s match %d", name, i+1), act)
		}
		if match.State == ladder.MatchLapsed {
			continue
		}
		on("void", ladder.Act{Kind: ladder.Void})
		if match.State == ladder.MatchOffered {
			continue
		}
		on("rule team0", ladder.Act{Kind: ladder.Rule, Result: ladder.Team0})
		on("rule team1", ladder.Act{Kind: ladder.Rule, Result: ladder.Team1})
		if match.State == ladder.MatchPlaying || match.State == ladder.MatchDisputed {
			on("hand team1 wins in for", m.w.HandIn(match, 0, Wins1))
		}
		if match.State == ladder.MatchVoid {
			on("restore", ladder.Act{Kind: ladder.Restore})
		}
		if match.State == ladder.MatchFinal {
			for _, s := range match.Seats {
				on(fmt.Sprintf("refund %d in", s.Player), ladder.Act{Kind: ladder.Refund, Player: s.Player})
			}
		}
	}
	for _, p := range m.w.Players {
		m.staffOn(p)
	}
	for _, h := range m.w.Handles {
		m.byStaff("unbind "+h.Toon, ladder.Act{Kind: ladder.Unbind, Toon: h.Toon})
	}
}

// staffOn is what staff may do about a player.
func (m *maker) staffOn(p ladder.Player) {
	on := func(name string, act ladder.Act) {
		act.Player = p.ID
		m.byStaff(fmt.Sprintf("%s %d", name, p.ID), act)
	}
	if p.Banned {
		on("unban", ladder.Act{Kind: ladder.Unban})
	} else {
		on("ban", ladder.Act{Kind: ladder.Ban})
	}
	on("remove", ladder.Act{Kind: ladder.Remove})
	if slices.ContainsFunc(m.w.Penalties, func(o ladder.Penalty) bool { return o.Player == p.ID && o.Cleared.IsZero() }) {
		on("clear penalties of", ladder.Act{Kind: ladder.ClearPenalty})
	}
	on("set rating of", ladder.Act{Kind: ladder.SetRating, Manual: &ladder.Manual{Race: p.Races[0], Value: 1700}})
}

// timers are the ticks that are due some time, each at its moment, and each moment a
// match is due at while another is due before it.
func (m *maker) timers() {
	timer := ladder.Actor{Role: ladder.ByTimer}
	for _, e := range m.w.Entries {
		if !e.Due.IsZero() {
			m.add(e.Due, fmt.Sprintf("tick entry of %d", e.Members[0].Player), ladder.Act{Kind: ladder.TickEntry, Entry: e.ID, Actor: timer})
		}
	}
	for i, match := range m.w.Matches {
		if !match.Due.IsZero() {
			m.add(match.Due, fmt.Sprintf("tick match %d", i+1), ladder.Act{Kind: ladder.TickMatch, Match: match.ID, Actor: timer})
		}
	}
}

// Outages are how long outages last: one within a deadline, one over all of them.
var Outages = []time.Duration{20 * time.Second, 4 * time.Hour}

// outage is a time in which nothing was served; all that is live is extended by it.
func (m *maker) outage() {
	for _, length := range Outages {
		at := m.w.Now.Add(length)
		act := ladder.Act{Kind: ladder.Extend, At: at, Outage: length, Actor: ladder.Actor{Role: ladder.ByTimer}}
		step := Step{Name: "outage of " + length.String()}
		for _, e := range m.w.Entries {
			if e.State == ladder.Searching {
				act.Entry, act.Match = e.ID, 0
				step.Acts = append(step.Acts, act)
			}
		}
		for _, match := range m.w.Matches {
			if match.State == ladder.MatchOffered || match.State == ladder.MatchPlaying {
				act.Entry, act.Match = 0, match.ID
				step.Acts = append(step.Acts, act)
			}
		}
		if len(step.Acts) > 0 {
			m.steps = append(m.steps, step)
		}
	}
}
