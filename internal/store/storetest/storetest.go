// Package storetest gives every test its own database, on each engine the
// program runs on. PostgreSQL is the server of TEST_DATABASE_URL (a URL whose
// user may create databases), else a private server started from the programs
// installed on this machine, else the test is skipped; under CI it fails.
package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/store"
)

// Engines runs test on both engines, side by side, each with an empty database.
func Engines(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	URLs(t, func(t *testing.T, url string) {
		t.Helper()
		test(t, Open(t, url))
	})
}

// URLs is Engines for tests that open the database themselves.
func URLs(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// Open opens a database until the test ends.
func Open(t testing.TB, url string, opts ...store.Option) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// SQLite is the URL of a database file that goes when the test ends.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// Postgres is the URL of an empty database, with its schema, that goes when
// the test ends.
func Postgres(t testing.TB) string {
	t.Helper()
	server, err := sharedServer()
	switch {
	case errors.Is(err, servicetest.ErrAbsent) && !underCI():
		t.Skipf("SKIPPED, NOT TESTED ON POSTGRESQL: %v: set TEST_DATABASE_URL, or install the postgresql package", err)
	case err != nil:
		t.Fatal(err)
	}
	url, drop, err := server.create(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return url
}
