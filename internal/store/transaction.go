package store

import (
	"context"
	"database/sql"
)

// actAttempts is how often an act is run when the database says that running
// it again helps.
const actAttempts = 3

// write runs act in one transaction. It may run act more than once, each time
// from nothing.
func (s *Store) write(ctx context.Context, act func(session) error) error {
	return s.again(func() error { return s.transact(ctx, act) })
}

// writeOne runs an act of a single statement, which PostgreSQL needs no
// transaction for. SQLite reports a failed commit only of an explicit one.
func (s *Store) writeOne(ctx context.Context, act func(session) error) error {
	if s.engine == embedded {
		return s.write(ctx, act)
	}
	return s.again(func() error { return act(session{s.engine, s.writer}) })
}

// read is for queries that change nothing.
func (s *Store) read() session { return session{s.engine, s.reader} }

func (s *Store) again(act func() error) (err error) {
	for range actAttempts {
		err = act()
		if err == nil || !passingPostgres(err) && !passingSQLite(err) {
			break
		}
	}
	return err
}

func (s *Store) transact(ctx context.Context, act func(session) error) error {
	var level sql.TxOptions
	if s.engine == postgres {
		level.Isolation = sql.LevelReadCommitted // doc.go leans on it; a server may have another default
	}
	tx, err := s.writer.BeginTx(ctx, &level)
	if err != nil {
		return err
	}
	if err := act(session{s.engine, tx}); err != nil {
		_ = tx.Rollback() // a connection that cannot roll back is dropped, which does
		return err
	}
	return tx.Commit()
}
