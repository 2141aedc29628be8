package referee

import (
	"context"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/text"
)

const (
	actionNotHere = "absent"
	actionHere    = "here"
	actionRemake  = "remake"
)

func (r *Referee) playRoutes() []discord.Route {
	return []discord.Route{
		{Kind: discord.Component, Name: actionNotHere, Handle: r.handle(r.notHere)},
		{Kind: discord.Component, Name: actionHere, Handle: r.handle(r.here)},
		{Kind: discord.Component, Name: actionRemake, Handle: r.handle(r.remake)},
	}
}

// match says all that is needed to play. Who has no proven account in the game yet is
// told how to prove one.
func (r *Referee) match(ctx context.Context, p page) (said, error) {
	if p.State != ladder.MatchPlaying {
		return overtaken(p.State), nil
	}
	handles, err := r.Store.Handles(ctx, p.reader.ID)
	if err != nil {
		return said{}, err
	}
	proof := ""
	if !slices.ContainsFunc(handles, func(h ladder.Handle) bool { return h.State == ladder.Proven }) {
		proof = p.Say(phrase.LadderProof, "code", ladder.ProofCode(p.Match, p.reader.ID))
	}
	mine, other := p.mine(), p.other()
	text := p.Say(phrase.LadderMatch,
		"you", nameOf(p.Language, p.reader), "race", raceName(p.Language, mine.Race),
		"opponent", p.opponent(), "other", raceName(p.Language, other.Race),
		"map", discord.Escape(p.Map), "server", ladder.ServerName(p.Server), "names", p.gameNames())
	unrated := ""
	if !p.Rated {
		unrated = p.Say(phrase.LadderMatchUnrated)
	}
	return said{text: paragraphs(text, proof, unrated), rows: p.playButtons(), open: true}, nil
}

// gameNames is what the opponent is called in the game.
func (p page) gameNames() string {
	o := p.players[p.other().Player]
	var names []string
	for _, name := range append([]string{o.BattleTag}, o.Aliases...) {
		if name != "" {
			names = append(names, discord.Escape(text.Cut(text.Line(name), maxText)))
		}
	}
	return strings.Join(names, ", ")
}

func (p page) playButtons() []discord.Row {
	id := p.Match
	return row(
		button(p.Language, discord.Primary, phrase.ButtonReport, ofMatch(actionReport, id, p.reader.ID)),
		button(p.Language, discord.Secondary, phrase.ButtonNotHere, ofMatch(actionNotHere, id, p.reader.ID)),
		button(p.Language, discord.Secondary, phrase.ButtonRemake, ofMatch(actionRemake, id, p.reader.ID)),
	)
}

func uploadReminder(p page) said {
	if p.State != ladder.MatchPlaying {
		return overtaken(p.State)
	}
	return said{text: p.Say(phrase.LadderUploadReminder), rows: p.playButtons(), open: true}
}

func notHere(p page) said {
	if p.State != ladder.MatchPlaying || p.Absent != p.reader.ID {
		return overtaken(p.State)
	}
	text := p.Say(phrase.LadderNotHere, "opponent", p.opponent(), "until", moment(p.AbsentBy))
	here := button(p.Language, discord.Success, phrase.ButtonHere, ofMatch(actionHere, p.Match, p.reader.ID))
	return said{text: text, rows: row(here), open: true}
}

func here(p page) said {
	if p.State != ladder.MatchPlaying {
		return overtaken(p.State)
	}
	return said{text: p.Say(phrase.LadderHere, "opponent", p.opponent()), open: true}
}

func remake(p page) said {
	switch {
	case p.State != ladder.MatchPlaying:
		return overtaken(p.State)
	case p.Code == "agreed":
		return said{text: p.Say(phrase.LadderRemakeAgreed), rows: p.playButtons(), open: true}
	}
	again := button(p.Language, discord.Primary, phrase.ButtonRemake, ofMatch(actionRemake, p.Match, p.reader.ID))
	return said{text: p.Say(phrase.LadderRemake, "opponent", p.opponent()), rows: row(again), open: true}
}

func (r *Referee) notHere(ctx context.Context, c click) (reply, error) {
	m, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.NotHere})
	if err != nil {
		return reply{}, err
	}
	if m.State == ladder.MatchVoid { // it was asked in vain too often
		return c.told(phrase.LadderVoidNoResult), nil
	}
	return c.told(phrase.LadderNotHereAsked, "until", moment(m.AbsentBy)), nil
}

func (r *Referee) here(ctx context.Context, c click) (reply, error) {
	if _, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.Here}); err != nil {
		return reply{}, err
	}
	return c.becomes(phrase.LadderHereSaid), nil
}

func (r *Referee) remake(ctx context.Context, c click) (reply, error) {
	m, err := r.inMatch(ctx, c, ladder.Act{Kind: ladder.AskRemake})
	if err != nil {
		return reply{}, err
	}
	asks := func(s ladder.Seat) bool { return s.Player == c.player.ID && s.Remake }
	if slices.ContainsFunc(m.Seats, asks) {
		return c.told(phrase.LadderRemakeAsked), nil
	}
	return c.told(phrase.LadderRemakeAgreed), nil
}
