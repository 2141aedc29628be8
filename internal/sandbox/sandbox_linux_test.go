package sandbox_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		machinePID, _ = os.Readlink("/proc/self") // later it may not ask
		if name, _ := os.Executable(); filepath.Base(name) == unfiltered {
			sandbox.LeaveOutFilter()
		}
		os.Exit(sandbox.Serve(act))
	}
	if os.Getenv("SANDBOX_TEST_PARENT") != "" {
		loopForEver()
	}
	goleak.VerifyTestMain(m)
}

func newPool(t testing.TB, options sandbox.Options) *sandbox.Pool {
	t.Helper()
	options.Log = slog.New(slog.DiscardHandler)
	if options.Processes == 0 {
		options.Processes = 1
	}
	pool, err := sandbox.NewPool(bounded(options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// bounded is options with a deadline and a memory that no act of these tests is
// to reach, where a test has none of its own.
func bounded(options sandbox.Options) sandbox.Options {
	options.Deadline = cmp.Or(options.Deadline, 10*time.Second)
	options.Memory = cmp.Or(options.Memory, 256<<20)
	return options
}

// say has one of the pool's children act on words.
func say(pool *sandbox.Pool, words string) (*replay.Replay, error) {
	parsed, err := pool.Parse(context.Background(), sandbox.File{Name: "a.SC2Replay", SHA256: "5e1f", Data: []byte(words)})
	if err != nil {
		return nil, err
	}
	var r replay.Replay
	return &r, json.Unmarshal(parsed.Summary, &r)
}

func TestParsedFileComesBackWhole(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{})
	for _, size := range []int{0, 1, 153601, 3 << 20} {
		data := bytes.Repeat([]byte("x"), size)
		parsed, err := pool.Parse(t.Context(), sandbox.File{Name: "ü \"q\".SC2Replay", SHA256: "ab", Data: data, Timeline: true})
		if err != nil {
			t.Fatal(err)
		}
		var summary replay.Replay
		if err := json.Unmarshal(parsed.Summary, &summary); err != nil {
			t.Fatal(err)
		}
		if summary.File != "ü \"q\".SC2Replay" || summary.SHA256 != "ab" || summary.Bytes != int64(size) || summary.Timeline != nil {
			t.Errorf("summary %s", parsed.Summary)
		}
		var timeline timeline.Timeline
		if err := json.Unmarshal(parsed.Timeline, &timeline); err != nil || timeline.Players[0].Slot != 4 {
			t.Errorf("timeline %s (%v)", parsed.Timeline, err)
		}
	}
	if started := pool.Stats().Started; started != 1 {
		t.Errorf("%d children for four files", started)
	}
}

func TestHostileFilesEndInTheirKind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind failure.Kind
		how  sandbox.How // of the cause, where a child died
		text string      // somewhere in the cause
	}{
		"loop":      {failure.Timeout, sandbox.TimedOut, ""},
		"obey":      {failure.Timeout, "", "deadline exceeded"},
		"panic now": {failure.Poison, sandbox.Crashed, "a hostile file: now"},
		"exit":      {failure.Poison, sandbox.Crashed, "exit status 3"},
		"hog":       {failure.Poison, sandbox.OverMemory, ""},
		"gulp":      {failure.Poison, sandbox.OverMemory, ""},
		"deep":      {failure.Poison, sandbox.Crashed, "stack"},
		"garble":    {failure.Poison, sandbox.Garbled, ""},
		"mute":      {failure.Poison, sandbox.Garbled, "closed its pipe"},
		"failure":   {failure.Unsupported, "", "no table"},
		"error":     {failure.Invalid, "", "bad offset"},
	}
	for words, want := range tests {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			deadline := time.Minute
			switch words {
			case "loop":
				deadline = 2 * time.Second // in which a busy machine must parse the next one
			case "obey":
				deadline = 5 * time.Second // in a tenth of which the parser must end by itself
			}
			pool := newPool(t, sandbox.Options{Deadline: deadline, Memory: raceFactor * 256 << 20})
			_, err := say(pool, words)
			found := failure.Find(err)
			if found == nil || found.Kind != want.kind {
				t.Fatalf("%v, want kind %s", err, want.kind)
			}
			death, _ := errors.AsType[*sandbox.Death](err)
			if want.how != "" && (death == nil || death.How != want.how) {
				t.Errorf("cause %v, want a parser that %s", found.Cause, want.how)
			}
			if !strings.Contains(err.Error(), want.text) {
				t.Errorf("cause %q, want %q in it", err, want.text)
			}
			if strings.HasPrefix(found.Text.In(phrase.English), string(found.Text.Key)) {
				t.Errorf("its player reads %q", found.Text)
			}
			// The next one is not troubled.
			if r, err := say(pool, "good"); err != nil || r.Map.Title != "good" {
				t.Errorf("the next replay: %+v, %v", r, err)
			}
		})
	}
}

func TestCrashTakesTwoChildrenAtMost(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{})
	if _, err := say(pool, "panic"); failure.Find(err) == nil {
		t.Fatal(err)
	}
	if _, err := say(pool, "good"); err != nil {
		t.Fatal(err)
	}
	if stats := pool.Stats(); stats.Crashes != 2 || stats.Started != 3 {
		t.Errorf("%+v, want two crashes and three children", stats)
	}
}

