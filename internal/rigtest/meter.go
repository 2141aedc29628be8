package rigtest

import (
	"sync"
	"syscall"
	"time"
)

// sampling is how often processes are looked at. A process that is killed
// loses the processor time of its own children since the last look.
const sampling = 500 * time.Millisecond

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
	m.look()
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
		case <-ticker.C:
			m.look()
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
func (m *Meter) look() {
	all, err := processes()
	if err != nil {
		return // without /proc nothing is metered, and reports say 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := make(map[string]int64)
	for _, subject := range m.subjects {
		for _, process := range subject.Lives() {
			now[subject.Name()] += m.sample(all, process)
		}
	}
	for name, bytes := range now {
		cost := m.costs[name]
		cost.Now, cost.Peak = bytes, max(cost.Peak, bytes)
		m.costs[name] = cost
	}
}

// sample notes a process's time and returns its memory.
func (m *Meter) sample(all map[int]stat, process *Process) int64 {
	if state := process.State(); state != nil {
		m.seen[process] = max(m.seen[process], state.UserTime()+state.SystemTime())
		return 0
	}
	var cpu time.Duration
	var bytes int64
	for _, pid := range tree(all, process.PID()) {
		cpu += all[pid].cpu
		bytes += memory(pid)
	}
	m.seen[process] = max(m.seen[process], cpu)
	return bytes
}

// Costs are the costs so far by subject. Subjects of the same name, as
// workers, are added up.
func (m *Meter) Costs() map[string]Cost {
	m.look()
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
