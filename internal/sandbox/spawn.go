package sandbox

import (
	"runtime"
	"time"
)

// fork runs what is sent to it on one thread for as long as the pool lives:
// the kernel ends a child when the thread that started it ends, and Go ends
// threads as it likes.
func (p *Pool) fork() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for start := range p.forks {
		start()
	}
}

// spawn starts a child and waits until it is ready.
func (p *Pool) spawn() (*child, error) {
	c, err := newChild(terms{Memory: p.options.Memory, Processor: maxProcessor})
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	p.forks <- func() { started <- c.start() }
	if err := <-started; err != nil {
		return nil, err
	}
	p.owned.Go(func() {
		_ = c.cmd.Wait() // what it says is in ProcessState
		close(c.exited)
	})
	if err := c.greet(); err != nil {
		c.kill()
		return nil, err
	}
	p.stats.started.Add(1)
	p.fences.Do(func() {
		for _, missing := range c.missing {
			p.options.Log.Warn("parser processes lack a fence", "missing", missing)
		}
	})
	return c, nil
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
