package main

import (
	"context"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

const (
	// calmFor is how long a pipeline is left alone before idleness is measured,
	// and idleFor how long that takes.
	calmFor = 5 * time.Second
	idleFor = 30 * time.Second
)

// idle measures processes that have nothing to do.
func idle(ctx context.Context, p *Pipeline, _ *Corpus, s Size, r *Report) error {
	lasting := idleFor
	if s.Duration > 0 {
		lasting = s.Duration
	}
	if !retry.Sleep(ctx, min(calmFor, lasting)) {
		return ctx.Err()
	}
	before, err := p.effort(ctx)
	if err != nil {
		return err
	}
	meter := servicetest.NewMeter(p.Subjects()...)
	defer meter.Stop()
	began := time.Now()
	if !retry.Sleep(ctx, lasting) {
		return ctx.Err()
	}
	took := time.Since(began).Seconds()
	r.cost(meter, time.Since(began))
	costs := meter.Costs()
	after, err := p.effort(ctx)
	if err != nil {
		return err
	}
	for _, subject := range p.Subjects() {
		name := subject.Name()
		cost, known := costs[name]
		if !known {
			continue // the second worker: its costs are in the first one's
		}
		delete(costs, name)
		r.figure(name+", processor", cost.CPU.Seconds()/took*100, "% of a core")
		r.figure(name+", memory", float64(cost.Now)/(1<<20), "MiB")
	}
	if p.setup.Engine == Services {
		r.figure("Redis commands", float64(after.commands-before.commands)/took, "a second")
		r.figure("Postgres transactions", float64(after.transactions-before.transactions)/took, "a second")
	}
	r.Exits = p.Exits()
	return nil
}
