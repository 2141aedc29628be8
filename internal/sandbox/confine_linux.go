package sandbox

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// maxStackBytes is what the first thread's stack may grow to, which
// RLIMIT_DATA does not count.
const maxStackBytes = 8 << 20

// installFilter is filterCalls; a test leaves it out to see what stands behind it.
var installFilter = filterCalls

// confine takes from this process what parsing does not need, and returns what
// could be taken and what not.
func confine(limits terms) confinement {
	settle()
	var f confinement
	// RLIMIT_DATA counts private writable memory; RLIMIT_AS would count the
	// gigabyte of address space that the Go runtime only reserves.
	data, err := dataBytes()
	if err == nil {
		err = limit(unix.RLIMIT_DATA, uint64(data+limits.Memory))
	}
	f.note(memoryMeasure, err)
	f.note("processor time limit", limit(unix.RLIMIT_CPU, uint64(math.Ceil(limits.Processor.Seconds()))))
	if limits.Threads > 0 {
		f.note("thread limit", limit(unix.RLIMIT_NPROC, uint64(limits.Threads)))
	} else {
		f.Missing = append(f.Missing, "thread limit: it is counted by user, and this one has other processes")
	}
	f.note("small limits", smallLimits())
	f.note("not dumpable", unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
	f.note("landlock", landlock())
	wake, err := wakeFiles()
	f.note("no new files", limit(unix.RLIMIT_NOFILE, 0)) // those that are open stay so
	if err == nil {
		err = installFilter(wake)
	}
	f.note(filterMeasure, err)
	return f
}

// settle has done what would need a refused call later.
func settle() {
	// The pool ends its children; a service manager that signals everything in
	// its group leaves a replay the time it has.
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGQUIT)
	// The first timer opens the runtime's poller.
	time.AfterFunc(time.Hour, func() {}).Stop()
	// A local time zone would be read from a file when it is first needed.
	time.Local = time.UTC
}

// smallLimits are those of which a parser needs nothing.
func smallLimits() error {
	for resource, value := range map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_MEMLOCK: 0, unix.RLIMIT_MSGQUEUE: 0,
		unix.RLIMIT_STACK: maxStackBytes,
	} {
		if err := limit(resource, value); err != nil {
			return err
		}
	}
	return nil
}

// limit sets the hard limit too, so that there is no way back. It never raises
// one that is lower already.
func limit(resource int, value uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	value = min(value, now.Max)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value})
}

// dataBytes is what RLIMIT_DATA counts of this process now: the sixth field
// of proc_pid_statm(5), in pages.
func dataBytes() (int64, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(statm)
	if len(fields) < 6 {
		return 0, fmt.Errorf("unexpected /proc/self/statm %q", statm)
	}
	pages, err := strconv.ParseInt(string(fields[5]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// wakeFiles are the event files by which the Go runtime ends its own sleep.
func wakeFiles() ([]uint32, error) {
	var found []uint32
	for fd := uint32(3); fd < maxOpenFiles; fd++ {
		name, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err == nil && name == "anon_inode:[eventfd]" {
			found = append(found, fd)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the Go runtime's event file is not among the open files")
	}
	return found, nil
}

// usage is the processor time and the peak of resident memory of this process.
func usage() (processor time.Duration, peak int64) {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10
}

// killedByOthers says that a child which we did not kill died of SIGKILL: of
// the kernel out of memory, or of an operator. Its processor limit sends the
// same signal, but a child is replaced long before it gets there.
func killedByOthers(state *os.ProcessState) bool { return diedOf(state, unix.SIGKILL) }

// killedByFilter says that a child made a system call that is not on the list.
func killedByFilter(state *os.ProcessState) bool { return diedOf(state, unix.SIGSYS) }

func diedOf(state *os.ProcessState, signal syscall.Signal) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == signal
}
