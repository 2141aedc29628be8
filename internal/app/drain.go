package app

import (
	"context"
	"errors"
	"time"
)

// cutOff: the last tenth of a part's share is for what it does with work that it
// has to cut off: requeue it, close its connections.
const cutOff = 10

// ending is why a part's context ends: it is the part's turn to drain. It travels
// as the context's cause, so that it reaches all contexts made from that one.
type ending struct{ deadline time.Time }

func (ending) Error() string { return "shutting down" }

// Unwrap makes a cause that a library returns a cancellation like any other.
func (ending) Unwrap() error { return context.Canceled }

// drainDeadline is when what a part has in flight must have ended; ok says that
// ctx is a part's, or made from one, and has ended because its group ends.
func drainDeadline(ctx context.Context) (deadline time.Time, ok bool) {
	var why ending
	if !errors.As(context.Cause(ctx), &why) {
		return time.Time{}, false
	}
	return why.deadline, true
}

// Drain is the context for what a part has in flight: it outlives ctx, the part's
// own, and ends when the part's share of the graceful shutdown does. Where ctx
// ends for another reason than the end of its group, it ends at once. cancel
// releases it.
func Drain(ctx context.Context) (work context.Context, cancel context.CancelFunc) {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() {
		defer cut()
		deadline, ok := drainDeadline(ctx)
		if !ok {
			return
		}
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-work.Done():
		}
	})
	return work, func() { unwatch(); cut() }
}
