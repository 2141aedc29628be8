package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
)

// FileStore is the name of the marker in the file store that belongs to this
// database; empty while no process has set one.
func (s *Store) FileStore(ctx context.Context) (string, error) {
	var marker string
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT marker FROM file_store`).Scan(&marker)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read marker of the file store: %w", err)
	}
	return marker, nil
}

// ClaimFileStore sets the marker unless there is one, and returns the one that
// is set: of several processes that claim at once, all get the same.
func (s *Store) ClaimFileStore(ctx context.Context, marker string, at time.Time) (string, error) {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO file_store (id, marker, created_at) VALUES ('all', $1, $2) ON CONFLICT (id) DO NOTHING`, marker, at)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("set marker of the file store: %w", err)
	}
	return s.FileStore(ctx)
}

// ReplaceFileStore sets the marker of another file store.
func (s *Store) ReplaceFileStore(ctx context.Context, marker string, at time.Time) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO file_store (id, marker, created_at) VALUES ('all', $1, $2)
			ON CONFLICT (id) DO UPDATE SET marker = excluded.marker, created_at = excluded.created_at`, marker, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("replace marker of the file store: %w", err)
	}
	return nil
}

// FileMissing records that a job's file is missing from the file store, and
// returns since when; job.ErrDone when the job is done.
func (s *Store) FileMissing(ctx context.Context, id job.ID, at time.Time) (time.Time, error) {
	var since time.Time
	err := s.writeOne(ctx, func(tx session) error {
		return tx.row(ctx, `
			UPDATE jobs SET missing_since = COALESCE(missing_since, $2) WHERE id = $1 RETURNING missing_since`,
			int64(id), at).Scan(moment{&since})
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, job.ErrDone
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("record missing file of job %d: %w", id, err)
	}
	return since, nil
}
