package job

import (
	"errors"
	"fmt"
	"time"
)

// Snooze is what a handler returns that is to be called again after d although
// nothing failed: the work is in progress elsewhere, or waits for room. It counts
// for none of a task's retries, so a handler may return it without end and must
// itself see to it that the reason ends.
func Snooze(d time.Duration, reason string) error { return snooze{d, reason} }

type snooze struct {
	wait   time.Duration
	reason string
}

func (s snooze) Error() string { return fmt.Sprintf("snoozed for %v: %s", s.wait, s.reason) }

// Snoozed says whether a handler returned Snooze, and for how long.
func Snoozed(err error) (time.Duration, bool) {
	var s snooze
	ok := errors.As(err, &s)
	return s.wait, ok
}
