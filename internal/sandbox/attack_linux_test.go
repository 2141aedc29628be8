package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// A raw is a system call as a compromised child would make it.
type raw struct {
	number uintptr
	a      [6]uintptr
}

// segmentBytes is the size of a System V segment that nothing else makes.
const segmentBytes = 4096 * 7919

// attacks are calls of no use to a parser. victim is the process that the
// child would like to harm.
func attacks(victim uintptr) map[string]raw {
	const (
		private = unix.MAP_PRIVATE | unix.MAP_ANON
		rw      = unix.PROT_READ | unix.PROT_WRITE
		none    = ^uintptr(0)
		page    = 4096
	)
	at := func(number uintptr, a ...uintptr) raw {
		r := raw{number: number}
		copy(r.a[:], a)
		return r
	}
	here := ^uintptr(99) // AT_FDCWD, -100
	all := map[string]raw{
		// The parent's connections and its life.
		"pidfd_open":              at(unix.SYS_PIDFD_OPEN, victim),
		"pidfd_getfd":             at(unix.SYS_PIDFD_GETFD, 0, 3),
		"pidfd_send_signal":       at(unix.SYS_PIDFD_SEND_SIGNAL, 0, uintptr(unix.SIGKILL)),
		"kill":                    at(unix.SYS_KILL, victim, 0),
		"kill everything":         at(unix.SYS_KILL, none, 0),
		"tkill":                   at(unix.SYS_TKILL, victim, 0),
		"tgkill the parent":       at(unix.SYS_TGKILL, victim, victim, uintptr(unix.SIGURG)),
		"tgkill itself":           at(unix.SYS_TGKILL, uintptr(os.Getpid()), uintptr(os.Getpid()), uintptr(unix.SIGKILL)),
		"rt_sigqueueinfo":         at(unix.SYS_RT_SIGQUEUEINFO, victim, 0),
		"rt_tgsigqueueinfo":       at(unix.SYS_RT_TGSIGQUEUEINFO, victim, victim, 0),
		"ptrace":                  at(unix.SYS_PTRACE, unix.PTRACE_SEIZE, victim),
		"process_vm_readv":        at(unix.SYS_PROCESS_VM_READV, victim),
		"process_vm_writev":       at(unix.SYS_PROCESS_VM_WRITEV, victim),
		"process_madvise":         at(unix.SYS_PROCESS_MADVISE),
		"kcmp":                    at(unix.SYS_KCMP, victim, victim),
		"prlimit64 of the parent": at(unix.SYS_PRLIMIT64, victim, unix.RLIMIT_NOFILE),
		// Out of its deadline.
		"clone a process":        at(unix.SYS_CLONE, uintptr(unix.SIGCHLD)),
		"clone a sister":         at(unix.SYS_CLONE, unix.CLONE_PARENT),
		"clone a user namespace": at(unix.SYS_CLONE, unix.CLONE_NEWUSER|uintptr(unix.SIGCHLD)),
		"clone with its memory":  at(unix.SYS_CLONE, unix.CLONE_VM|unix.CLONE_FILES|uintptr(unix.SIGCHLD)),
		"clone high bits":        at(unix.SYS_CLONE, 1<<32|unix.CLONE_THREAD),
		"setsid":                 at(unix.SYS_SETSID),
		"setpgid":                at(unix.SYS_SETPGID),
		"unshare":                at(unix.SYS_UNSHARE, unix.CLONE_NEWUSER),
		"setns":                  at(unix.SYS_SETNS),
		"execve":                 at(unix.SYS_EXECVE),
		"execveat":               at(unix.SYS_EXECVEAT),
		"timer_create":           at(unix.SYS_TIMER_CREATE),
		"prctl without deathsig": at(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, 0),
		"prctl dumpable":         at(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1),
		"prctl subreaper":        at(unix.SYS_PRCTL, unix.PR_SET_CHILD_SUBREAPER, 1),
		"prctl seccomp":          at(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, 2),
		"seccomp":                at(unix.SYS_SECCOMP, 1),
		"prlimit64":              at(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_DATA),
		"sched_setscheduler":     at(unix.SYS_SCHED_SETSCHEDULER),
		"sched_setaffinity":      at(unix.SYS_SCHED_SETAFFINITY),
		// Memory that its limit does not count.
		"mmap shared":           at(unix.SYS_MMAP, 0, page, rw, unix.MAP_SHARED|unix.MAP_ANON, none),
		"mmap shared validated": at(unix.SYS_MMAP, 0, page, rw, unix.MAP_SHARED_VALIDATE|unix.MAP_ANON, none),
		"mmap a growing stack":  at(unix.SYS_MMAP, 0, page, rw, private|unix.MAP_GROWSDOWN, none),
		"mmap huge pages":       at(unix.SYS_MMAP, 0, 2<<20, rw, private|unix.MAP_HUGETLB, none),
		"mmap locked":           at(unix.SYS_MMAP, 0, page, rw, private|unix.MAP_LOCKED, none),
		"mmap to read":          at(unix.SYS_MMAP, 0, page, unix.PROT_READ, private, none),
		"mmap to execute":       at(unix.SYS_MMAP, 0, page, rw|unix.PROT_EXEC, private, none),
		"mmap a file":           at(unix.SYS_MMAP, 0, page, rw, unix.MAP_PRIVATE, 0),
		"mmap high bits":        at(unix.SYS_MMAP, 0, page, rw, 1<<32|private, none),
		"mprotect to read":      at(unix.SYS_MPROTECT, 0, page, unix.PROT_READ),
		"mprotect to nothing":   at(unix.SYS_MPROTECT, 0, page, unix.PROT_NONE),
		"mprotect to execute":   at(unix.SYS_MPROTECT, 0, page, unix.PROT_READ|unix.PROT_EXEC),
		"mremap":                at(unix.SYS_MREMAP),
		"memfd_create":          at(unix.SYS_MEMFD_CREATE),
		"memfd_secret":          at(unix.SYS_MEMFD_SECRET),
		"shmget":                at(unix.SYS_SHMGET, unix.IPC_PRIVATE, segmentBytes, unix.IPC_CREAT|0o600),
		"shmat":                 at(unix.SYS_SHMAT),
		"msgget":                at(unix.SYS_MSGGET, unix.IPC_PRIVATE, unix.IPC_CREAT|0o600),
		"semget":                at(unix.SYS_SEMGET, unix.IPC_PRIVATE, 1, unix.IPC_CREAT|0o600),
		"mlockall":              at(unix.SYS_MLOCKALL, unix.MCL_CURRENT),
		"pipe2":                 at(unix.SYS_PIPE2),
		"userfaultfd":           at(unix.SYS_USERFAULTFD),
		// Files, sockets, the kernel.
		"openat":                   at(unix.SYS_OPENAT, here, text("/etc/shadow"), unix.O_RDONLY),
		"openat to write":          at(unix.SYS_OPENAT, here, text("/tmp/sandbox-attack"), unix.O_CREAT|unix.O_WRONLY, 0o600),
		"openat2":                  at(unix.SYS_OPENAT2, here, text("/etc/shadow")),
		"open_by_handle_at":        at(unix.SYS_OPEN_BY_HANDLE_AT, 0, 0),
		"name_to_handle_at":        at(unix.SYS_NAME_TO_HANDLE_AT, here, text("/etc")),
		"mknodat":                  at(unix.SYS_MKNODAT, here, text("/tmp/sandbox-attack"), unix.S_IFIFO|0o600),
		"mkdirat":                  at(unix.SYS_MKDIRAT, here, text("/tmp/sandbox-attack"), 0o700),
		"symlinkat":                at(unix.SYS_SYMLINKAT, text("/etc"), here, text("/tmp/sandbox-attack")),
		"unlinkat":                 at(unix.SYS_UNLINKAT, here, text("/tmp/sandbox-attack")),
		"faccessat":                at(unix.SYS_FACCESSAT, here, text("/etc/shadow")),
		"chdir":                    at(unix.SYS_CHDIR, text("/")),
		"chroot":                   at(unix.SYS_CHROOT, text("/")),
		"mount":                    at(unix.SYS_MOUNT),
		"socket":                   at(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM),
		"socketpair":               at(unix.SYS_SOCKETPAIR, unix.AF_UNIX, unix.SOCK_STREAM),
		"sendmsg":                  at(unix.SYS_SENDMSG, 1),
		"ioctl":                    at(unix.SYS_IOCTL, 1),
		"fcntl":                    at(unix.SYS_FCNTL, 1),
		"dup":                      at(unix.SYS_DUP, 1),
		"splice":                   at(unix.SYS_SPLICE),
		"read another file":        at(unix.SYS_READ, 1),
		"write another file":       at(unix.SYS_WRITE, 0),
		"epoll_create1":            at(unix.SYS_EPOLL_CREATE1),
		"eventfd2":                 at(unix.SYS_EVENTFD2),
		"inotify_init1":            at(unix.SYS_INOTIFY_INIT1),
		"io_uring_setup":           at(unix.SYS_IO_URING_SETUP, 1),
		"bpf":                      at(unix.SYS_BPF),
		"perf_event_open":          at(unix.SYS_PERF_EVENT_OPEN),
		"add_key":                  at(unix.SYS_ADD_KEY),
		"keyctl":                   at(unix.SYS_KEYCTL),
		"setuid":                   at(unix.SYS_SETUID, 0),
		"capset":                   at(unix.SYS_CAPSET),
		"personality":              at(unix.SYS_PERSONALITY, 0),
		"a call that is not there": at(4000),
	}
	maps.Copy(all, archAttacks())
	return all
}

