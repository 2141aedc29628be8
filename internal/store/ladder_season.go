package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// SeasonVersion is one version of a season's document, and who made it.
type SeasonVersion struct {
	Season ladder.Season
	Actor  ladder.Actor
	Reason string
	At     time.Time
}

// Season is a season; ErrNotFound where there is none with this id. 0 asks for the one that
// has not ended.
func (s *Store) Season(ctx context.Context, id ladder.SeasonID) (ladder.Season, error) {
	var season ladder.Season
	err := s.read(ctx, func(q session) (err error) {
		season, err = s.season(ctx, q, id, "")
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return ladder.Season{}, fmt.Errorf("read season %d: %w", id, err)
	}
	return season, err
}

// Seasons is all seasons, the newest first.
func (s *Store) Seasons(ctx context.Context) ([]ladder.Season, error) {
	var all []ladder.Season
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanSeason, `SELECT id, version, state, document FROM seasons ORDER BY id DESC`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list seasons: %w", err)
	}
	return all, nil
}

// SeasonHistory is up to limit versions of a season, the newest first.
func (s *Store) SeasonHistory(ctx context.Context, id ladder.SeasonID, limit int) ([]SeasonVersion, error) {
	var all []SeasonVersion
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, func(r row) (SeasonVersion, error) {
			var v SeasonVersion
			into := append([]any{document{&v.Season}}, actorTargets(&v.Actor)...)
			err := r.Scan(append(into, &v.Reason, moment{&v.At})...)
			return v, err
		}, `SELECT document, `+actorColumns+`, reason, at FROM season_history WHERE season_id = $1 ORDER BY version DESC LIMIT $2`,
			int64(id), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of season %d: %w", id, err)
	}
	return all, nil
}

// SaveSeason writes a season's document and returns it as it is stored: a new season where
// it has no ID, which begins to run, else the next version of the one that was read;
// ErrStale where that is no longer the last. It leaves the season's state as it is. A
// second season beside one that has not ended is a ladder.Refusal.
func (s *Store) SaveSeason(ctx context.Context, season ladder.Season, by ladder.Actor, reason string, at time.Time) (ladder.Season, error) {
	var saved ladder.Season
	err := s.write(ctx, func(tx session) (err error) {
		saved, err = s.saveSeason(ctx, tx, season, by, reason, at)
		return err
	})
	if season.ID == 0 && clash(err) {
		err = ladder.Refusal{Code: ladder.SeasonOpen}
	}
	if err != nil {
		return ladder.Season{}, fmt.Errorf("save season %s: %w", season.Name, err)
	}
	return saved, nil
}

func (s *Store) saveSeason(ctx context.Context, tx session, season ladder.Season, by ladder.Actor, reason string, at time.Time) (ladder.Season, error) {
	if season.ID == 0 {
		season.ID, season.Version, season.State = ladder.SeasonID(s.ids.next()), 0, ladder.SeasonRunning
		return season, s.writeSeason(ctx, tx, &season, by, reason, at)
	}
	before, err := s.season(ctx, tx, season.ID, " FOR UPDATE")
	if err != nil {
		return season, err
	}
	season.State = before.State
	return season, s.writeSeason(ctx, tx, &season, by, reason, at)
}

// writeSeason writes the version after season.Version, its line of history and of audit,
// and counts season.Version up.
func (s *Store) writeSeason(ctx context.Context, tx session, season *ladder.Season, by ladder.Actor, reason string, at time.Time) error {
	season.Version++
	columns := []column{{"state", string(season.State)}, {"document", encoded(season)}}
	if season.Version == 1 {
		columns = append(columns, column{"started_at", at})
	}
	switch season.State {
	case ladder.SeasonClosing:
		columns = append(columns, column{"closed_at", at})
	case ladder.SeasonEnded:
		columns = append(columns, column{"ended_at", at})
	}
	if err := put(ctx, tx, "seasons", int64(season.ID), season.Version-1, columns); err != nil {
		return err
	}
	args := append([]any{int64(season.ID), season.Version, encoded(season)}, actorValues(by)...)
	_, err := tx.exec(ctx, `
		INSERT INTO season_history (season_id, version, document, `+actorColumns+`, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, append(args, reason, at)...)
	if err != nil {
		return fmt.Errorf("keep the season's version: %w", err)
	}
	return s.insertAudit(ctx, tx, season.ID, ladder.Audit{Kind: auditSeason, Actor: by, After: string(season.State), Reason: reason, At: at})
}

// auditSeason is the kind of the audit's lines about seasons.
const auditSeason ladder.ActKind = "season"

// season reads a season, the open one for 0, with a lock that is given as SQL.
func (s *Store) season(ctx context.Context, q session, id ladder.SeasonID, lock string) (ladder.Season, error) {
	where := `id = $1`
	args := []any{int64(id)}
	if id == 0 {
		where, args = `state <> 'ended'`, nil
	}
	var version int
	err := q.row(ctx, `SELECT id, version FROM seasons WHERE `+where+lock, args...).Scan(&id, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return ladder.Season{}, ErrNotFound
	}
	if err != nil {
		return ladder.Season{}, fmt.Errorf("read season: %w", err)
	}
	if known, ok := s.seasons.of(id, version); ok {
		return known, nil
	}
	season, err := scanSeason(q.row(ctx, `SELECT id, version, state, document FROM seasons WHERE id = $1`, int64(id)))
	if err != nil {
		return ladder.Season{}, fmt.Errorf("read season: %w", err)
	}
	s.seasons.keep(season)
	return season, nil
}

// scanSeason reads a document, and puts its numbers into the ranges in which the queue works,
// whoever wrote it. What the row says of it counts.
func scanSeason(r row) (ladder.Season, error) {
	var season ladder.Season
	var id ladder.SeasonID
	var version int
	var state ladder.SeasonState
	if err := r.Scan(&id, &version, &state, document{&season}); err != nil {
		return ladder.Season{}, err
	}
	season.ID, season.Version, season.State = id, version, state
	return season.Clamp(), nil
}

// seasonCache keeps documents that were read, since every act needs one and they are
// large. They are written by nobody.
type seasonCache struct {
	mu   sync.Mutex
	last map[ladder.SeasonID]ladder.Season
}

func (c *seasonCache) of(id ladder.SeasonID, version int) (ladder.Season, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	season, ok := c.last[id]
	return season, ok && season.Version == version
}

func (c *seasonCache) keep(season ladder.Season) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = make(map[ladder.SeasonID]ladder.Season)
	}
	c.last[season.ID] = season
}
