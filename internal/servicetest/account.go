package servicetest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Account is a user of this machine that a process runs as.
type Account struct{ uid, gid uint32 }

// Unprivileged is the account for servers that refuse to run as root: nil when
// this process is not root, else postgres where there is one, else nobody.
func Unprivileged() (*Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("group of user %s: %w", name, err)
		}
		return &Account{uint32(uid), uint32(gid)}, nil
	}
	return nil, fmt.Errorf("this process is root, and there is neither a user postgres nor nobody")
}

// apply makes a process run as the account.
func (a *Account) apply(attributes *syscall.SysProcAttr) {
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
}

// own gives a folder to the account.
func (a *Account) own(folder string) error {
	if a == nil {
		return nil
	}
	return os.Chown(folder, int(a.uid), int(a.gid))
}
