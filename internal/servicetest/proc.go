package servicetest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// clockTick is the unit of processor time in /proc on every Linux that Go
// runs on: USER_HZ, 100 a second.
const clockTick = 10 * time.Millisecond

// stat is what /proc/PID/stat says of a process.
type stat struct {
	parent int
	cpu    time.Duration // its own, and that of the children it has waited for
}

// processes are all processes of this machine.
func processes() (map[int]stat, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	all := make(map[int]stat, len(entries))
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if data, err := os.ReadFile("/proc/" + entry.Name() + "/stat"); err == nil { // else it has ended
			if s, ok := parseStat(data); ok {
				all[pid] = s
			}
		}
	}
	return all, nil
}

// parseStat reads the fields of proc_pid_stat(5) after the command's name,
// which may hold anything, also spaces and brackets.
func parseStat(data []byte) (stat, bool) {
	end := bytes.LastIndexByte(data, ')')
	if end < 0 {
		return stat{}, false
	}
	fields := bytes.Fields(data[end+1:]) // fields[0] is the third of the manual
	const parent, user, waitedSystem = 4 - 3, 14 - 3, 17 - 3
	if len(fields) <= waitedSystem {
		return stat{}, false
	}
	var ticks int64
	for _, field := range fields[user : waitedSystem+1] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return stat{}, false
		}
		ticks += n
	}
	ppid, err := strconv.Atoi(string(fields[parent]))
	return stat{parent: ppid, cpu: time.Duration(ticks) * clockTick}, err == nil
}

// tree is a process and everything that descends from it, as far as it lives.
func tree(all map[int]stat, root int) []int {
	family := []int{root}
	for i := 0; i < len(family); i++ {
		for pid, s := range all {
			if s.parent == family[i] {
				family = append(family, pid)
			}
		}
	}
	return family
}

// Children are the processes that descend from a process now.
func Children(p *Process) []int { return Descendants(p.PID()) }

// Descendants are the processes that descend now from any process of this
// machine, as from one in a container.
func Descendants(pid int) []int {
	all, err := processes()
	if err != nil {
		return nil
	}
	return tree(all, pid)[1:]
}

// memory is a process's share of the memory it uses, in bytes: pages that it
// shares with others count by their part (Pss), so that the sum over a family
// is what the family takes. 0 when it has ended.
func memory(pid int) int64 {
	if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)); err == nil {
		for line := range bytes.Lines(data) {
			if rest, ok := bytes.CutPrefix(line, []byte("Pss:")); ok {
				return kilobytes(rest)
			}
		}
	}
	// Somebody else's process: all its resident pages.
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(data) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			return kilobytes(rest)
		}
	}
	return 0
}

func kilobytes(field []byte) int64 {
	n, _ := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(field), []byte("kB")))), 10, 64)
	return n << 10
}

// machine is the processor time that all processes of this machine have used,
// and what its processors could have given, since it started.
func machine() (used, possible time.Duration) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	fields := bytes.Fields(line)
	// user nice system idle iowait irq softirq steal; guests are in user
	const idle, iowait, last = 4, 5, 8
	for n := 1; n <= last && n < len(fields); n++ {
		ticks, _ := strconv.ParseInt(string(fields[n]), 10, 64)
		spent := time.Duration(ticks) * clockTick
		possible += spent
		if n != idle && n != iowait {
			used += spent
		}
	}
	return used, possible
}
