package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestOpenRefusesADatabaseOfANewerProgram(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		storetest.Open(t, url)
		execute(t, url, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`)
		_, err := store.Open(context.Background(), url)
		if err == nil || !strings.Contains(err.Error(), "schema version 999") || !strings.Contains(err.Error(), "start the newer program") {
			t.Errorf("open: %v", err)
		}
	})
}

func TestOpenByManyAtOnceMigratesOnce(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			execute(t, url, `DROP SCHEMA public CASCADE`)
			execute(t, url, `CREATE SCHEMA public`)
		}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				s, err := store.Open(context.Background(), url)
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(s.Ping(context.Background()), s.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		world{t, storetest.Open(t, url)}.submit(arrival("works"))
	})
}

func TestOpenWithoutMigrationLeavesTheSchemaAlone(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		refused := func(want string) {
			t.Helper()
			s, err := store.Open(context.Background(), url, store.WithoutMigration())
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, store.ErrNoDatabase) || !strings.Contains(err.Error(), want) {
				t.Errorf("open: %v, want %q", err, want)
			}
		}
		if strings.HasPrefix(url, "postgres") {
			execute(t, url, `DROP SCHEMA public CASCADE`)
			execute(t, url, `CREATE SCHEMA public`)
		} else {
			refused("there is no file")
			execute(t, url, `CREATE TABLE other (id integer)`)
		}
		refused("is empty")
		refused("is empty") // the first look made no tables
		storetest.Open(t, url)
		storetest.Open(t, url, store.WithoutMigration())
		execute(t, url, `DELETE FROM goose_db_version WHERE version_id > 2`)
		refused("has schema version 2")
		refused("run evoladder migrate")
	})
}

func TestConnectionsStayWithinTheirNumber(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{2, 3, 5} {
		url := storetest.Postgres(t)
		w := world{t, storetest.Open(t, url, store.WithMaxConns(limit))}
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				if _, err := w.Accept(context.Background(), arrival(fmt.Sprint("file ", i))); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		// Postgres lists a connection for a moment after it was closed.
		held := connections(t, url)
		for deadline := time.Now().Add(time.Minute); held > limit && time.Now().Before(deadline); held = connections(t, url) {
			time.Sleep(10 * time.Millisecond)
		}
		if held > limit || held < 2 {
			t.Errorf("%d connections of %d", held, limit)
		}
	}
}

func TestADatabaseInSQLASCIIWorks(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/") + "_ascii"
	execute(t, address, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`)
	t.Cleanup(func() { execute(t, address, `DROP DATABASE `+name+` WITH (FORCE)`) })
	u.Path = "/" + name
	w := world{t, storetest.Open(t, u.String(), store.Yielding())}
	if _, err := w.Accept(t.Context(), arrival("리플레이")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Backlog(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// connections are those that others have to the database of url.
func connections(t *testing.T, url string) int {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A server that refuses more connections is tried again until there is room.
func TestRefusedConnectionsAreSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	refuse := true
	log := new(strings.Builder)
	s := storetest.Open(t, url, store.WithLog(slog.New(slog.NewTextHandler(log, nil))),
		store.WithConnector(func(c driver.Connector) driver.Connector { return &full{c, &refuse} }))
	if s.Refused() {
		t.Error("refused before any connection")
	}
	if err := s.Ping(context.Background()); err != nil {
		t.Error(err)
	}
	if !s.Refused() || strings.Count(log.String(), "DATABASE_MAX_CONNS") != 1 {
		t.Errorf("refused: %v, log: %s", s.Refused(), log)
	}
}

// What no waiting mends ends the start at once, with the name of the setting.
func TestServerThatRefusesTheLoginIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	good := storetest.Postgres(t)
	change := func(how func(*url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		how(u)
		return u.String()
	}
	for name, address := range map[string]string{
		"no such user":     change(func(u *url.URL) { u.User = url.UserPassword("nobody-of-ours", "secret") }),
		"no such database": change(func(u *url.URL) { u.Path = "/nothing_of_ours" }),
	} {
		_, err := store.Open(context.Background(), address)
		if err == nil || store.Away(err) || !strings.Contains(err.Error(), "correct DATABASE_URL") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// full refuses one connection as a server without room does.
type full struct {
	driver.Connector
	refuse *bool
}

func (f *full) Connect(ctx context.Context) (driver.Conn, error) {
	if *f.refuse {
		*f.refuse = false
		return nil, &pgconn.PgError{Severity: "FATAL", Code: "53300", Message: "sorry, too many clients already"}
	}
	return f.Connector.Connect(ctx)
}

func TestOpenKeepsWhatIsThere(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		s, err := store.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		receipt := world{t, s}.accept(arrival("kept"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if view := (world{t, storetest.Open(t, url)}).view(receipt.ID); view.State != upload.Queued {
			t.Errorf("after a restart: %+v", view)
		}
	})
}

func TestOpenMakesTheFolderOfAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a folder?#%", "evo ladder.db")
	storetest.Open(t, path)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenFailsForTheTimeBeing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the minute of tries takes no time
		// No server listens on port 1.
		_, err := store.Open(context.Background(), "postgres://u:secret@127.0.0.1:1/db?sslmode=disable")
		if err == nil || failure.Find(err) != nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("no server: %v", err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("password in an error: %v", err)
		}
	})
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"mysql://localhost/x", "sqlite:", "", ":memory:", "postgres://:bad port/"} {
		if s, err := store.Open(context.Background(), url); err == nil {
			s.Close()
			t.Errorf("opened %q", url)
		}
	}
}

// A server that restarts ends every pooled connection; acts after that do not
// fail one by one until all have been found out.
func TestConnectionsThatDiedAreReplacedUnseen(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	w := world{t, storetest.Open(t, url, store.WithMaxConns(6))}
	for range 3 {
		var all sync.WaitGroup
		for range 12 { // fill the pool
			all.Go(func() {
				if _, err := w.Recent(context.Background(), 0, 1); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		execute(t, url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`)
		receipt, parse := w.submit(arrival("after a restart"))
		w.begin(parse)
		w.record(parse, good(1, `{}`))
		w.view(receipt.ID)
		execute(t, url, `DELETE FROM jobs`)
		execute(t, url, `DELETE FROM submissions`)
		execute(t, url, `DELETE FROM replays`)
	}
}

func TestDatabaseIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "evoladder.db")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o644)); err != nil { // of an earlier version
		t.Fatal(err)
	}
	world{t, storetest.Open(t, path)}.submit(arrival("a"))
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}
