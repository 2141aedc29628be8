package laddertest

import (
	"cmp"
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
		d.line("report", d.match(o.Match), d.player(o.Player), o.Result, moment(o.At))
	}
	d.games()
	d.ledger()
	d.penalties(r.Penalties)
	d.handles()
	return string(d.out)
}

// Key stands for all that decides what can come next: two worlds with the same key go
// through the same steps to the same keys. It is a hash of the Dump, since now, without what
// no act reads any more: versions, reports (a seat has the last one), entries that are over,
// lapsed offers older than Rules.Reoffer, penalties that are cleared, and times that are
// only shown.
func (w *World) Key() [sha256.Size]byte {
	live := filter(w.Entries, func(e ladder.Entry) bool { return e.State.Live() })
	slices.SortFunc(live, func(a, b ladder.Entry) int { return cmp.Compare(a.Members[0].Player, b.Members[0].Player) })
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
	return sha256.Sum256(d.out)
}

// dumper writes rows.
type dumper struct {
	rows  Rows
	since time.Time
	key   bool
	out   []byte
}

func (d *dumper) line(kind string, fields ...any) {
	d.out = append(d.out, kind...)
	for _, f := range fields {
		d.out = append(d.out, ' ')
		switch f := f.(type) {
		case string:
			d.out = append(d.out, f...)
		case int:
			d.out = strconv.AppendInt(d.out, int64(f), 10)
		case bool:
			d.out = strconv.AppendBool(d.out, f)
		case float64:
			d.out = strconv.AppendFloat(d.out, f, 'f', d.digits(), 64)
		case time.Duration:
			d.out = strconv.AppendFloat(d.out, f.Seconds(), 'f', -1, 64)
		case moment:
			d.out = d.moment(d.out, time.Time(f))
		case word:
			d.out = strconv.AppendQuote(d.out, string(f))
		default:
			d.out = fmt.Append(d.out, f)
		}
	}
	d.out = append(d.out, '\n')
}

// digits is how exact values are: a database may round the last of them.
func (d *dumper) digits() int {
	if d.key {
		return -1
	}
	return 6
}

// moment is a time.
type moment time.Time

// word is a text that may be empty.
type word string

// moment writes a time as seconds since the beginning; "-" if it is not set.
func (d *dumper) moment(to []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(to, '-')
	}
	return strconv.AppendFloat(to, t.Sub(d.since).Seconds(), 'f', -1, 64)
}

// shown is a time that no act reads, or not while it is unread: a key is without it.
func (d *dumper) shown(t time.Time, unread bool) moment {
	if d.key && unread {
		return moment{}
	}
	return moment(t)
}

// set is a time of which acts read only whether it is set.
func (d *dumper) set(t time.Time) moment {
	if d.key && !t.IsZero() {
		return moment(d.since)
	}
	return moment(t)
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
		d.line("player", p.Name, d.version(p.Version), string(p.State), p.Banned)
	}
}

func (d *dumper) entries(rows []ladder.Entry) {
	for _, e := range rows {
		d.line("entry", d.version(e.Version), string(e.State), moment(e.Since), moment(e.Deadline), e.Reminded, moment(e.Due), d.match(e.Match))
		for _, m := range e.Members {
			d.line(" member", d.player(m.Player), fmt.Sprint(m.Races))
		}
	}
}

func (d *dumper) matches(rows []ladder.Match) {
	for _, m := range rows {
		disputed := moment(m.DisputedAt)
		if m.State != ladder.MatchDisputed {
			disputed = d.set(m.DisputedAt)
		}
		d.line("match", d.version(m.Version), string(m.State), m.Map, m.Server, m.Rated, moment(m.OfferedAt), moment(m.Accepted),
			d.shown(m.Ended, m.State != ladder.MatchLapsed),
			moment(m.Deadline), moment(m.Due), m.UploadReminded, m.DisputeReminded, m.Outage, d.player(m.Absent), moment(m.AbsentBy),
			word(m.ReportsOpen), word(m.Dispute), disputed, d.ruling(m.Ruling))
		for _, s := range m.Seats {
			answered := m.State != ladder.MatchOffered || s.Answer != ladder.NoAnswer
			d.line(" seat", d.player(s.Player), d.entry(s.Entry), s.Team, string(s.Race), d.set(s.Delivered), d.shown(s.AnswerBy, answered), s.Reminded,
				word(s.Answer), word(s.Report), d.shown(s.Reported, true), s.Remake, s.Answered)
		}
	}
}

func (d *dumper) games() {
	for _, g := range d.rows.Games {
		d.line("game", d.version(g.Version), d.match(g.Match), word(g.Identity), d.player(g.Uploader), d.shown(g.Received, true),
			string(g.Verdict), word(g.Result), g.Barred, d.list(g.Confirm), d.list(g.Confirmed), d.list(g.Dismissed))
		for _, e := range g.Evidence {
			d.out = append(append(append(d.out, ' '), e.Code...), e.State...)
		}
		for _, i := range g.Identified {
			d.line(" identified", d.player(i.Player), i.Toon, i.ByName, i.ByCode)
		}
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
		d.line("ruling", d.match(r.Match), r.Number, word(r.Result), r.Void, string(r.By), d.game(r.Game), r.Rated,
			word(r.Unrated), d.shown(r.At, !r.Superseded.IsZero()), d.shown(r.Superseded, true))
	}
	lines := slices.SortedFunc(slices.Values(d.rows.Lines), func(a, b ladder.Line) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range lines {
		d.line("line", d.player(l.Player), string(l.Race), string(l.System), l.N, string(l.Kind), d.match(l.Match), d.ruling(l.Ruling), l.Sequence, l.Before, l.Delta,
			l.After, l.Deviation, l.Volatility, l.FromDeviation, l.Expected, l.Opponent, l.Games, d.shown(l.At, true))
	}
	ratings := slices.SortedFunc(slices.Values(d.rows.Ratings), func(a, b ladder.Rating) int {
		return cmp.Or(cmp.Compare(a.Player, b.Player), strings.Compare(string(a.Race), string(b.Race)), strings.Compare(string(a.System), string(b.System)))
	})
	for _, r := range ratings {
		d.line("rating", d.player(r.Player), string(r.Race), string(r.System), r.Value, r.Deviation, r.Volatility, r.N, r.Games, moment(r.Last))
	}
}

func (d *dumper) penalties(rows []ladder.Penalty) {
	for _, p := range rows {
		d.line("penalty", d.version(p.Version), d.player(p.Player), d.match(p.Match), p.Step, string(p.Reason), moment(p.From), moment(p.Until), moment(p.Cleared))
	}
}

func (d *dumper) handles() {
	for _, h := range slices.SortedFunc(slices.Values(d.rows.Handles), func(a, b ladder.Handle) int { return strings.Compare(a.Toon, b.Toon) }) {
		d.line("handle", h.Toon, d.player(h.Player), string(h.State), d.list(h.Opponents), d.shown(h.Bound, true), d.match(h.Match))
	}
}
