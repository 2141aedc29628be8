package store

import (
	"context"
	"sync"
	"time"
)

const (
	// batchMax is how many items one transaction takes.
	batchMax = 2 * rowsMax
	// batchTimeout bounds one transaction that several callers wait for, each
	// with a context of its own.
	batchTimeout = 5 * time.Second
)

// batcher lets callers that come at the same time share a transaction: while
// one is under way, those that come meanwhile join the next. A single
// caller does not wait, unless there is a linger. Where many wait, the database sees few commits, and
// that is what a crowd would wait for.
type batcher[In, Out any] struct {
	// write does what items ask for in one transaction, with a result for each.
	write func(ctx context.Context, items []In) ([]Out, error)
	// linger is how long each transaction waits for others to share it.
	linger time.Duration

	mu      sync.Mutex
	batches []*batch[In, Out] // that have not begun
	writing bool
	running sync.WaitGroup
}

// batch is what one transaction does.
type batch[In, Out any] struct {
	items   []In
	results []Out
	err     error
	done    chan struct{}
}

// do is write, with others' items or alone. After an error, which may be that
// of ctx, the items may have been written or not.
func (g *batcher[In, Out]) do(ctx context.Context, items []In) ([]Out, error) {
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

// join puts items into the newest batch, and says where they stand in it.
func (g *batcher[In, Out]) join(items []In) (r *batch[In, Out], at int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.batches); n == 0 || len(g.batches[n-1].items)+len(items) > batchMax {
		g.batches = append(g.batches, &batch[In, Out]{done: make(chan struct{})})
	}
	r = g.batches[len(g.batches)-1]
	at = len(r.items)
	r.items = append(r.items, items...)
	if !g.writing {
		g.writing = true
		g.running.Go(g.run)
	}
	return r, at
}

// run writes batch after batch until no caller waits.
func (g *batcher[In, Out]) run() {
	for {
		time.Sleep(g.linger)
		r := g.next()
		if r == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
		r.results, r.err = g.write(ctx, r.items)
		cancel()
		close(r.done)
	}
}

func (g *batcher[In, Out]) next() *batch[In, Out] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.batches) == 0 {
		g.writing = false
		return nil
	}
	r := g.batches[0]
	g.batches = g.batches[1:]
	return r
}

// wait returns when nothing is under way.
func (g *batcher[In, Out]) wait() { g.running.Wait() }
