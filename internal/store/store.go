package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// EnqueueGrace is how long after a job is written the sweeper first checks whether
// the queue knows it. The process that wrote the job enqueues it at once, so this
// only matters when that failed.
const EnqueueGrace = 5 * time.Second

// ErrNotFound says that there is no such thing in the database.
var ErrNotFound = ladder.ErrNotFound

// ErrNoDatabase says that there is no database yet, or none with the schema of
// this program; see WithoutMigration.
var ErrNoDatabase = errors.New("no usable database")

// Store is an open database. It is safe for concurrent use.
type Store struct {
	engine engine
	writer *sql.DB
	reader *sql.DB // the same as writer where one pool does both
	front  *sql.DB // see writeFirst; the same as writer where there is but one
	ids    idSource

	channels   freshness
	seasons    seasonCache
	ranks      rankCache
	requests   *batcher[timedRequest, bool]
	deliveries *batcher[delivery, bool]
	maxConns   int
	refusals   *refusals // nil: SQLite
}

// Option changes how a database is opened.
type Option func(*options)

type options struct {
	maxConns int
	existing bool
	yields   bool
	log      *slog.Logger
	wrap     func(driver.Connector) driver.Connector
}

// WithMaxConns limits the connections to a PostgreSQL server, at least 2 and 9 by
// default, in all; of four or more, one is kept for what may not wait. Every
// process holds its own, and a server commonly allows 100 in all.
func WithMaxConns(n int) Option {
	return func(o *options) { o.maxConns = max(2, n) }
}

// Yielding makes the process leave room for others at a PostgreSQL server: while
// half of its connections are in use, each is given back after its use, and
// one that is refused is tried again for half a minute. It is for the processes of
// which there are many.
func Yielding() Option { return func(o *options) { o.yields = true } }

// WithLog says in log when the server refuses connections.
func WithLog(log *slog.Logger) Option { return func(o *options) { o.log = log } }

// WithoutMigration opens only a database that is there and has the schema of
// this program: nothing is created, migrated or waited for. Without such a
// database opening fails with ErrNoDatabase.
func WithoutMigration() Option {
	return func(o *options) { o.existing = true }
}

// WithConnector passes the database driver through wrap, to watch what is sent
// to the database. Migrations are not seen by it.
func WithConnector(wrap func(driver.Connector) driver.Connector) Option {
	return func(o *options) { o.wrap = wrap }
}

// Open opens the database at url and brings its schema up to date:
// "postgres://…" is a PostgreSQL server, "sqlite:PATH" or a plain path is a
// SQLite file, created with its folder when absent. A database that a newer
// program has migrated is refused.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	o := options{
		maxConns: 9,
		log:      slog.New(slog.DiscardHandler),
		wrap:     func(c driver.Connector) driver.Connector { return c },
	}
	for _, opt := range opts {
		opt(&o)
	}
	s, err := open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	s.requests = &batcher[timedRequest, bool]{write: s.recordRequests}
	s.deliveries = &batcher[delivery, bool]{write: s.recordDeliveries, linger: deliveryLinger}
	return s, nil
}

func open(ctx context.Context, url string, o options) (*Store, error) {
	switch scheme, _, found := strings.Cut(url, "://"); {
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, url, o)
	case strings.HasPrefix(url, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//"), o)
	case found:
		return nil, fmt.Errorf("open database: scheme %q is not known; use postgres://… or sqlite:PATH", scheme)
	default:
		return openSQLite(ctx, url, o)
	}
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	err := s.read(ctx, func(q session) error {
		var one int
		return q.row(ctx, "SELECT 1").Scan(&one)
	})
	if err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Close closes all connections; what is running ends first.
func (s *Store) Close() error {
	s.requests.wait()
	s.deliveries.wait()
	if s.front != s.writer {
		defer s.front.Close()
	}
	if s.reader == s.writer {
		return s.writer.Close()
	}
	// Readers first: the last connection to a SQLite file to close folds the
	// log into it, and must be one that may write.
	return errors.Join(s.reader.Close(), s.writer.Close())
}
