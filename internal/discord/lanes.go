package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

const (
	// laneWidth is how many uploads of one channel are in hand at once. Discord
	// takes about one message a second per channel; the rest is downloads.
	laneWidth = 4
	// laneDepth is how many more wait. What does not fit is on record and fetched
	// later (request.go).
	laneDepth = 256
	// maxInHand bounds uploads in hand over all channels, and with it the
	// memory they take: maxInHand × the intake's limit on one file.
	maxInHand = 32
)

// lanes runs uploads side by side without letting one channel crowd out the
// others or anything grow without bound. discordgo itself starts a goroutine
// for each event and never counts them.
type lanes struct {
	log   *slog.Logger
	slots chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	ctx     context.Context // of all work; nil: none is taken
	running sync.WaitGroup
}

type lane struct {
	waiting []func(context.Context)
	active  int
}

func newLanes(log *slog.Logger) *lanes {
	return &lanes{log: log, slots: make(chan struct{}, maxInHand), lanes: make(map[string]*lane)}
}

// add queues work for a channel; false says that there is no room.
func (l *lanes) add(channelID string, work func(context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx := l.ctx
	if ctx == nil {
		return false
	}
	in := l.lanes[channelID]
	if in == nil {
		in = &lane{}
		l.lanes[channelID] = in
	}
	if in.active < laneWidth {
		in.active++
		l.running.Go(func() { l.run(ctx, channelID, in, work) })
		return true
	}
	if len(in.waiting) >= laneDepth {
		return false
	}
	in.waiting = append(in.waiting, work)
	return true
}

func (l *lanes) run(ctx context.Context, channelID string, in *lane, work func(context.Context)) {
	for work != nil {
		l.slots <- struct{}{}
		l.guarded(ctx, work)
		<-l.slots
		work = l.next(channelID, in)
	}
}

func (l *lanes) next(channelID string, in *lane) func(context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(in.waiting) > 0 {
		work := in.waiting[0]
		in.waiting[0] = nil
		in.waiting = in.waiting[1:]
		return work
	}
	in.active--
	if in.active == 0 {
		delete(l.lanes, channelID)
	}
	return nil
}

func (l *lanes) guarded(ctx context.Context, work func(context.Context)) {
	defer logPanic(l.log, "upload")
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

// logPanic is deferred by everything that handles an event: one bad event must
// not end the process that answers all others.
func logPanic(log *slog.Logger, what string) {
	if value := recover(); value != nil {
		log.Error("panic while handling an event", "what", what,
			"panic", tokenInPath.ReplaceAllString(fmt.Sprint(value), "${1}redacted"), "stack", string(debug.Stack()))
	}
}
