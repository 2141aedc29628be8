package bot

import (
	"cmp"
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// languageOf is what the sender of an interaction reads: the language of the
// user's client, else that of the guild. What a player chose for themselves
// would come between the two.
func languageOf(i *discord.Interaction) phrase.Language {
	return phrase.Match(i.Locale, i.GuildLocale)
}

const (
	// maxGuilds is of how many guilds the language is remembered.
	maxGuilds = 4096
	// guildFresh is how long; guildRetry is how long it is not asked for again
	// after Discord did not say it.
	guildFresh = time.Hour
	guildRetry = time.Minute
	// guildTimeout bounds asking for it: the first reply to a message waits.
	guildTimeout = 2 * time.Second
)

// guildLanguages remembers what guilds prefer. A message does not say its
// author's language, so its replies are in the guild's.
type guildLanguages struct {
	ask   func(ctx context.Context, guild discord.GuildID) (locale string, err error)
	known *lru.Cache[discord.GuildID, guildLanguage]
}

type guildLanguage struct {
	language phrase.Language
	until    time.Time
}

func newGuildLanguages(ask func(context.Context, discord.GuildID) (string, error)) *guildLanguages {
	return &guildLanguages{ask: ask, known: newCache[discord.GuildID, guildLanguage](maxGuilds)}
}

// of is the language of a guild's messages; English in direct messages, and
// where Discord does not say it and never has.
func (g *guildLanguages) of(ctx context.Context, guild discord.GuildID) phrase.Language {
	if guild == "" {
		return phrase.English
	}
	known, _ := g.known.Get(guild)
	if time.Now().Before(known.until) {
		return known.language
	}
	ctx, cancel := context.WithTimeout(ctx, guildTimeout)
	defer cancel()
	locale, err := g.ask(ctx, guild)
	if err != nil {
		known.until = time.Now().Add(guildRetry)
	} else {
		known = guildLanguage{phrase.Match(locale), time.Now().Add(guildFresh)}
	}
	known.language = cmp.Or(known.language, phrase.English)
	g.known.Add(guild, known)
	return known.language
}

// locales are Discord's words for the languages; English is the text itself.
// https://discord.com/developers/docs/reference#locales
var locales = map[phrase.Language]string{phrase.Korean: "ko"}

// Localised is a sentence in every language but English, as Discord takes it.
func Localised(key phrase.Key) map[string]string {
	all := make(map[string]string, len(locales))
	for l, locale := range locales {
		all[locale] = l.Say(key)
	}
	return all
}
