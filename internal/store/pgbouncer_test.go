package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// Processes that start together through PgBouncer in transaction mode migrate and
// work on two connections to the server, the fewest there may be.
func TestPgBouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_describe", "exec"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			direct := storetest.Postgres(t)
			link := bounce(t, direct) + "&default_query_exec_mode=" + mode
			execute(t, direct, `DROP SCHEMA public CASCADE`)
			execute(t, direct, `CREATE SCHEMA public`)
			var processes sync.WaitGroup
			for range 4 {
				processes.Go(func() { beBusy(t, link) })
			}
			processes.Wait()
		})
	}
}

// beBusy is one process's use of the database.
func beBusy(t *testing.T, link string) {
	ctx := context.Background()
	s, err := store.Open(ctx, link)
	if err != nil {
		t.Error(err)
		return
	}
	defer s.Close()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			_, accept := s.Accept(ctx, arrival(fmt.Sprint("file ", i)))
			_, backlog := s.Backlog(ctx)
			_, lease := s.TakeLease(ctx, "lease", "holder", time.Second)
			if err := errors.Join(accept, backlog, lease); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// bounce is the URL of the database of direct through a PgBouncer of this test.
func bounce(t *testing.T, direct string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pgbouncer is required with CI set: install the pgbouncer package")
		}
		t.Skip("SKIPPED, NOT TESTED THROUGH PGBOUNCER: install the pgbouncer package")
	}
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	socket, name, user := u.Query().Get("host"), strings.TrimPrefix(u.Path, "/"), u.User.Username()
	if socket == "" {
		t.Skip("SKIPPED, NOT TESTED THROUGH PGBOUNCER: the server of TEST_DATABASE_URL is not on a socket")
	}
	dir, err := os.MkdirTemp("", "evoladder-pgb-") // short: a socket's path ends at 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	settings := fmt.Sprintf("[databases]\n%s = host=%s port=5432 user=%s\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = %s\n"+
		"listen_port = 6432\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n", name, socket, user, dir)
	file := filepath.Join(dir, "ini")
	if err := errors.Join(os.WriteFile(file, []byte(settings), 0o644), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, file)
	if os.Getuid() == 0 { // which it refuses to run as
		command.Args = []string{program, "-u", "postgres", file}
	}
	command.Stderr = new(strings.Builder)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Log(command.Stderr)
		}
	})
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=6432", user, name, dir)
}
