package loadtest

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/rigtest"
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
	warm := newCrowd(p, tally, corpus, Load{Total: warmUp, Users: warmUp, InFlight: 4, Settle: plan.load.Settle}, 0)
	if _, _, err := warm.upload(ctx); err != nil {
		return r, fmt.Errorf("warm up: %w", err)
	}
	if o := tally.outcome(); !o.faultless() {
		return r, fmt.Errorf("the product does not work before anything is done to it: %v", o.Details)
	}
	tally.forget()
	return r, r.measure(ctx, p, newCrowd(p, tally, corpus, plan.load, warmUp), plan)
}

// measure lets the crowd upload while harm is done, and fills the report in.
func (r *Report) measure(ctx context.Context, p *Pipeline, c *crowd, plan plan) error {
	before, err := p.effort(ctx)
	if err != nil {
		return err
	}
	meter := rigtest.NewMeter(p.Subjects()...)
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
	rest(ctx, plan.load.Linger)
	r.settle(c.tally.outcome(), sending, took)
	r.Exits = p.Exits()
	for _, v := range p.Discord.Violations() {
		r.Violations = append(r.Violations, v.String())
	}
	return nil
}
