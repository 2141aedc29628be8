// Package process owns the life of a process: signals, the order in which its
// parts start, and their graceful end.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Part is one long-running piece of a process.
type Part struct {
	Name string
	// Run works until ctx ends, then drains what it has begun and returns.
	// An earlier return ends the whole process.
	Run func(ctx context.Context) error
}

// ErrUndrained says that a part did not end in the time it was given.
var ErrUndrained = errors.New("did not end in time")

// errEarly ends the process when a part stops that nobody stopped.
var errEarly = errors.New("ended although nobody stopped it")

type running struct {
	Part
	stop context.CancelFunc
	done chan struct{}
	err  error
}

// Run starts the parts in order and waits for ctx to end or for a part to
// fail. Then it ends them one by one in the reverse order, so that intake
// stops before what it feeds, and returns every part's error. After grace it
// stops waiting: what is not drained is owed by its job row and done later.
func Run(ctx context.Context, log *slog.Logger, grace time.Duration, parts ...Part) error {
	var started []*running
	first := make(chan *running, len(parts))
	// Parts are told to end one after the other, not by the signal itself.
	base := context.WithoutCancel(ctx)
	for _, part := range parts {
		partCtx, stop := context.WithCancel(base)
		r := &running{Part: part, stop: stop, done: make(chan struct{})}
		started = append(started, r)
		go func() {
			defer func() { close(r.done); first <- r }()
			r.err = part.Run(partCtx)
		}()
	}

	var errs []error
	select {
	case <-ctx.Done():
		log.Info("shutting down", "grace", grace)
	case r := <-first:
		if r.err == nil {
			r.err = errEarly
		}
		log.Error("a part failed; shutting down", "part", r.Name, "error", r.err)
	}

	deadline := time.NewTimer(grace)
	defer deadline.Stop()
	expired := false
	for i := len(started) - 1; i >= 0; i-- {
		r := started[i]
		r.stop()
		if !expired {
			select {
			case <-r.done:
			case <-deadline.C:
				expired = true
			}
		}
		select {
		case <-r.done:
			if r.err != nil && !errors.Is(r.err, context.Canceled) {
				errs = append(errs, fmt.Errorf("%s: %w", r.Name, r.err))
			}
		default:
			errs = append(errs, fmt.Errorf("%s: %w", r.Name, ErrUndrained))
		}
	}
	return errors.Join(errs...)
}
