package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// DefaultRecycleAfter bounds what a parser may leave behind over time.
const DefaultRecycleAfter = 1000

const (
	// recycleProcessor is the processor time after which a child is replaced,
	// and maxProcessor the one at which the kernel ends it: nearly that much in
	// a single replay is out of reach, so only an unwatched child gets there.
	recycleProcessor = 5 * time.Minute
	maxProcessor     = 10 * time.Minute

	// tries is how many children one file may take down.
	tries = 2

	// respawnPause is the pause after a child could not be started.
	respawnPause = time.Second
)

// ErrKilled says that children were killed under a file by somebody else; the
// file may be good, so it is tried again later.
var ErrKilled = errors.New("parser processes were killed by somebody else")

// Options are the settings of a Pool. Deadline and Memory must be given; other
// zero values are the defaults.
type Options struct {
	Processes    int           // children; default the number of CPUs
	Deadline     time.Duration // for one replay in one child
	Memory       int64         // bytes a child may use over what it starts with
	Limits       replay.Limits // on a file; see replay.Limits for the defaults
	RecycleAfter int           // replays after which a child is replaced
	RecyclePeak  int64         // bytes resident after which a child is replaced; default half of Memory
	Log          *slog.Logger  // default slog.Default()
	Died         func(How)     // called for each child that dies under a file; may be nil
}

