//go:build linux && (amd64 || arm64) && !cgo

package sandbox

import "golang.org/x/sys/unix"

var (
	cloneFlags      = []uint32{threadFlags, threadFlags | unix.CLONE_SETTLS}
	futexOperations = []argument{{index: 1, values: []uint32{futexWait, futexWake}}}
	libraryCalls    []call
)
