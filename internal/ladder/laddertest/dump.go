package laddertest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Dump is the rows as text, a line a row, in the order of their ids, with ids counted from 1
// and times as seconds since a moment. Two ladders on which the same happened have the
// same Dump, whatever ids they gave.
func (r Rows) Dump(since time.Time) string {
	d := dumper{rows: r, since: since}
	d.players()
	d.entries(r.Entries)
	d.matches(r.Matches)
	for _, o := range r.Reports {
		d.line("report", d.match(o.Match), d.player(o.Player), o.Result, d.at(o.At))
	}
	d.games()
	d.ledger()
	d.penalties(r.Penalties)
	d.handles()
	return d.out.String()
}

// Key stands for all that decides what can come next: two worlds with the same key go
// through the same steps to the same keys. It is a hash of the Dump, since now, without what
// no act reads: versions, reports (a seat has the last one), entries that are over, lapsed
// offers older than Rules.Reoffer, penalties that are cleared.
func (w *World) Key() [sha256.Size]byte {
	live := filter(w.Entries, func(e ladder.Entry) bool { return e.State.Live() })
	slices.SortFunc(live, func(a, b ladder.Entry) int { return int(a.Members[0].Player - b.Members[0].Player) })
	matches := filter(w.Matches, func(m ladder.Match) bool {
		return m.State != ladder.MatchLapsed || w.Now.Sub(m.Ended) < time.Duration(w.Season.Rules.Reoffer)
	})
	rows := w.Rows
	rows.Entries, rows.Matches = live, matches
	d := dumper{rows: rows, since: w.Now, key: true}
	d.players()
	d.entries(live)
	d.matches(matches)
	d.games()
	d.ledger()
	d.penalties(filter(w.Penalties, func(p ladder.Penalty) bool { return p.Cleared.IsZero() }))
	d.handles()
	return sha256.Sum256([]byte(d.out.String()))
}

// dumper writes rows.
type dumper struct {
	rows  Rows
	since time.Time
	key   bool
	out   strings.Builder
}

func (d *dumper) line(kind string, fields ...any) {
	d.out.WriteString(kind)
	for _, f := range fields {
		d.out.WriteByte(' ')
		switch f := f.(type) {
		case string:
			d.out.WriteString(f)
		case int:
			d.out.WriteString(strconv.Itoa(f))
		case bool:
			d.out.WriteString(strconv.FormatBool(f))
		case float64:
			d.out.WriteString(strconv.FormatFloat(f, 'f', 6, 64))
		default:
			fmt.Fprint(&d.out, f)
		}
	}
	d.out.WriteByte('\n')
}

// at is a time, as seconds since the beginning; "-" if it is not set.
func (d *dumper) at(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return strconv.FormatFloat(t.Sub(d.since).Seconds(), 'f', -1, 64)
}

// place is an id counted from 1; 0 for none.
func place[T any](rows []T, is func(T) bool) int {
	return slices.IndexFunc(rows, is) + 1
}

func (d *dumper) player(id ladder.PlayerID) int {
	return place(d.rows.Players, func(p ladder.Player) bool { return p.ID == id })
}

func (d *dumper) match(id ladder.MatchID) int {
	return place(d.rows.Matches, func(m ladder.Match) bool { return m.ID == id })
}

func (d *dumper) entry(id ladder.EntryID) int {
	return place(d.rows.Entries, func(e ladder.Entry) bool { return e.ID == id })
}

func (d *dumper) game(id ladder.GameID) int {
	return place(d.rows.Games, func(g ladder.Game) bool { return g.ID == id })
}

func (d *dumper) ruling(id ladder.RulingID) int {
	return place(d.rows.Rulings, func(r ladder.Ruling) bool { return r.ID == id })
}

func (d *dumper) version(v int) int {
	if d.key {
		return 0
	}
	return v
}

func (d *dumper) players() {
	for _, p := range d.rows.Players {
		d.line("player", p.Name, d.version(p.Version), p.State, p.Banned)
	}
}

