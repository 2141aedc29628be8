package servicetest

import (
	"sync"
	"syscall"
	"time"
)

const (
	// A program that ends is restarted after firstPause, and after twice the
	// last pause each time it ends by itself before it ran for steady.
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
	steady     = 10 * time.Second
)

// Exit is an end of a program that was not asked for.
type Exit struct {
	At     time.Time
	Status string // as in "exit status 1"
}

// Program is a process that is kept alive until it is stopped.
type Program struct {
	spec  Spec
	ended chan struct{} // closed when the supervisor has ended

	mu       sync.Mutex
	lives    []*Process // all so far; the last one runs, or ran last
	asked    *Process   // was asked to end
	stopping chan struct{}
	exits    []Exit
}

// Supervise starts a program and keeps it alive.
func Supervise(spec Spec) (*Program, error) {
	process, err := Start(spec)
	if err != nil {
		return nil, err
	}
	p := &Program{
		spec: spec, lives: []*Process{process},
		ended: make(chan struct{}), stopping: make(chan struct{}),
	}
	go p.keep(process)
	return p, nil
}

// keep restarts the program until it is stopped.
func (p *Program) keep(process *Process) {
	defer close(p.ended)
	pause := firstPause
	for {
		began := time.Now()
		<-process.Done()
		asked, again := p.note(process)
		if !again {
			return
		}
		if asked || time.Since(began) > steady {
			pause = firstPause
		}
		if !p.rest(pause) {
			return
		}
		pause = min(2*pause, longPause)
		next, ok := p.again()
		for !ok {
			if !p.rest(longPause) {
				return
			}
			next, ok = p.again()
		}
		process = next
	}
}

// note takes down how a process ended: whether it was asked to, and whether it
// is to be started again.
func (p *Program) note(process *Process) (asked, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked = p.asked == process
	if !asked {
		p.exits = append(p.exits, Exit{time.Now(), process.State().String()})
	}
	select {
	case <-p.stopping:
		return asked, false
	default:
		return asked, true
	}
}

func (p *Program) rest(pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.stopping:
		return false
	}
}

func (p *Program) again() (*Process, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.stopping:
		return nil, false
	default:
	}
	process, err := Start(p.spec)
	if err != nil {
		p.exits = append(p.exits, Exit{time.Now(), err.Error()})
		return nil, false
	}
	p.lives = append(p.lives, process)
	return process, true
}

// Name is that of the spec.
func (p *Program) Name() string { return p.spec.Name }

// Kill ends the running process with SIGKILL. It is restarted.
func (p *Program) Kill() { p.tell(syscall.SIGKILL) }

// Terminate asks the running process to end. It is restarted.
func (p *Program) Terminate() { p.tell(syscall.SIGTERM) }

func (p *Program) tell(signal syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = p.last()
	_ = p.asked.Signal(signal)
}

// Stop ends the program for good: SIGTERM, and SIGKILL when grace is over. It
// reports whether it ended by itself. A second call waits for the first.
func (p *Program) Stop(grace time.Duration) bool {
	p.mu.Lock()
	select {
	case <-p.stopping:
		p.mu.Unlock()
		<-p.ended
		return true
	default:
	}
	close(p.stopping)
	p.asked = p.last()
	process := p.asked
	p.mu.Unlock()
	ended := process.Stop(syscall.SIGTERM, grace)
	<-p.ended
	return ended
}

func (p *Program) last() *Process { return p.lives[len(p.lives)-1] }

// Process is the running process, or the last one.
func (p *Program) Process() *Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last()
}

// Lives are all processes so far.
func (p *Program) Lives() []*Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Process(nil), p.lives...)
}

// Exits are the ends that were not asked for.
func (p *Program) Exits() []Exit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Exit(nil), p.exits...)
}
