package store

import (
	"context"
	"sync"
	"time"
)

const (
	// roundMax is how many items one transaction takes.
	roundMax = 2 * rowsMax
	// roundTimeout bounds one transaction that several callers wait for, each
	// with a context of its own.
	roundTimeout = 5 * time.Second
)

// gathering lets callers that come at the same time share a transaction: while
// one is under way, those that come meanwhile gather for the next. A single
// caller waits for nobody. Where many wait, the database sees few commits, and
// that is what a crowd would wait for.
type gathering[In, Out any] struct {
	// write does what items ask for in one transaction, with a result for each.
	write func(ctx context.Context, items []In) ([]Out, error)

	mu      sync.Mutex
	rounds  []*round[In, Out] // that have not begun
	writing bool
	running sync.WaitGroup
}

// round is what one transaction does.
type round[In, Out any] struct {
	items   []In
	results []Out
	err     error
	done    chan struct{}
}

// do is write, with others' items or alone. After an error, which may be that
// of ctx, the items may have been written or not.
func (g *gathering[In, Out]) do(ctx context.Context, items []In) ([]Out, error) {
	r, at := g.join(items)
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.results[at : at+len(items)], nil
}

// join puts items into the newest round, and says where they stand in it.
func (g *gathering[In, Out]) join(items []In) (r *round[In, Out], at int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.rounds); n == 0 || len(g.rounds[n-1].items)+len(items) > roundMax {
		g.rounds = append(g.rounds, &round[In, Out]{done: make(chan struct{})})
	}
	r = g.rounds[len(g.rounds)-1]
	at = len(r.items)
	r.items = append(r.items, items...)
	if !g.writing {
		g.writing = true
		g.running.Go(g.run)
	}
	return r, at
}

// run writes round after round until nobody waits.
func (g *gathering[In, Out]) run() {
	for r := g.next(); r != nil; r = g.next() {
		ctx, cancel := context.WithTimeout(context.Background(), roundTimeout)
		r.results, r.err = g.write(ctx, r.items)
		cancel()
		close(r.done)
	}
}

func (g *gathering[In, Out]) next() *round[In, Out] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.rounds) == 0 {
		g.writing = false
		return nil
	}
	r := g.rounds[0]
	g.rounds = g.rounds[1:]
	return r
}

// wait returns when nothing is under way.
func (g *gathering[In, Out]) wait() { g.running.Wait() }
