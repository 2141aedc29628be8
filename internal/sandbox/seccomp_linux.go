//go:build linux && (amd64 || arm64)

package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refusedCalls fail with EPERM in a child: a parser reads one pipe and writes
// another. What the Go runtime needs once it runs is not among them.
var refusedCalls = append([]uint32{
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_ACCEPT4,
	unix.SYS_EXECVE, unix.SYS_EXECVEAT,
	unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIRAT,
	unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_FCHMODAT, unix.SYS_FCHOWNAT, unix.SYS_TRUNCATE,
	unix.SYS_MOUNT, unix.SYS_CHROOT, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KILL,
	unix.SYS_BPF, unix.SYS_IO_URING_SETUP, unix.SYS_PERF_EVENT_OPEN, unix.SYS_KEYCTL,
}, refusedArchCalls...)

const (
	// Offsets in struct seccomp_data; see seccomp(2).
	dataNumber = 0
	dataArch   = 4

	setModeFilter = 1 // SECCOMP_SET_MODE_FILTER

	// firstForeignCall is where amd64 kernels keep the numbers of the x32 ABI,
	// which would be a way around the list.
	firstForeignCall = 0x40000000
)

// filterCalls refuses the calls above to every thread of this process, for
// good. PR_SET_NO_NEW_PRIVS must have been set by this thread or an ancestor.
func filterCalls() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// Both settings belong to threads; TSYNC carries them to the others.
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := filterProgram()
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return errno
	}
	return nil
}

// filterProgram is classic BPF: a foreign architecture kills, a refused call
// fails, everything else passes.
func filterProgram() []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	result := func(value uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: value}
	}
	refuse := result(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	program := []unix.SockFilter{
		load(dataArch),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: auditArch},
		result(unix.SECCOMP_RET_KILL_PROCESS),
		load(dataNumber),
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, Jf: 1, K: firstForeignCall},
		refuse,
	}
	for _, call := range refusedCalls {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: call}, refuse)
	}
	return append(program, result(unix.SECCOMP_RET_ALLOW))
}
