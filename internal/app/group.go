package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Part is one long-running piece of a process.
type Part struct {
	Name string
	// Run works until ctx ends, then drains what it has begun under the context
	// that Drain gives it, and returns. An earlier return ends the whole process.
	Run func(ctx context.Context) error
	// Weight is the part's share of the time for a graceful shutdown, against the
	// weights of the parts that have not ended yet; 0 is 1, for a part that has
	// nothing to drain.
	Weight int
}

// ErrUndrained says that a part did not end in the time it was given.
var ErrUndrained = errors.New("did not end in time")

// errEarly ends the process when a part returns before its context ends.
var errEarly = errors.New("ended by itself")

type running struct {
	Part
	stop context.CancelCauseFunc
	done chan struct{}
	err  error
}

func (r *running) weight() int { return max(r.Weight, 1) }

// RunParts starts the parts in order and waits for ctx to end or for a part to
// fail. Then it ends them one by one in the reverse order, so that intake
// stops before what it feeds, and returns every part's error.
//
// All of that takes no longer than grace, nor than what ctx, when it is that of a
// part of another group, leaves to its part. Each part gets its weight's share of
// the time left, and leaves what it does not use to the parts after it. One that
// overruns its share is waited for at the end, beside the others. What is not
// drained by then keeps its outbox job and is done by another process.
func RunParts(ctx context.Context, log *slog.Logger, grace time.Duration, parts ...Part) error {
	started := make([]*running, 0, len(parts))
	first := make(chan *running, len(parts))
	// Parts end one after the other, not by the signal itself.
	base := context.WithoutCancel(ctx)
	for _, part := range parts {
		partCtx, stop := context.WithCancelCause(base)
		r := &running{Part: part, stop: stop, done: make(chan struct{})}
		started = append(started, r)
		go func() {
			defer func() { close(r.done); first <- r }()
			r.err = part.Run(partCtx)
		}()
	}

	select {
	case <-ctx.Done():
		log.Info("shutting down", "grace", grace)
	case r := <-first:
		if r.err == nil {
			r.err = errEarly
		}
		log.Error("a part failed; shutting down", "part", r.Name, "error", r.err)
	}
	deadline := time.Now().Add(grace)
	if outer, ok := drainDeadline(ctx); ok && outer.Before(deadline) {
		deadline = outer
	}
	return end(started, deadline)
}

// end ends the parts in the reverse order, all by deadline.
func end(started []*running, deadline time.Time) error {
	weights := 0
	for _, r := range started {
		weights += r.weight()
	}
	for _, r := range slices.Backward(started) {
		share := max(0, time.Until(deadline)) * time.Duration(r.weight()) / time.Duration(weights)
		weights -= r.weight()
		r.stop(ending{time.Now().Add(share - share/cutOff)})
		r.await(share)
	}
	var errs []error
	for _, r := range slices.Backward(started) {
		switch {
		case !r.await(time.Until(deadline)):
			errs = append(errs, fmt.Errorf("%s: %w", r.Name, ErrUndrained))
		case r.err != nil && !errors.Is(r.err, context.Canceled):
			errs = append(errs, fmt.Errorf("%s: %w", r.Name, r.err))
		}
	}
	return errors.Join(errs...)
}

// await says whether the part ended within d.
func (r *running) await(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.done:
		return true
	case <-timer.C:
	}
	select {
	case <-r.done: // at the same time
		return true
	default:
		return false
	}
}
