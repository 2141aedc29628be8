// Package retry is how work is tried again that may succeed later.
//
// cenkalti/backoff does the same with pauses of its own. Here the error says how
// long to wait (Discord's Retry-After), and when the context ends the caller needs
// the last error of the work, which backoff replaces by the context's.
package retry

import (
	"context"
	"time"
)

// Policy says what is tried again, how often and when.
type Policy struct {
	Tries int                                    // in all, the first one included; 0: until the context ends
	Again func(err error) bool                   // whether another try may end otherwise; nil: any error
	Pause func(try int, err error) time.Duration // before the next try, after the try-th, from 1
}

// Do calls until it succeeds, the policy allows no further try, or ctx ends; what
// it returns is the last call's. The context of each call is the caller's matter.
func Do[T any](ctx context.Context, p Policy, call func() (T, error)) (T, error) {
	for try := 1; ; try++ {
		value, err := call()
		if err == nil || try == p.Tries || p.Again != nil && !p.Again(err) || !Sleep(ctx, p.Pause(try, err)) {
			return value, err
		}
	}
}

// Evenly is a pause that is always the same.
func Evenly(pause time.Duration) func(int, error) time.Duration {
	return func(int, error) time.Duration { return pause }
}

// Sleep says whether d passed before ctx ended.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
