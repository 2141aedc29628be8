package sandbox

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const landlockVersion = 1 // LANDLOCK_CREATE_RULESET_VERSION

// landlockRules is struct landlock_ruleset_attr; see landlock_create_ruleset(2).
type landlockRules struct {
	files, network, scope uint64
}

// landlock takes every right to files, TCP ports and abstract sockets from all
// threads: a right that is handled and granted by no rule is refused. Signals
// stay: before erratum 2 was mended, a thread could no longer interrupt another.
func landlock() error {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, landlockVersion)
	if errno != 0 {
		return errno
	}
	// The kernel refuses rights that it does not know.
	rules, size := landlockRules{files: 1<<13 - 1}, uintptr(8)
	if version >= 2 {
		rules.files |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		rules.files |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 4 {
		rules.network, size = unix.LANDLOCK_ACCESS_NET_BIND_TCP|unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, 16
	}
	if version >= 5 {
		rules.files |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if version >= 6 {
		rules.scope, size = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, 24
	}
	ruleset, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), size, 0)
	if errno != 0 {
		return errno
	}
	defer unix.Close(int(ruleset))
	// A ruleset binds a thread. In a binary with the C library Go does not
	// know all threads, and says so.
	_, _, errno = syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0, 0)
	if errors.Is(errno, syscall.ENOTSUP) {
		return fmt.Errorf("the binary is linked with the C library (CGO_ENABLED=0 makes one that is not)")
	}
	if errno != 0 {
		return errno
	}
	return nil
}
