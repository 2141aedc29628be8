package servicetest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// removeLater deletes the folder $1 when its standard input ends, however that
// comes. Servers that end at the same moment may still write, hence the retries.
const removeLater = `
trap '' INT HUP TERM
read -r _
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2>/dev/null && break; sleep 0.5; done`

// SharedFolder is a temporary folder for what all tests of a binary share. It
// is deleted when this process ends, also when that is killed. Its name is
// short, because a socket's path ends at 107 bytes.
func SharedFolder() (string, error) {
	dir, err := os.MkdirTemp("", "evoladder-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // servers run as other users
		return "", err
	}
	stdin, keep, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer stdin.Close()
	command := exec.Command("/bin/sh", "-c", removeLater, "sh", dir)
	command.Stdin, command.Dir = stdin, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C at the terminal does not end it
	if err := command.Start(); err != nil {
		return "", fmt.Errorf("start the shell that deletes %s: %w", dir, err)
	}
	go func() {
		_ = command.Wait()
		runtime.KeepAlive(keep) // the shell's standard input stays open until then
	}()
	return dir, nil
}
