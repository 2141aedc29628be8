package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// smallServer is a Postgres of the test's own that allows few connections.
func smallServer(t *testing.T, connections int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "evoladder-small-") // short: a socket's path ends at 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // Postgres runs as somebody else when this is root
		t.Fatal(err)
	}
	server, err := servicetest.StartPostgres(t.Context(), dir, servicetest.PostgresOptions{Careless: true, Socket: true, Connections: connections})
	if errors.Is(err, servicetest.ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("SKIPPED: no Postgres is installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop(servicetest.Immediate) })
	return server.URL()
}

// backends are the processes that serve connections of stores.
func backends(t *testing.T, url string) map[int]bool {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT pid FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND application_name = 'evoladder'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[int]bool{}
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			t.Fatal(err)
		}
		all[pid] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// More workers than a server has connections work all the same, and leave room
// for a process that does not yield.
func TestManyWorkersShareFewConnections(t *testing.T) {
	t.Parallel()
	const allowed, workers = 23, 40 // 3 of them are the superuser's
	url := smallServer(t, allowed)
	var stores []*store.Store
	for range workers {
		stores = append(stores, storetest.Open(t, url, store.Yielding(), store.WithMaxConns(2)))
	}
	bot := storetest.Open(t, url)
	var all sync.WaitGroup
	for i, s := range append(stores, bot) {
		for j := range 5 {
			all.Go(func() {
				_, err := s.Accept(context.Background(), arrival(fmt.Sprint("file ", i, " ", j)))
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	deadline := time.Now().Add(time.Minute)
	for {
		if n := len(backends(t, url)); n <= (allowed-3)/2+9 { // half, and what the bot keeps
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d connections of %d are kept", n, allowed)
		}
		time.Sleep(10 * time.Millisecond) // Postgres sends no event when a connection ends
	}
}

func TestWorkerKeepsItsConnectionWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	url := smallServer(t, 23)
	s := storetest.Open(t, url, store.Yielding())
	var first map[int]bool
	for range 3 {
		if err := s.Ping(context.Background()); err != nil {
			t.Fatal(err)
		}
		now := backends(t, url)
		if len(now) == 0 {
			t.Fatal("no connection was kept")
		}
		for pid := range now {
			if first != nil && !first[pid] {
				t.Error("a connection was replaced")
			}
		}
		first = now
	}
}
