package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is how many reads run beside each other and the writer.
const sqliteReaders = 4

// What every connection is set to. WAL lets reads go on beside the writer;
// synchronous=FULL makes a commit survive a power cut. busy_timeout, in
// milliseconds, is for other processes with the same file open.
const (
	sqliteWriting = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_txlock=immediate"
	sqliteReading = "?_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=query_only(1)"
	// A start waits as long as another's migrations may take.
	sqliteLocking = "?_pragma=busy_timeout(120000)&_txlock=exclusive"
)

func openSQLite(ctx context.Context, path string, o options) (_ *Store, err error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("open database: a SQLite database needs a file")
	}
	if o.existing {
		if err := requireSQLite(ctx, path); err != nil {
			return nil, err
		}
		return poolsSQLite(path, o)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := ownAlone(path, path+".lock", path+"-wal", path+"-shm"); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	unlock, err := lockSQLite(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := migrateSQLite(ctx, path); err != nil {
		return nil, err
	}
	return poolsSQLite(path, o)
}

func poolsSQLite(path string, o options) (*Store, error) {
	writing, err := sqlite.NewConnector(fileURI(path) + sqliteWriting)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	reading, err := sqlite.NewConnector(fileURI(path) + sqliteReading)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	writer, reader := sql.OpenDB(o.wrap(writing)), sql.OpenDB(o.wrap(reading))
	writer.SetMaxOpenConns(1)
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	return &Store{engine: embedded, writer: writer, reader: reader, front: writer}, nil
}

// ownAlone keeps a database from other users of the machine: it holds tokens and
// who sent what. SQLite makes files for all to read, but gives those beside a
// database (-wal, -shm) its own mode, so the two that it opens by name are made
// first. Files of an earlier version are closed as well, where they are ours.
func ownAlone(path, lock string, beside ...string) error {
	for _, name := range []string{path, lock} {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	for _, name := range append(beside, path, lock) {
		err := os.Chmod(name, 0o600)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

// lockSQLite holds "<path>.lock" against every other process, so that only one
// at a time creates, switches to WAL or migrates the database beside it. The
// lock is the operating system's and ends with the process.
func lockSQLite(ctx context.Context, path string) (unlock func() error, err error) {
	db, err := sql.Open("sqlite", fileURI(path+".lock")+sqliteLocking)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("wait for the migration lock: %w", err), db.Close())
	}
	return func() error { return errors.Join(ignoreDone(tx.Rollback()), db.Close()) }, nil
}

// ignoreDone drops the error of a transaction that its context has ended.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func migrateSQLite(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURI(path)+sqliteWriting)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("open database %s: %w", path, err)
	}
	m, err := newMigration(goose.DialectSQLite3, db)
	if err != nil {
		return err
	}
	if current, err := m.current(ctx); current || err != nil {
		return err
	}
	return m.up(ctx)
}

// requireSQLite fails unless path is a database with this program's schema. It
// creates no file.
func requireSQLite(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no file %s; start evoladder, which creates it, or set DATABASE_URL or DATA_DIR to where the database is", ErrNoDatabase, path)
	} else if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db, err := sql.Open("sqlite", fileURI(path)+sqliteReading+"&mode=rw")
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	m, err := newMigration(goose.DialectSQLite3, db)
	if err != nil {
		return err
	}
	return m.require(ctx)
}

// fileURI is path as SQLite wants it in a URI: with '?', '#' and '%' escaped.
func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}

// passingSQLite says whether an error of SQLite's goes away when the transaction is
// run again.
func passingSQLite(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}
