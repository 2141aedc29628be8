// Package redistest gives tests a Redis: a real one of their own, and the
// embedded one. Production binaries do not link it.
package redistest

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/servicetest"
	"github.com/evoladder/evoladderbot/internal/tasks"
)

// timeout is for tests that are not about timeouts: on a busy machine the embedded
// Redis, which shares the test's processors, may take seconds for a script.
const timeout = time.Minute

// Each runs test once on a real Redis and once on the embedded one. Both are
// empty and the subtest's own, and have a minute for each answer.
func Each(t *testing.T, test func(t *testing.T, options *redis.Options)) {
	t.Run("redis", func(t *testing.T) { test(t, unhurried(Real(t))) })
	t.Run("embedded", func(t *testing.T) { test(t, unhurried(Embedded(t))) })
}

func unhurried(options *redis.Options) *redis.Options {
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = timeout, timeout, timeout
	return options
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

// Server is a private Redis, for tests that break it.
type Server struct {
	*servicetest.Redis
	t testing.TB
}

// Private starts a server on a Unix socket, without persistence; args are
// appended to its command line.
func Private(t testing.TB, args ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "redistest") // t.TempDir is too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	server, err := servicetest.StartRedis(t.Context(), dir, servicetest.RedisOptions{
		Socket: true, Args: append([]string{"--appendonly", "no"}, args...),
	})
	switch {
	case errors.Is(err, servicetest.ErrAbsent) && os.Getenv("CI") == "":
		t.Skipf("SKIPPED: %v and no TEST_REDIS_URL; nothing was tested on a real Redis", err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	return &Server{server, t}
}

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
	if err := s.Redis.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// Pause makes the server unreachable: connections stand, nothing is answered.
// The returned function lets it go on.
func (s *Server) Pause() (resume func()) {
	s.t.Helper()
	if err := s.Hang(); err != nil {
		s.t.Fatal(err)
	}
	return func() {
		if err := s.Resume(); err != nil {
			s.t.Error(err)
		}
	}
}
