// Package lease elects the one of several processes that may act: the others
// stand by until its lease is released or expires.
//
// A lease is a row in the database that its holder renews. Whether it has run
// out is judged by the database's clock alone, so the clocks of the processes
// do not matter. The holder judges itself more strictly: it stops when a term
// less a margin has passed since it sent its last renewal that was granted, by
// a clock that cannot be set. A database clock that is set forward by seconds
// may still let two processes act at once for a moment, and so may the holder's
// last uploads, which it finishes after a graceful stop; what is done under a lease must
// tolerate that.
package lease

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
)

// Timing is how a lease is kept; all processes must agree on Term. The zero
// value is the default: a holder that is killed is replaced within Term and a
// Poll, 5.25 s; one that stops gracefully within a Poll. A database that is away
// for longer than Term less Margin costs the holder its lease.
type Timing struct {
	Term   time.Duration // a lease lasts so long without renewal; default 5 s
	Renew  time.Duration // pause between renewals; default 1 s
	Poll   time.Duration // pause between polls of processes standing by; default 0.25 s
	Margin time.Duration // the holder stops so long before its term ends; default 0.5 s
}

func (t Timing) orDefault() Timing {
	if t == (Timing{}) {
		return Timing{Term: 5 * time.Second, Renew: time.Second, Poll: 250 * time.Millisecond, Margin: 500 * time.Millisecond}
	}
	return t
}

// leaseStore is where leases are kept.
type leaseStore interface {
	// LeaseHolder is who holds a lease now, "" when it is free.
	LeaseHolder(ctx context.Context, name string) (string, error)
	// TakeLease makes holder hold a lease for term from now on, unless
	// somebody else does. It takes, takes over and renews.
	TakeLease(ctx context.Context, name, holder string, term time.Duration) (bool, error)
	// ReleaseLease ends holder's lease, if it is that.
	ReleaseLease(ctx context.Context, name, holder string) error
}

// Keeper works for one process towards one lease.
type Keeper struct {
	store  leaseStore
	name   string
	holder string
	timing Timing
	log    *slog.Logger

	held     atomic.Bool
	released atomic.Bool // by Release, ahead of the work's end
	failing  bool        // the last request to the store failed
}

// NewKeeper is a keeper of the lease name for holder, which no other process
// may call itself.
func NewKeeper(store leaseStore, name, holder string, timing Timing, log *slog.Logger) *Keeper {
	return &Keeper{store: store, name: name, holder: holder, timing: timing.orDefault(), log: log.With("lease", name)}
}

// Held says whether this process may act.
func (k *Keeper) Held() bool { return k.held.Load() }

// Run stands by until the lease is free, then calls work, whose context ends
// when the lease is lost; work may be called again after that. Run returns when
// ctx ends or work returns by itself, with work's error.
func (k *Keeper) Run(ctx context.Context, work func(ctx context.Context) error) error {
	for {
		until, ok := k.await(ctx)
		if !ok {
			return nil
		}
		lost, err := k.hold(ctx, until, work)
		if !lost || ctx.Err() != nil {
			return err
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			k.log.Warn("work under the lease ended badly", "error", err)
		}
	}
}

// Release gives the lease up before the work under it has ended, for when what
// is left of it may go on beside the next holder.
func (k *Keeper) Release(ctx context.Context) {
	if k.held.Load() && !k.released.Swap(true) {
		k.release(ctx)
	}
}

func (k *Keeper) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.timing.Margin)
	defer cancel()
	if err := k.store.ReleaseLease(ctx, k.name, k.holder); err != nil {
		k.log.Warn("lease not released; it runs out by itself", "error", err, "term", k.timing.Term)
	}
}

// await stands by. It says until when the lease is held then, and false when
// ctx ended first.
func (k *Keeper) await(ctx context.Context) (until time.Time, ok bool) {
	seen := ""
	for {
		holder, err := k.poll(ctx)
		if err == nil && (holder == "" || holder == k.holder) {
			if until, ok, err := k.take(ctx); ok && err == nil {
				k.log.Info("holding the lease", "holder", k.holder)
				return until, true
			}
		}
		if err == nil && holder != "" && holder != seen && holder != k.holder {
			k.log.Info("standing by", "holder", holder)
			seen = holder
		}
		if !retry.Sleep(ctx, k.timing.Poll) {
			return time.Time{}, false
		}
	}
}

// hold works under the lease, and says whether it was lost before the work
// ended. It goes on renewing while the work drains, so that no other process takes
// over before its end.
func (k *Keeper) hold(ctx context.Context, until time.Time, work func(context.Context) error) (lost bool, err error) {
	k.released.Store(false)
	k.held.Store(true)
	defer k.held.Store(false)
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- work(working) }()

	pause := time.NewTimer(k.timing.Renew)
	defer pause.Stop()
	for {
		select {
		case err := <-ended:
			k.Release(ctx)
			return false, err
		case <-pause.C:
		}
		if k.released.Load() {
			return false, <-ended
		}
		next, granted, err := k.renew(until)
		switch {
		case k.released.Load():
			if granted { // perhaps after the release, which it then took back
				k.release(ctx)
			}
			return false, <-ended
		case granted:
			until = next
			pause.Reset(k.timing.Renew)
		case err != nil && time.Now().Before(until):
			pause.Reset(min(k.timing.Poll, time.Until(until)))
		default:
			k.log.Warn("lease lost; standing by again", "taken", err == nil)
			k.held.Store(false)
			stop()
			return true, <-ended
		}
	}
}

// renew asks for another term, at the latest until this one ends.
func (k *Keeper) renew(until time.Time) (next time.Time, granted bool, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	return k.take(ctx)
}

// poll says who holds the lease.
func (k *Keeper) poll(ctx context.Context) (string, error) {
	asking, cancel := context.WithTimeout(ctx, k.timing.Renew)
	defer cancel()
	holder, err := k.store.LeaseHolder(asking, k.name)
	if ctx.Err() == nil {
		k.report(err)
	}
	return holder, err
}

// take takes or renews the lease, and says until when it is surely held.
func (k *Keeper) take(ctx context.Context) (until time.Time, granted bool, err error) {
	until = time.Now().Add(k.timing.Term - k.timing.Margin)
	asking, cancel := context.WithTimeout(ctx, k.timing.Renew)
	defer cancel()
	granted, err = k.store.TakeLease(asking, k.name, k.holder, k.timing.Term)
	k.report(err)
	return until, granted, err
}

// report makes an outage of the database one line in the log, and its end
// another.
func (k *Keeper) report(err error) {
	if err != nil && !k.failing {
		k.log.Warn("lease cannot be asked for", "error", err)
	}
	if err == nil && k.failing {
		k.log.Info("lease can be asked for again")
	}
	k.failing = err != nil
}
