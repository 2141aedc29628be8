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
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	commandProfile = "profile"
	optionPlayer   = "player"
)

func (r *Referee) careerRoutes() []discord.Route {
	player := option(optionPlayer, phrase.SlashPlayer, phrase.AboutPlayer)
	player.Suggest = r.suggestPlayers
	return []discord.Route{r.command(commandProfile, phrase.SlashProfile, phrase.AboutProfile, r.career, player)}
}

// suggestPlayers are those whose names begin as typed.
func (r *Referee) suggestPlayers(ctx context.Context, _ *discord.Interaction, typed string) ([]discord.Choice, error) {
	found, err := r.Store.FindPlayers(ctx, typed)
	var choices []discord.Choice
	for _, p := range found {
		if p.Name != "" {
			choices = append(choices, discord.Choice{Name: p.Name, Value: strconv.FormatInt(int64(p.ID), 10)})
		}
	}
	return choices, err
}

// namedPlayer is the player that a word means: a suggestion, or what was written in place of one; a
// ladder.Refusal where that is nobody, or may be several.
func (r *Referee) namedPlayer(ctx context.Context, word string) (ladder.Player, error) {
	found, err := r.Store.FindPlayers(ctx, word)
	if err != nil {
		return ladder.Player{}, err
	}
	found = slices.DeleteFunc(found, func(p ladder.Player) bool { return p.Name == "" })
	at := slices.IndexFunc(found, func(p ladder.Player) bool {
		return strings.EqualFold(p.Name, strings.TrimSpace(word)) || strconv.FormatInt(int64(p.ID), 10) == word
	})
	switch {
	case at >= 0:
		return found[at], nil
	case len(found) == 1:
		return found[0], nil
	default:
		return ladder.Player{}, ladder.Refusal{Code: ladder.NotFound}
	}
}

// career shows what a player has played; without a name, who asks.
func (r *Referee) career(ctx context.Context, c click) (reply, error) {
	player := c.player
	if word := c.Command.Text(optionPlayer); word != "" {
		named, err := r.namedPlayer(ctx, word)
		if errors.As(err, new(ladder.Refusal)) {
			return c.told(phrase.NoPlayerOf), nil
		}
		if err != nil {
			return reply{}, err
		}
		player = named
	}
	if player.ID == 0 {
		return reply{}, ladder.Refusal{Code: ladder.NotSetUp}
	}
	rules, err := r.rules(ctx)
	if err != nil {
		return reply{}, err
	}
	profile, err := r.Store.Profile(ctx, player.ID, 0)
	if err != nil {
		return reply{}, err
	}
	return reply{say: discord.Outgoing{Embeds: []*discord.Embed{r.careerCard(c.Language, profile, rules)}}}, nil
}

// rules are those of the season that runs; the usual ones between seasons.
func (r *Referee) rules(ctx context.Context) (ladder.Rules, error) {
	season, err := r.Store.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return ladder.DefaultSeason("").Rules, nil
	}
	return season.Clamp().Rules, err
}

func (r *Referee) careerCard(l phrase.Language, p store.Profile, rules ladder.Rules) *discord.Embed {
	card := &discord.Embed{
		Type: discord.RichEmbed, Title: nameOf(l, p.Player), URL: r.pageOf("players/" + strconv.FormatInt(int64(p.Player.ID), 10)),
		Description: l.Say(phrase.ProfileNone),
	}
	var ratings []string
	for _, rating := range p.Ratings {
		if rating.System == ladder.Elo {
			ratings = append(ratings, ratingText(l, rating.Race, rating.Value, deviationOf(p, rating.Race), rating.Games, rating.Games < rules.Provisional))
		}
	}
	for _, field := range []struct {
		label phrase.Key
		lines []string
	}{{phrase.ProfileRatings, ratings}, {phrase.ProfileRecord, records(l, p)}, {phrase.ProfileAgainst, against(l, p)}, {phrase.ProfileLast, lastPlayed(l, p)}} {
		if len(field.lines) > 0 {
			card.Description = ""
			card.Fields = append(card.Fields, &discord.EmbedField{Name: l.Say(field.label), Value: fitting(maxField, field.lines...)})
		}
	}
	return card
}

// deviationOf is the ± of a race's rating.
func deviationOf(p store.Profile, race ladder.Race) float64 {
	for _, rating := range p.Ratings {
		if rating.System == ladder.Glicko2 && rating.Race == race {
			return rating.Deviation
		}
	}
	return 0
}

// records are what was won, by the player's race.
func records(l phrase.Language, p store.Profile) []string {
	return recordLines(l, p, func(r ladder.RaceRecord) ladder.Race { return r.Race })
}

// against are what was won, by the opponent's race.
func against(l phrase.Language, p store.Profile) []string {
	return recordLines(l, p, func(r ladder.RaceRecord) ladder.Race { return r.Against })
}

func recordLines(l phrase.Language, p store.Profile, of func(ladder.RaceRecord) ladder.Race) []string {
	var lines []string
	for _, race := range ladder.Races {
		var sum ladder.Record
		for _, one := range p.ByRace {
			if of(one) == race {
				sum.Wins, sum.Losses, sum.Draws = sum.Wins+one.Wins, sum.Losses+one.Losses, sum.Draws+one.Draws
			}
		}
		if sum.Games() > 0 {
			lines = append(lines, l.Say(phrase.ProfileRecordOf, "race", raceName(l, race), "won", strconv.Itoa(sum.Wins),
				"lost", strconv.Itoa(sum.Losses), "drawn", strconv.Itoa(sum.Draws), "share", whole(100*sum.WinRate())))
		}
	}
	return lines
}

// lastPlayed are the last matches, the newest first.
func lastPlayed(l phrase.Language, p store.Profile) []string {
	lines := make([]string, len(p.Last))
	for n, m := range p.Last {
		opponent := nameOf(l, ladder.Player{Name: m.Opponent})
		lines[n] = l.Say(phrase.ProfileMatch, "result", l.Say(resultFor(m, m.Seat(p.Player.ID).Team)), "opponent", opponent,
			"map", discord.Escape(m.Map), "change", signed(m.Change), "when", moment(m.Ended))
	}
	return lines
}

// resultFor is a match's result as a team has it.
func resultFor(m ladder.PlayedMatch, team int) phrase.Key {
	switch {
	case m.State == ladder.MatchDisputed:
		return phrase.PlayedDisputed
	case m.State == ladder.MatchVoid || m.Result == ladder.NoResult:
		return phrase.PlayedVoid
	case m.Result == ladder.Draw:
		return phrase.PlayedDrawn
	case m.Result == won(team):
		return phrase.PlayedWon
	default:
		return phrase.PlayedLost
	}
}
