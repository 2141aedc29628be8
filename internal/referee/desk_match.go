package referee

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	optionMatch  = "match"
	optionWinner = "winner"
)

// suggested is how many matches are suggested, as many as Discord shows.
const suggested = 25

func (r *Referee) deskMatchRoutes() []discord.Route {
	match := option(optionMatch, phrase.SlashMatch, phrase.AboutDeskMatch)
	match.Required, match.Suggest = true, r.suggestMatches
	winner := option(optionWinner, phrase.SlashWinner, phrase.AboutWinner)
	winner.Required, winner.Suggest = true, r.suggestWinners
	return []discord.Route{
		r.subcommand("admin match", phrase.SlashMatch, phrase.AboutDeskShow, mayLook, r.showDossier, match),
		r.subcommand("admin resolve", phrase.SlashResolve, phrase.AboutResolve, mayAct, r.resolve, match, winner),
		r.subcommand("admin void", phrase.SlashVoid, phrase.AboutVoid, mayAct, r.proposeFor(ladder.Void), match),
		r.subcommand("admin restore", phrase.SlashRestore, phrase.AboutRestore, mayAct, r.proposeFor(ladder.Restore), match),
	}
}

// deskPage is a match as staff read of it.
func (r *Referee) deskPage(ctx context.Context, l phrase.Language, id ladder.MatchID) (page, error) {
	v, err := r.view(ctx, id)
	return page{Message: ladder.Message{Match: id}, Language: l, view: v}, err
}

// namedMatch is the match that an option names.
func (c click) namedMatch() (ladder.MatchID, error) {
	id, err := strconv.ParseInt(strings.Trim(c.Command.Text(optionMatch), "# "), 10, 64)
	if err != nil {
		return 0, ladder.Refusal{Code: ladder.NotFound}
	}
	return ladder.MatchID(id), nil
}

// proposeFor proposes an act on a match as it is now.
func (r *Referee) proposeFor(kind ladder.ActKind) staffDeed {
	return func(ctx context.Context, c click, by ladder.Actor) (reply, error) {
		id, err := c.namedMatch()
		if err != nil {
			return reply{}, err
		}
		f, err := r.Store.Match(ctx, id)
		if err != nil {
			return reply{}, err
		}
		p := proposal{kind: kind, subject: int64(id), seen: f.Version}
		return r.answered(ctx, c, p)(r.propose(ctx, c, by, p))
	}
}

// resolve proposes a result by the winner's name.
func (r *Referee) resolve(ctx context.Context, c click, by ladder.Actor) (reply, error) {
	id, err := c.namedMatch()
	if err != nil {
		return reply{}, err
	}
	v, err := r.view(ctx, id)
	if err != nil {
		return reply{}, err
	}
	p := proposal{kind: ladder.Rule, subject: int64(id), seen: v.Version, result: v.resultNamed(c.Command.Text(optionWinner))}
	if p.result == ladder.NoResult {
		return c.told(phrase.DeskWhoWon), nil
	}
	return r.answered(ctx, c, p)(r.propose(ctx, c, by, p))
}

// resultNamed is a result as a suggestion or a winner's name says it; empty for neither.
func (v view) resultNamed(word string) ladder.Result {
	word = strings.TrimSpace(word)
	if result := ladder.Result(word); result == ladder.Team0 || result == ladder.Team1 || result == ladder.Draw {
		return result
	}
	for _, s := range v.Seats {
		if name := v.players[s.Player].Name; name != "" && strings.EqualFold(name, word) {
			return won(s.Team)
		}
	}
	return ladder.NoResult
}

// suggestWinners are the results of the match that is named beside.
func (r *Referee) suggestWinners(ctx context.Context, i *discord.Interaction, _ string) ([]discord.Choice, error) {
	if role, err := r.roleOf(ctx, i.User.ID); err != nil || role == "" {
		return nil, err
	}
	c := click{Interaction: i, Language: phrase.Match(i.Locale, i.GuildLocale)}
	id, err := c.namedMatch()
	if err != nil {
		return nil, nil // nothing is named yet
	}
	v, err := r.view(ctx, id)
	if err != nil {
		return nil, err
	}
	var choices []discord.Choice
	for _, result := range []ladder.Result{ladder.Team0, ladder.Team1, ladder.Draw} {
		choices = append(choices, discord.Choice{Name: v.resultIn(c.Language, result), Value: string(result)})
	}
	return choices, nil
}