func (d *dumper) entries(rows []ladder.Entry) {
	for _, e := range rows {
		d.line("entry", d.version(e.Version), e.State, d.at(e.Since), d.at(e.Deadline), e.Reminded, d.at(e.Due), d.match(e.Match))
		for _, m := range e.Members {
			d.line(" member", d.player(m.Player), fmt.Sprint(m.Races))
		}
	}
}

func (d *dumper) matches(rows []ladder.Match) {
	for _, m := range rows {
		d.line("match", d.version(m.Version), m.State, m.Map, m.Server, m.Rated, d.at(m.OfferedAt), d.at(m.Accepted), d.at(m.Ended),
			d.at(m.Deadline), d.at(m.Due), m.UploadReminded, m.DisputeReminded, m.Outage.Seconds(), d.player(m.Absent), d.at(m.AbsentBy),
			strconv.Quote(m.ReportsOpen), strconv.Quote(m.Dispute), d.at(m.DisputedAt), d.ruling(m.Ruling))
		for _, s := range m.Seats {
			d.line(" seat", d.player(s.Player), d.entry(s.Entry), s.Team, s.Race, d.at(s.Delivered), d.at(s.AnswerBy), s.Reminded,
				strconv.Quote(string(s.Answer)), strconv.Quote(string(s.Report)), d.at(s.Reported), s.Remake)
		}
	}
}

func (d *dumper) games() {
	for _, g := range d.rows.Games {
		d.line("game", d.version(g.Version), d.match(g.Match), strconv.Quote(g.Identity), d.player(g.Uploader), d.at(g.Received),
			g.Verdict, strconv.Quote(string(g.Result)), g.Barred, d.list(g.Confirm), d.list(g.Confirmed), d.list(g.Dismissed))
	}
}

func (d *dumper) list(ids []ladder.PlayerID) string {
	places := make([]int, len(ids))
	for i, id := range ids {
		places[i] = d.player(id)
	}
	return fmt.Sprint(places)
}

func (d *dumper) ledger() {
	for _, r := range d.rows.Rulings {
		d.line("ruling", d.match(r.Match), r.Number, strconv.Quote(string(r.Result)), r.Void, r.By, d.game(r.Game), r.Rated,
			strconv.Quote(r.Unrated), d.at(r.At), d.at(r.Superseded))
	}
	lines := slices.SortedFunc(slices.Values(d.rows.Lines), func(a, b ladder.Line) int { return int(a.ID - b.ID) })
	for _, l := range lines {
		d.line("line", d.player(l.Player), l.Race, l.System, l.N, l.Kind, d.match(l.Match), d.ruling(l.Ruling), l.Sequence, l.Before, l.Delta,
			l.After, l.Deviation, l.Volatility, l.FromDeviation, l.Expected, l.Opponent, l.Games, d.at(l.At))
	}
	ratings := slices.SortedFunc(slices.Values(d.rows.Ratings), func(a, b ladder.Rating) int {
		return strings.Compare(fmt.Sprint(a.RatingKey), fmt.Sprint(b.RatingKey))
	})
	for _, r := range ratings {
		d.line("rating", d.player(r.Player), r.Race, r.System, r.Value, r.Deviation, r.Volatility, r.N, r.Games, d.at(r.Last))
	}
}

func (d *dumper) penalties(rows []ladder.Penalty) {
	for _, p := range rows {
		d.line("penalty", d.version(p.Version), d.player(p.Player), d.match(p.Match), p.Step, p.Reason, d.at(p.From), d.at(p.Until), d.at(p.Cleared))
	}
}

func (d *dumper) handles() {
	for _, h := range slices.SortedFunc(slices.Values(d.rows.Handles), func(a, b ladder.Handle) int { return strings.Compare(a.Toon, b.Toon) }) {
		d.line("handle", h.Toon, d.player(h.Player), h.State, d.list(h.Opponents), d.at(h.Bound), d.match(h.Match))
	}
}
