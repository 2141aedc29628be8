// Package redistest gives tests a Redis: a real one of their own, and the
// embedded one. Production binaries do not link it.
package redistest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/tasks"
)

// Each runs test once on a real Redis and once on the embedded one. Both are
// empty and the subtest's own.
func Each(t *testing.T, test func(t *testing.T, options *redis.Options)) {
	t.Run("redis", func(t *testing.T) { test(t, Real(t)) })
	t.Run("embedded", func(t *testing.T) { test(t, Embedded(t)) })
}

// Embedded is an embedded Redis that ends with the test.
func Embedded(t testing.TB) *redis.Options {
	t.Helper()
	server, err := tasks.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server.Options()
}

// shared serialises the users of TEST_REDIS_URL. Other processes are not held
// back: use it with go test -p 1.
var shared sync.Mutex

// Real is an empty Redis: the database of TEST_REDIS_URL when that is set,
// else a private server. Without either the test is skipped, or fails where CI
// is set.
func Real(t testing.TB) *redis.Options {
	t.Helper()
	url := os.Getenv("TEST_REDIS_URL")
	if url == "" {
		return Private(t).Options()
	}
	options, err := tasks.Redis(url)
	if err != nil {
		t.Fatalf("TEST_REDIS_URL: %v", err)
	}
	shared.Lock()
	t.Cleanup(shared.Unlock)
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.FlushDB(t.Context()).Err(); err != nil {
		t.Fatalf("TEST_REDIS_URL: %v", err)
	}
	return options
}

// Server is a private redis-server process, for tests that break it.
type Server struct {
	t      testing.TB
	socket string
	args   []string
	cmd    *exec.Cmd
}

// Private starts a server on a Unix socket, without persistence; args are
// appended to its command line.
func Private(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server in PATH, and CI is set")
		}
		t.Skip("SKIPPED: no redis-server in PATH and no TEST_REDIS_URL; nothing was tested on a real Redis")
	}
	dir, err := os.MkdirTemp("", "redistest") // t.TempDir is too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{t: t, socket: filepath.Join(dir, "socket")}
	s.args = append([]string{
		"--port", "0", "--unixsocket", s.socket, "--dir", dir,
		"--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
	}, args...)
	t.Cleanup(s.Kill)
	s.Start()
	return s
}

// URL connects to the server.
func (s *Server) URL() string { return "unix://" + s.socket }

// Options connect to the server.
func (s *Server) Options() *redis.Options {
	options, err := tasks.Redis(s.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	return options
}

// Start starts the server, empty, after Kill.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", s.args...)
	s.cmd.SysProcAttr = endWithParent()
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "eady to accept connections") {
				ready <- true
			}
		}
		close(ready)
	}()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	select {
	case ok := <-ready:
		if !ok {
			s.t.Fatal("redis-server ended before it was ready")
		}
	case <-ctx.Done():
		s.t.Fatal("redis-server is not ready after a minute")
	}
}

// Kill ends the server at once; its data are gone.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.cmd = nil
}
