//go:build !linux

package sandbox

import (
	"os"
	"os/exec"
	"time"
)

// confine has nothing to work with here: the child is still a process of its
// own with a deadline, but without limits.
func confine(terms) confinement {
	return confinement{Missing: []string{"everything but a process of its own (only Linux has the rest)"}}
}

func usage() (processor time.Duration, peak int64) { return 0, 0 }

func executable() (string, error) { return os.Executable() }

// A setting is how a child is set apart by the process that starts it: not at
// all.
type setting struct{}

func settings() []setting { return []setting{{}} }

func (setting) walls() []string { return nil }

func (setting) threads() int { return 0 }

func (setting) start(cmd *exec.Cmd) error { return cmd.Start() }

func guardParent() error { return nil }

func shed() {}

// killGroup ends the child.
func killGroup(p *os.Process) { p.Kill() }

func widen(*os.File) {}

func killedByOthers(*os.ProcessState) bool { return false }

func killedByFilter(*os.ProcessState) bool { return false }
