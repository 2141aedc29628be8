package servicetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Spec says how a process is started.
type Spec struct {
	Name string   // for the log file and for reports
	Path string   // of the binary
	Args []string // without the binary's name
	Env  []string // all of it: nothing is inherited
	Dir  string   // working directory, and home of the log file NAME.log
	// Account runs the process as another user; nil: as this process.
	Account *Account
	// Journal receives what the process writes instead of the log file.
	Journal *Journal
	// Orphaned is the signal that ends the process when this one dies; 0: SIGKILL.
	Orphaned syscall.Signal
}

// Process is a child process. It dies with this one.
type Process struct {
	command *exec.Cmd
	log     *os.File // nil with a Journal
	done    chan struct{}
}

// Start starts a process in a process group of its own, so that a Ctrl-C at the
// terminal reaches only this one, which decides what it means. What the process
// writes is appended to its log.
func Start(spec Spec) (*Process, error) {
	p := &Process{command: exec.Command(spec.Path, spec.Args...), done: make(chan struct{})}
	p.command.Env, p.command.Dir = spec.Env, spec.Dir
	if spec.Journal != nil {
		p.command.Stdout, p.command.Stderr = spec.Journal, spec.Journal
	} else {
		log, err := os.OpenFile(LogFile(spec), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return nil, fmt.Errorf("open log of %s: %w", spec.Name, err)
		}
		p.log, p.command.Stdout, p.command.Stderr = log, log, log
	}
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tie(p.command.SysProcAttr, spec.Orphaned)
	spec.Account.apply(p.command.SysProcAttr)
	started := make(chan error)
	go p.live(spec.Journal, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	return p, nil
}

// live starts the process and waits for its end, on one thread that ends no
// sooner: the kernel takes the end of the thread that forked for the end of the
// parent (prctl(2), PR_SET_PDEATHSIG; go.dev/issue/27505).
func (p *Process) live(journal *Journal, started chan<- error) {
	runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
	defer close(p.done)
	err := p.command.Start()
	started <- err
	if err == nil {
		_ = p.command.Wait() // how it ended stands in ProcessState
	}
	if p.log != nil {
		_ = p.log.Close()
	}
	if journal != nil {
		journal.end()
	}
}

// LogFile is where a process writes.
func LogFile(spec Spec) string { return filepath.Join(spec.Dir, spec.Name+".log") }

// PID is the id of the process; it stays taken until Done.
func (p *Process) PID() int { return p.command.Process.Pid }

// Signal sends a signal. A process that has ended already is no error.
func (p *Process) Signal(signal syscall.Signal) error {
	if err := p.command.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %d: %w", p.PID(), err)
	}
	return nil
}

// Done is closed once the process has ended and was waited for.
func (p *Process) Done() <-chan struct{} { return p.done }

// State is how the process ended. It is nil before Done.
func (p *Process) State() *os.ProcessState {
	select {
	case <-p.done:
		return p.command.ProcessState
	default:
		return nil
	}
}

// Stop asks the process to end by a signal and waits; when grace is over it is
// killed, with its group. It reports whether it ended by itself.
func (p *Process) Stop(signal syscall.Signal, grace time.Duration) bool {
	_ = p.Signal(signal)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	}
	p.killGroup()
	<-p.done
	return false
}

// killGroup kills the process and what it left in its group.
func (p *Process) killGroup() { _ = syscall.Kill(-p.PID(), syscall.SIGKILL) }

// FreePort is a TCP port of 127.0.0.1 without a listener. Another process may
// take it before it is used; the server started on it then fails.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// pollPause is how often a starting server is asked whether it is there. A
// process that is not ours says so in no other way.
const pollPause = 20 * time.Millisecond

// Poll asks until the answer is nil, the process (which may be nil) has ended,
// or ctx has.
func Poll(ctx context.Context, p *Process, ask func(context.Context) error) error {
	ticker := time.NewTicker(pollPause)
	defer ticker.Stop()
	var ended <-chan struct{}
	if p != nil {
		ended = p.Done()
	}
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ended:
			return fmt.Errorf("process ended (%s): %w", p.State(), err)
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}
