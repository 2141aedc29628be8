package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// unfiltered is the name of this test when its children do without the filter.
const unfiltered = "unfiltered.test"

// names are those of the measures.
const (
	userMeasure       = "user namespace"
	namespacesMeasure = "process, ipc, network and mount namespaces"
	identityMeasure   = "user of its own"
	threadMeasure     = "thread limit"
	landlockMeasure   = "landlock"
)

// copyOf puts this executable under another name where every user may run it.
func copyOf(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(dir, name)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMuchStandsBehindTheFilter(t *testing.T) {
	if name, _ := os.Executable(); filepath.Base(name) != unfiltered {
		again := exec.CommandContext(t.Context(), copyOf(t, unfiltered), "-test.run", "^"+t.Name()+"$", "-test.v")
		out, err := again.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Errorf("%v:\n%s", err, out)
		}
		t.Logf("%s", out)
		return
	}
	const memory = 256<<20 + 2 // by which its children are known
	pool, by, missing := confined(t, sandbox.Options{Memory: memory})
	t.Logf("confined by %q, missing %q", by, missing)
	if slices.Contains(by, "system call filter") {
		t.Fatal("the filter was not left out")
	}
	stands := func(measure string) bool { return slices.Contains(by, measure) }
	refused := []string{ // what needs a new file
		"pidfd_open", "openat", "openat to write", "socket", "socketpair", "memfd_create", "dup",
		"epoll_create1", "eventfd2", "inotify_init1", "io_uring_setup", "userfaultfd", "perf_event_open",
		"mlockall", "mount", "chroot", "open_by_handle_at",
	}
	if stands(namespacesMeasure) || stands(identityMeasure) {
		refused = append(refused, "kill", "tkill", "ptrace", "kcmp", "setuid", "prlimit64 of the parent")
	}
	if stands(landlockMeasure) {
		refused = append(refused, "mknodat", "mkdirat", "symlinkat", "unlinkat")
	}
	for _, name := range refused {
		r, err := say(pool, fmt.Sprintf("attack %d %s", os.Getpid(), name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(r.Warnings[0], "succeeded") {
			t.Errorf("%s %s", name, r.Warnings[0])
		}
	}
	if !stands(namespacesMeasure) {
		return
	}
	for _, name := range []string{"shmget", "clone a process"} {
		r, err := say(pool, fmt.Sprintf("attack 0 %s", name))
		if err != nil || !strings.HasPrefix(r.Warnings[0], "succeeded") {
			t.Errorf("%s: %+v, %v; it has nothing to leave behind", name, r, err)
		}
	}
	mark := fmt.Sprintf(`{"memory":%d,`, memory)
	if found := processes(mark); len(found) != 2 {
		t.Errorf("processes %v, want the child and what it started", found)
	}
	pool.Close()
	for deadline := time.Now().Add(time.Minute); len(processes(mark)) > 0; {
		if time.Now().After(deadline) {
			for _, pid := range processes(mark) {
				syscall.Kill(pid, syscall.SIGKILL)
			}
			t.Fatal("a process that a child started outlived the pool")
		}
		time.Sleep(time.Millisecond) // nothing tells of a grandchild's end
	}
	segments, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(segments), fmt.Sprint(segmentBytes)) {
		t.Errorf("a segment of shared memory is left:\n%s", segments)
	}
}

func TestChildHoldsNothing(t *testing.T) {
	t.Parallel()
	pool, by, _ := confined(t, sandbox.Options{})
	r, err := say(pool, "pid")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"NoNewPrivs": "1", "Seccomp": "2"}
	if os.Geteuid() != 0 || slices.Contains(by, userMeasure) || slices.Contains(by, identityMeasure) {
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapAmb"} {
			want[set] = "0000000000000000"
		}
	}
	if os.Geteuid() == 0 && !slices.Contains(by, userMeasure) { // the bounding set of a user namespace is its own
		want["CapBnd"] = "0000000000000000"
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", r.Build))
	if err != nil || len(tasks) < 2 {
		t.Fatalf("threads %v, %v", tasks, err)
	}
	for _, task := range tasks {
		status, err := os.ReadFile(task)
		if err != nil {
			continue // it ended
		}
		for line := range strings.Lines(string(status)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":\t")
			if wanted, asked := want[name]; asked && value != wanted {
				t.Errorf("%s: %s is %s, want %s", task, name, value, wanted)
			}
			if name == "Uid" && slices.Contains(by, identityMeasure) && strings.Fields(value)[0] == fmt.Sprint(os.Getuid()) {
				t.Errorf("%s: user %s, want one of its own", task, value)
			}
		}
	}
	if e, err := say(pool, "environment"); err != nil || len(e.Warnings) > 0 {
		t.Errorf("environment %q, %v", e.Warnings, err)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", r.Build))
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []string{"Max file size", "Max core file size", "Max open files", "Max locked memory", "Max msgqueue size"} {
		line := limit + strings.Repeat(" ", 26-len(limit)) + "0                    0 "
		if !strings.Contains(string(limits), line) {
			t.Errorf("%s is not 0:\n%s", limit, limits)
		}
	}
}

// Not parallel: in an ordinary user's process, others start children meanwhile.
func TestParentIsClosedToOthers(t *testing.T) {
	inherited, err := unix.Open("/etc", unix.O_RDONLY, 0) // not closed on exec
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(inherited)
	pool, _, _ := confined(t, sandbox.Options{})
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); dumpable != 0 || err != nil {
		t.Errorf("dumpable %d, %v", dumpable, err)
	}
	r, err := say(pool, "pid")
	if err != nil {
		t.Fatal(err)
	}
	// Its own files are not to be read by an ordinary user, not even by its parent.
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", r.Build))
	if err != nil && os.Getuid() == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", r.Build, file.Name()))
		if err == nil && name == "/etc" {
			t.Error("a child has a file that its parent inherited")
		}
	}
}

func TestThreadsAreLimited(t *testing.T) {
	t.Parallel()
	pool, by, missing := confined(t, sandbox.Options{Deadline: time.Minute})
	if !slices.Contains(by, threadMeasure) {
		t.Skipf("SKIPPED: this machine lacks the limit: %q", missing)
	}
	_, err := say(pool, "threads")
	death, _ := errors.AsType[*sandbox.Death](err)
	// Go says so and exits; the C library may want to open a file to say it.
	if death == nil || death.How != sandbox.Crashed && death.How != sandbox.Forbidden {
		t.Errorf("%v, want an end of it at a thread", err)
	}
}
