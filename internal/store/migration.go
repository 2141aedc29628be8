package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/evoladder/evoladderbot/migrations"
)

// migration brings one database to the schema this program was built with.
type migration struct {
	db       *sql.DB
	provider *goose.Provider
	target   int64
}

func newMigration(dialect goose.Dialect, db *sql.DB) (*migration, error) {
	provider, err := goose.NewProvider(dialect, db, migrations.FS, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	sources := provider.ListSources()
	return &migration{db: db, provider: provider, target: sources[len(sources)-1].Version}, nil
}

// current says whether there is nothing to do, and fails when the database is
// newer than the program. It writes nothing and needs no lock: goose records
// a version in the transaction that runs it.
func (m *migration) current(ctx context.Context) (bool, error) {
	if err := m.db.PingContext(ctx); err != nil {
		return false, fmt.Errorf("connect to database: %w", err)
	}
	var version sql.NullInt64
	err := m.db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename).Scan(&version)
	if err != nil || !version.Valid {
		return false, nil //nolint:nilerr // a new database has no such table; any other trouble shows in up
	}
	if version.Int64 > m.target {
		return false, fmt.Errorf("the database has schema version %d, and this program knows only up to %d: "+
			"start the newer program that migrated it, or restore a backup from before", version.Int64, m.target)
	}
	return version.Int64 == m.target, nil
}

// require fails unless the database has this program's schema. It writes
// nothing.
func (m *migration) require(ctx context.Context) error {
	current, err := m.current(ctx)
	if current || err != nil {
		return err
	}
	// Again for its error: a database without the table is no failure above.
	var version sql.NullInt64
	err = m.db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename).Scan(&version)
	switch {
	case err != nil && !noTable(err):
		return fmt.Errorf("read schema version: %w", err)
	case err != nil || !version.Valid || version.Int64 == 0:
		return fmt.Errorf("%w: the database at DATABASE_URL is empty; start evoladder, or run evoladder migrate, which creates the tables", ErrNoDatabase)
	}
	return fmt.Errorf("%w: the database has schema version %d, and this program needs %d; run evoladder migrate first",
		ErrNoDatabase, version.Int64, m.target)
}

// noTable says whether a query failed because its table does not exist.
func noTable(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		return pg.Code == "42P01" // undefined_table
	case errors.As(err, &lite):
		return lite.Code() == sqlite3.SQLITE_ERROR && strings.Contains(lite.Error(), "no such table")
	}
	return false
}

// up runs what is missing. The caller holds the migration lock, under which
// another process may just have done all of it.
func (m *migration) up(ctx context.Context) error {
	if current, err := m.current(ctx); current || err != nil {
		return err
	}
	if _, err := m.provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database to version %d: %w", m.target, err)
	}
	return nil
}
