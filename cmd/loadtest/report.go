package main

import (
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// Report is what a scenario found. Times are in milliseconds unless they say
// otherwise; what was not measured is 0 or absent.
type Report struct {
	Scenario string `json:"scenario"`
	Engine   Engine `json:"engine"`
	Workers  int    `json:"workers"`
	Files    int    `json:"files"` // distinct files; a user may upload one again
	Outcome
	Sending    float64         `json:"sending_seconds"` // from the first upload to the last
	Took       float64         `json:"took_seconds"`    // from the first upload to the last answer
	PerSecond  float64         `json:"answers_per_second"`
	Latency    Quantiles       `json:"answer_ms"` // good replays only: from upload to answer
	Acks       Quantiles       `json:"acknowledgement_ms"`
	Costs      map[string]Cost `json:"costs,omitempty"`
	Machine    Machine         `json:"machine"`
	Redis      float64         `json:"redis_commands_per_file,omitempty"`
	Statements float64         `json:"postgres_statements_per_file,omitempty"`
	Commits    float64         `json:"postgres_transactions_per_file,omitempty"`
	Strikes    map[string]int  `json:"strikes,omitempty"`
	Exits      []string        `json:"unexpected_exits,omitempty"`
	Killed     []string        `json:"killed_at_the_end,omitempty"`
	Violations []string        `json:"discord_violations,omitempty"`
	Figures    []Figure        `json:"figures,omitempty"`
}

// Quantiles are of a list of durations, in milliseconds.
type Quantiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// Cost is what a kind of process used, its children included.
type Cost struct {
	CPU  float64 `json:"cpu_seconds"`
	Peak float64 `json:"peak_mib"`
}

// Machine says how busy all processors were, and how much of that was not ours:
// figures taken beside other work say little.
type Machine struct {
	Busy   float64 `json:"busy"`   // share of all processors, 0 to 1
	Others float64 `json:"others"` // the part of it that others used
}

// Figure is a number that only some scenarios have.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func (r *Report) figure(name string, value float64, unit string) {
	r.Figures = append(r.Figures, Figure{name, value, unit})
}

// Passed reports whether every upload has its one right answer.
func (r *Report) Passed() bool { return r.faultless() }

// settle fills in what became of the uploads.
func (r *Report) settle(o Outcome, sending, took time.Duration) {
	r.Outcome = o
	r.Sending, r.Took = sending.Seconds(), max(0, took.Seconds())
	if r.Took > 0 {
		r.PerSecond = float64(o.Answers) / r.Took
	}
	r.Latency, r.Acks = quantiles(o.latency), quantiles(o.acks)
}

// harness is the name of this process among the costs.
const harness = "loopback Discord and harness"

func (r *Report) cost(meter *servicetest.Meter, took time.Duration) {
	r.Machine.Busy = meter.Machine()
	ours := meter.Self()
	r.Costs = map[string]Cost{harness: {CPU: ours.Seconds()}}
	for name, cost := range meter.Costs() {
		ours += cost.CPU
		r.Costs[name] = Cost{CPU: cost.CPU.Seconds(), Peak: float64(cost.Peak) / (1 << 20)}
	}
	possible := took.Seconds() * float64(runtime.NumCPU())
	r.Machine.Others = max(0, r.Machine.Busy-ours.Seconds()/possible)
}

// effort fills in what a file cost the services. A server that restarted began
// to count anew, which shows as less than before.
func (r *Report) effort(before, after effort) {
	files := float64(max(1, r.Files))
	each := func(from, to int64) float64 { return max(0, float64(to-from)/files) }
	r.Redis = each(before.commands, after.commands)
	r.Commits = each(before.transactions, after.transactions)
	if before.statements >= 0 {
		r.Statements = each(before.statements, after.statements)
	}
}

// quantiles are by the nearest rank: every figure is one that was measured.
func quantiles(times []time.Duration) Quantiles {
	if len(times) == 0 {
		return Quantiles{}
	}
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	at := func(share float64) float64 {
		rank := int(math.Ceil(share * float64(len(sorted))))
		return float64(sorted[max(0, rank-1)]) / float64(time.Millisecond)
	}
	return Quantiles{Count: len(sorted), P50: at(.5), P95: at(.95), P99: at(.99), Max: at(1)}
}