// suggestMatches are those of a number or a player, the disputed first.
func (r *Referee) suggestMatches(ctx context.Context, i *discord.Interaction, typed string) ([]discord.Choice, error) {
	if role, err := r.roleOf(ctx, i.User.ID); err != nil || role == "" {
		return nil, err
	}
	filter := store.MatchFilter{Limit: suggested}
	number := strings.Trim(typed, "# ")
	if _, err := strconv.ParseInt(number, 10, 64); err != nil && number != "" {
		found, err := r.Store.FindPlayers(ctx, number)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		filter.Player, number = found[0].ID, ""
	}
	var all []ladder.Match
	for _, states := range [][]ladder.MatchState{{ladder.MatchDisputed}, {ladder.MatchPlaying, ladder.MatchFinal, ladder.MatchVoid, ladder.MatchOffered}} {
		filter.States = states
		some, err := r.Store.Matches(ctx, filter)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return r.matchChoices(ctx, phrase.Match(i.Locale, i.GuildLocale), all, number)
}

// matchChoices are the matches whose number begins as given.
func (r *Referee) matchChoices(ctx context.Context, l phrase.Language, all []ladder.Match, number string) ([]discord.Choice, error) {
	var ids []ladder.PlayerID
	for _, m := range all {
		for _, s := range m.Seats {
			ids = append(ids, s.Player)
		}
	}
	names, err := r.Store.Names(ctx, ids)
	var choices []discord.Choice
	for _, m := range all {
		id := strconv.FormatInt(int64(m.ID), 10)
		if !strings.HasPrefix(id, number) || len(m.Seats) != 2 {
			continue
		}
		players := l.Say(phrase.LadderVersus, "a", names[m.Seats[0].Player], "b", names[m.Seats[1].Player])
		choices = append(choices, discord.Choice{Name: fmt.Sprintf("%s (%s) #%s", players, stateName(l, m.State), id), Value: id})
	}
	return choices, err
}

// stateName is a match's state in a word or two.
func stateName(l phrase.Language, s ladder.MatchState) string {
	return l.Say(phrase.Key("state_" + string(s)))
}

// title names a match, its players and its map.
func (p page) title() string {
	return p.Say(phrase.DeskMatch, "match", p.number(), "players", p.pair(), "map", discord.Escape(p.Map))
}

// standing is where a match stands under a ruling, and by what.
func (p page) standing(state ladder.MatchState, r ladder.Ruling) string {
	word := stateName(p.Language, state)
	switch {
	case state == ladder.MatchDisputed:
		return p.Say(phrase.DeskStanding, "state", word, "what", whyDisputed(p.Language, p.Dispute))
	case r.ID == 0:
		return word
	case r.Void:
		return p.Say(phrase.DeskStanding, "state", word, "what", p.decidedBy(r))
	default:
		return p.Say(phrase.DeskStanding, "state", word, "what", p.resultIn(p.Language, r.Result)+". "+p.decidedBy(r))
	}
}

// outcome is how a match stands by a change, and the ratings that the change moves.
func (p page) outcome(change ladder.Change) string {
	if change.Match == nil {
		return stateName(p.Language, p.State)
	}
	after := stateName(p.Language, change.Match.State)
	if n := len(change.Rulings); n > 0 && !change.Rulings[n-1].Void {
		after = p.Say(phrase.DeskStanding, "state", after, "what", p.resultIn(p.Language, change.Rulings[n-1].Result))
	}
	return paragraphs(after, p.moves(change.Lines))
}

// moves are ratings before and after lines of the ledger, in the order of seats.
func (p page) moves(lines []ladder.Line) string {
	var all []string
	for _, s := range p.Seats {
		mine := slices.DeleteFunc(slices.Clone(lines), func(l ladder.Line) bool {
			return l.System != ladder.Elo || l.Player != s.Player || l.Race != s.Race
		})
		if len(mine) == 0 {
			continue
		}
		before, after := mine[0].Before, mine[len(mine)-1].After
		all = append(all, p.Say(phrase.LadderRating, "race", p.named(s), "before", whole(before), "after", whole(after), "change", signed(after-before)))
	}
	if len(all) == 0 {
		return p.Say(phrase.LadderNoRating)
	}
	return paragraphs(all...)
}

const (
	maxDossier = 2000 // characters of what is said of the match
	maxGames   = 4    // that are shown, the last ones
	maxGame    = 850  // characters of what is said of each
)

// showDossier is all that staff need to rule on a match.
func (r *Referee) showDossier(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
	id, err := c.namedMatch()
	if err != nil {
		return reply{}, err
	}
	p, err := r.deskPage(ctx, c.Language, id)
	if err != nil {
		return reply{}, err
	}
	uploads, err := r.Store.MatchUploads(ctx, id)
	if err != nil {
		return reply{}, err
	}
	m := discord.Outgoing{Embeds: []*discord.Embed{{
		Type: discord.RichEmbed, Title: p.Say(phrase.DeskTitle, "match", p.number()), URL: r.pageOf("matches/" + p.number()),
		Description: fitting(maxDossier, p.dossier()...),
	}}}
	for _, g := range p.Games[max(0, len(p.Games)-maxGames):] {
		m.Embeds = append(m.Embeds, r.gameCard(p, g, uploads[g.Replay]))
	}
	role, err := r.roleOf(ctx, c.User.ID)
	if slices.Contains(mayAct, role) {
		m.Rows = p.deskButtons()
	}
	return reply{say: m}, err
}

// dossier is what is known of a match beside its replays, a line each.
func (p page) dossier() []string {
	ruling, _ := p.inForce()
	lines := []string{
		p.pair(), p.Say(phrase.DeskPlace, "map", discord.Escape(p.Map), "server", p.Server, "offered", moment(p.OfferedAt)),
		"**" + p.standing(p.State, ruling) + "**",
	}
	for _, s := range p.Seats {
		player := p.players[s.Player]
		names := make([]string, 0, 1+len(player.Aliases))
		for _, name := range append([]string{player.BattleTag}, player.Aliases...) {
			if name != "" {
				names = append(names, shown(name))
			}
		}
		lines = append(lines, p.Say(phrase.DeskNames, "player", nameOf(p.Language, player), "user", mention(player), "names", strings.Join(names, ", ")))
	}
	for _, said := range p.Reports {
		lines = append(lines, p.Say(phrase.DeskReport, "player", nameOf(p.Language, p.players[said.Player]),
			"result", p.resultIn(p.Language, said.Result), "when", moment(said.At)))
	}
	for _, r := range p.Rulings {
		lines = append(lines, p.rulingLine(r))
	}
	return append(lines, p.moves(p.Lines))
}

// mention is a player as Discord shows users; "–" for who has gone.
func mention(p ladder.Player) string {
	if p.Discord == "" {
		return "–"
	}
	return "<@" + p.Discord + ">"
}

func (p page) rulingLine(r ladder.Ruling) string {
	result := stateName(p.Language, ladder.MatchVoid)
	if !r.Void {
		result = p.resultIn(p.Language, r.Result)
	}
	by := p.decidedBy(r)
	if r.By == ladder.FromStaff && r.Actor.Name != "" {
		by += " (" + shown(r.Actor.Name) + ")"
	}
	return p.Say(phrase.DeskRuling, "number", strconv.Itoa(r.Number), "result", result, "by", by, "when", moment(r.At))
}

// gameCard is a replay that was handed in, with what its checks came to.
func (r *Referee) gameCard(p page, g ladder.Game, last upload.ID) *discord.Embed {
	by := p.Say(phrase.DeskStaff)
	if g.Uploader != 0 {
		by = nameOf(p.Language, p.players[g.Uploader])
	}
	lines := []string{p.Say(phrase.DeskGame, "verdict", p.Say(phrase.Key("verdict_"+string(g.Verdict))), "when", moment(g.Received), "length", length(g.Length))}
	if g.Result != ladder.NoResult {
		lines = append(lines, p.resultIn(p.Language, g.Result))
	}
	var passed []string
	for _, e := range g.Evidence {
		switch e.State {
		case ladder.Pass:
			passed = append(passed, checkName(p.Language, e.Code))
		case ladder.Fail, ladder.Unknown:
			lines = append(lines, p.Say(phrase.Key("desk_check_"+string(e.State)), "check", checkName(p.Language, e.Code),
				"what", show.EvidenceText(e).With(shown).In(p.Language)))
		}
	}
	if len(passed) > 0 {
		lines = append(lines, p.Say(phrase.LadderChecks, "passed", strings.Join(passed, ", ")))
	}
	if g.Barred {
		lines = append(lines, p.Say(phrase.LadderEvidenceBarred))
	}
	card := &discord.Embed{Type: discord.RichEmbed, Title: p.Say(phrase.DeskReplay, "player", by), Description: fitting(maxGame, lines...)}
	if r.PublicURL != "" && last != 0 {
		card.URL = upload.Page(r.PublicURL, last)
	}
	return card
}

// deskButtons propose each result, and that the match does not count.
func (p page) deskButtons() []discord.Row {
	propose := func(style int, label string, kind ladder.ActKind, result ladder.Result) discord.Button {
		proposal := proposal{kind: kind, subject: int64(p.ID), seen: p.Version, result: result}
		return discord.Button{Style: style, Label: label, CustomID: proposal.customID(actionWeigh)}
	}
	if p.State == ladder.MatchOffered || p.State == ladder.MatchLapsed {
		return nil
	}
	var buttons []discord.Button
	for _, result := range []ladder.Result{ladder.Team0, ladder.Team1, ladder.Draw} {
		buttons = append(buttons, propose(discord.Primary, p.resultIn(p.Language, result), ladder.Rule, result))
	}
	if p.State == ladder.MatchVoid {
		return row(append(buttons, propose(discord.Secondary, p.Say(phrase.ButtonRestore), ladder.Restore, ""))...)
	}
	return row(append(buttons, propose(discord.Secondary, p.Say(phrase.ButtonVoid), ladder.Void, ""))...)
}
