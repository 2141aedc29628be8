package referee

import (
	"context"
	"slices"
	"strconv"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
)

const (
	actionConfirm = "confirm"
	actionDismiss = "dismiss"
)

func (r *Referee) evidenceRoutes() []discord.Route {
	return []discord.Route{
		{Kind: discord.Component, Name: actionConfirm, Handle: r.handle(r.decideGame(ladder.Confirm, phrase.LadderConfirmSaid))},
		{Kind: discord.Component, Name: actionDismiss, Handle: r.handle(r.decideGame(ladder.Dismiss, phrase.LadderDismissSaid))},
	}
}

// confirm asks for the click that a replay lacks.
func confirm(p page) said {
	live := p.State == ladder.MatchPlaying || p.State == ladder.MatchDisputed || p.State == ladder.MatchVoid
	game, found := p.lastGame(func(g ladder.Game) bool { return g.Asks(p.reader.ID) })
	if !live || !found {
		return overtaken(p.State)
	}
	text := p.Say(phrase.LadderConfirm, "result", p.resultIn(p.Language, game.Result),
		"length", length(game.Length), "check", checkName(p.Language, ladder.Code(p.Code)))
	id := strconv.FormatInt(int64(game.ID), 10)
	return said{text: text, open: true, rows: row(
		button(p.Language, discord.Success, phrase.ButtonConfirm, ofMatch(actionConfirm, p.Match, p.reader.ID, id)),
		button(p.Language, discord.Danger, phrase.ButtonDismiss, ofMatch(actionDismiss, p.Match, p.reader.ID, id)),
	)}
}

// evidence says why a replay does not decide, and what to do.
func evidence(p page) said {
	next := p.Say(phrase.LadderEvidenceNext)
	why := p.Say(phrase.LadderEvidence)
	switch p.Code {
	case "barred":
		return said{text: p.Say(phrase.LadderEvidenceBarred)}
	case ladder.OpenDismissed:
		why = p.Say(phrase.LadderEvidenceDenied)
	default:
		if line, found := p.lineOf(ladder.Code(p.Code)); found {
			next = show.EvidenceText(line).With(shown).In(p.Language)
		}
	}
	if p.State != ladder.MatchPlaying {
		return overtaken(p.State)
	}
	report := button(p.Language, discord.Primary, phrase.ButtonReport, ofMatch(actionReport, p.Match, p.reader.ID))
	again := button(p.Language, discord.Secondary, phrase.ButtonRemake, ofMatch(actionRemake, p.Match, p.reader.ID))
	return said{text: paragraphs(why, next), rows: row(report, again), open: true}
}

// shown is what a line of evidence holds, which may be a stranger's words.
func shown(s string) string {
	if s = text.Cut(text.Line(s), maxText); s == "" {
		return "–"
	}
	return discord.Escape(s)
}

// lineOf is the line of a check that does not pass, of the last game that has one.
func (p page) lineOf(code ladder.Code) (ladder.Evidence, bool) {
	for _, g := range slices.Backward(p.Games) {
		for _, e := range g.Evidence {
			if e.Code == code && (e.State == ladder.Fail || e.State == ladder.Unknown) {
				return e, true
			}
		}
	}
	return ladder.Evidence{}, false
}

func (v view) lastGame(is func(ladder.Game) bool) (ladder.Game, bool) {
	for _, g := range slices.Backward(v.Games) {
		if is(g) {
			return g, true
		}
	}
	return ladder.Game{}, false
}

// decideGame is the deed of a click about a game.
func (r *Referee) decideGame(kind ladder.ActKind, done phrase.Key) deed {
	return func(ctx context.Context, c click) (reply, error) {
		_, rest, err := c.subject()
		if err != nil {
			return reply{}, err
		}
		game, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return reply{}, ladder.Refusal{Code: ladder.NotFound}
		}
		if _, err := r.inMatch(ctx, c, ladder.Act{Kind: kind, Game: ladder.GameID(game)}); err != nil {
			return reply{}, err
		}
		return c.becomes(done), nil
	}
}
