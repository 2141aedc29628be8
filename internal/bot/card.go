package bot

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/text"
)

// Discord's limits on an embed, in characters:
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxTitle  = 256
	maxField  = 1024
	maxFields = 25
	maxFooter = 2048
	maxEmbed  = 6000
)

const (
	// maxTeamFields is how many teams get a field each; a free-for-all of more
	// is one list.
	maxTeamFields = 4
	// maxWarnings is how many of a replay's warnings a player is shown.
	maxWarnings = 3

	colourKnown = 0x3BA55D // green: somebody won
	colourOpen  = 0x747F8D // grey: nobody can tell
)

// card is the result as an embed: narrow enough for a phone, most wanted first.
func card(view submission.View, game *replay.Replay) *discord.Embed {
	embed := &discord.Embed{
		Type:        discord.RichEmbed,
		Title:       text.Cut(mapTitle(game), maxTitle),
		Description: circumstances(game),
		Color:       colour(game),
		Footer:      &discord.EmbedFooter{Text: text.Cut(footer(view, game), maxFooter)},
	}
	fields := teamFields(game)
	if watching := observers(game); watching != "" {
		fields = append(fields, field(phrase.LabelObservers, watching, false))
	}
	if warned := warnings(game); warned != "" {
		fields = append(fields, field(phrase.LabelWarnings, warned, false))
	}
	embed.Fields = fit(embed, fields)
	return embed
}

// fit keeps the fields that the embed's limits leave room for, in their order.
func fit(embed *discord.Embed, fields []*discord.EmbedField) []*discord.EmbedField {
	used := length(embed.Title) + length(embed.Description) + length(embed.Footer.Text)
	kept := fields[:0]
	for _, f := range fields {
		size := length(f.Name) + length(f.Value)
		if len(kept) == maxFields || used+size > maxEmbed {
			break
		}
		used += size
		kept = append(kept, f)
	}
	return kept
}

func field(label phrase.Key, value string, inline bool) *discord.EmbedField {
	return &discord.EmbedField{Name: phrase.Say(label).String(), Value: value, Inline: inline}
}

// teamFields are the players: a field a side, or one list of all.
func teamFields(game *replay.Replay) []*discord.EmbedField {
	sides := show.Sides(game)
	if len(sides) == 0 {
		return nil
	}
	var all []string
	fields := make([]*discord.EmbedField, len(sides))
	for n, side := range sides {
		lines := make([]string, len(side.Players))
		for i, p := range side.Players {
			lines[i] = playerLine(side, p)
		}
		all = append(all, lines...)
		fields[n] = &discord.EmbedField{Name: side.Label.String(), Value: join(lines, "\n", maxField, andMore), Inline: true}
	}
	if len(sides) > maxTeamFields {
		return []*discord.EmbedField{field(phrase.LabelPlayers, join(all, "\n", maxField, andMore), false)}
	}
	return fields
}

// playerLine is a player in two short lines: name and result, race and figures.
func playerLine(side show.Side, p replay.Player) string {
	var line strings.Builder
	if side.Result == replay.Win && !side.Likely {
		line.WriteString("🏆 ")
	}
	line.WriteString("**")
	if clan := plain(p.Clan, maxClanRunes, ""); clan != "" {
		line.WriteString("\\[" + clan + "\\] ")
	}
	line.WriteString(playerName(p) + "** · " + plain(show.PlayerResult(side, p), maxNameRunes, ""))
	line.WriteString("\n" + strings.Join(figures(p), " · "))
	return line.String()
}

func figures(p replay.Player) []string {
	parts := []string{raceName(p)}
	if p.PickedRace == replay.Random && p.Race != replay.Random {
		parts[0] = phrase.Say(phrase.PickedRandom, "race", parts[0]).String()
	}
	if p.AI {
		parts = append(parts, phrase.Say(phrase.Computer).String())
	}
	if p.APM != nil && !math.IsNaN(*p.APM) && !math.IsInf(*p.APM, 0) {
		parts = append(parts, phrase.Say(phrase.APM, "apm", strconv.FormatFloat(math.Round(*p.APM), 'f', 0, 64)).String())
	}
	if p.MMR != nil && *p.MMR > 0 {
		parts = append(parts, phrase.Say(phrase.MMR, "mmr", strconv.Itoa(*p.MMR)).String())
	}
	if p.Handicap > 0 && p.Handicap != 100 {
		parts = append(parts, phrase.Say(phrase.Handicap, "percent", strconv.Itoa(p.Handicap)).String())
	}
	return parts
}

// circumstances is "1v1 · Ranked · EU", in a second line how long the game was
// and when it ended, and in a third what the winner was concluded from.
func circumstances(game *replay.Replay) string {
	var parts []string
	for _, part := range []string{show.Format(game), show.Type(game), show.Region(game)} {
		if part = plain(part, 16, ""); part != "" {
			parts = append(parts, part)
		}
	}
	if game.Resumed {
		parts = append(parts, phrase.Say(phrase.Resumed).String())
	}
	lines := []string{strings.Join(parts, " · "), "⏱ " + show.Length(game)}
	if unix := game.EndedAt.Unix(); unix > 0 {
		lines[1] += fmt.Sprintf(" · <t:%d:f>", unix) // Discord shows it in the reader's own time zone and language
	}
	if show.Concluded(game) {
		lines = append(lines, phrase.Say(phrase.SourceNote, "source", show.Source(game)).String())
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func observers(game *replay.Replay) string {
	names := make([]string, len(game.Observers))
	for n, o := range game.Observers {
		names[n] = plain(o.Name, maxNameRunes, phrase.Say(phrase.NoName).String())
	}
	return join(names, ", ", maxField, andMore)
}

func warnings(game *replay.Replay) string {
	shown := make([]string, 0, len(game.Warnings))
	for _, w := range game.Warnings {
		if w = plain(w, maxWarningRunes, ""); w != "" && len(shown) < maxWarnings {
			shown = append(shown, w)
		}
	}
	return join(shown, "\n", maxField, andMore)
}

func andMore(n int) string {
	return phrase.Say(phrase.AndMore, "n", strconv.Itoa(n)).String()
}

// footer names the file and the game's version. Discord reads no markdown
// there, so it is not escaped.
func footer(view submission.View, game *replay.Replay) string {
	parts := []string{}
	if name := text.Cut(text.Line(view.FileName), maxFileNameRunes); name != "" {
		parts = append(parts, name)
	}
	if version := text.Cut(text.Line(game.Version), maxNameRunes); version != "" {
		parts = append(parts, version)
	}
	return strings.Join(parts, " · ")
}

// colour is the winner's own in the game when one side won, as its players
// remember it.
func colour(game *replay.Replay) int {
	outcome := show.Judge(game)
	if len(outcome.Winners) == 0 || outcome.Likely {
		return colourOpen
	}
	if rgb, err := strconv.ParseUint(strings.TrimPrefix(outcome.Winners[0].Players[0].Color, "#"), 16, 24); err == nil && rgb > 0 {
		return int(rgb)
	}
	return colourKnown
}
