package servicetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
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
	server
	bin      string
	counting bool
}

// PostgresOptions are the settings of a cluster.
type PostgresOptions struct {
	// Careless does not wait for the disk. The cluster survives its own crash,
	// but not the machine's: for tests that measure nothing.
	Careless bool
	Socket   bool // listen on a Unix socket and no port
	// Connections is how many it allows; 0: plentyConnections.
	Connections int
}

// plentyConnections is more than any test uses that is not about them.
const plentyConnections = 300

// StartPostgres makes a cluster under dir and starts it, with
// pg_stat_statements where that is installed. Without an installed server the
// error is ErrAbsent.
func StartPostgres(ctx context.Context, dir string, options PostgresOptions) (*Postgres, error) {
	bin, err := postgresFolder()
	if err != nil {
		return nil, err
	}
	account, err := Unprivileged()
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
	p := &Postgres{bin: bin, server: server{greet: greetPostgres, spec: Spec{
		Name: "postgres", Path: filepath.Join(bin, "postgres"), Dir: home, Account: account,
		Env:      []string{"LC_ALL=C.UTF-8", "TZ=UTC"},
		Orphaned: Immediate, // killed, it would leave its shared memory behind
	}}}
	data := filepath.Join(home, "data")
	if err := p.initialise(ctx, data); err != nil {
		return nil, err
	}
	p.spec.Args = []string{"-D", data, "-k", home, "-c", "max_connections=" + strconv.Itoa(cmp.Or(options.Connections, plentyConnections)), "-c", "shared_buffers=128MB"}
	if options.Socket {
		_, err = p.listenAt(".s.PGSQL.5432")
		p.spec.Args = append(p.spec.Args, "-c", "listen_addresses=", "-p", "5432")
	} else {
		var port string
		port, err = p.listenAt("")
		p.spec.Args = append(p.spec.Args, "-h", "127.0.0.1", "-p", port)
	}
	if err != nil {
		return nil, err
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
	command.SysProcAttr = new(syscall.SysProcAttr)
	p.spec.Account.apply(command.SysProcAttr)
	tie(command.SysProcAttr, 0)
	runtime.LockOSThread() // see Process.live
	defer runtime.UnlockOSThread()
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// greetPostgres asks for a connection with the first message of the protocol.
// The server's answer begins with R (come in) or E (not yet, or never).
// https://www.postgresql.org/docs/current/protocol-message-formats.html
func greetPostgres(conn net.Conn) error {
	parameters := []byte("\x00\x03\x00\x00user\x00evoladder\x00database\x00postgres\x00\x00")
	if _, err := conn.Write(append([]byte{0, 0, 0, byte(4 + len(parameters))}, parameters...)); err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err := conn.Read(answer); err != nil {
		return err
	}
	if answer[0] != 'R' {
		return errors.New("postgres does not take connections yet")
	}
	_, _ = conn.Write([]byte{'X', 0, 0, 0, 4}) // a polite end, for the log's sake
	return nil
}

// URL is the address for DATABASE_URL.
func (p *Postgres) URL() string {
	if p.network == "unix" {
		return "postgres://evoladder@/postgres?" + url.Values{"host": {p.spec.Dir}}.Encode()
	}
	return "postgres://evoladder@" + p.address + "/postgres?sslmode=disable"
}

// Counting reports whether pg_stat_statements is loaded.
func (p *Postgres) Counting() bool { return p.counting }

// Stop ends the cluster, Fast or Immediate. A second call does nothing.
func (p *Postgres) Stop(how syscall.Signal) { p.last().Stop(how, stopGrace) }

// FindPostgres says whether a server is installed here: nil, or ErrAbsent.
func FindPostgres() error {
	_, err := postgresFolder()
	return err
}
