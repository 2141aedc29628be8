package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

const (
	// connectTimeout bounds one attempt to reach a server, where the URL says
	// nothing else. The kernel alone would take two minutes.
	connectTimeout = 5 * time.Second
	// startTimeout is how long opening waits for a server that does not answer
	// yet, and startPause the time between two tries.
	startTimeout = time.Minute
	startPause   = 250 * time.Millisecond
	// idleConnTime is how long an idle connection is kept.
	idleConnTime = 5 * time.Minute
	// frontFrom is how many connections there must be for one of them to be kept
	// for what may not wait.
	frontFrom = 4
	// migrationLock names the advisory lock that migrations run under; any
	// number does that nothing else in the database uses.
	migrationLock = 0x65766f6c6164 // "evolad"
)

func openPostgres(ctx context.Context, url string, o options) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err) // pgx leaves the password out
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "evoladder"
	}
	// A database in SQL_ASCII proposes its own encoding, and pgx then refuses every
	// query of the simple protocol.
	config.RuntimeParams["client_encoding"] = "UTF8"
	connector := stdlib.GetConnector(*config)
	if o.existing {
		err = requirePostgres(ctx, sql.OpenDB(connector))
	} else {
		err = prepare(ctx, func() error { return migratePostgres(ctx, sql.OpenDB(connector)) })
	}
	if err != nil {
		return nil, refusedLogin(err)
	}
	limited := &refusals{Connector: o.wrap(connector), yields: o.yields, log: o.log}
	open := openPool
	if o.yields {
		open = openYielding
	}
	s := &Store{engine: postgres, maxConns: o.maxConns, refusals: limited}
	if o.maxConns < frontFrom {
		s.writer = open(limited, o.maxConns)
		s.front = s.writer
	} else {
		s.writer, s.front = open(limited, o.maxConns-1), open(limited, 1)
	}
	s.reader = s.writer
	return s, nil
}

func openPool(connector driver.Connector, size int) *sql.DB {
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(idleConnTime)
	return pool
}

func openYielding(connector driver.Connector, size int) *sql.DB {
	y := &yielding{Connector: connector, size: size}
	pool := openPool(y, size)
	y.keep = pool.SetMaxIdleConns
	pool.SetConnMaxLifetime(yieldingConnTime)
	return pool
}

// migratePostgres migrates the database and closes db. Processes that start at
// the same moment queue at an advisory lock. It belongs to a transaction and not
// to a session, so that it holds through PgBouncer in transaction mode, too.
// Two connections suffice: one holds the lock, one migrates.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	defer db.Close()
	db.SetMaxOpenConns(2)
	m, err := newMigration(goose.DialectPostgres, db)
	if err != nil {
		return err
	}
	if current, err := m.current(ctx); current || err != nil {
		return err
	}
	lock, err := lockMigrations(ctx, db)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback() }() // nothing was written in it
	return m.up(ctx)
}

// lockMigrations tries until it has the migration lock, which ends with the
// transaction. Who waits keeps no transaction open: through PgBouncer that would
// take the connection that the holder of the lock migrates on.
func lockMigrations(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	for {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return nil, fmt.Errorf("connect to database: %w", err)
		}
		var locked bool
		err = tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(migrationLock)).Scan(&locked)
		if err == nil && locked {
			return tx, nil
		}
		_ = tx.Rollback()
		if err != nil {
			return nil, fmt.Errorf("take the migration lock: %w", err)
		}
		pause := time.NewTimer(startPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, fmt.Errorf("wait for the migration lock: %w", ctx.Err())
		}
	}
}

// requirePostgres fails unless the database has this program's schema, and
// closes db.
func requirePostgres(ctx context.Context, db *sql.DB) error {
	defer db.Close()
	m, err := newMigration(goose.DialectPostgres, db)
	if err != nil {
		return err
	}
	return m.require(ctx)
}

// errLogin says that the server does not let the program in; no waiting helps.
var errLogin = errors.New("the server at DATABASE_URL refuses its user or password: correct DATABASE_URL")

// refusedLogin adds to a refusal by the server what to do about it.
func refusedLogin(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "28P01", "28000": // invalid_password, invalid_authorization_specification
		return fmt.Errorf("%w: %w", errLogin, err)
	case "3D000": // invalid_catalog_name
		return fmt.Errorf("%w: the server at DATABASE_URL has no such database; create it, or correct DATABASE_URL: %w", ErrNoDatabase, err)
	}
	return err
}

// prepare runs act again while the server is still starting, or restarts under
// it.
func prepare(ctx context.Context, act func() error) error {
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	for {
		err := act()
		if err == nil || !starting(err) {
			return err
		}
		pause := time.NewTimer(startPause/2 + rand.N(startPause)) // or all that started together return together
		select {
		case <-pause.C:
		case <-timeout.C:
			return err
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// Away says whether opening failed because the server could not be reached, or
// was not ready: opening may succeed later.
func Away(err error) bool { return starting(err) }

// starting says whether what failed may succeed in a moment: no server listens yet,
// or the server is not ready, or it has just ended the connection.
func starting(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "57P") || tooMany(err) // cannot_connect_now and its like, too_many_connections
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// lostPostgres says whether an error is that of an open connection that ended,
// because the server did or the network.
func lostPostgres(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "57P") // admin_shutdown and its like
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn)
}

// passingPostgres says whether an error of PostgreSQL's goes away when the transaction
// is run again.
func passingPostgres(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	case "23505": // unique_violation: two processes drew the same id
		return strings.HasSuffix(pg.ConstraintName, "_pkey")
	}
	return false
}
