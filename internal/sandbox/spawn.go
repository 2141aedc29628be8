package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// fork runs what is sent to it on one thread for as long as the pool lives:
// the kernel ends a child when the thread that started it ends, and Go ends
// threads as it likes.
func (p *Pool) fork() {
	runtime.LockOSThread() // until it ends: nothing else is to run on a thread that shed
	shed()
	for start := range p.forks {
		start()
	}
}

// spawn starts a child and waits until it is ready.
func (p *Pool) spawn() (*child, error) { return p.start(p.terms()) }

func (p *Pool) terms() terms {
	return terms{Memory: p.options.Memory, Processor: maxProcessor, Threads: p.apart.threads(), Limits: p.options.Limits}
}

func (p *Pool) start(t terms) (*child, error) {
	c, err := newChild(t)
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	p.forks <- func() { started <- c.start(p.apart) }
	if err := <-started; err != nil {
		return nil, err
	}
	p.owned.Go(func() {
		_ = c.cmd.Wait() // what it says is in ProcessState
		close(c.exited)
	})
	if err := c.greet(); err != nil {
		c.kill()
		return nil, fmt.Errorf("%w (%s)", err, c.cmd.ProcessState)
	}
	p.stats.started.Add(1)
	return c, nil
}

// spawnFirst starts the first child, set apart as well as this machine lets it
// be, and logs what holds it. All later ones are like it.
func (p *Pool) spawnFirst() (*child, error) {
	var held confinement
	held.note("parent not dumpable", guardParent())
	reasons := map[string]error{}
	var errs []error
	for _, p.apart = range settings() {
		t := p.terms()
		t.Rehearse = true
		c, err := p.start(t)
		if err == nil {
			held.add(p.apart.walls(), reasons)
			held.Stand = append(held.Stand, c.confinement.Stand...)
			held.Missing = append(held.Missing, c.confinement.Missing...)
			p.log(held)
			return c, nil
		}
		if number, ok := errors.AsType[syscall.Errno](err); ok {
			err = number
		}
		for _, wall := range p.apart.walls() {
			if reasons[wall] == nil {
				reasons[wall] = err
			}
		}
		errs = append(errs, fmt.Errorf("set apart by %s: %w", strings.Join(p.apart.walls(), ", "), err))
	}
	return nil, errors.Join(errs...)
}

// log says once what holds the children. Without the filter they are not what
// they should be; the rest is missing in many a container.
func (p *Pool) log(held confinement) {
	level := slog.LevelInfo
	if !slices.Contains(held.Stand, filterMeasure) || !slices.Contains(held.Stand, memoryMeasure) {
		level = slog.LevelWarn
	}
	p.options.Log.Log(p.ctx, level, "parser processes are confined", "by", held.Stand, "missing", held.Missing)
}

// release gives a slot back, with a new child where the old one died or is
// worn. The caller does not wait for that.
func (p *Pool) release(s *slot) {
	if s.child != nil && !p.worn(s) {
		p.idle <- s
		return
	}
	p.owned.Go(func() {
		if s.child != nil {
			s.child.kill()
		}
		s.child, s.served = p.respawn(), 0
		p.idle <- s
	})
}

// worn says whether a child served long enough.
func (p *Pool) worn(s *slot) bool {
	return s.served >= p.options.RecycleAfter ||
		s.child.peak >= p.options.RecyclePeak ||
		s.child.processor >= recycleProcessor
}

// respawn starts a child, again and again until it works or the pool closes.
func (p *Pool) respawn() *child {
	for failed := false; ; failed = true {
		c, err := p.spawn()
		if err == nil {
			if failed {
				p.options.Log.Info("parser processes start again")
			}
			return c
		}
		if p.ctx.Err() != nil {
			return nil
		}
		if !failed {
			p.options.Log.Error("parser process does not start; trying again until it does", "error", err)
		}
		timer := time.NewTimer(respawnPause)
		select {
		case <-timer.C:
		case <-p.ctx.Done():
			timer.Stop()
			return nil
		}
	}
}
