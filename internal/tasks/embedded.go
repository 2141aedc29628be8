package tasks

import (
	"crypto/rand"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// EmbeddedRedis is a Redis inside this process, for one machine without
// services. It keeps nothing on disk: what was waiting is found in the
// database at the next start.
type EmbeddedRedis struct {
	server   *miniredis.Miniredis
	password string
}

// Embedded starts one on a free port of the loopback interface, behind a
// random password, since other users of the machine reach that port too.
func Embedded() (*EmbeddedRedis, error) {
	server := miniredis.NewMiniRedis()
	password := rand.Text()
	server.RequireAuth(password)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start embedded redis: %w", err)
	}
	// Without it keys would never expire, and a dead server would look alive.
	server.ClockTTL(true)
	return &EmbeddedRedis{server, password}, nil
}

// Options connect to it.
func (e *EmbeddedRedis) Options() *redis.Options {
	return tuned(&redis.Options{Addr: e.server.Addr(), Password: e.password})
}

// Close stops it; whatever it held is gone.
func (e *EmbeddedRedis) Close() { e.server.Close() }
