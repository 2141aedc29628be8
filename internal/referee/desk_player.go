package referee

import (
	"context"
	"errors"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

func (r *Referee) deskPlayerRoutes() []discord.Route {
	player := option(optionPlayer, phrase.SlashPlayer, phrase.AboutDeskPlayer)
	player.Required, player.Suggest = true, r.suggestPlayers
	return []discord.Route{
		r.subcommand("admin ban", phrase.SlashBan, phrase.AboutBan, mayAct, r.proposeAbout(ladder.Ban), player),
		r.subcommand("admin unban", phrase.SlashUnban, phrase.AboutUnban, mayAct, r.proposeAbout(ladder.Unban), player),
		r.subcommand("admin clear-penalty", phrase.SlashClearPenalty, phrase.AboutClearPenalty, mayAct, r.proposeAbout(ladder.ClearPenalty), player),
	}
}

// proposeAbout proposes an act on a player.
func (r *Referee) proposeAbout(kind ladder.ActKind) staffDeed {
	return func(ctx context.Context, c click, by ladder.Actor) (reply, error) {
		player, err := r.namedPlayer(ctx, c.Command.Text(optionPlayer))
		if errors.As(err, new(ladder.Refusal)) {
			return c.told(phrase.NoPlayerOf), nil
		}
		if err != nil {
			return reply{}, err
		}
		p := proposal{kind: kind, subject: int64(player.ID)}
		return r.answered(ctx, c, p)(r.propose(ctx, c, by, p))
	}
}
