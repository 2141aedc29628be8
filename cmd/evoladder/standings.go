package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
)

// boardPage is how many places are read at once.
const boardPage = 1000

// standingsHead are the columns of the board as CSV.
var standingsHead = []string{
	"place", "rank", "player", "country", "race", "rating", "deviation", "provisional", "games", "wins", "losses", "draws", "win_rate", "last_played", "player_id",
}

// ladderStandings prints a season's board.
func ladderStandings(ctx context.Context, c *call) error {
	asCSV := c.Bool("csv", false, "all of it, as comma-separated values")
	race := c.String("race", "", "only this race")
	region := c.String("region", "", "only this region")
	country := c.String("country", "", "only this country")
	season := c.Int64("season", 0, "a season's number; 0: the one that runs")
	limit := c.Int("n", 50, "how many places, without -csv")
	if _, err := c.operands("[-csv] [-race RACE] [-region REGION] [-country CC] [-season ID] [-n PLACES]"); err != nil {
		return err
	}
	filter := store.BoardFilter{
		Season: ladder.SeasonID(*season), Race: ladder.Race(strings.ToLower(*race)),
		Region: ladder.Region(strings.ToUpper(*region)), Country: strings.ToUpper(*country), Limit: *limit,
	}
	switch {
	case filter.Race != "" && filter.Race.Side() == "":
		return c.wrong("%q is no race: write one of %s", *race, joined(ladder.Races))
	case filter.Region != "" && filter.Region.Index() < 0:
		return c.wrong("%q is no region: write one of %s", *region, joined(ladder.Regions()))
	case *limit <= 0:
		return c.wrong("-n is how many places to print, at least 1")
	}
	return atDesk(ctx, func(d *desk) error {
		filter.At = d.now
		err := d.standings(ctx, filter, *asCSV)
		if errors.Is(err, store.ErrNotFound) && *season != 0 {
			return fmt.Errorf("there is no season %d: evoladder ladder seasons lists them", *season)
		}
		if errors.Is(err, store.ErrNotFound) {
			return errNoSeason
		}
		return err
	})
}

func (d *desk) standings(ctx context.Context, f store.BoardFilter, asCSV bool) error {
	if asCSV {
		return d.standingsCSV(ctx, f)
	}
	board, err := d.Standings(ctx, f)
	if err != nil {
		return err
	}
	err = d.columns(func(w io.Writer) error {
		fmt.Fprintln(w, "PLACE\tRANK\tPLAYER\tCOUNTRY\tRACE\tRATING\t±\tGAMES\tWINS\tLOSSES\tDRAWS\tWON\tLAST PLAYED")
		for _, p := range board.Places {
			rating := fmt.Sprintf("%.0f", p.Rating)
			if p.Provisional {
				rating += "?"
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%.0f\t%d\t%d\t%d\t%d\t%.0f %%\t%s\n", p.Place, orDash(p.Rank), orDash(p.Name), orDash(p.Country),
				p.Race, rating, p.Deviation, p.Games(), p.Wins, p.Losses, p.Draws, 100*p.WinRate(), p.Last.UTC().Format("2006-01-02 15:04"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%d of %d places; ? is a rating of few games.\n", len(board.Places), board.Total)
	return nil
}

func (d *desk) standingsCSV(ctx context.Context, f store.BoardFilter) error {
	w := csv.NewWriter(d.out)
	if err := w.Write(standingsHead); err != nil {
		return fmt.Errorf("write board: %w", err)
	}
	for f.Offset, f.Limit = 0, boardPage; ; f.Offset += boardPage {
		board, err := d.Standings(ctx, f)
		if err != nil {
			return err
		}
		for _, p := range board.Places {
			err := w.Write([]string{
				strconv.Itoa(p.Place), string(p.Rank), p.Name, p.Country, string(p.Race), decimal(p.Rating, 0), decimal(p.Deviation, 1),
				strconv.FormatBool(p.Provisional), strconv.Itoa(p.Games()), strconv.Itoa(p.Wins), strconv.Itoa(p.Losses), strconv.Itoa(p.Draws),
				decimal(p.WinRate(), 4), p.Last.UTC().Format("2006-01-02T15:04:05Z"), strconv.FormatInt(int64(p.Player), 10),
			})
			if err != nil {
				return fmt.Errorf("write board: %w", err)
			}
		}
		if len(board.Places) < boardPage {
			break
		}
	}
	w.Flush()
	return w.Error()
}

// decimal is a number with so many digits behind the point at most.
func decimal(x float64, digits int) string {
	unit := math.Pow10(digits)
	return strconv.FormatFloat(math.Round(x*unit)/unit, 'f', -1, 64)
}
