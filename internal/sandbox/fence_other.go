//go:build !linux

package sandbox

import (
	"os"
	"os/exec"
	"time"
)

// confine has nothing to work with here: the child is still a process of its
// own with a deadline, but without limits.
func confine(terms) []string {
	return []string{"memory, processor time, files and sockets (only Linux can)"}
}

func usage() (processor time.Duration, peak int64) { return 0, 0 }

func executable() (string, error) { return os.Executable() }

func setApart(*exec.Cmd) {}

// killGroup ends the child.
func killGroup(p *os.Process) { p.Kill() }

func widen(*os.File) {}

func killedByOthers(*os.ProcessState) bool { return false }
