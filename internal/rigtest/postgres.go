package rigtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// How a Postgres may be stopped: https://www.postgresql.org/docs/current/server-shutdown.html
const (
	// Fast ends every connection and rolls their transactions back.
	Fast = syscall.SIGINT
	// Immediate ends without a word: the next start recovers as from a crash.
	Immediate = syscall.SIGQUIT
)

// Postgres is a private cluster with one empty database.
type Postgres struct {
	spec     Spec
	port     int
	bin      string
	counting bool

	mu    sync.Mutex
	lives []*Process // all so far; the last one runs, or ran last
}

// PostgresOptions are the settings of a cluster.
type PostgresOptions struct {
	// Careless does not wait for the disk. The cluster survives its own crash,
	// but not the machine's: for tests that measure nothing.
	Careless bool
}

// StartPostgres makes a cluster under dir and starts it, with
// pg_stat_statements where that is installed.
func StartPostgres(ctx context.Context, dir string, options PostgresOptions) (*Postgres, error) {
	bin, err := postgresFolder()
	if err != nil {
		return nil, err
	}
	account, err := Unprivileged()
	if err != nil {
		return nil, err
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	home := filepath.Join(dir, "postgres")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, fmt.Errorf("make folder of postgres: %w", err)
	}
	if err := account.own(home); err != nil {
		return nil, fmt.Errorf("give folder of postgres to its user: %w", err)
	}
	p := &Postgres{port: port, bin: bin, spec: Spec{
		Name: "postgres", Path: filepath.Join(bin, "postgres"), Dir: home, Account: account,
		Env: []string{"LC_ALL=C.UTF-8", "TZ=UTC"},
	}}
	data := filepath.Join(home, "data")
	if err := p.initialise(ctx, data); err != nil {
		return nil, err
	}
	p.spec.Args = []string{
		"-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", home,
		"-c", "max_connections=200",
	}
	if options.Careless {
		p.spec.Args = append(p.spec.Args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	if p.counting = hasStatistics(bin); p.counting {
		p.spec.Args = append(p.spec.Args, "-c", "shared_preload_libraries=pg_stat_statements")
	}
	return p, p.Start(ctx)
}

// postgresFolder is where the newest installed server's binaries are.
func postgresFolder() (string, error) {
	// Debian keeps them away from PATH, a version each.
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(newest), nil
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", fmt.Errorf("postgres: %w", ErrAbsent)
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// hasStatistics looks for pg_stat_statements, which distributions ship apart.
func hasStatistics(bin string) bool {
	library, err := exec.Command(filepath.Join(bin, "pg_config"), "--pkglibdir").Output()
	if err != nil {
		library = []byte(filepath.Join(filepath.Dir(bin), "lib")) // pg_config is of the development package
	}
	_, err = os.Stat(filepath.Join(string(bytes.TrimSpace(library)), "pg_stat_statements.so"))
	return err == nil
}

func (p *Postgres) initialise(ctx context.Context, data string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(p.bin, "initdb"),
		"--pgdata", data, "--auth=trust", "--username=evoladder", "--encoding=UTF8", "--no-locale", "--no-sync")
	command.Dir, command.Env = p.spec.Dir, p.spec.Env
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.spec.Account.apply(command.SysProcAttr)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// Start starts the cluster, also again after Stop, on the same address.
func (p *Postgres) Start(ctx context.Context) error {
	process, err := Start(p.spec)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.lives = append(p.lives, process)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := Poll(ctx, process, p.ping); err != nil {
		p.Stop(Fast)
		return fmt.Errorf("wait for postgres (see %s): %w", LogFile(p.spec), err)
	}
	return nil
}

// ping asks for a connection with the first message of the protocol. The
// server's answer begins with R (come in) or E (not yet, or never).
// https://www.postgresql.org/docs/current/protocol-message-formats.html
func (p *Postgres) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.addr())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	parameters := []byte("\x00\x03\x00\x00user\x00evoladder\x00database\x00postgres\x00\x00")
	if _, err := conn.Write(append([]byte{0, 0, 0, byte(4 + len(parameters))}, parameters...)); err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err := conn.Read(answer); err != nil {
		return err
	}
	if answer[0] != 'R' {
		return fmt.Errorf("postgres does not take connections yet")
	}
	_, _ = conn.Write([]byte{'X', 0, 0, 0, 4}) // a polite end, for the log's sake
	return nil
}

func (p *Postgres) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// URL is the address for DATABASE_URL.
func (p *Postgres) URL() string {
	return "postgres://evoladder@" + p.addr() + "/postgres?sslmode=disable"
}

// Counting reports whether pg_stat_statements is loaded.
func (p *Postgres) Counting() bool { return p.counting }

// Stop ends the cluster, Fast or Immediate. A second call does nothing.
func (p *Postgres) Stop(how syscall.Signal) {
	lives := p.Lives()
	lives[len(lives)-1].Stop(how, stopGrace)
}

// Name is for reports.
func (p *Postgres) Name() string { return p.spec.Name }

// Lives are all the server's processes so far.
func (p *Postgres) Lives() []*Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Process(nil), p.lives...)
}

// FindPostgres says whether a server is installed here: nil, or ErrAbsent.
func FindPostgres() error {
	_, err := postgresFolder()
	return err
}
