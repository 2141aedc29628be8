package sandbox_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// processes are those that live and have a part of their command line.
func processes(part string) []int {
	var found []int
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(line), part) && alive(pid) {
			found = append(found, pid)
		}
	}
	return found
}

// stat are the fields of proc_pid_stat(5) from the third on.
func stat(pid int) []string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, fields, _ := strings.Cut(string(stat), ") ")
	return strings.Fields(fields)
}

// alive says whether a process runs; a dead one may wait for init to notice.
func alive(pid int) bool {
	fields := stat(pid)
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X"
}

// ticks is the processor time a process has used, in hundredths of a second.
func ticks(pid int) int {
	fields := stat(pid)
	if len(fields) < 12 {
		return 0
	}
	n, _ := strconv.Atoi(fields[11]) // utime
	return n
}
