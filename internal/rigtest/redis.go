package rigtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// ErrAbsent says that a server's binary is not on this machine.
var ErrAbsent = errors.New("not installed")

const (
	// startTimeout bounds the start of a server, a first start included.
	startTimeout = 30 * time.Second
	// stopGrace is how long a server may take to end before it is killed.
	stopGrace = 10 * time.Second
)

// Redis is a private Redis with the settings that production asks for: an
// append-only file, and nothing evicted when memory is full.
type Redis struct {
	spec    Spec
	port    int
	process *Process
}

// StartRedis starts a Redis that keeps its data under dir.
func StartRedis(ctx context.Context, dir string) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server: %w", ErrAbsent)
	}
	home := filepath.Join(dir, "redis")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, fmt.Errorf("make folder of redis: %w", err)
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	r := &Redis{port: port, spec: Spec{Name: "redis", Path: path, Dir: home, Args: []string{
		"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", home,
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
		"--maxmemory-policy", "noeviction",
	}}}
	return r, r.start(ctx)
}

func (r *Redis) start(ctx context.Context) error {
	process, err := Start(r.spec)
	if err != nil {
		return err
	}
	r.process = process
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := Poll(ctx, process, r.ping); err != nil {
		r.Stop()
		return fmt.Errorf("wait for redis (see %s): %w", LogFile(r.spec), err)
	}
	return nil
}

// ping asks whether commands are served: not while the data is being loaded.
func (r *Redis) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil {
		return err
	}
	if got := string(answer[:n]); got != "+PONG\r\n" {
		return fmt.Errorf("redis says %q", got)
	}
	return nil
}

// Addr is host:port.
func (r *Redis) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// URL is the address for REDIS_URL.
func (r *Redis) URL() string { return "redis://" + r.Addr() + "/0" }

// Stop ends the server. A second call does nothing.
func (r *Redis) Stop() { r.process.Stop(syscall.SIGTERM, stopGrace) }

// Hang lets the server answer nothing until Resume, while its connections stand
// and new ones are taken: as behind a network that loses everything.
func (r *Redis) Hang() error { return r.process.Signal(syscall.SIGSTOP) }

// Resume ends what Hang began.
func (r *Redis) Resume() error { return r.process.Signal(syscall.SIGCONT) }

// Name is for reports.
func (r *Redis) Name() string { return r.spec.Name }

// Lives is the server's process.
func (r *Redis) Lives() []*Process { return []*Process{r.process} }
