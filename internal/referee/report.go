package referee

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	actionReport = "report"
	actionSaid   = "said" // with a result as its player sees it
)

// What a player says of a match, in custom ids.
const (
	saidWon  = "won"
	saidLost = "lost"
	saidDraw = "draw"
)

func (r *Referee) reportRoutes() []discord.Route {
	return []discord.Route{
		{Kind: discord.Component, Name: actionReport, Handle: r.handle(r.askResult)},
		{Kind: discord.Component, Name: actionSaid, Handle: r.handle(r.sayResult)},
	}
}

func reported(p page) said {
	if p.State != ladder.MatchPlaying {
		return overtaken(p.State)
	}
	text := p.Say(phrase.LadderReported, "opponent", p.opponent(), "result", p.resultIn(p.Language, ladder.Result(p.Code)))
	report := button(p.Language, discord.Primary, phrase.ButtonReport, ofMatch(actionReport, p.Match, p.reader.ID))
	return said{text: text, rows: row(report), open: true}
}

// askResult asks how a match ended. Only its players are asked.
func (r *Referee) askResult(ctx context.Context, c click) (reply, error) {
	id, _, err := c.subject()
	if err != nil {
		return reply{}, err
	}
	return r.askResultOf(ctx, c, id)
}

func (r *Referee) askResultOf(ctx context.Context, c click, id ladder.MatchID) (reply, error) {
	p, err := r.page(ctx, ladder.Message{Match: id})
	if err != nil {
		return reply{}, err
	}
	if _, found := p.seat(c.player.ID); !found {
		return reply{}, ladder.Refusal{Code: ladder.NotYours}
	}
	if p.State != ladder.MatchPlaying && p.State != ladder.MatchDisputed {
		return reply{}, ladder.Refusal{Code: ladder.Over, State: string(p.State)}
	}
	p.Language, p.reader = c.Language, c.player
	answer := c.told(phrase.LadderReportAsk, "opponent", p.opponent(), "map", discord.Escape(p.Map))
	answer.say.Rows = row(
		button(c.Language, discord.Success, phrase.ButtonWon, ofMatch(actionSaid, id, p.reader.ID, saidWon)),
		button(c.Language, discord.Danger, phrase.ButtonLost, ofMatch(actionSaid, id, p.reader.ID, saidLost)),
		button(c.Language, discord.Secondary, phrase.ButtonDraw, ofMatch(actionSaid, id, p.reader.ID, saidDraw)),
	)
	return answer, nil
}

// sayResult reports what a player pressed.
func (r *Referee) sayResult(ctx context.Context, c click) (reply, error) {
	id, said, err := c.subject()
	if err != nil {
		return reply{}, err
	}
	v, result, err := r.reportResult(ctx, c, id, said)
	if err != nil {
		return reply{}, err
	}
	return c.becomes(phrase.LadderReportSaid, "result", v.resultIn(c.Language, result)), nil
}

// reportResult reports what a player said, as the match's teams make it.
func (r *Referee) reportResult(ctx context.Context, c click, id ladder.MatchID, said string) (view, ladder.Result, error) {
	v, err := r.view(ctx, id)
	if err != nil {
		return view{}, "", err
	}
	seat, found := v.seat(c.player.ID)
	if !found {
		return view{}, "", ladder.Refusal{Code: ladder.NotYours}
	}
	result := resultOf(said, seat.Team)
	by, err := c.by()
	if err == nil {
		_, err = r.act(ctx, ladder.Act{Kind: ladder.SayResult, Actor: by, Player: c.player.ID, Match: id, Result: result})
	}
	return v, result, err
}

// resultOf is what a player of a team said; empty for what cannot be said.
func resultOf(said string, team int) ladder.Result {
	switch said {
	case saidWon:
		return won(team)
	case saidLost:
		return won(1 - team)
	case saidDraw:
		return ladder.Draw
	default:
		return ladder.NoResult
	}
}
