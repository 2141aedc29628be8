package referee

import (
	"context"
	"errors"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	commandQueue  = "queue"
	commandLeave  = "leave"
	commandMatch  = "match"
	commandReport = "report"

	optionBW     = "bw"
	optionSC2    = "sc2"
	optionResult = "result"
)

func (r *Referee) commandRoutes() []discord.Route {
	races := map[ladder.Side][]discord.Choice{}
	for _, race := range ladder.Races {
		races[race.Side()] = append(races[race.Side()], choice(string(race), phrase.Key(race)))
	}
	return []discord.Route{
		r.command(commandQueue, phrase.SlashQueue, phrase.AboutQueue, r.queueUp,
			option(optionBW, phrase.SlashBW, phrase.AboutBW, races[ladder.BW]...),
			option(optionSC2, phrase.SlashSC2, phrase.AboutSC2, races[ladder.SC2]...)),
		r.command(commandLeave, phrase.SlashLeave, phrase.AboutLeave, r.leave),
		r.command(commandMatch, phrase.SlashMatch, phrase.AboutMatch, r.showMatch),
		r.command(commandReport, phrase.SlashReport, phrase.AboutReport, r.report,
			option(optionResult, phrase.SlashResult, phrase.AboutResult,
				choice(saidWon, phrase.ButtonWon), choice(saidLost, phrase.ButtonLost), choice(saidDraw, phrase.ButtonDraw))),
	}
}

// queueUp joins with the races that are given, which are those of the next time, too.
func (r *Referee) queueUp(ctx context.Context, c click) (reply, error) {
	var races []ladder.Race
	for _, name := range []string{optionBW, optionSC2} {
		if race := c.Command.Text(name); race != "" {
			races = append(races, ladder.Race(race))
		}
	}
	if len(races) > 0 && c.player.ID != 0 {
		if _, err := r.changed(ctx, c, false, func(p *ladder.Player) { p.Races = races }); err != nil {
			return reply{}, err
		}
	}
	return r.join(ctx, c)
}

// liveMatch is the match that a player plays or is offered.
func (r *Referee) liveMatch(ctx context.Context, c click) (ladder.MatchID, error) {
	if c.player.ID == 0 {
		return 0, ladder.Refusal{Code: ladder.NotSetUp}
	}
	e, err := r.Store.LiveEntry(ctx, c.player.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Match == 0 {
		return 0, ladder.Refusal{Code: noLiveMatch}
	}
	return e.Match, err
}

// noLiveMatch refuses what is about the match that a player is in.
const noLiveMatch ladder.RefusalCode = "no_live_match"

// showMatch says again all that is needed for the present match.
func (r *Referee) showMatch(ctx context.Context, c click) (reply, error) {
	id, err := r.liveMatch(ctx, c)
	if err != nil {
		return reply{}, err
	}
	p, err := r.page(ctx, ladder.Message{To: ladder.ToPlayer, Player: c.player.ID, Match: id})
	if err != nil {
		return reply{}, err
	}
	words, err := r.match(ctx, p)
	if err != nil {
		return reply{}, err
	}
	if p.State == ladder.MatchOffered {
		if words = offer(p); words.moot != "" {
			return c.told(phrase.LadderOfferAccepted), nil
		}
	}
	if words.moot != "" {
		return reply{}, ladder.Refusal{Code: noLiveMatch}
	}
	return reply{say: discord.Outgoing{Content: words.text, Rows: words.rows}}, nil
}

// report takes a result of the present match, or asks for it.
func (r *Referee) report(ctx context.Context, c click) (reply, error) {
	id, err := r.liveMatch(ctx, c)
	if err != nil {
		return reply{}, err
	}
	said := c.Command.Text(optionResult)
	if said == "" {
		return r.askResultOf(ctx, c, id)
	}
	v, result, err := r.reportResult(ctx, c, id, said)
	if err != nil {
		return reply{}, err
	}
	return c.told(phrase.LadderReportSaid, "result", v.resultIn(c.Language, result)), nil
}
