package referee

import (
	"context"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const actionContest = "contest"

func (r *Referee) resultRoutes() []discord.Route {
	return []discord.Route{{Kind: discord.Component, Name: actionContest, Handle: r.handle(r.contest)}}
}

// inForce is the ruling that stands.
func (v view) inForce() (ladder.Ruling, bool) {
	at := slices.IndexFunc(v.Rulings, func(r ladder.Ruling) bool { return r.ID == v.Ruling && r.ID != 0 })
	if at < 0 {
		return ladder.Ruling{}, false
	}
	return v.Rulings[at], true
}

// result says how a match ended, by what, and what that did to the rating.
func result(p page) said {
	ruling, found := p.inForce()
	if !found || ruling.Void {
		return overtaken(p.State)
	}
	key := phrase.LadderDrew
	switch ruling.Result {
	case won(p.mine().Team):
		key = phrase.LadderWon
	case won(1 - p.mine().Team):
		key = phrase.LadderLost
	}
	text := p.Say(key, "opponent", p.opponent(), "map", discord.Escape(p.Map))
	return said{
		text: paragraphs(text, p.decidedBy(ruling), p.checks(ruling), p.ratingLine(ruling)),
		rows: p.contestButton(), open: true,
	}
}

func (p page) contestButton() []discord.Row {
	return row(button(p.Language, discord.Secondary, phrase.ButtonContest, ofMatch(actionContest, p.Match, p.reader.ID)))
}

func (p page) decidedBy(r ladder.Ruling) string {
	switch r.By {
	case ladder.FromReplay:
		return p.Say(phrase.LadderByReplay)
	case ladder.FromReports:
		return p.Say(phrase.LadderByReports)
	case ladder.FromConcession:
		return p.Say(phrase.LadderByConcession)
	case ladder.FromStaff:
		return p.Say(phrase.LadderByStaff, "reason", shown(r.Reason))
	default:
		return ""
	}
}

// checks names what was checked in the replay that decided.
func (p page) checks(r ladder.Ruling) string {
	game, found := p.lastGame(func(g ladder.Game) bool { return r.Game != 0 && g.ID == r.Game })
	if !found {
		return ""
	}
	var passed []string
	for _, e := range game.Evidence {
		if e.State == ladder.Pass {
			passed = append(passed, checkName(p.Language, e.Code))
		}
	}
	if len(passed) == 0 {
		return ""
	}
	return p.Say(phrase.LadderChecks, "passed", strings.Join(passed, ", "))
}

// ratingLine is what a ruling did to the reader's rating.
func (p page) ratingLine(r ladder.Ruling) string {
	line, found := p.lineFor(p.mine(), r)
	if !r.Rated || !found {
		return p.Say(phrase.LadderNoRating)
	}
	return p.Say(phrase.LadderRating, "race", raceName(p.Language, line.Race),
		"before", whole(line.Before), "after", whole(line.After), "change", signed(line.Delta))
}

// lineFor is the last line of the ledger in which a ruling rates a seat.
func (v view) lineFor(s ladder.Seat, r ladder.Ruling) (ladder.Line, bool) {
	for _, l := range slices.Backward(v.Lines) {
		if l.Ruling == r.ID && l.System == ladder.Elo && l.Player == s.Player && l.Race == s.Race {
			return l, true
		}
	}
	return ladder.Line{}, false
}

// void says why a match does not count.
func void(p page) said {
	ruling, found := p.inForce()
	if !found || !ruling.Void {
		return overtaken(p.State)
	}
	text := p.Say(phrase.LadderVoidNoResult)
	switch p.Code {
	case string(ladder.ForAbsence):
		text = p.Say(phrase.LadderVoidAbsent)
	case ladder.DisputeOneReport:
		text = p.Say(phrase.LadderVoidOneReport)
	case string(ladder.FromStaff):
		text = p.Say(phrase.LadderVoidStaff, "reason", shown(ruling.Reason))
	}
	return said{text: text, rows: p.contestButton(), open: true}
}

func disputed(p page) said {
	if p.State != ladder.MatchDisputed {
		return overtaken(p.State)
	}
	return said{text: p.Say(phrase.LadderDisputed, "why", whyDisputed(p.Language, p.Code)), open: true}
}

func whyDisputed(l phrase.Language, code string) string {
	return l.Say(phrase.Key("ladder_why_" + code))
}

func (r *Referee) contest(ctx context.Context, c click) (reply, error) {
	if _, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.Contest}); err != nil {
		return reply{}, err
	}
	return c.told(phrase.LadderContestSaid), nil
}
