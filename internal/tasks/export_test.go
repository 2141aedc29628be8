package tasks

import "time"

// What the tests look at from outside.
var (
	TaskID     = taskID
	RetryDelay = retryDelay
)

const DeadAfter = deadAfter

// Looks counts the dequeue scripts that the wake-up recognised.
func (s *Server) Looks() int64 { return s.waker.looks.Load() }

// Listening says whether the server can be woken.
func (s *Server) Listening() bool { return s.waker.listening.Load() }

// SetPoll sets how long an idle server waits for a wake-up.
func (s *Server) SetPoll(d time.Duration) { s.waker.poll = d }

// TooOld says whether CheckRedis refuses a version.
func TooOld(version string) bool { return olderThan(version, minVersion) }