// grave are the attacks that are repeated for every user and in containers.
var grave = []string{
	"pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kill", "tgkill the parent", "ptrace", "process_vm_readv",
	"clone a process", "setsid", "execve", "prctl dumpable", "mmap shared", "memfd_create", "shmget", "mknodat",
	"openat", "open_by_handle_at", "socket", "io_uring_setup",
}

// text is the address of a string that ends with 0.
func text(s string) uintptr {
	b := append([]byte(s), 0)
	kept = append(kept, b)
	return uintptr(unsafe.Pointer(&b[0]))
}

var kept [][]byte // what text points at

// attack makes a call and says what came of it: a number, or an error.
func attack(words string) string {
	victim, name, _ := strings.Cut(words, " ")
	pid, err := strconv.Atoi(victim)
	if err != nil {
		return err.Error()
	}
	r, known := attacks(uintptr(pid))[name]
	if !known {
		return "no such attack"
	}
	got, _, errno := syscall.RawSyscall6(r.number, r.a[0], r.a[1], r.a[2], r.a[3], r.a[4], r.a[5])
	switch {
	case errno != 0:
		return errno.Error()
	case got == 0 && strings.HasPrefix(name, "clone a"):
		// In a process that was not to be: it stays for as long as it may.
		syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
		for {
			syscall.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
		}
	}
	return fmt.Sprintf("succeeded: %d", got)
}

