package sandbox_test

import "golang.org/x/sys/unix"

// archAttacks are calls that only amd64 has: older forms, and the x32 numbers.
func archAttacks() map[string]raw {
	return map[string]raw{
		"fork":       {number: unix.SYS_FORK},
		"vfork":      {number: unix.SYS_VFORK},
		"open":       {number: unix.SYS_OPEN, a: [6]uintptr{text("/etc/shadow")}},
		"creat":      {number: unix.SYS_CREAT, a: [6]uintptr{text("/tmp/sandbox-attack")}},
		"mknod":      {number: unix.SYS_MKNOD, a: [6]uintptr{text("/tmp/sandbox-attack")}},
		"modify_ldt": {number: unix.SYS_MODIFY_LDT},
		"arch_prctl": {number: unix.SYS_ARCH_PRCTL},
		"x32 read":   {number: 0x40000000 | unix.SYS_READ},
		"x32 getpid": {number: 0x40000000 | unix.SYS_GETPID},
	}
}
