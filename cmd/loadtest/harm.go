package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// harm is something done to the pipeline again and again.
type harm struct {
	name  string
	every time.Duration
	// strike does it once. n counts the strikes.
	strike func(ctx context.Context, p *Pipeline, n int) error
	// heal undoes what lasts; may be nil.
	heal func(p *Pipeline)
}

// killing is SIGKILL for one process of the product, in turn a whole program
// and one of its parser children, each time another one by chance.
func killing(every time.Duration) harm {
	return harm{name: "kills", every: every, strike: func(_ context.Context, p *Pipeline, n int) error {
		program, _ := p.slots[rand.IntN(len(p.slots))].current()
		if n%2 == 0 {
			program.Kill()
			return nil
		}
		for _, s := range p.slots {
			program, _ := s.current()
			if children := servicetest.Children(program.Process()); len(children) > 0 {
				_ = syscall.Kill(children[rand.IntN(len(children))], syscall.SIGKILL) // it may have ended by itself
				return nil
			}
		}
		return nil // all workers are starting
	}}
}

// flushing wipes Redis.
func flushing(every time.Duration) harm {
	return harm{name: "redis wiped", every: every, strike: func(ctx context.Context, p *Pipeline, _ int) error {
		return p.flushRedis(ctx)
	}}
}

// errNotOurs says that a harm needs servers that it may stop.
var errNotOurs = errors.New("needs a private Postgres and Redis: leave -database-url and -redis-url out")

// outages takes Redis away for a time, then Postgres, in turn. Redis hangs, which
// is worse than a refused connection; Postgres is stopped.
func outages(lasting time.Duration) harm {
	return harm{name: "outages", every: lasting / 4, strike: func(ctx context.Context, p *Pipeline, n int) error {
		if p.redis == nil || p.postgres == nil {
			return errNotOurs
		}
		if n%2 == 0 {
			err := p.redis.Hang()
			retry.Sleep(ctx, lasting)
			err = errors.Join(err, p.redis.Resume())
			retry.Sleep(ctx, lasting/2)
			return err
		}
		p.postgres.Stop(servicetest.Fast)
		retry.Sleep(ctx, lasting)
		err := p.postgres.Start(context.WithoutCancel(ctx))
		retry.Sleep(ctx, lasting/2)
		return err
	}}
}

// restarting restarts Postgres, in turn in good order and as after a crash.
func restarting(every time.Duration) harm {
	return harm{name: "postgres restarts", every: every, strike: func(ctx context.Context, p *Pipeline, n int) error {
		if p.postgres == nil {
			return errNotOurs
		}
		how := servicetest.Fast
		if n%2 == 1 {
			how = servicetest.Immediate
		}
		p.postgres.Stop(how)
		// A half-finished restart would leave the pipeline without a database.
		return p.postgres.Start(context.WithoutCancel(ctx))
	}}
}

// storming troubles Discord: another trouble of REST each time, and another
// end of the gateway's connections.
func storming(every time.Duration) harm {
	var lift func() int
	calm := func(*Pipeline) {
		if lift != nil {
			lift()
			lift = nil
		}
	}
	troubles := []discordtest.Fault{
		{Trouble: discordtest.RouteLimit, Chance: .5, RetryAfter: 300 * time.Millisecond},
		{Trouble: discordtest.Failure, Chance: .5, Status: 503},
		{Trouble: discordtest.GlobalLimit, Chance: .3, RetryAfter: 500 * time.Millisecond},
		{Trouble: discordtest.Failure, Chance: .3, Status: 502, Late: true},
		{Trouble: discordtest.Garbled, Chance: .3},
		{Trouble: discordtest.Reset, Chance: .3, Late: true},
		{Trouble: discordtest.CloudflareLimit, Chance: .2, RetryAfter: time.Second},
		{Trouble: discordtest.Slow, Delay: 300 * time.Millisecond},
	}
	ends := []func(*discordtest.Server){
		(*discordtest.Server).ResetConnections,
		(*discordtest.Server).Reconnect,
		func(s *discordtest.Server) { s.InvalidateSessions(true) },
		func(s *discordtest.Server) { s.CloseConnections(discordtest.CloseUnknownError) },
	}
	return harm{name: "storms", every: every, heal: calm, strike: func(_ context.Context, p *Pipeline, n int) error {
		calm(p)
		lift = p.Discord.Inject(troubles[n%len(troubles)])
		ends[n%len(ends)](p.Discord)
		return nil
	}}
}

// deploying replaces one program after the other: the new process is started
// and ready before the old one is asked to end.
func deploying(every time.Duration) harm {
	return harm{name: "replacements", every: every, strike: func(ctx context.Context, p *Pipeline, n int) error {
		return p.replace(ctx, p.slots[n%len(p.slots)])
	}}
}

func (p *Pipeline) replace(ctx context.Context, s *slot) error {
	old, _ := s.current()
	if err := p.fill(s); err != nil {
		return err
	}
	starting, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := s.waitReady(starting); err != nil && ctx.Err() == nil {
		return fmt.Errorf("replace %s: %w", s.name, err)
	}
	if !old.Stop(stopGrace) {
		return fmt.Errorf("replace %s: the old process did not end in %v", s.name, stopGrace)
	}
	return nil
}

// harmer does harm in the background.
type harmer struct {
	pipeline *Pipeline
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	strikes map[string]int
	fault   error
}

// doHarm starts every harm; see stop.
func doHarm(ctx context.Context, p *Pipeline, harms []harm) *harmer {
	ctx, cancel := context.WithCancel(ctx)
	h := &harmer{pipeline: p, cancel: cancel, strikes: make(map[string]int)}
	for _, one := range harms {
		h.running.Go(func() { h.keep(ctx, one) })
	}
	return h
}

func (h *harmer) keep(ctx context.Context, one harm) {
	if one.heal != nil {
		defer one.heal(h.pipeline)
	}
	ticker := time.NewTicker(one.every)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		err := one.strike(ctx, h.pipeline, n)
		h.mu.Lock()
		h.strikes[one.name]++
		if err != nil && h.fault == nil && ctx.Err() == nil {
			h.fault = fmt.Errorf("%s: %w", one.name, err)
		}
		h.mu.Unlock()
	}
}

// stop ends the harm and heals what lasts. It says how often each kind struck,
// and why the harness itself failed, if it did.
func (h *harmer) stop() (map[string]int, error) {
	h.cancel()
	h.running.Wait()
	return h.strikes, h.fault
}
