//go:build unix

package redistest

import "syscall"

// Pause makes the server unreachable: connections stand, nothing is answered.
// The returned function lets it go on.
func (s *Server) Pause() (resume func()) {
	s.t.Helper()
	process := s.cmd.Process
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		s.t.Fatal(err)
	}
	return func() { process.Signal(syscall.SIGCONT) }
}
