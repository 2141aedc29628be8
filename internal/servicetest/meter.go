package servicetest

import (
	"sync"
	"syscall"
	"time"
)

// sampling is how often processes are looked at. A process that is killed
// loses the processor time of its own children since the last look.
const sampling = 500 * time.Millisecond

// weighing is how often memory is looked at. The kernel walks every page of a
// process for it, while the process may not change its own: more often, and the
// meter is among what it measures.
const weighing = 5 * time.Second

// Subject is something whose processes are metered.
type Subject interface {
	Name() string
	Lives() []*Process // all so far, ended ones included
}

// Cost is what a subject has used since the meter started.
type Cost struct {
	CPU  time.Duration // of all its processes, children included
	Peak int64         // bytes of memory at the worst moment, children included
	Now  int64         // bytes of memory at the last look
}

// Meter adds up what subjects cost.
type Meter struct {
	stop chan struct{}
	done chan struct{}

	mu       sync.Mutex
	subjects []Subject
	before   map[*Process]time.Duration // used before the meter started
	seen     map[*Process]time.Duration
	costs    map[string]Cost
	weighed  time.Time // when memory was looked at last
	self     time.Duration
	used     time.Duration // see machine
	possible time.Duration
}

// NewMeter starts to meter. Stop it.
func NewMeter(subjects ...Subject) *Meter {
	m := &Meter{
		stop: make(chan struct{}), done: make(chan struct{}), subjects: subjects,
		before: make(map[*Process]time.Duration), seen: make(map[*Process]time.Duration),
		costs: make(map[string]Cost), self: ownCPU(),
	}
	m.used, m.possible = machine()
	m.look(time.Now())
	for process, cpu := range m.seen {
		m.before[process] = cpu
	}
	go m.run()
	return m
}

// Add meters one more subject, from its beginning on.
func (m *Meter) Add(subject Subject) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subjects = append(m.subjects, subject)
}

func (m *Meter) run() {
	defer close(m.done)
	ticker := time.NewTicker(sampling)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			m.look(now)
		case <-m.stop:
			return
		}
	}
}

// Stop ends metering.
func (m *Meter) Stop() {
	close(m.stop)
	<-m.done
}

// look takes one sample.
func (m *Meter) look(at time.Time) {
	all, err := processes()
	if err != nil {
		return // without /proc nothing is metered, and reports say 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	weigh := at.Sub(m.weighed) >= weighing
	now := make(map[string]int64)
	for _, subject := range m.subjects {
		var bytes int64
		for _, process := range subject.Lives() {
			for _, pid := range m.sample(all, process) {
				if weigh {
					bytes += memory(pid)
				}
			}
		}
		now[subject.Name()] += bytes
	}
	if !weigh {
		return
	}
	m.weighed = at
	for name, bytes := range now {
		cost := m.costs[name]
		cost.Now, cost.Peak = bytes, max(cost.Peak, bytes)
		m.costs[name] = cost
	}
}

// sample notes a process's time and returns those of its family that live.
func (m *Meter) sample(all map[int]stat, process *Process) []int {
	if state := process.State(); state != nil {
		m.seen[process] = max(m.seen[process], state.UserTime()+state.SystemTime())
		return nil
	}
	var cpu time.Duration
	family := tree(all, process.PID())
	for _, pid := range family {
		cpu += all[pid].cpu
	}
	m.seen[process] = max(m.seen[process], cpu)
	return family
}

// Costs are the costs so far by subject. Subjects of the same name, as
// workers, are added up.
func (m *Meter) Costs() map[string]Cost {
	m.mu.Lock()
	m.weighed = time.Time{}
	m.mu.Unlock()
	m.look(time.Now())
	m.mu.Lock()
	defer m.mu.Unlock()
	costs := make(map[string]Cost, len(m.costs))
	for name, cost := range m.costs {
		costs[name] = cost
	}
	for _, subject := range m.subjects {
		cost := costs[subject.Name()]
		for _, process := range subject.Lives() {
			cost.CPU += m.seen[process] - m.before[process]
		}
		costs[subject.Name()] = cost
	}
	return costs
}

// Self is the processor time that this process has used since the meter
// started.
func (m *Meter) Self() time.Duration { return ownCPU() - m.self }

// Machine is what share of this machine's processors was used since the meter
// started, by anybody, from 0 to 1.
func (m *Meter) Machine() float64 {
	used, possible := machine()
	if possible <= m.possible {
		return 0
	}
	return float64(used-m.used) / float64(possible-m.possible)
}

func ownCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
