package referee

import (
	"context"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// The inputs of the form.
const (
	inputName      = "name"
	inputBattleTag = "battletag"
	inputAliases   = "aliases"
	inputCountry   = "country"
)

// openProfile asks for what a player has to write.
func (r *Referee) openProfile(_ context.Context, c click) (reply, error) {
	if c.player.ID == 0 {
		return reply{}, ladder.Refusal{Code: ladder.NotSetUp}
	}
	p := c.player
	return reply{form: &discord.Form{
		CustomID: discord.CustomID(actionProfile, anyone), Title: c.Say(phrase.FormProfile),
		Inputs: []discord.Input{
			{Name: inputName, Label: c.Say(phrase.FormName), Value: p.Name, Most: 32},
			{Name: inputBattleTag, Label: c.Say(phrase.FormBattleTag), Value: p.BattleTag, Hint: "Name#1234", Most: 32},
			{Name: inputAliases, Label: c.Say(phrase.FormAliases), Value: strings.Join(p.Aliases, ", "), Hint: c.Say(phrase.HintAliases), Optional: true, Most: 120},
			{Name: inputCountry, Label: c.Say(phrase.FormCountry), Value: p.Country, Hint: c.Say(phrase.HintCountry), Optional: true, Most: 2},
		},
	}}, nil
}

// saveProfile keeps what a player wrote, as far as it is right.
func (r *Referee) saveProfile(ctx context.Context, c click) (reply, error) {
	written := c.Form.Values
	return r.changed(ctx, c, true, func(p *ladder.Player) {
		p.Name, p.BattleTag = written[inputName], written[inputBattleTag]
		p.Aliases = strings.FieldsFunc(written[inputAliases], func(r rune) bool { return r == ',' || r == '\n' })
		if country := strings.TrimSpace(written[inputCountry]); country != "" {
			p.Country = country
		}
	})
}
