package bot

import (
	"context"
	"log/slog"
	"sync"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/fair"
)

const (
	// laneWidth is how many uploads of one channel are in hand at once. Discord
	// takes about one message a second per channel; the rest is downloads.
	laneWidth = 4
	// laneDepth is how many more wait, and userDepth how many of them may be one
	// user's. What does not fit is on record and fetched later (request.go).
	laneDepth = 256
	userDepth = laneDepth / 4
	// maxInHand bounds uploads in hand over all channels, and with it the
	// memory they take: maxInHand × the intake's limit on one file.
	maxInHand = 32
)

// lanes runs uploads side by side without letting one channel, or one user of
// a channel, crowd out the others or anything grow without bound. discordgo
// itself starts a goroutine for each event and never counts them.
type lanes struct {
	log   *slog.Logger
	slots chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	ctx     context.Context // of all work; nil: none is taken
	running sync.WaitGroup
}

type lane struct {
	waiting fair.Queue[*task] // users take turns
	active  int
}

type task struct{ run func(context.Context) }

func newLanes(log *slog.Logger) *lanes {
	return &lanes{log: log, slots: make(chan struct{}, maxInHand), lanes: make(map[string]*lane)}
}

// add queues a user's work in a lane; false says that there is no room.
func (l *lanes) add(name, user string, work func(context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx := l.ctx
	if ctx == nil {
		return false
	}
	in := l.lanes[name]
	if in == nil {
		in = &lane{}
		l.lanes[name] = in
	}
	if in.active < laneWidth {
		in.active++
		l.running.Go(func() { l.run(ctx, name, in, work) })
		return true
	}
	if in.waiting.Len() >= laneDepth || in.waiting.Of(user) >= userDepth {
		return false
	}
	in.waiting.Push(user, &task{work})
	return true
}

func (l *lanes) run(ctx context.Context, name string, in *lane, work func(context.Context)) {
	for work != nil {
		l.slots <- struct{}{}
		l.guarded(ctx, work)
		<-l.slots
		work = l.next(name, in)
	}
}

func (l *lanes) next(name string, in *lane) func(context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if task, ok := in.waiting.Pop(); ok {
		return task.run
	}
	in.active--
	if in.active == 0 {
		delete(l.lanes, name)
	}
	return nil
}

func (l *lanes) guarded(ctx context.Context, work func(context.Context)) {
	defer discord.LogPanic(l.log, "upload")
	work(ctx)
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
