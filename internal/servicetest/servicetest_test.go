package servicetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

const timeout = time.Minute

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	return ctx
}

// need skips at home what is not installed, loudly, and fails in CI.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrAbsent) && os.Getenv("CI") == "":
		t.Skipf("SKIPPED: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}

// open is a temporary folder that other accounts may enter.
func open(t *testing.T) string {
	dir, err := os.MkdirTemp("", "servicetest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func shell(t *testing.T, name, script string) Spec {
	t.Helper()
	path, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	return Spec{Name: name, Path: path, Args: []string{"-c", script}, Env: os.Environ(), Dir: t.TempDir()}
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	err := Poll(bounded(t), nil, func(context.Context) error {
		if is() {
			return nil
		}
		return errors.New("not yet")
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func TestRedisAnswersUntilStopped(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	redis, err := StartRedis(ctx, open(t), RedisOptions{})
	need(t, err)
	if err := redis.ping(ctx); err != nil {
		t.Error(err)
	}
	redis.Stop()
	if redis.ping(ctx) == nil {
		t.Error("redis answers after it was stopped")
	}
}

func TestPostgresKeepsWhatWasCommittedThroughACrash(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	postgres, err := StartPostgres(ctx, open(t), PostgresOptions{Careless: true})
	need(t, err)
	t.Cleanup(func() { postgres.Stop(Fast) })
	db, err := sql.Open("pgx", postgres.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, "CREATE TABLE kept AS SELECT 7 AS n"); err != nil {
		t.Fatal(err)
	}

	postgres.Stop(Immediate)
	if err := postgres.Start(ctx); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.QueryRowContext(ctx, "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Errorf("after a crash there are %d, %v", n, err)
	}
	if lives := len(postgres.Lives()); lives != 2 {
		t.Errorf("postgres had %d lives", lives)
	}
}

func TestProgramIsRestartedUntilItIsStopped(t *testing.T) {
	t.Parallel()
	program, err := Supervise(shell(t, "sleeper", "exec sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	first := program.Process().PID()
	program.Kill()
	waitFor(t, "a second life", func() bool { return len(program.Lives()) == 2 && program.Process().State() == nil })
	if program.Process().PID() == first {
		t.Error("the killed process still counts")
	}
	if exits := program.Exits(); len(exits) != 0 {
		t.Errorf("a kill of ours is taken for an exit of its own: %v", exits)
	}
	if !program.Stop(timeout) {
		t.Error("sleep had to be killed")
	}
	if program.Process().State() == nil || len(program.Lives()) != 2 {
		t.Error("the program lives on after Stop")
	}
}

func TestProgramThatFailsIsReported(t *testing.T) {
	t.Parallel()
	program, err := Supervise(shell(t, "failing", "exit 3"))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Stop(timeout)
	waitFor(t, "an exit", func() bool { return len(program.Exits()) > 0 })
	if got := program.Exits()[0].Status; got != "exit status 3" {
		t.Errorf("the exit is %q", got)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	program, err := Supervise(shell(t, "stubborn", "trap '' TERM; echo armed; while :; do sleep 60; done"))
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the trap", func() bool {
		said, _ := os.ReadFile(LogFile(program.spec))
		return string(said) == "armed\n"
	})
	if program.Stop(10 * time.Millisecond) {
		t.Error("a process that ignores SIGTERM is said to have ended by itself")
	}
	if status, ok := program.Process().State().Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Errorf("it ended with %v", program.Process().State())
	}
}

func TestMeterCountsChildrenAndTheDead(t *testing.T) {
	t.Parallel()
	// A child of the shell does the work, and another one keeps on.
	program, err := Supervise(shell(t, "busy", "i=0; (while [ $i -lt 200000 ]; do i=$((i+1)); done); echo done; sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	meter := NewMeter(program)
	defer meter.Stop()
	waitFor(t, "the work", func() bool {
		said, _ := os.ReadFile(LogFile(program.spec))
		return string(said) == "done\n"
	})
	waitFor(t, "the last child", func() bool { return len(Children(program.Process())) == 1 })
	alive := meter.Costs()["busy"]
	if alive.CPU < 2*clockTick || alive.Peak == 0 || alive.Now == 0 {
		t.Errorf("while it lives it costs %+v", alive)
	}
	program.Stop(time.Millisecond)
	if dead := meter.Costs()["busy"]; dead.CPU < alive.CPU || dead.Now != 0 {
		t.Errorf("after its end it costs %+v, before %+v", dead, alive)
	}
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	line := "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 100 1 1\n"
	got, ok := parseStat([]byte(line))
	if want := (stat{parent: 7, cpu: time.Second}); !ok || got != want {
		t.Errorf("got %+v, %v, want %+v", got, ok, want)
	}
	if _, ok := parseStat([]byte("42 (cut")); ok {
		t.Error("a line without its end is taken for whole")
	}
}
