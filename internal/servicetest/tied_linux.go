package servicetest

import "syscall"

// tie ends a process by a signal, SIGKILL when it is 0, when the thread that
// starts it ends.
func tie(attributes *syscall.SysProcAttr, signal syscall.Signal) {
	if signal == 0 {
		signal = syscall.SIGKILL
	}
	attributes.Pdeathsig = signal
}
