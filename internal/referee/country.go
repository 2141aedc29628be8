package referee

import (
	"context"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
)

// suggestCountries are the countries that a player may mean: by their code, or by their
// name in the player's language or in English.
func suggestCountries(_ context.Context, i *discord.Interaction, typed string) ([]discord.Choice, error) {
	l := phrase.Match(i.Locale, i.GuildLocale)
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, then []discord.Choice
	for _, code := range ladder.Countries() {
		name := show.In(l).Country(code)
		choice := discord.Choice{Name: name + " (" + code + ")", Value: code}
		lower := []string{strings.ToLower(name), strings.ToLower(show.In(phrase.English).Country(code))}
		switch {
		case strings.ToLower(code) == typed || slices.ContainsFunc(lower, func(n string) bool { return strings.HasPrefix(n, typed) }):
			first = append(first, choice)
		case slices.ContainsFunc(lower, func(n string) bool { return strings.Contains(n, typed) }):
			then = append(then, choice)
		}
	}
	return append(first, then...), nil
}
