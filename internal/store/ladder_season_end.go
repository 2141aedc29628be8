package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// CloseSeason closes a season's queue for good; what is live goes on. Those who search are
// told, each by an act of its own: a process that dies in between calls it again, or their
// timers do the same later.
func (s *Store) CloseSeason(ctx context.Context, id ladder.SeasonID, by ladder.Actor, reason string, at time.Time) error {
	var searching []ladder.Entry
	err := s.write(ctx, func(tx session) error {
		season, err := s.season(ctx, tx, id, " FOR UPDATE")
		if err != nil {
			return err
		}
		if season.State == ladder.SeasonRunning {
			season.State = ladder.SeasonClosing
			if err := s.writeSeason(ctx, tx, &season, by, reason, at); err != nil {
				return err
			}
		}
		var where conditions
		where.add("e.state = 'searching' AND e.season_id = %s", int64(season.ID))
		searching, err = entriesWhere(ctx, tx, where)
		return err
	})
	if err != nil {
		return fmt.Errorf("close season %d: %w", id, err)
	}
	for _, e := range searching {
		if _, err := s.Act(ctx, ladder.Act{Kind: ladder.TickEntry, Actor: by, At: at, Entry: e.ID}); err != nil {
			return fmt.Errorf("close season %d: %w", id, err)
		}
	}
	return nil
}

// EndSeason takes the snapshot of a season whose queue is closed, which never changes again.
// It is a ladder.Refusal while matches are live, until Rules.SnapshotAfter is over. A season
// that has ended is left as it is.
func (s *Store) EndSeason(ctx context.Context, id ladder.SeasonID, by ladder.Actor, reason string, at time.Time) error {
	err := s.write(ctx, func(tx session) error {
		season, err := s.season(ctx, tx, id, " FOR UPDATE")
		if err != nil || season.State == ladder.SeasonEnded {
			return err
		}
		if err := mayEnd(ctx, tx, season, at); err != nil {
			return err
		}
		if err := snapshot(ctx, tx, season, at); err != nil {
			return fmt.Errorf("take snapshot: %w", err)
		}
		season.State = ladder.SeasonEnded
		return s.writeSeason(ctx, tx, &season, by, reason, at)
	})
	if err != nil {
		return fmt.Errorf("end season %d: %w", id, err)
	}
	return nil
}

func mayEnd(ctx context.Context, tx session, season ladder.Season, at time.Time) error {
	var live int
	var closed time.Time
	err := tx.row(ctx, `
		SELECT closed_at, (SELECT count(*) FROM matches WHERE season_id = $1 AND state IN ('offered', 'playing', 'disputed'))
		FROM seasons WHERE id = $1`, int64(season.ID)).Scan(moment{&closed}, &live)
	if err != nil {
		return fmt.Errorf("count live matches: %w", err)
	}
	waited := season.State == ladder.SeasonClosing && !at.Before(closed.Add(time.Duration(season.Rules.SnapshotAfter)))
	if season.State == ladder.SeasonRunning || live > 0 && !waited {
		return ladder.Refusal{Code: ladder.MatchesLive, State: string(season.State)}
	}
	return nil
}

// snapshot moves a season's board to where it stays.
func snapshot(ctx context.Context, tx session, season ladder.Season, at time.Time) error {
	all, err := collect(ctx, tx, scanStanding, `SELECT `+standingColumns+` FROM standings WHERE season_id = $1`, int64(season.ID))
	if err != nil {
		return err
	}
	var places [][]any
	for _, p := range ladder.TakeSnapshot(season, all, at).Places {
		places = append(places, []any{
			int64(season.ID), int64(p.Player), string(p.Race), p.Place, string(p.Rank), p.Rating, p.Deviation,
			p.Games(), p.Wins, p.Losses, p.Draws, p.Last,
		})
	}
	err = insertRows(ctx, tx, `season_standings (season_id, player_id, race, place, letter, rating, deviation, games, wins, losses, draws, last_at)`, places)
	if err == nil {
		_, err = tx.exec(ctx, `DELETE FROM standings WHERE season_id = $1`, int64(season.ID))
	}
	return err
}

// StartSeason begins a season after the last has ended; a ladder.Refusal before.
func (s *Store) StartSeason(ctx context.Context, season ladder.Season, how ladder.Beginning, by ladder.Actor, reason string, at time.Time) (ladder.Season, error) {
	season.ID = 0
	var begun ladder.Season
	err := s.writeLadder(ctx, func(tx session) (err error) {
		if _, err := s.season(ctx, tx, 0, ""); !errors.Is(err, ErrNotFound) {
			if err == nil {
				err = ladder.Refusal{Code: ladder.SeasonOpen}
			}
			return err
		}
		if begun, err = s.saveSeason(ctx, tx, season, by, reason, at); err != nil {
			return err
		}
		return s.startRatings(ctx, tx, begun, how, by, at)
	})
	if err != nil {
		return ladder.Season{}, fmt.Errorf("start season %s: %w", season.Name, err)
	}
	return begun, nil
}

// startRatings writes a line for each rating, which is locked.
func (s *Store) startRatings(ctx context.Context, tx session, season ladder.Season, how ladder.Beginning, by ladder.Actor, at time.Time) error {
	all, err := collect(ctx, tx, scanRating, `SELECT `+ratingColumns+` FROM ratings ORDER BY player_id, race, system FOR UPDATE`)
	if err != nil {
		return fmt.Errorf("read ratings: %w", err)
	}
	lines := make([]ladder.Line, len(all))
	for i, r := range all {
		lines[i], all[i] = season.BeginRating(r, how, by, at, ladder.LineID(s.ids.next()))
	}
	if err := writeLines(ctx, tx, lines); err != nil {
		return err
	}
	return writeRatings(ctx, tx, all)
}
