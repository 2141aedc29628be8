package servicetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// ErrAbsent says that a server's binary is not on this machine.
var ErrAbsent = errors.New("not installed")

const (
	// startTimeout bounds the start of a server, a first start included.
	startTimeout = 60 * time.Second
	// stopGrace is how long a server may take to end before it is killed.
	stopGrace = 10 * time.Second
)

// server is what Redis and Postgres have in common: an address that stays, and
// one process after the other that listens there.
type server struct {
	spec    Spec
	network string // "tcp" or "unix"
	address string // host:port, or the socket's path
	greet   func(net.Conn) error

	mu    sync.Mutex
	lives []*Process // all so far; the last one runs, or ran last
}

// listenAt fixes the address: a socket in the server's folder, or a free port of
// 127.0.0.1.
func (s *server) listenAt(socket string) (port string, err error) {
	if socket != "" {
		s.network, s.address = "unix", filepath.Join(s.spec.Dir, socket)
		return "", nil
	}
	free, err := FreePort()
	if err != nil {
		return "", err
	}
	port = strconv.Itoa(free)
	s.network, s.address = "tcp", net.JoinHostPort("127.0.0.1", port)
	return port, nil
}

// Start starts the server, also again after Stop, on the same address, and
// waits until it serves.
func (s *server) Start(ctx context.Context) error {
	process, err := Start(s.spec)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.lives = append(s.lives, process)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := Poll(ctx, process, s.ping); err != nil {
		process.Stop(syscall.SIGTERM, stopGrace)
		return fmt.Errorf("wait for %s (see %s): %w", s.spec.Name, LogFile(s.spec), err)
	}
	return nil
}

// ping asks whether the server serves, in its own protocol.
func (s *server) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, s.network, s.address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	return s.greet(conn)
}

func (s *server) last() *Process {
	lives := s.Lives()
	return lives[len(lives)-1]
}

// Kill ends the server at once.
func (s *server) Kill() { s.last().Stop(syscall.SIGKILL, stopGrace) }

// Hang lets the server answer nothing until Resume, while its connections stand
// and new ones are accepted: as behind a network that loses everything.
func (s *server) Hang() error { return s.last().Signal(syscall.SIGSTOP) }

// Resume ends what Hang began.
func (s *server) Resume() error { return s.last().Signal(syscall.SIGCONT) }

// Name is for reports.
func (s *server) Name() string { return s.spec.Name }

// Lives are all the server's processes so far.
func (s *server) Lives() []*Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Process(nil), s.lives...)
}
