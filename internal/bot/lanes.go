package bot

import (
	"context"
	"log/slog"
	"sync"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/fair"
)

const (
	// laneWidth is how many uploads of one channel run at once. Discord
	// takes about one message a second per channel; the rest is downloads.
	laneWidth = 4
	// laneDepth is how many more wait, and userDepth how many of them may be one
	// user's. What does not fit is on record and fetched later (pending.go).
	laneDepth = 256
	userDepth = laneDepth / 4
	// maxRunning bounds uploads that run over all channels, and with it the
	// memory they take: maxRunning × the intake's limit on one file.
	maxRunning = 32
)

// work is what lanes run.
type work interface {
	lane() string
	sender() discord.UserID  // users take turns in a lane
	run(ctx context.Context) // may panic
	noRoom()                 // it will not run
}

// lanes runs uploads side by side without letting one channel, or one user of
// a channel, crowd out the others or anything grow without bound. Events
// themselves start a goroutine each, which nothing counts.
type lanes struct {
	log   *slog.Logger
	slots chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	ctx     context.Context // of all work; nil: none is taken
	running sync.WaitGroup
}

type lane struct {
	waiting fair.Queue[work]
	active  int
}

func newLanes(log *slog.Logger) *lanes {
	return &lanes{log: log, slots: make(chan struct{}, maxRunning), lanes: make(map[string]*lane)}
}

// add runs work in its lane, now or later; false says that there is no room.
func (l *lanes) add(w work) bool {
	name, user := w.lane(), string(w.sender())
	l.mu.Lock()
	defer l.mu.Unlock()
	in := l.lanes[name]
	if in == nil {
		in = &lane{}
	}
	switch {
	case l.ctx != nil && in.active < laneWidth:
		in.active++
		l.lanes[name] = in
		l.running.Add(1)
		go l.run(l.ctx, in, w)
		return true
	case l.ctx != nil && in.waiting.Len() < laneDepth && in.waiting.Of(user) < userDepth:
		in.waiting.Push(user, w)
		return true
	}
	w.noRoom()
	return false
}

// run runs one piece of work; what waits in its lane follows, also after a panic.
func (l *lanes) run(ctx context.Context, in *lane, w work) {
	defer l.running.Done()
	defer l.next(ctx, in, w.lane())
	defer discord.LogPanic(l.log, "upload")
	l.slots <- struct{}{}
	defer func() { <-l.slots }()
	w.run(ctx)
}

func (l *lanes) next(ctx context.Context, in *lane, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, ok := in.waiting.Pop(); ok {
		l.running.Add(1)
		go l.run(ctx, in, w)
		return
	}
	in.active--
	if in.active == 0 {
		delete(l.lanes, name)
	}
}

// open takes work from now on, which runs under ctx.
func (l *lanes) open(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx = ctx
}

// close takes no more work; the channel closes when all that was taken is done.
func (l *lanes) close() <-chan struct{} {
	l.mu.Lock()
	l.ctx = nil
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		l.running.Wait()
		close(done)
	}()
	return done
}
