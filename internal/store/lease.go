package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// clock is the time by the database itself, in milliseconds since 1970. Leases
// are the one thing not timed by the program: its machines may disagree.
func (e engine) clock() string {
	if e == postgres {
		return "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
	}
	return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
}

// LeaseHolder is who holds a lease now, "" when it is free.
func (s *Store) LeaseHolder(ctx context.Context, name string) (string, error) {
	var holder string
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT holder FROM leases WHERE name = $1 AND expires_at > `+s.engine.clock(), name).Scan(&holder)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look who holds lease %s: %w", name, err)
	}
	return holder, nil
}

// TakeLease makes holder hold a lease for term from now on, unless somebody
// else does. It takes, takes over and renews.
func (s *Store) TakeLease(ctx context.Context, name, holder string, term time.Duration) (bool, error) {
	var taken bool
	err := s.writeOne(ctx, func(tx session) error {
		n, err := tx.exec(ctx, `
			INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, `+s.engine.clock()+` + $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE leases.holder = excluded.holder OR leases.expires_at <= `+s.engine.clock(),
			name, holder, term.Milliseconds())
		taken = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return taken, nil
}

// ReleaseLease ends holder's lease, if it is that.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, name, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("release lease %s: %w", name, err)
	}
	return nil
}
