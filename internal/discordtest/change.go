package discordtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// changes wakes everybody who waits for something to happen on the server.
// A channel is made only when somebody asks for one, so that a flood without
// waiters costs a lock and nothing more.
type changes struct {
	mu   sync.Mutex
	next chan struct{}
}

func (c *changes) channel() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) broadcast() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// ErrClosed is returned by waits that outlive the server.
var ErrClosed = errors.New("discordtest: server closed")

// Wait returns when the condition holds. The condition is asked again after
// every change on the server; it may call any method of the server.
func (s *Server) Wait(ctx context.Context, condition func() bool) error {
	for {
		changed := s.changes.channel()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-s.closed.Done():
			return ErrClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// change is one step in the life of a message: its version number count, or its
// deletion.
type change struct {
	message  *message
	versions int
	deleted  bool
}

// record notes a change of a message for those who follow. s.mu is held.
func (s *Server) record(m *message) {
	s.journal = append(s.journal, change{m, len(m.versions), m.deleted})
	s.changes.broadcast()
}

// Follower reads the changes of messages in the order in which they happened.
// It is meant for one goroutine.
type Follower struct {
	server *Server
	next   int
}

// Follow returns a follower of all changes from now on.
func (s *Server) Follow() *Follower {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Follower{s, len(s.journal)}
}

// Next returns the message as it was right after the next change.
func (f *Follower) Next(ctx context.Context) (Message, error) {
	var m Message
	err := f.server.Wait(ctx, func() (ok bool) {
		m, ok = f.take()
		return ok
	})
	return m, err
}

func (f *Follower) take() (Message, bool) {
	s := f.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.next == len(s.journal) {
		return Message{}, false
	}
	c := s.journal[f.next]
	f.next++
	return s.snapshot(c.message, c.versions, c.deleted), true
}

// WaitMessage returns the first message, in the past or to come, that was as
// wanted after some change. Messages of users are among those asked about.
func (s *Server) WaitMessage(ctx context.Context, want func(Message) bool) (Message, error) {
	follower := &Follower{server: s}
	for {
		m, err := follower.Next(ctx)
		if err != nil {
			return Message{}, fmt.Errorf("wait for message among %d changes (violations %v): %w", follower.next, s.Violations(), err)
		}
		if want(m) {
			return m, nil
		}
	}
}
