package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/migrations"
)

func underCI() bool { return os.Getenv("CI") != "" }

// sharedServer is the one server of this test binary, with the template
// database that every test's is copied from.
var sharedServer = sync.OnceValues(func() (*server, error) {
	base := os.Getenv("TEST_DATABASE_URL")
	if base == "" {
		dir, err := servicetest.SharedFolder()
		if err != nil {
			return nil, err
		}
		cluster, err := servicetest.StartPostgres(context.Background(), dir, servicetest.PostgresOptions{Careless: true, Socket: true})
		if err != nil {
			return nil, err
		}
		base = cluster.URL()
	}
	return newServer(context.Background(), base)
})

// server is a PostgreSQL server that tests may create databases on.
type server struct {
	base     string  // URL of a database to give orders from
	orders   *sql.DB // connections to it
	template string
	run      string // tells this process's databases from others'
	count    atomic.Int64
}

// templateLock keeps test binaries that share a server from making the
// template at the same moment; any number does.
const templateLock = 0x74656d706c

func newServer(ctx context.Context, base string) (*server, error) {
	orders, err := sql.Open("pgx", base)
	if err != nil {
		return nil, err
	}
	schema, err := schemaHash()
	if err != nil {
		return nil, err
	}
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	s := &server{
		base: base, orders: orders, template: "evoladder_template_" + schema,
		run: fmt.Sprintf("evoladder_test_%d_%s", os.Getpid(), hex.EncodeToString(random[:])),
	}
	lock, err := orders.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the test server: %w", err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return nil, err
	}
	defer lock.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", templateLock)
	return s, s.makeTemplate(ctx)
}

// makeTemplate leaves behind a migrated database without connections.
// Its name has the schema's hash in it, so a kept server keeps it.
func (s *server) makeTemplate(ctx context.Context) error {
	var exists bool
	err := s.orders.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", s.template).Scan(&exists)
	if err != nil || exists {
		return err
	}
	draft := s.run + "_draft"
	if _, err := s.orders.ExecContext(ctx, "CREATE DATABASE "+draft); err != nil {
		return fmt.Errorf("create template database: %w", err)
	}
	migrated, err := store.Open(ctx, s.url(draft))
	if err != nil {
		return err
	}
	if err := migrated.Close(); err != nil {
		return err
	}
	_, err = s.orders.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+s.template)
	return err
}

// create makes one test's database.
func (s *server) create(ctx context.Context) (dbURL string, drop func() error, err error) {
	name := fmt.Sprintf("%s_%d", s.run, s.count.Add(1))
	if _, err := s.orders.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		return "", nil, fmt.Errorf("create test database: %w", err)
	}
	return s.url(name), func() error {
		_, err := s.orders.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	}, nil
}

// url is the URL of another database on the same server.
func (s *server) url(database string) string {
	u, err := url.Parse(s.base)
	if err != nil {
		return s.base // sql.Open has parsed it before
	}
	u.Path = "/" + database
	return u.String()
}

// schemaHash names the migrations as they are.
func schemaHash() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".sql") {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:8]), err
}
