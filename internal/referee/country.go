package referee

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// countryName is a country in a language; the code itself where that has no name for it.
func countryName(l phrase.Language, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(language.Make(string(l))).Name(region); name != "" {
		return name
	}
	return code
}

// suggestCountries are the countries that a player may mean: by their code, or by their
// name in the player's language or in English.
func suggestCountries(_ context.Context, i *discord.Interaction, typed string) ([]discord.Choice, error) {
	l := phrase.Match(i.Locale, i.GuildLocale)
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, then []discord.Choice
	for _, code := range ladder.Countries() {
		name := countryName(l, code)
		choice := discord.Choice{Name: name + " (" + code + ")", Value: code}
		lower := []string{strings.ToLower(name), strings.ToLower(countryName(phrase.English, code))}
		switch {
		case strings.ToLower(code) == typed || slices.ContainsFunc(lower, func(n string) bool { return strings.HasPrefix(n, typed) }):
			first = append(first, choice)
		case slices.ContainsFunc(lower, func(n string) bool { return strings.Contains(n, typed) }):
			then = append(then, choice)
		}
	}
	return append(first, then...), nil
}
