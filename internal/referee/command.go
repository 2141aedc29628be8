package referee

import (
	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// command is a slash command that is offered everywhere.
func (r *Referee) command(name string, names, about phrase.Key, do deed, options ...*discord.CommandOption) discord.Route {
	return discord.Route{
		Kind: discord.Slash, Name: name, Names: bot.Localised(names),
		Description: phrase.English.Say(about), Descriptions: bot.Localised(about),
		Contexts: []int{discord.OfferedInGuild, discord.OfferedInDirect},
		Options:  options, Handle: r.handle(do),
	}
}

// option is an option that may be left out.
func option(name string, names, about phrase.Key, choices ...discord.Choice) *discord.CommandOption {
	return &discord.CommandOption{
		Type: discord.OptionText, Name: name, Names: bot.Localised(names),
		Description: phrase.English.Say(about), Descriptions: bot.Localised(about), Choices: choices,
	}
}

// choice is a value of an option, in words.
func choice(value string, name phrase.Key) discord.Choice {
	return discord.Choice{Name: phrase.English.Say(name), Names: bot.Localised(name), Value: value}
}