func (o Options) withDefaults() Options {
	if o.Processes <= 0 {
		o.Processes = runtime.NumCPU()
	}
	if o.RecycleAfter <= 0 {
		o.RecycleAfter = DefaultRecycleAfter
	}
	if o.RecyclePeak <= 0 {
		o.RecyclePeak = o.Memory / 2
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// File is a replay to parse.
type File struct {
	Name     string // goes into the summary
	SHA256   string // the same
	Data     []byte // at most MaxFileBytes
	Timeline bool   // whether the timeline is wanted
}

// Parsed is what a child made of a file.
type Parsed struct {
	Summary  json.RawMessage // the JSON of replay.Replay without its timeline
	Timeline json.RawMessage // the JSON of a timeline.Timeline, nil where there is none
}

// Pool keeps children ready. It is safe for concurrent use; as many files are
// parsed at once as there are children, the others wait.
type Pool struct {
	options Options
	idle    chan *slot
	forks   chan func() // run on one thread; see fork
	ctx     context.Context
	cancel  context.CancelFunc
	owned   sync.WaitGroup // goroutines that use children
	forking sync.WaitGroup // the goroutine that starts them
	closing sync.Once
	apart   setting // how children are started; see spawnFirst
	stats   counters
}

// slot is one place in the pool. Its holder uses its child alone.
type slot struct {
	child  *child // nil: died and not replaced yet
	served int    // replays the child answered
}

type counters struct{ parsed, started, timeouts, crashes, memory, kills, forbidden atomic.Int64 }

// Stats counts what happened since the pool was made.
type Stats struct {
	Parsed   int64 // files answered, faults included
	Started  int64 // children started
	Timeouts int64 // children killed at their deadline
	Crashes  int64 // children that crashed or broke the protocol
	Memory   int64 // children that outgrew their memory
	Kills    int64 // children killed by somebody else

	Forbidden int64 // children killed for a system call they may not make
}

// NewPool starts the children and returns when all are ready.
func NewPool(options Options) (*Pool, error) {
	if IsChild() {
		// Without this check such a program would start itself for ever.
		return nil, errors.New("a parser process must call sandbox.Serve, not start a pool")
	}
	if options.Deadline <= 0 || options.Memory <= 0 || options.Limits.FileBytes > MaxFileBytes {
		return nil, fmt.Errorf("a pool of parsers cannot be bounded by a deadline of %s, %d bytes of memory and files of %d bytes",
			options.Deadline, options.Memory, options.Limits.FileBytes)
	}
	p := &Pool{options: options.withDefaults(), forks: make(chan func())}
	p.idle = make(chan *slot, p.options.Processes)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.forking.Go(p.fork)
	if err := p.fill(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// fill starts the children: one to see what this machine allows, then the others.
func (p *Pool) fill() error {
	first, err := p.spawnFirst()
	p.idle <- &slot{child: first}
	errs := make(chan error, p.options.Processes)
	for range p.options.Processes - 1 {
		if err != nil {
			p.idle <- &slot{}
			continue
		}
		p.owned.Go(func() {
			c, err := p.spawn()
			p.idle <- &slot{child: c}
			errs <- err
		})
	}
	for range p.options.Processes - 1 {
		if first != nil {
			err = errors.Join(err, <-errs)
		}
	}
	return err
}

// Stats is a snapshot of the pool's counters.
func (p *Pool) Stats() Stats {
	return Stats{
		Parsed: p.stats.parsed.Load(), Started: p.stats.started.Load(), Timeouts: p.stats.timeouts.Load(),
		Crashes: p.stats.crashes.Load(), Memory: p.stats.memory.Load(), Kills: p.stats.kills.Load(),
		Forbidden: p.stats.forbidden.Load(),
	}
}

// Close gives up what is being parsed and ends all children.
func (p *Pool) Close() {
	p.closing.Do(func() {
		p.cancel()
		for range p.options.Processes {
			if s := <-p.idle; s.child != nil {
				s.child.kill()
			}
		}
		p.owned.Wait()
		close(p.forks)
		p.forking.Wait()
	})
}

// Parse parses one file in a child. The error is a *failure.Error when the file
// is to blame; any other error is our own trouble and worth another try later.
func (p *Pool) Parse(ctx context.Context, file File) (Parsed, error) {
	if len(file.Data) > MaxFileBytes {
		return Parsed{}, failure.New(failure.TooLarge, phrase.Say(phrase.Unreadable),
			fmt.Errorf("%d bytes, limit %d", len(file.Data), MaxFileBytes))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	var s *slot
	select {
	case s = <-p.idle:
	case <-ctx.Done():
		return Parsed{}, fmt.Errorf("wait for a parser process: %w", context.Cause(ctx))
	}
	defer p.release(s)

	r := request{file: file.Data, meta: meta{
		File: file.Name, SHA256: file.SHA256, Timeline: file.Timeline,
		Within: p.options.Deadline * 9 / 10, // a parser that watches its context ends by itself
	}}
	var deaths []*Death
	for range tries {
		if s.child == nil {
			var err error
			if s.child, err = p.spawn(); err != nil {
				return Parsed{}, err
			}
			s.served = 0
		}
		a, err := s.child.ask(ctx, r, p.options.Deadline)
		if err == nil {
			s.served++
			p.stats.parsed.Add(1)
			return result(a)
		}
		s.child.kill()
		s.child = nil
		death, died := errors.AsType[*Death](err)
		if !died {
			return Parsed{}, fmt.Errorf("parse in a child: %w", err)
		}
		p.count(death, file)
		if death.How == TimedOut {
			return Parsed{}, failure.New(failure.Timeout, phrase.Say(phrase.TookTooLong), death)
		}
		deaths = append(deaths, death)
	}
	return Parsed{}, verdict(deaths)
}

// verdict is what two dead children say of a file.
func verdict(deaths []*Death) error {
	for _, death := range deaths {
		if death.How == Killed {
			return fmt.Errorf("%w: %w", ErrKilled, death)
		}
	}
	return failure.New(failure.Poison, phrase.Say(phrase.Poison), deaths[len(deaths)-1])
}

// result is an answer as the caller reads it.
func result(a answer) (Parsed, error) {
	if a.kind == answerParsed {
		parsed := Parsed{Summary: a.first}
		if len(a.second) > 0 {
			parsed.Timeline = a.second
		}
		return parsed, nil
	}
	var f refusal
	if err := json.Unmarshal(a.first, &f); err != nil {
		return Parsed{}, failure.New(failure.Invalid, phrase.Say(phrase.Unreadable), err)
	}
	var cause error
	if f.Cause != "" {
		cause = errors.New(f.Cause)
	}
	return Parsed{}, failure.New(f.Kind, f.Text, cause)
}

func (p *Pool) count(death *Death, file File) {
	if p.options.Died != nil {
		p.options.Died(death.How)
	}
	switch death.How {
	case TimedOut:
		p.stats.timeouts.Add(1)
	case OverMemory:
		p.stats.memory.Add(1)
	case Killed:
		p.stats.kills.Add(1)
	case Forbidden:
		p.options.Log.Error("parser process killed for a forbidden system call", "sha256", file.SHA256)
		p.stats.forbidden.Add(1)
	case Crashed, Garbled:
		p.stats.crashes.Add(1)
	}
}
