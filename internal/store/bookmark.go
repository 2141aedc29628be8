package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Bookmark is up to when a stream of events is on record; the zero time when
// nothing is known of it.
func (s *Store) Bookmark(ctx context.Context, name string) (time.Time, error) {
	var at time.Time
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT at FROM bookmarks WHERE name = $1`, name).Scan(moment{&at})
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("read bookmark %s: %w", name, err)
	}
	return at, nil
}

// SetBookmark moves a bookmark forward; it never goes back.
func (s *Store) SetBookmark(ctx context.Context, name string, at time.Time) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO bookmarks (name, at) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE bookmarks.at < excluded.at`, name, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("set bookmark %s: %w", name, err)
	}
	return nil
}
