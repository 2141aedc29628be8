package referee

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	commandSetup  = "setup"
	optionCountry = "country"

	actionTerms    = "terms"
	actionProfile  = "profile" // opens the form, and is the form
	actionRegion   = "region"
	actionLanguage = "language"
	actionRaces    = "races"
	actionVetoes   = "vetoes"
	actionFinish   = "finish"
)

func (r *Referee) setupRoutes() []discord.Route {
	country := option(optionCountry, phrase.SlashCountry, phrase.AboutCountry)
	country.Suggest = suggestCountries
	routes := []discord.Route{
		r.command(commandSetup, phrase.SlashSetup, phrase.AboutSetup, r.setUp, country),
		{Kind: discord.Component, Name: actionTerms, Handle: r.handle(r.acceptTerms)},
		{Kind: discord.Component, Name: actionProfile, Handle: r.handle(r.openProfile)},
		{Kind: discord.Modal, Name: actionProfile, Handle: r.handle(r.saveProfile)},
		{Kind: discord.Component, Name: actionFinish, Handle: r.handle(r.finish)},
	}
	for action, set := range choosers {
		routes = append(routes, discord.Route{Kind: discord.Component, Name: action, Handle: r.handle(r.chooses(set))})
	}
	return routes
}

// choosers are what the selects of the setup set.
var choosers = map[string]func(p *ladder.Player, values []string){
	actionRegion:   func(p *ladder.Player, values []string) { p.Region = ladder.Region(strings.Join(values, "")) },
	actionLanguage: func(p *ladder.Player, values []string) { p.Language = strings.Join(values, "") },
	actionRaces: func(p *ladder.Player, values []string) {
		p.Races = nil
		for _, v := range values {
			p.Races = append(p.Races, ladder.Race(v))
		}
	},
	actionVetoes: func(p *ladder.Player, values []string) { p.Vetoes = values },
}

// setUp shows what a player has told so far, with what changes it. Who is no player yet
// reads the terms first.
func (r *Referee) setUp(ctx context.Context, c click) (reply, error) {
	if c.player.ID == 0 {
		answer := c.told(phrase.SetupTerms)
		answer.say.Rows = row(button(c.Language, discord.Success, phrase.ButtonTerms, discord.CustomID(actionTerms, anyone)))
		return answer, nil
	}
	if country := c.Command.Text(optionCountry); country != "" {
		return r.changed(ctx, c, false, func(p *ladder.Player) { p.Country = country })
	}
	season, err := r.openSeason(ctx)
	return reply{say: c.setupCard(season)}, err
}

// openSeason is the season that runs; where none does, the default one.
func (r *Referee) openSeason(ctx context.Context) (ladder.Season, error) {
	season, err := r.Store.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return ladder.DefaultSeason(""), nil
	}
	return season.Clamp(), err
}

// acceptTerms makes a user a player. Who is one already goes on.
func (r *Referee) acceptTerms(ctx context.Context, c click) (reply, error) {
	if c.player.ID == 0 {
		by := ladder.Actor{Role: ladder.ByPlayer, Name: "discord " + string(c.User.ID)}
		fresh := ladder.Player{Discord: string(c.User.ID), Language: string(c.Language), State: ladder.SettingUp}
		_, err := r.Store.SavePlayer(ctx, fresh, by, r.Now())
		var refused ladder.Refusal
		if err != nil && (!errors.As(err, &refused) || refused.Code != ladder.HasAccount) {
			return reply{}, err
		}
		if c.player, err = r.Store.PlayerByDiscord(ctx, string(c.User.ID)); err != nil {
			return reply{}, err
		}
	}
	season, err := r.openSeason(ctx)
	card := c.setupCard(season)
	return reply{update: &card}, err
}

// changed saves a change of the profile, as far as it is right, and shows the card again,
// with what has to be written otherwise.
func (r *Referee) changed(ctx context.Context, c click, pressed bool, change func(*ladder.Player)) (reply, error) {
	by, err := c.by()
	if err != nil {
		return reply{}, err
	}
	season, err := r.openSeason(ctx)
	if err != nil {
		return reply{}, err
	}
	p, complaints := corrected(c.player, change, season, c.Language)
	saved, err := r.Store.SavePlayer(ctx, p, by, r.Now())
	var refused ladder.Refusal
	if errors.As(err, &refused) && refused.Code == ladder.NameTaken {
		p.Name = c.player.Name
		complaints = append(complaints, c.refusal(refused).say.Content)
		saved, err = r.Store.SavePlayer(ctx, p, by, r.Now())
	}
	if err != nil {
		return reply{}, err
	}
	c.player, c.Language = saved, phrase.Match(saved.Language)
	card := c.setupCard(season)
	card.Content = paragraphs(append(complaints, card.Content)...)
	if pressed {
		return reply{update: &card}, nil
	}
	return reply{say: card}, nil
}

// corrected is a profile with a change, as far as that is right; for the rest it is as it
// was, and a sentence says what is wrong.
func corrected(was ladder.Player, change func(*ladder.Player), season ladder.Season, l phrase.Language) (ladder.Player, []string) {
	was.Vetoes = slices.DeleteFunc(slices.Clone(was.Vetoes), func(title string) bool {
		return !slices.ContainsFunc(season.Pool(), func(m ladder.Map) bool { return m.Title == title })
	})
	p := was
	change(&p)
	p = p.Tidied()
	var complaints []string
	for _, field := range p.Wrong(season) {
		complaints = append(complaints, "⚠️ "+show.Wrong(field, season).In(l))
		switch field {
		case ladder.FieldName:
			p.Name = was.Name
		case ladder.FieldBattleTag:
			p.BattleTag = was.BattleTag
		case ladder.FieldAliases:
			p.Aliases = was.Aliases
		case ladder.FieldCountry:
			p.Country = was.Country
		case ladder.FieldRegion:
			p.Region = was.Region
		case ladder.FieldRaces:
			p.Races = was.Races
		case ladder.FieldVetoes:
			p.Vetoes = was.Vetoes
		}
	}
	return p, complaints
}

