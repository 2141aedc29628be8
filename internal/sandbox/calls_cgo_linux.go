//go:build linux && (amd64 || arm64) && cgo

package sandbox

import "golang.org/x/sys/unix"

// In a binary that may be linked with the C library, that library makes the
// threads.
var (
	cloneFlags = []uint32{
		threadFlags,
		threadFlags | unix.CLONE_SETTLS,
		threadFlags | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID,
	}

	futexOperations []argument // any

	libraryCalls = []call{
		{number: unix.SYS_CLONE3, fails: unix.ENOSYS},                                // its arguments cannot be looked at; clone follows
		{number: unix.SYS_RSEQ},                                                      // without it the library ends the process
		{number: unix.SYS_WRITEV, when: []argument{{index: 0, values: []uint32{2}}}}, // its last words
		{number: unix.SYS_SET_ROBUST_LIST},
		{number: unix.SYS_BRK},
		// A thread's stack is mapped without access first. No other protection
		// passes: memory that is not writable is not counted.
		{number: unix.SYS_MPROTECT, when: []argument{
			{index: 2, values: []uint32{unix.PROT_READ | unix.PROT_WRITE}, long: true},
		}},
	}
)