// confined starts a pool and returns what its log says of how it is confined.
func confined(t *testing.T, options sandbox.Options) (pool *sandbox.Pool, by, missing []string) {
	t.Helper()
	var lines bytes.Buffer
	options.Processes = 1
	options.Log = slog.New(slog.NewJSONHandler(&lines, nil))
	pool, err := sandbox.NewPool(bounded(options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	var line struct{ By, Missing []string }
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		t.Fatalf("not one line: %s", &lines)
	}
	return pool, line.By, line.Missing
}

func TestEveryCallThatIsNotListedIsDeathAndCounted(t *testing.T) {
	t.Parallel()
	deaths := map[sandbox.How]int64{}
	pool, by, missing := confined(t, sandbox.Options{Died: func(how sandbox.How) { deaths[how]++ }})
	t.Logf("confined by %q, missing %q, as user %d", by, missing, os.Getuid())
	if !slices.Contains(by, "system call filter") {
		t.Skipf("SKIPPED: this machine lacks the filter: %q", missing)
	}
	names := slices.Sorted(maps.Keys(attacks(0)))
	if os.Getenv(elsewhere) == "some" {
		names = grave
	}
	for i, name := range names {
		_, err := say(pool, fmt.Sprintf("attack %d %s", os.Getpid(), name))
		death, _ := errors.AsType[*sandbox.Death](err)
		if found := failure.Find(err); found == nil || found.Kind != failure.Poison || death == nil || death.How != sandbox.Forbidden {
			t.Errorf("%s: %v, want a death of it", name, err)
		}
		if counted, want := pool.Stats().Forbidden, int64(2*(i+1)); counted != want || deaths[sandbox.Forbidden] != want {
			t.Fatalf("after %s %d forbidden calls are counted and %v said, want %d", name, counted, deaths, want)
		}
	}
	if r, err := say(pool, "good"); err != nil || r.Map.Title != "good" {
		t.Errorf("the next replay: %+v, %v", r, err)
	}
}