// chooses is the deed of a select.
func (r *Referee) chooses(set func(*ladder.Player, []string)) deed {
	return func(ctx context.Context, c click) (reply, error) {
		return r.changed(ctx, c, true, func(p *ladder.Player) { set(p, c.Component.Values) })
	}
}

// finish makes a player ready who has told all that is needed.
func (r *Referee) finish(ctx context.Context, c click) (reply, error) {
	if missing := c.player.Missing(); len(missing) > 0 {
		return c.told(phrase.SetupMissing, "fields", fieldNames(c.Language, missing)), nil
	}
	answer, err := r.changed(ctx, c, true, func(p *ladder.Player) {
		if p.State == ladder.SettingUp {
			p.State = ladder.Ready
		}
	})
	if err == nil {
		answer.update.Content = paragraphs(c.Say(phrase.SetupDone), answer.update.Content)
	}
	return answer, err
}

// fieldNames are parts of a profile in words.
func fieldNames(l phrase.Language, fields []ladder.ProfileField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = l.Say(phrase.Key("form_" + string(f)))
	}
	return strings.Join(names, ", ")
}

// setupCard is the player's profile, with what changes it.
func (c click) setupCard(season ladder.Season) discord.Outgoing {
	p := c.player
	text := c.Say(phrase.SetupCard,
		"name", orNone(p.Name), "battletag", orNone(p.BattleTag), "aliases", orNone(p.Aliases...),
		"country", orNone(countryOf(c.Language, p)), "region", orNone(p.Region.Name()),
		"language", c.Name(), "races", orNone(raceNames(c.Language, p.Races)), "vetoes", orNone(p.Vetoes...))
	next := ""
	buttons := []discord.Button{button(c.Language, discord.Primary, phrase.ButtonProfile, discord.CustomID(actionProfile, anyone))}
	missing := p.Missing()
	switch {
	case len(missing) > 0:
		next = c.Say(phrase.SetupMissing, "fields", fieldNames(c.Language, missing))
	case p.State == ladder.SettingUp:
		next = c.Say(phrase.SetupConfirm)
		buttons = append(buttons, button(c.Language, discord.Success, phrase.ButtonFinish, discord.CustomID(actionFinish, anyone)))
	default:
		buttons = append(buttons, joinButton(c.Language))
	}
	return discord.Outgoing{
		Content: paragraphs(text, next),
		Rows:    append(row(buttons...), c.selects(season)...),
	}
}

func countryOf(l phrase.Language, p ladder.Player) string {
	if p.Country == "" {
		return ""
	}
	return show.In(l).Country(p.Country)
}

// orNone is what a player told, plain, or that it is nothing yet.
func orNone(all ...string) string {
	var told []string
	for _, one := range all {
		if one != "" {
			told = append(told, discord.Escape(one))
		}
	}
	if len(told) == 0 {
		return "–"
	}
	return strings.Join(told, ", ")
}

// selects let a player choose what there is a choice of.
func (c click) selects(season ladder.Season) []discord.Row {
	var rows []discord.Row
	for _, action := range []string{actionRegion, actionLanguage, actionRaces, actionVetoes} {
		rows = append(rows, c.selectOf(action, season)...)
	}
	return rows
}

// selectOf is the select of one action; none where there is no choice.
func (c click) selectOf(action string, season ladder.Season) []discord.Row {
	p := c.player
	var options []discord.SelectOption
	add := func(label, value string, chosen bool) {
		options = append(options, discord.SelectOption{Label: label, Value: value, Default: chosen})
	}
	label, most := phrase.PickRegion, 1
	switch action {
	case actionRegion:
		for _, r := range ladder.Regions() {
			add(r.Name(), string(r), r == p.Region)
		}
	case actionLanguage:
		label = phrase.PickLanguage
		for _, l := range phrase.Languages() {
			add(l.Name(), string(l), l == c.Language)
		}
	case actionRaces:
		label, most = phrase.PickRaces, 2
		for _, r := range ladder.Races {
			add(raceName(c.Language, r), string(r), slices.Contains(p.Races, r))
		}
	case actionVetoes:
		label = phrase.PickVetoes
		for _, m := range season.Pool() {
			add(m.Title, m.Title, slices.Contains(p.Vetoes, m.Title))
		}
		most = min(season.Rules.Vetoes, len(options), maxOptions)
	}
	if most == 0 {
		return nil
	}
	options = options[:min(len(options), maxOptions)]
	return []discord.Row{c.choose(action, label, most, options)}
}

// maxOptions is Discord's limit on the values of a select.
const maxOptions = 25

func (c click) choose(action string, label phrase.Key, most int, options []discord.SelectOption) discord.Row {
	return discord.Select{
		CustomID: discord.CustomID(action, anyone), Placeholder: c.Say(label, "most", strconv.Itoa(most)),
		Options: options, Most: most, Optional: action == actionVetoes,
	}.Row()
}
