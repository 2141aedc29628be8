package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Scenario is one way to try the product.
type Scenario struct {
	Name    string
	About   string
	Engines []Engine
	prepare func(*Setup) // changes what is started; may be nil
	plan    func(Size) plan
	watch   func(context.Context, *Pipeline) func(*Report)                 // begun with the uploads, ended after them; may be nil
	measure func(context.Context, *Pipeline, *Corpus, Size, *Report) error // instead of a plan
}

// plan is uploads, and what goes wrong meanwhile.
type plan struct {
	load  Load
	harms []harm
	// usual is what is uploaded before, to compare with; nil: nothing.
	usual *Load
}

// Size scales a scenario.
type Size struct {
	Replays  int           // of flood, one and poison; 0: the scenario's own
	Users    int           // uploaders; 0: one for each five replays
	Duration time.Duration // of scenarios that last; 0: the scenario's own
	Rate     float64       // uploads a second of scenarios that do harm; 0: 20
	Settle   time.Duration // how long answers may still come at the end; 0: 2 min
	Linger   time.Duration // how long to watch for answers that come twice; 0: 10 s
	// Haste divides the pauses between two strikes of harm; 0: 1.
	Haste float64
}

func (s Size) or(fallback Size) Size {
	if s.Replays == 0 && s.Duration == 0 {
		s.Replays, s.Duration = fallback.Replays, fallback.Duration
	}
	if s.Rate == 0 {
		s.Rate = fallback.Rate
	}
	if s.Settle == 0 {
		s.Settle = 2 * time.Minute
	}
	if s.Linger == 0 {
		s.Linger = 10 * time.Second
	}
	if s.Haste == 0 {
		s.Haste = 1
	}
	return s
}

func (s Size) users(replays int) int {
	if s.Users > 0 {
		return s.Users
	}
	return max(1, replays/5)
}

func (s Size) pause(between time.Duration) time.Duration {
	return time.Duration(float64(between) / s.Haste)
}

var both = []Engine{Services, Embedded}

// Scenarios are all there are, in the order of `all`'s documentation.
var Scenarios = []Scenario{
	{Name: "one", Engines: both, About: "one replay at a time through an idle pipeline", plan: one},
	{Name: "flood", Engines: both, About: "many replays at once, or as fast as they are answered for -duration", plan: flood},
	{Name: "poison", Engines: both, About: "hostile files among good ones", plan: poison},
	{Name: "kill", Engines: both, About: "SIGKILL of a program or of a parser child every second", plan: harming(time.Minute, func(s Size) []harm {
		return []harm{killing(s.pause(time.Second))}
	})},
	{Name: "redis", Engines: []Engine{Services}, About: "Redis loses everything every 3 s", plan: harming(time.Minute, func(s Size) []harm {
		return []harm{flushing(s.pause(3 * time.Second))}
	})},
	{Name: "postgres", Engines: []Engine{Services}, About: "Postgres restarts every 10 s", plan: harming(time.Minute, func(s Size) []harm {
		return []harm{restarting(s.pause(10 * time.Second))}
	})},
	{Name: "outage", Engines: []Engine{Services}, About: "Redis hangs for a minute, then Postgres is away for one", plan: harming(4*time.Minute, func(s Size) []harm {
		return []harm{outages(s.pause(time.Minute))}
	})},
	{Name: "discord", Engines: both, About: "Discord fails in another way every 2 s and drops its connections", plan: harming(time.Minute, func(s Size) []harm {
		return []harm{storming(s.pause(2 * time.Second))}
	})},
	{Name: "deploy", Engines: []Engine{Services}, About: "every 5 s a process is replaced by a new one", plan: harming(time.Minute, func(s Size) []harm {
		return []harm{deploying(s.pause(5 * time.Second))}
	})},
	{Name: "all", Engines: []Engine{Services}, About: "kill, redis, postgres, discord and deploy together, hostile files included", plan: everythingAtOnce},
	{
		Name: "backlog", Engines: []Engine{Services}, About: "what a replay costs when 100,000 wait (or -n), and when 100 do",
		prepare: holdWorkers, measure: backlog,
	},
	{
		Name: "fleet", Engines: []Engine{Services}, About: "flood with 100 workers (or -workers) on a Postgres that allows 100 connections",
		prepare: holdFleet, plan: fleet, watch: watchConnections,
	},
	{Name: "idle", Engines: both, About: "processor time and memory of processes that have nothing to do", measure: idle},
}

// Find is the scenario of a name.
func Find(name string) (Scenario, error) {
	at := slices.IndexFunc(Scenarios, func(s Scenario) bool { return s.Name == name })
	if at < 0 {
		return Scenario{}, fmt.Errorf("there is no scenario %q", name)
	}
	return Scenarios[at], nil
}

// RunsOn reports whether a scenario makes sense on an engine.
func (s Scenario) RunsOn(engine Engine) bool { return slices.Contains(s.Engines, engine) }

func one(s Size) plan {
	s = s.or(Size{Replays: 200})
	return plan{load: Load{Total: s.Replays, Duration: s.Duration, InFlight: 1, Users: s.users(s.Replays), Settle: s.Settle, Linger: s.Linger}}
}

// floodInFlight is how many replays wait at once when a flood lasts: enough
// that nobody downstream is ever idle.
const floodInFlight = 200

func flood(s Size) plan {
	s = s.or(Size{Replays: 500})
	load := Load{Total: s.Replays, Duration: s.Duration, Rate: s.Rate, Users: s.users(s.Replays), Settle: s.Settle, Linger: s.Linger}
	if s.Duration > 0 {
		load.Total, load.InFlight, load.Users = 0, floodInFlight, s.users(5*floodInFlight)
	}
	return plan{load: load}
}

// poison uploads at a steady rate: where all come at once, good replays wait for
// one another and a hostile one more is not felt.
func poison(s Size) plan {
	p := flood(s.or(Size{Replays: 500, Rate: 20}))
	alone := p.load
	p.usual, p.load.Hostile = &alone, .05
	return p
}

// harming is a plan of uploads at a steady rate for a time while harm is done.
func harming(lasting time.Duration, harms func(Size) []harm) func(Size) plan {
	return func(s Size) plan {
		s = s.or(Size{Duration: lasting, Rate: 20})
		total := s.Replays
		if s.Duration > 0 {
			total = 0
		}
		return plan{harms: harms(s), load: Load{
			Total: total, Duration: s.Duration, Rate: s.Rate, Users: s.users(max(total, 500)),
			Lossy: true, Settle: s.Settle, Linger: s.Linger,
		}}
	}
}

func everythingAtOnce(s Size) plan {
	p := harming(5*time.Minute, func(s Size) []harm {
		return []harm{
			killing(s.pause(time.Second)), flushing(s.pause(3 * time.Second)),
			restarting(s.pause(10 * time.Second)), storming(s.pause(2 * time.Second)),
			deploying(s.pause(15 * time.Second)),
		}
	})(s)
	p.load.Hostile = .05
	return p
}
