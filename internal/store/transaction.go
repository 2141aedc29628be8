package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// actAttempts is how often an act is run when the database says that running
// it again helps.
const actAttempts = 3

// errUnsent marks a failure of which the database has seen nothing, or nothing
// that running the act again would spoil.
var errUnsent = errors.New("connection was lost")

// write runs act in one transaction. It may run act more than once, each time
// from nothing.
func (s *Store) write(ctx context.Context, act func(session) error) error {
	return s.again(ctx, func() error { return s.transact(ctx, s.writer, act) })
}

// writeFirst is write for what a player waits for before any reply: it does
// not queue for a connection behind the rest.
func (s *Store) writeFirst(ctx context.Context, act func(session) error) error {
	return s.again(ctx, func() error { return s.transact(ctx, s.front, act) })
}

// writeOne runs an act of a single statement that does no harm when it is run
// twice. PostgreSQL needs no transaction for it; SQLite reports a failed
// commit only of an explicit one.
func (s *Store) writeOne(ctx context.Context, act func(session) error) error {
	if s.engine == embedded {
		return s.write(ctx, act)
	}
	return s.again(ctx, func() error { return unsent(act(session{engine: s.engine, run: s.writer})) })
}

// read runs queries that change nothing.
func (s *Store) read(ctx context.Context, act func(session) error) error {
	return s.again(ctx, func() error { return unsent(act(session{engine: s.engine, run: s.reader})) })
}

func (s *Store) transact(ctx context.Context, db *sql.DB, act func(session) error) error {
	var level sql.TxOptions
	if s.engine == postgres {
		level.Isolation = sql.LevelReadCommitted // doc.go leans on it; a server may have another default
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return unsent(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &level)
	if err != nil {
		return unsent(err)
	}
	if err := act(session{engine: s.engine, run: tx, conn: conn}); err != nil {
		_ = tx.Rollback() // a connection that cannot roll back is dropped, which does
		return err
	}
	if err := tx.Commit(); err != nil {
		// SQLite may leave the transaction open after a COMMIT that failed, and
		// database/sql would hand the connection on like that. Closing it
		// rolls back on either engine.
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		return err
	}
	return nil
}

// again runs act until it has succeeded or failed for good. After a restart of
// the database every connection in the pool may be a dead one, and each is
// found out by using it.
func (s *Store) again(ctx context.Context, act func() error) error {
	for attempt := 1; ; attempt++ {
		err := act()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case attempt <= s.maxConns && errors.Is(err, errUnsent):
		case attempt < actAttempts && (passingPostgres(err) || passingSQLite(err)):
		default:
			return err
		}
	}
}

// unsent marks err with errUnsent where it is of a connection that had died.
func unsent(err error) error {
	if err != nil && lostPostgres(err) {
		return fmt.Errorf("%w: %w", errUnsent, err)
	}
	return err
}
