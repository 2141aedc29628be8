//go:build unix && !linux

package servicetest

import "syscall"

// tie does nothing: only Linux can end a process with its parent.
func tie(*syscall.SysProcAttr, syscall.Signal) {}
