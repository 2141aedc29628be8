package referee

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	actionJoin  = "join"
	actionLeave = "leave"
	actionStay  = "stay"
)

// anyone is the id of buttons that are for everybody.
const anyone = "me"

func (r *Referee) queueRoutes() []discord.Route {
	return []discord.Route{
		{Kind: discord.Component, Name: actionJoin, Handle: r.handle(r.join)},
		{Kind: discord.Component, Name: actionLeave, Handle: r.handle(r.leave)},
		{Kind: discord.Component, Name: actionStay, Handle: r.handle(r.stay)},
	}
}

func joinButton(l phrase.Language) discord.Button {
	return button(l, discord.Success, phrase.ButtonJoin, discord.CustomID(actionJoin, anyone))
}

func leaveButton(l phrase.Language) discord.Button {
	return button(l, discord.Secondary, phrase.ButtonLeave, discord.CustomID(actionLeave, anyone))
}

func stayButton(l phrase.Language) discord.Button {
	return button(l, discord.Success, phrase.ButtonStay, discord.CustomID(actionStay, anyone))
}

func searchReminder(p page) said {
	if p.entry.State != ladder.Searching {
		return overtaken(p.entry.State)
	}
	text := p.Say(phrase.LadderSearchReminder, "until", moment(p.entry.Deadline))
	return said{text: text, rows: row(stayButton(p.Language), leaveButton(p.Language)), open: true}
}

func searchExpired(p page) said {
	return said{text: p.Say(phrase.LadderSearchExpired), rows: row(joinButton(p.Language))}
}

// removed says why somebody is no longer in the queue.
func removed(p page) said {
	switch p.Code {
	case "banned":
		return said{text: p.Say(phrase.LadderRemovedBanned)}
	case "season_over":
		return said{text: p.Say(phrase.LadderRemovedSeason)}
	case "unreached":
		return said{text: p.Say(phrase.LadderRemovedReach), open: true}
	default:
		return said{text: p.Say(phrase.LadderRemovedStaff)}
	}
}

func rating(p page) said {
	if p.Code == string(ladder.LineRefund) {
		return said{text: p.Say(phrase.LadderRefund)}
	}
	return said{text: p.Say(phrase.LadderManual)}
}

// penalty says for how long somebody may not queue, and why.
func (r *Referee) penalty(ctx context.Context, p page) (said, error) {
	if p.Code == "cleared" {
		return said{text: p.Say(phrase.LadderPenaltyCleared)}, nil
	}
	all, err := r.Store.Penalties(ctx, p.reader.ID)
	if err != nil {
		return said{}, err
	}
	why := p.Say(phrase.Key("ladder_penalty_" + p.Code))
	for _, one := range all {
		if one.Match != p.Match || string(one.Reason) != p.Code || !one.Cleared.IsZero() {
			continue
		}
		if one.Until.After(one.From) {
			return said{text: p.Say(phrase.LadderPenalty, "why", why, "until", moment(one.Until))}, nil
		}
		return said{text: p.Say(phrase.LadderWarning, "why", why)}, nil
	}
	return overtaken("it was taken back"), nil
}

// searching tells a player that the search runs.
func (r *Referee) searching(ctx context.Context, c click) (reply, error) {
	e, err := r.Store.LiveEntry(ctx, c.player.ID)
	if err != nil {
		return reply{}, err
	}
	answer := c.told(phrase.LadderSearching, "races", raceNames(c.Language, e.Members[0].Races),
		"since", moment(e.Since), "until", moment(e.Deadline))
	answer.say.Rows = row(leaveButton(c.Language))
	return answer, nil
}

// join puts a player into the queue, with the races that they last chose.
func (r *Referee) join(ctx context.Context, c click) (reply, error) {
	by, err := c.by()
	if err != nil {
		return reply{}, err
	}
	act := ladder.Act{Kind: ladder.Join, Actor: by, Player: c.player.ID}
	if c.GuildID != "" {
		act.Channel = string(c.ChannelID)
	}
	if _, err := r.act(ctx, act); err != nil {
		return reply{}, err
	}
	return r.searching(ctx, c)
}

func (r *Referee) leave(ctx context.Context, c click) (reply, error) {
	by, err := c.by()
	if err != nil {
		return reply{}, err
	}
	if _, err := r.act(ctx, ladder.Act{Kind: ladder.Leave, Actor: by, Player: c.player.ID}); err != nil {
		return reply{}, err
	}
	answer := c.told(phrase.LadderLeft)
	answer.say.Rows = row(joinButton(c.Language))
	return answer, nil
}

func (r *Referee) stay(ctx context.Context, c click) (reply, error) {
	by, err := c.by()
	if err != nil {
		return reply{}, err
	}
	if _, err := r.act(ctx, ladder.Act{Kind: ladder.Stay, Actor: by, Player: c.player.ID}); err != nil {
		return reply{}, err
	}
	return r.searching(ctx, c)
}
