package main

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// warmUp is how many replays go through before anything is measured: parser
// children are started, connections opened, plans cached.
const warmUp = 20

// Run tries the pipeline with a scenario. An error is the harness's own; what
// the product did is in the report.
func (s Scenario) Run(ctx context.Context, p *Pipeline, corpus *Corpus, size Size) (*Report, error) {
	r := &Report{Scenario: s.Name, Engine: p.setup.Engine, Workers: p.setup.Workers}
	if err := p.countStatements(ctx); err != nil {
		return r, err
	}
	if s.measure != nil {
		return r, s.measure(ctx, p, corpus, size, r)
	}
	following, unfollow := context.WithCancel(ctx)
	tally := follow(following, p.Discord)
	defer func() { unfollow(); <-tally.done }()

	plan := s.plan(size)
	warm := Load{Total: warmUp, Users: warmUp, InFlight: 4, Settle: plan.load.Settle}
	if _, err := tally.calm(ctx, newCrowd(p, tally, corpus, warm, 0)); err != nil {
		return r, fmt.Errorf("warm up: %w", err)
	}
	done := warmUp
	var alone Quantiles
	if plan.usual != nil {
		o, err := tally.calm(ctx, newCrowd(p, tally, corpus, *plan.usual, done))
		if err != nil {
			return r, fmt.Errorf("good replays alone: %w", err)
		}
		alone, done = quantiles(o.latency), done+o.Submissions
	}
	seen := func(*Report) {}
	if s.watch != nil {
		seen = s.watch(ctx, p)
	}
	err := r.measure(ctx, p, newCrowd(p, tally, corpus, plan.load, done), plan)
	seen(r)
	if err != nil {
		return r, err
	}
	if alone.Count > 0 {
		r.figure("good replays alone, p50", alone.P50, "ms")
		r.figure("beside hostile ones, p50", r.Latency.P50/alone.P50, "× that")
		r.figure("beside hostile ones, p95", r.Latency.P95/alone.P95, "× that of good ones alone")
	}
	return r, nil
}

// calm lets a crowd upload while no harm is done, and does not judge it later.
func (t *tally) calm(ctx context.Context, c *crowd) (Outcome, error) {
	if _, _, err := c.upload(ctx); err != nil {
		return Outcome{}, err
	}
	o := t.outcome()
	if !o.faultless() {
		return o, fmt.Errorf("the product does not work before anything is done to it: %v", o.Details)
	}
	t.forget()
	return o, nil
}

// measure lets the crowd upload while harm is done, and fills the report in.
func (r *Report) measure(ctx context.Context, p *Pipeline, c *crowd, plan plan) error {
	before, err := p.effort(ctx)
	if err != nil {
		return err
	}
	meter := servicetest.NewMeter(p.Subjects()...)
	defer meter.Stop()
	began := time.Now()
	harmer := doHarm(ctx, p, plan.harms)
	c.whenSent = func() { r.Strikes, err = harmer.stop() }
	files, sending, uploadErr := c.upload(ctx)
	took := c.tally.lastAnswer().Sub(began)
	if uploadErr != nil {
		return fmt.Errorf("upload: %w", uploadErr)
	}
	if err != nil {
		return fmt.Errorf("do harm: %w", err)
	}
	r.Files = files
	r.cost(meter, time.Since(began))
	if after, err := p.effort(ctx); err == nil { // else a service is gone, and the verdict says so
		r.effort(before, after)
	}
	retry.Sleep(ctx, plan.load.Linger)
	r.settle(c.tally.outcome(), sending, took)
	r.Exits = p.Exits()
	for _, v := range p.Discord.Violations() {
		r.Violations = append(r.Violations, v.String())
	}
	return nil
}
