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
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
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
	colourOpen  = 0x747F8D // grey: it is not known
)

// card is the result as an embed: narrow enough for a phone, most wanted first.
func (v voice) card(view upload.View, game *replay.Replay) *discord.Embed {
	embed := &discord.Embed{
		Type:        discord.RichEmbed,
		Title:       text.Cut(v.mapTitle(game), maxTitle),
		Description: v.circumstances(game),
		Color:       colour(game),
		Footer:      &discord.EmbedFooter{Text: text.Cut(footer(view, game), maxFooter)},
	}
	fields := v.teamFields(game)
	if watching := v.observers(game); watching != "" {
		fields = append(fields, v.field(phrase.LabelObservers, watching, false))
	}
	if warned := v.warnings(game); warned != "" {
		fields = append(fields, v.field(phrase.LabelWarnings, warned, false))
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

func (v voice) field(label phrase.Key, value string, inline bool) *discord.EmbedField {
	return &discord.EmbedField{Name: v.Say(label), Value: value, Inline: inline}
}

// teamFields are the players: a field a side, or one list of all.
func (v voice) teamFields(game *replay.Replay) []*discord.EmbedField {
	sides := show.Sides(game)
	if len(sides) == 0 {
		return nil
	}
	var all []string
	fields := make([]*discord.EmbedField, len(sides))
	for n, side := range sides {
		lines := make([]string, len(side.Players))
		for i, p := range side.Players {
			lines[i] = v.playerLine(side, p)
		}
		all = append(all, lines...)
		fields[n] = &discord.EmbedField{Name: v.Label(side), Value: join(lines, "\n", maxField, v.andMore), Inline: true}
	}
	if len(sides) > maxTeamFields {
		return []*discord.EmbedField{v.field(phrase.LabelPlayers, join(all, "\n", maxField, v.andMore), false)}
	}
	return fields
}

// playerLine is a player in two short lines: name and result, race and figures.
func (v voice) playerLine(side show.Side, p replay.Player) string {
	var line strings.Builder
	if side.Result == replay.Win && !side.Likely {
		line.WriteString("🏆 ")
	}
	line.WriteString("**")
	if clan := plain(p.Clan, maxClanRunes, ""); clan != "" {
		line.WriteString("\\[" + clan + "\\] ")
	}
	line.WriteString(v.playerName(p) + "** · " + plain(v.PlayerResult(side, p), maxNameRunes, ""))
	line.WriteString("\n" + strings.Join(v.figures(p), " · "))
	return line.String()
}

func (v voice) figures(p replay.Player) []string {
	parts := []string{v.raceName(p)}
	if p.PickedRace == replay.Random && p.Race != replay.Random {
		parts[0] = v.Say(phrase.PickedRandom, "race", parts[0])
	}
	if p.AI {
		parts = append(parts, v.Say(phrase.Computer))
	}
	if p.APM != nil && !math.IsNaN(*p.APM) && !math.IsInf(*p.APM, 0) {
		parts = append(parts, v.Say(phrase.APM, "apm", strconv.FormatFloat(math.Round(*p.APM), 'f', 0, 64)))
	}
	if p.MMR != nil && *p.MMR > 0 {
		parts = append(parts, v.Say(phrase.MMR, "mmr", strconv.Itoa(*p.MMR)))
	}
	if p.Handicap > 0 && p.Handicap != 100 {
		parts = append(parts, v.Say(phrase.Handicap, "percent", strconv.Itoa(p.Handicap)))
	}
	return parts
}

// circumstances is "1v1 · Ranked · EU", in a second line how long the game was
// and when it ended, and in a third what the winner was concluded from.
func (v voice) circumstances(game *replay.Replay) string {
	var parts []string
	for _, part := range []string{v.Format(game), v.Type(game), v.Region(game)} {
		if part = plain(part, 16, ""); part != "" {
			parts = append(parts, part)
		}
	}
	if game.Resumed {
		parts = append(parts, v.Say(phrase.Resumed))
	}
	lines := []string{strings.Join(parts, " · "), "⏱ " + v.Length(game)}
	if unix := game.EndedAt.Unix(); unix > 0 {
		lines[1] += fmt.Sprintf(" · <t:%d:f>", unix) // Discord shows it in the reader's own time zone and language
	}
	if show.Concluded(game) {
		lines = append(lines, v.Say(phrase.SourceNote, "source", v.Source(game)))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func (v voice) observers(game *replay.Replay) string {
	names := make([]string, len(game.Observers))
	for n, o := range game.Observers {
		names[n] = plain(o.Name, maxNameRunes, v.Say(phrase.NoName))
	}
	return join(names, ", ", maxField, v.andMore)
}

func (v voice) warnings(game *replay.Replay) string {
	shown := make([]string, 0, maxWarnings)
	for _, w := range v.Warnings(game) {
		if w = plain(w, maxWarningRunes, ""); w != "" && len(shown) < maxWarnings {
			shown = append(shown, w)
		}
	}
	return join(shown, "\n", maxField, v.andMore)
}

func (v voice) andMore(n int) string {
	return v.Say(phrase.AndMore, "n", strconv.Itoa(n))
}

// footer names the file and the game's version. Discord reads no markdown
// there, so it is not escaped.
func footer(view upload.View, game *replay.Replay) string {
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