func TestPrintingIsHarmless(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{})
	if _, err := say(pool, "print"); err != nil {
		t.Error(err)
	}
}

func TestChildKilledByOthersIsNobodysFault(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{})
	for range 2 { // in between two files, and under one
		r, err := say(pool, "pid")
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(r.Build, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := say(pool, "good"); err != nil || r.Map.Title != "good" {
		t.Errorf("%+v, %v, want another child to answer", r, err)
	}
}

func TestFileUnderWhichChildrenAreKilledIsNotPoison(t *testing.T) {
	t.Parallel()
	const memory = 256<<20 + 1 // by which its children are known
	pool := newPool(t, sandbox.Options{Deadline: time.Hour, Memory: memory})
	go func() {
		killed := map[int]bool{}
		for len(killed) < 2 {
			for _, pid := range processes(fmt.Sprintf(`{"memory":%d,`, memory)) {
				// A child that starts takes less than a parse without an end.
				if !killed[pid] && ticks(pid) >= 50 {
					syscall.Kill(pid, syscall.SIGKILL)
					killed[pid] = true
				}
			}
			time.Sleep(time.Millisecond) // nothing tells how far a child is
		}
	}()
	_, err := say(pool, "loop")
	if !errors.Is(err, sandbox.ErrKilled) || failure.Find(err) != nil {
		t.Errorf("%v, want ErrKilled", err)
	}
	if kills := pool.Stats().Kills; kills != 2 {
		t.Errorf("%d kills counted, want 2", kills)
	}
}

func TestServiceManagersSignalEndsNoChild(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{})
	first, err := say(pool, "pid")
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if err := syscall.Kill(first.Build, signal); err != nil {
			t.Fatal(err)
		}
	}
	second, err := say(pool, "pid")
	if err != nil || second.Build != first.Build {
		t.Errorf("%+v after %+v, %v: want the same child", second, first, err)
	}
}

func TestChildrenAreReplaced(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options sandbox.Options
		words   string
	}{
		"after so many replays": {sandbox.Options{RecycleAfter: 3}, "pid"},
		"when they grew":        {sandbox.Options{Memory: 1 << 30, RecyclePeak: 200 << 20}, "grow"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := newPool(t, test.options)
			for range 9 {
				if _, err := say(pool, test.words); err != nil {
					t.Fatal(err)
				}
			}
			if stats := pool.Stats(); stats.Started < 3 || stats.Crashes+stats.Memory > 0 {
				t.Errorf("%+v, want three children and no crash", stats)
			}
		})
	}
}

func TestCallerMayGiveUp(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{Deadline: time.Minute})
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("drained")
	time.AfterFunc(50*time.Millisecond, func() { cancel(gone) })
	_, err := pool.Parse(ctx, sandbox.File{Data: []byte("loop")})
	if !errors.Is(err, gone) || failure.Find(err) != nil {
		t.Errorf("%v, want the caller's own cause", err)
	}
	if _, err := say(pool, "good"); err != nil {
		t.Error(err)
	}
}

func TestMoreFilesThanChildren(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{Processes: 2})
	errs := make(chan error)
	for i := range 50 {
		go func() {
			words := "good " + strconv.Itoa(i)
			if i%10 == 0 {
				words = "exit"
			}
			r, err := say(pool, words)
			if i%10 == 0 {
				if failure.Find(err) == nil {
					errs <- fmt.Errorf("file %d: %w, want poison", i, err)
					return
				}
				errs <- nil
				return
			}
			if err == nil && r.Map.Title != words {
				err = fmt.Errorf("file %d got the answer to %q", i, r.Map.Title)
			}
			errs <- err
		}()
	}
	for range 50 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestCloseEndsTheChildren(t *testing.T) {
	t.Parallel()
	pool := newPool(t, sandbox.Options{Deadline: time.Minute})
	r, err := say(pool, "pid")
	if err != nil {
		t.Fatal(err)
	}
	parsing := make(chan error, 1)
	go func() {
		_, err := say(pool, "loop")
		parsing <- err
	}()
	pool.Close()
	if err := <-parsing; err == nil {
		t.Error("a file was answered after Close")
	}
	if err := syscall.Kill(r.Build, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("child %d is still there (%v)", r.Build, err)
	}
}

func TestChildrenDieWithTheirParent(t *testing.T) {
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "SANDBOX_TEST_PARENT=1")
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var child int
	if _, err := fmt.Fscanln(stdout, &child); err != nil {
		t.Fatal(err)
	}
	if !alive(child) {
		t.Fatalf("child %d is not there", child)
	}
	parent.Process.Kill()
	parent.Wait()
	for deadline := time.Now().Add(time.Minute); alive(child); {
		if time.Now().After(deadline) {
			syscall.Kill(child, syscall.SIGKILL)
			t.Fatal("the child outlived its parent")
		}
		time.Sleep(time.Millisecond) // the end of a grandchild is not signalled
	}
}
