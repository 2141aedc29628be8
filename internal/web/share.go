package web

import (
	"context"
	"sync"
)

// shares holds each address to a number of things at a time, so that one cannot
// take all there are. Only addresses that hold or wait for something are kept.
type shares struct {
	each int

	mu    sync.Mutex
	holds map[string]*share
}

// share is what one address holds.
type share struct {
	slots chan struct{}
	users int // that hold a slot or wait for one
}

func newShares(each int) *shares {
	return &shares{each: max(each, 1), holds: make(map[string]*share)}
}

// take waits for one of an address's slots until ctx ends, and fails with its
// cause.
func (s *shares) take(ctx context.Context, address string) (release func(), err error) {
	held := s.join(address)
	select {
	case held.slots <- struct{}{}:
		return func() { <-held.slots; s.leave(address, held) }, nil
	default:
	}
	select {
	case held.slots <- struct{}{}:
		return func() { <-held.slots; s.leave(address, held) }, nil
	case <-ctx.Done():
		s.leave(address, held)
		return nil, context.Cause(ctx)
	}
}

// try is take for those who do not wait; nil: all slots are taken.
func (s *shares) try(address string) (release func()) {
	held := s.join(address)
	select {
	case held.slots <- struct{}{}:
		return func() { <-held.slots; s.leave(address, held) }
	default:
		s.leave(address, held)
		return nil
	}
}

func (s *shares) join(address string) *share {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.holds[address]
	if held == nil {
		held = &share{slots: make(chan struct{}, s.each)}
		s.holds[address] = held
	}
	held.users++
	return held
}

func (s *shares) leave(address string, held *share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held.users--; held.users == 0 {
		delete(s.holds, address)
	}
}
