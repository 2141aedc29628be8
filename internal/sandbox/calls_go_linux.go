//go:build linux && (amd64 || arm64) && !cgo

package sandbox

import "golang.org/x/sys/unix"

const (
	futexWait = 0x80 // FUTEX_WAIT_PRIVATE
	futexWake = 0x81 // FUTEX_WAKE_PRIVATE
)

var (
	cloneFlags      = []uint32{threadFlags, threadFlags | unix.CLONE_SETTLS}
	futexOperations = []argument{{index: 1, values: []uint32{futexWait, futexWake}}}
	libraryCalls    []call
)
