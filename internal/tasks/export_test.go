package tasks

import (
	"context"
	"time"
)

// What the tests look at from outside.
var (
	TaskID     = taskID
	RetryDelay = retryDelay
)

const DeadAfter = deadAfter

// Polls counts the dequeue scripts that the wake-up recognised.
func (s *Server) Polls() int64 { return s.waker.polls.Load() }

// SetPoll sets how long an idle server waits for a wake-up.
func (s *Server) SetPoll(d time.Duration) { s.waker.poll = d }

// SetTimeout sets how long an Enqueue without a deadline waits.
func (c *Client) SetTimeout(d time.Duration) { c.timeout = d }

// SetTimeout sets how long the sweeper waits for what it enqueues.
func (s *Sweeper) SetTimeout(d time.Duration) { s.timeout = d }

// TooOld says whether CheckRedis refuses a version.
func TooOld(version string) bool { return olderThan(version, minVersion) }

// SetForwarded makes the server poll only for retries that it put off itself.
func (s *Server) SetForwarded() { s.waker.forward = time.Now().Add(time.Hour) }

// SweepInTurn is one sweep of Run.
func (s *Sweeper) SweepInTurn(ctx context.Context) error { return s.sweepInTurn(ctx) }

// HasTurn says whether the sweeper was the one to sweep.
func (s *Sweeper) HasTurn() bool { return s.turn.held }

// What the tests look at in Redis.
const (
	MaxTokens = maxTokens
	TurnKey   = turnKey
)

// WakeKey is the list of a queue's wake-ups.
var WakeKey = wakeKey
