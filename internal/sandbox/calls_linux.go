//go:build linux && (amd64 || arm64)

package sandbox

import (
	"slices"

	"golang.org/x/sys/unix"
)

// threadFlags are those of the Go runtime's clone: a thread of this process and
// nothing else. See cloneFlags in runtime/os_linux.go; the assembly of amd64 adds
// CLONE_SETTLS.
const threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND |
	unix.CLONE_SYSVSEM | unix.CLONE_THREAD

const prSetVMA = 0x53564d41 // PR_SET_VMA

// mapFlags are what a mapping may have: it is private and of no file. Shared
// memory, files, and stacks that grow (MAP_GROWSDOWN) are memory that
// RLIMIT_DATA does not count.
const mapFlags = unix.MAP_PRIVATE | mapDroppable | unix.MAP_ANONYMOUS | unix.MAP_FIXED | unix.MAP_NORESERVE | unix.MAP_STACK

// mapDroppable is MAP_DROPPABLE, which getrandom in the vDSO maps its state
// with. It is private, too.
const mapDroppable = 8

// allowedCalls is what a Go program needs that reads one pipe and writes two,
// once it runs; the frequent ones first. process is this process's id, and wake
// the files by which the runtime wakes its own threads.
func allowedCalls(process uint32, wake []uint32) []call {
	calls := []call{
		{number: unix.SYS_FUTEX, when: futexOperations},
		{number: unix.SYS_READ, when: []argument{{index: 0, values: append([]uint32{0}, wake...)}}},
		{number: unix.SYS_WRITE, when: []argument{{index: 0, values: append([]uint32{1, 2}, wake...)}}},
		{number: unix.SYS_MADVISE},
		{number: unix.SYS_EPOLL_PWAIT},
		{number: unix.SYS_NANOSLEEP},
		{number: unix.SYS_SCHED_YIELD},
		{number: unix.SYS_CLOCK_GETTIME}, // where the vDSO has no clock
		{number: unix.SYS_GETPID},
		{number: unix.SYS_GETTID},
		// A goroutine is interrupted by a signal to its thread, and the C library
		// gives up by one. No other passes: a child that killed itself would look
		// as if the kernel had.
		{number: unix.SYS_TGKILL, when: []argument{
			{index: 0, values: []uint32{process}},
			{index: 2, values: []uint32{uint32(unix.SIGURG), uint32(unix.SIGABRT)}},
		}},
		{number: unix.SYS_RT_SIGPROCMASK},
		{number: unix.SYS_RT_SIGRETURN},
		{number: unix.SYS_RT_SIGACTION},
		{number: unix.SYS_SIGALTSTACK},
		// Memory is writable and counted by RLIMIT_DATA, or of no use at all:
		// even page tables of memory that may only be read add up.
		{number: unix.SYS_MMAP, when: []argument{
			{index: 2, values: []uint32{unix.PROT_READ | unix.PROT_WRITE, unix.PROT_NONE}, long: true},
			{index: 3, bits: mapFlags, needs: unix.MAP_ANONYMOUS, long: true},
		}},
		{number: unix.SYS_MUNMAP},
		{number: unix.SYS_CLONE, when: []argument{{index: 0, values: cloneFlags, long: true}}},
		// A name for a mapping; the runtime stops to give any.
		{number: unix.SYS_PRCTL, when: []argument{{index: 0, values: []uint32{prSetVMA}}}, fails: unix.EINVAL},
		{number: unix.SYS_GETRANDOM},
		{number: unix.SYS_GETRUSAGE},
		{number: unix.SYS_CLOSE},
		{number: unix.SYS_RESTART_SYSCALL}, // what was interrupted by SIGSTOP or a freezer goes on
		{number: unix.SYS_EXIT},
		{number: unix.SYS_EXIT_GROUP},
	}
	return slices.Concat(calls, libraryCalls, raceCalls)
}
