//go:build linux && (amd64 || arm64)

package sandbox

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A call is a system call that a child may make.
type call struct {
	number uint32
	// when holds what its arguments must be, all of it. Anything else kills.
	when []argument
	// fails, where it is not 0, is the error that the call gets instead of
	// being made: the caller is known to go on without it.
	fails unix.Errno
}

// An argument is a condition on one of a call's arguments.
type argument struct {
	index  uint32
	values []uint32 // it is one of these, or, where there are none,
	bits   uint32   // it has no bits but these
	needs  uint32   // and all of these
	// long says that the kernel looks at 64 bits. The upper half must be 0 then;
	// of an int the kernel ignores it.
	long bool
}

const (
	// Offsets in struct seccomp_data; see seccomp(2). The words of an argument
	// are in the order of the processor, which is little-endian here.
	dataNumber    = 0
	dataArch      = 4
	dataArguments = 16

	setModeFilter = 1 // SECCOMP_SET_MODE_FILTER

	// firstForeignCall is where amd64 kernels keep the numbers of the x32 ABI,
	// which would be a way around the list.
	firstForeignCall = 0x40000000
)

// filterCalls kills this process when any of its threads makes a call that is
// not on the list, for good. See allowedCalls for wake.
func filterCalls(wake []uint32) error {
	program := filterProgram(allowedCalls(uint32(os.Getpid()), wake))
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	// Both settings belong to threads; TSYNC gives them to the others.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return errno
	}
	return nil
}

// filterProgram is classic BPF; see seccomp(2).
func filterProgram(calls []call) []unix.SockFilter {
	program := []unix.SockFilter{
		load(dataArch),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: auditArch},
		end(unix.SECCOMP_RET_KILL_PROCESS),
		load(dataNumber),
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, Jf: 1, K: firstForeignCall},
		end(unix.SECCOMP_RET_KILL_PROCESS),
	}
	for _, c := range calls {
		block := c.block()
		program = append(program, unix.SockFilter{
			Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: uint8(len(block)), K: c.number,
		})
		program = append(program, block...)
	}
	return append(program, end(unix.SECCOMP_RET_KILL_PROCESS))
}

// block decides on a call whose number matched. It begins with the number
// loaded and never ends by falling through.
func (c call) block() []unix.SockFilter {
	verdict := uint32(unix.SECCOMP_RET_ALLOW)
	if c.fails != 0 {
		verdict = unix.SECCOMP_RET_ERRNO | uint32(c.fails)
	}
	if len(c.when) == 0 {
		return []unix.SockFilter{end(verdict)}
	}
	var block []unix.SockFilter
	for _, a := range c.when {
		block = append(block, a.check()...)
	}
	return append(block, end(verdict))
}

// check falls through where the condition holds and kills where not.
func (a argument) check() []unix.SockFilter {
	kill := end(unix.SECCOMP_RET_KILL_PROCESS)
	var code []unix.SockFilter
	if a.long {
		code = append(code, load(dataArguments+8*a.index+4),
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: 0}, kill)
	}
	code = append(code, load(dataArguments+8*a.index))
	for i, value := range a.values {
		past := len(a.values) - i // over the other values and the kill
		code = append(code, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(past), K: value})
	}
	if len(a.values) > 0 {
		return append(code, kill)
	}
	code = append(code, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jf: 1, K: ^a.bits}, kill)
	if a.needs != 0 {
		code = append(code, unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: a.needs},
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: a.needs}, kill)
	}
	return code
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func end(value uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: value}
}
