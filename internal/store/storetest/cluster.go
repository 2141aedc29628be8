package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clusterStart bounds how long a private server may take to answer.
const clusterStart = 60 * time.Second

// supervise makes a database cluster in the folder $1 with the programs in $2,
// serves it on a socket in that folder, and waits for its standard input to
// end, which happens however this process ends. Then nothing is left of it.
// What a power cut would lose is not worth waiting for in a test.
const supervise = `
dir=$1; bin=$2
trap '' INT HUP
"$bin/initdb" --pgdata="$dir/data" --username=test --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/log" 2>&1 &&
{
	"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=300 -c shared_buffers=64MB \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off </dev/null >>"$dir/log" 2>&1 &
	pid=$!
	read -r _
	kill -QUIT "$pid"
	wait "$pid"
}
rm -rf "$dir"`

// startCluster starts a private server and returns the URL of a database on it.
func startCluster() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "evoladder-pg-") // short: a socket's path ends at 107 bytes
	if err != nil {
		return "", err
	}
	attributes, err := unprivileged(dir)
	if err != nil {
		return "", err
	}
	stdin, keep, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer stdin.Close()
	command := exec.Command("/bin/sh", "-c", supervise, "sh", dir, bin)
	command.Dir, command.Stdin, command.SysProcAttr = dir, stdin, attributes
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if err := command.Start(); err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	exited := make(chan error, 1)
	go func() {
		exited <- command.Wait()
		runtime.KeepAlive(keep) // the supervisor's standard input stays open until then
	}()
	address := (&url.URL{
		Scheme: "postgres", User: url.User("test"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}}.Encode(),
	}).String()
	return address, waitReady(address, filepath.Join(dir, "log"), exited)
}

// waitReady polls, since a starting server can tell nobody that it is ready.
func waitReady(address, log string, exited <-chan error) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	deadline := time.After(clusterStart)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(context.Background()); err == nil {
			return nil
		}
		select {
		case <-tick.C:
			continue
		case <-exited:
		case <-deadline:
		}
		said, _ := os.ReadFile(log)
		return fmt.Errorf("private postgres does not answer: %w\n%s", err, bytes.TrimSpace(said))
	}
}

// programs is the folder of the newest server installed.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		if path, err := exec.LookPath("postgres"); err == nil {
			return filepath.Dir(path), nil
		}
		return "", errNoServer
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })), nil
}

func release(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// unprivileged makes the child a session of its own, so that Ctrl-C at the
// terminal is not its affair, and somebody other than root, whom postgres
// refuses to run as.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return attributes, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("postgres does not run as root: %w", err)
		}
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, os.Chown(dir, uid, gid)
}

func random() []byte {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails
	return b
}
