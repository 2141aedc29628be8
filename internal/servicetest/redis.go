package servicetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Redis is a private Redis with the settings that production asks for: an
// append-only file, and nothing evicted when memory is full.
type Redis struct{ server }

// RedisOptions are the settings of a Redis.
type RedisOptions struct {
	Socket bool     // listen on a Unix socket and no port
	Args   []string // appended to the command line
}

// StartRedis starts a Redis that keeps its data under dir. Without an installed
// server the error is ErrAbsent.
func StartRedis(ctx context.Context, dir string, options RedisOptions) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server: %w", ErrAbsent)
	}
	home := filepath.Join(dir, "redis")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, fmt.Errorf("make folder of redis: %w", err)
	}
	r := &Redis{server{spec: Spec{Name: "redis", Path: path, Dir: home}, greet: greetRedis}}
	args := []string{"--dir", home, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"}
	if options.Socket {
		_, err = r.listenAt("socket")
		args = append(args, "--port", "0", "--unixsocket", r.address)
	} else {
		var port string
		port, err = r.listenAt("")
		args = append(args, "--bind", "127.0.0.1", "--port", port)
	}
	if err != nil {
		return nil, err
	}
	r.spec.Args = append(args, options.Args...)
	return r, r.Start(ctx)
}

// greetRedis asks whether commands are served: not while the data is being
// loaded. A server that asks for a password is there, too.
func greetRedis(conn net.Conn) error {
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil {
		return err
	}
	if got := string(answer[:n]); got != "+PONG\r\n" && !strings.HasPrefix(got, "-NOAUTH") {
		return fmt.Errorf("redis says %q", got)
	}
	return nil
}

// URL is the address for REDIS_URL.
func (r *Redis) URL() string {
	if r.network == "unix" {
		return "unix://" + r.address
	}
	return "redis://" + r.address + "/0"
}

// Stop ends the server. A second call does nothing.
func (r *Redis) Stop() { r.last().Stop(syscall.SIGTERM, stopGrace) }
