package sandbox

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// pipeBytes is the capacity asked of a pipe, so that a usual replay and its
// answer pass in one go. It is the most an ordinary user may have.
const pipeBytes = 1 << 20

// confine takes from this process what parsing does not need, and returns what
// could not be taken.
func confine(limits terms) []string {
	var missing []string
	note := func(what string, err error) {
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s: %v", what, err))
		}
	}
	note("core dumps", limit(unix.RLIMIT_CORE, 0))
	note("written files", limit(unix.RLIMIT_FSIZE, 0))
	note("open files", limit(unix.RLIMIT_NOFILE, maxOpenFiles))
	note("processor time", limit(unix.RLIMIT_CPU, uint64(math.Ceil(limits.Processor.Seconds()))))
	// RLIMIT_DATA counts private writable memory; RLIMIT_AS would count the
	// gigabyte of address space that the Go runtime only reserves.
	data, err := dataBytes()
	note("memory", err)
	if err == nil {
		note("memory", limit(unix.RLIMIT_DATA, uint64(data+limits.Memory)))
	}
	// Last, for it refuses the file just read.
	note("new privileges and system calls", filterCalls())
	return missing
}

// limit sets the hard limit too, so that there is no way back.
func limit(resource int, value uint64) error {
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

// usage is the processor time and the peak of resident memory of this process.
func usage() (processor time.Duration, peak int64) {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10
}

// executable is this very binary, even when another was installed over it.
func executable() (string, error) { return "/proc/self/exe", nil }

// setApart gives the child a process group of its own and ties its life to the
// thread that starts it.
func setApart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// killGroup ends the child and whatever it may have started.
func killGroup(p *os.Process) {
	// The group's id is the child's, and stays taken until the child is waited
	// for; p.Kill covers the moment before the child has a group.
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill()
}

// widen makes the pipe hold a whole replay; smaller ones only cost time.
func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeBytes) })
}

// killedByOthers says that a child which we did not kill died of SIGKILL: of
// the kernel out of memory, or of an operator. Its processor limit sends the
// same signal, but a child is replaced long before it gets there.
func killedByOthers(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
