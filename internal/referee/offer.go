package referee

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	actionAccept  = "accept"
	actionDecline = "decline"
)

func (r *Referee) offerRoutes() []discord.Route {
	return []discord.Route{
		{Kind: discord.Component, Name: actionAccept, Handle: r.handle(r.accept)},
		{Kind: discord.Component, Name: actionDecline, Handle: r.handle(r.decline)},
	}
}

// offer asks for an answer. Who the opponent is stays unsaid until both have accepted.
func offer(p page) said {
	seat := p.mine()
	if p.State != ladder.MatchOffered || seat.Answer != ladder.NoAnswer {
		return overtaken(p.State)
	}
	seconds := strconv.Itoa(int(time.Duration(p.season.Rules.Offer) / time.Second))
	text := p.Say(phrase.LadderOffer, "race", raceName(p.Language, seat.Race), "seconds", seconds)
	unrated := ""
	if !p.Rated {
		unrated = p.Say(phrase.LadderOfferUnrated)
	}
	return said{text: paragraphs(text, unrated), rows: p.offerButtons(), open: true}
}

func (p page) offerButtons() []discord.Row {
	return row(
		button(p.Language, discord.Success, phrase.ButtonAccept, ofMatch(actionAccept, p.Match, p.reader.ID)),
		button(p.Language, discord.Danger, phrase.ButtonDecline, ofMatch(actionDecline, p.Match, p.reader.ID)),
	)
}

func offerReminder(p page) said {
	seat := p.mine()
	if p.State != ladder.MatchOffered || seat.Answer != ladder.NoAnswer {
		return overtaken(p.State)
	}
	return said{text: p.Say(phrase.LadderOfferReminder, "until", moment(seat.AnswerBy)), rows: p.offerButtons(), open: true}
}

func offerLapsed(p page) said {
	return said{text: p.Say(phrase.LadderOfferLapsed), rows: row(leaveButton(p.Language)), open: true}
}

func offerMissed(p page) said {
	key := phrase.LadderOfferSilent
	if p.Code == string(ladder.ForDecline) {
		key = phrase.LadderOfferDeclined
	}
	return said{text: p.Say(key), rows: row(joinButton(p.Language))}
}

// delivered begins the time that a player has for an answer, or ends an offer that
// reached nobody. That the offer is over by now is no trouble.
func (r *Referee) delivered(ctx context.Context, m ladder.Message, d announcement.Delivery) error {
	act := ladder.Act{Kind: ladder.Deliver, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, Player: m.Player, Match: m.Match}
	if !d.Sent {
		act.Kind = ladder.Unreach
	}
	_, err := r.act(ctx, act)
	var refused ladder.Refusal
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

func (r *Referee) accept(ctx context.Context, c click) (reply, error) {
	m, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.Accept})
	if err != nil {
		return reply{}, err
	}
	if m.State == ladder.MatchOffered {
		return c.becomes(phrase.LadderOfferAccepted), nil
	}
	return c.becomes(phrase.LadderOfferBegun), nil
}

func (r *Referee) decline(ctx context.Context, c click) (reply, error) {
	if _, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.Decline}); err != nil {
		return reply{}, err
	}
	return c.becomes(phrase.LadderOfferDeclined), nil
}
