package sandbox

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// nobody is the user, and the group, that a child is to itself.
	nobody = 65534

	// The users from firstSpare on belong to no distribution, service manager
	// or container engine: systemd's UIDS-GIDS.md leaves them unused.
	firstSpare = 1879048192
	spares     = math.MaxInt32 - firstSpare

	// otherNamespaces hide all other processes, System V memory, networks and
	// mounts. A child is the first process of its own, so whatever it might
	// start ends with it.
	otherNamespaces = unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWNET | unix.CLONE_NEWNS
)

// A setting is how a child is set apart by the process that starts it.
type setting struct {
	user   bool // in a user namespace, where it has no capability
	others bool // in the other namespaces
	become identity
}

// identity says what user a child is to the rest of the machine.
type identity int

const (
	asParent identity = iota // the user of its parent
	asUnused                 // one that no other process has
	asNobody                 // where there are few users
)

// settings are what to try, the best first; the last always works.
func settings() []setting {
	var all []setting
	users := []identity{asParent}
	if maySwitch() {
		users = []identity{asUnused, asNobody, asParent}
	}
	for _, become := range users {
		all = append(all, setting{user: true, others: true, become: become})
	}
	for _, others := range []bool{true, false} {
		for _, become := range users {
			all = append(all, setting{others: others, become: become})
		}
	}
	return all
}

// maySwitch says whether this process may start a child as another user, and
// end it then.
func maySwitch() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if unix.Capget(&header, &data[0]) != nil {
		return false
	}
	const needed = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID | 1<<unix.CAP_KILL
	return data[0].Effective&needed == needed
}

// walls are what a setting adds to what a child does itself.
func (s setting) walls() []string {
	var names []string
	if s.user {
		names = append(names, "user namespace")
	}
	if s.others {
		names = append(names, "process, ipc, network and mount namespaces")
	}
	if s.become != asParent {
		names = append(names, "user of its own")
	}
	return names
}

// threads is the limit that a child can be given. It is counted by user, or by
// user and namespace since Linux 5.14, and does not bind root.
func (s setting) threads() int {
	if s.become == asUnused || s.user && s.become == asParent && os.Getuid() != 0 && countsByNamespace() {
		return maxThreads
	}
	return 0
}

func countsByNamespace() bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	parts := strings.SplitN(unix.ByteSliceToString(name.Release[:]), ".", 3)
	if len(parts) < 3 {
		return false
	}
	major, _ := strconv.Atoi(parts[0])
	minor, _ := strconv.Atoi(parts[1])
	return cmp.Or(cmp.Compare(major, 5), cmp.Compare(minor, 14)) >= 0
}

// attributes tie the child's life to the thread that starts it and give it a
// process group of its own.
func (s setting) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if s.others {
		a.Cloneflags = otherNamespaces
	}
	uid, gid := os.Getuid(), os.Getgid()
	switch s.become {
	case asParent:
	case asUnused:
		uid = firstSpare + rand.IntN(spares)
		gid = uid
	case asNobody:
		uid, gid = nobody, nobody
	}
	switch {
	case s.user:
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: gid, Size: 1}}
		// Only the privileged may drop their groups, or another's.
		a.GidMappingsEnableSetgroups = s.become != asParent
		a.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: s.become == asParent}
	case s.become != asParent:
		a.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return a
}

// mapping is held while this process may be looked into; see start.
var mapping sync.Mutex

// start starts a prepared child from the thread that shed prepared.
func (s setting) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = s.attributes()
	// What this process itself inherited is not for its children.
	_ = unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC)
	if s.user && os.Geteuid() != 0 {
		// The kernel lets an ordinary user write the child's user map only
		// while the child may be looked into, which it inherits. Its sisters
		// cannot: they are in other user namespaces.
		mapping.Lock()
		defer mapping.Unlock()
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
		defer func() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }()
	}
	return cmd.Start()
}

// guardParent keeps other processes of the same user out of this one's memory
// and files.
func guardParent() error {
	mapping.Lock()
	defer mapping.Unlock()
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// shed takes from the calling thread, and so from all that it starts, the way
// to new privileges and the capabilities that a program may have at most. It
// keeps its own, by which it starts children as another user.
func shed() {
	_ = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	for capability := uintptr(0); unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0) == nil; capability++ {
	}
}

// executable is this very binary, even when another was installed over it.
func executable() (string, error) { return "/proc/self/exe", nil }

// killGroup ends the child and whatever it may have started.
func killGroup(p *os.Process) {
	// The group's id is the child's, and stays taken until the child is waited
	// for; p.Kill covers the moment before the child has a group.
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill()
}

// pipeBytes is the capacity asked of a pipe, so that a usual replay and its
// answer pass in one go. It is the most an ordinary user may have.
const pipeBytes = 1 << 20

// widen makes the pipe hold a whole replay; smaller ones only cost time.
func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeBytes) })
}
