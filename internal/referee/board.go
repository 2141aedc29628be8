package referee

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	commandBoard = "leaderboard"
	optionRace   = "race"
	actionBoard  = "board" // of a race, empty for all, and a page from 0 on
)

// boardSize is how many places a page of the board has: as many as a telephone shows.
const boardSize = 15

// boardStore knows standings and profiles.
type boardStore interface {
	Standings(ctx context.Context, f store.BoardFilter) (store.Board, error)
	Profile(ctx context.Context, id ladder.PlayerID, season ladder.SeasonID) (store.Profile, error)
	FindPlayers(ctx context.Context, word string) ([]ladder.Player, error)
}

func (r *Referee) boardRoutes() []discord.Route {
	races := make([]discord.Choice, len(ladder.Races))
	for n, race := range ladder.Races {
		races[n] = choice(string(race), phrase.Key(race))
	}
	return []discord.Route{
		r.command(commandBoard, phrase.SlashLeaderboard, phrase.AboutLeaderboard, r.board,
			option(optionRace, phrase.SlashRace, phrase.AboutRace, races...)),
		{Kind: discord.Component, Name: actionBoard, Handle: r.handle(r.turnBoard)},
	}
}

func (r *Referee) board(ctx context.Context, c click) (reply, error) {
	shown, err := r.boardPage(ctx, c.Language, ladder.Race(c.Command.Text(optionRace)), 0)
	return reply{say: shown}, err
}

// turnBoard shows another page in place of the one whose button was pressed.
func (r *Referee) turnBoard(ctx context.Context, c click) (reply, error) {
	race, number, _ := strings.Cut(c.Argument, ":")
	page, err := strconv.Atoi(number)
	if err != nil || page < 0 {
		return reply{}, ladder.Refusal{Code: ladder.NotFound}
	}
	shown, err := r.boardPage(ctx, c.Language, ladder.Race(race), page)
	return reply{update: &shown}, err
}

// boardPage is a page of the board; the last one, where the board has become shorter.
func (r *Referee) boardPage(ctx context.Context, l phrase.Language, race ladder.Race, page int) (discord.Outgoing, error) {
	filter := store.BoardFilter{Race: race, Limit: boardSize, Offset: page * boardSize, At: r.Now()}
	b, err := r.Store.Standings(ctx, filter)
	if errors.Is(err, store.ErrNotFound) {
		return discord.Outgoing{Content: l.Say(phrase.BoardNoSeason)}, nil
	}
	last := max(0, (b.Total-1)/boardSize)
	if err == nil && page > last {
		page, filter.Offset = last, last*boardSize
		b, err = r.Store.Standings(ctx, filter)
	}
	if err != nil {
		return discord.Outgoing{}, err
	}
	shown := discord.Outgoing{
		Embeds: []*discord.Embed{{Type: discord.RichEmbed, Title: boardTitle(l, race), Description: boardText(l, b), URL: r.boardLink(race)}},
		Rows:   boardButtons(l, race, page, last),
	}
	if last > 0 {
		shown.Embeds[0].Footer = &discord.EmbedFooter{Text: l.Say(phrase.BoardPage, "page", strconv.Itoa(page+1), "pages", strconv.Itoa(last+1))}
	}
	return shown, nil
}

func boardTitle(l phrase.Language, race ladder.Race) string {
	if race == "" {
		return l.Say(phrase.BoardTitle)
	}
	return l.Say(phrase.BoardTitleOf, "race", raceName(l, race))
}

func boardText(l phrase.Language, b store.Board) string {
	if len(b.Places) == 0 {
		return l.Say(phrase.BoardEmpty)
	}
	lines := make([]string, len(b.Places))
	for n, p := range b.Places {
		rank := string(p.Rank)
		if p.Rank == ladder.Unranked {
			rank = "–"
		}
		rated := ratingText(l, p.Race, p.Rating, p.Deviation, p.Games(), p.Provisional)
		lines[n] = l.Say(phrase.BoardLine, "place", strconv.Itoa(p.Place), "rank", rank, "player", discord.Escape(p.Name), "rating", rated)
	}
	return strings.Join(lines, "\n")
}

// ratingText is a rating as it is shown of a race.
func ratingText(l phrase.Language, race ladder.Race, value, deviation float64, games int, provisional bool) string {
	key := phrase.RatingShown
	if provisional {
		key = phrase.RatingProvisional
	}
	return l.Say(key, "race", raceName(l, race), "rating", whole(value), "deviation", fmt.Sprintf("%.0f", deviation), "games", strconv.Itoa(games))
}

// boardButtons lead to the pages beside one; there are none where there is one page.
func boardButtons(l phrase.Language, race ladder.Race, page, last int) []discord.Row {
	if last == 0 {
		return nil
	}
	to := func(page int) string {
		return discord.CustomID(actionBoard, string(race)+":"+strconv.Itoa(max(0, page)))
	}
	before, after := button(l, discord.Secondary, phrase.ButtonBefore, to(page-1)), button(l, discord.Secondary, phrase.ButtonAfter, to(page+1))
	before.Disabled, after.Disabled = page == 0, page == last
	return row(before, after)
}

// boardLink is the board's page; "" where there is none.
func (r *Referee) boardLink(race ladder.Race) string {
	address := r.pageOf("ladder")
	if address == "" || race == "" {
		return address
	}
	return address + "?race=" + url.QueryEscape(string(race))
}

// pageOf is the address of a page as players reach it; "" where there is none.
func (r *Referee) pageOf(path string) string {
	if r.PublicURL == "" {
		return ""
	}
	return strings.TrimRight(r.PublicURL, "/") + "/" + path
}
