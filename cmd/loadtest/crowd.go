package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/retry"
)

// Load says who uploads how much, and how fast.
type Load struct {
	Total    int             // how many replays; 0: as many as Duration allows
	Duration time.Duration   // how long new replays come; 0: until Total is reached
	Rate     float64         // uploads a second; 0: as fast as InFlight allows
	Until    <-chan struct{} // closed when no more are to come; nil: never
	InFlight int             // replays waiting for their answer at once; 0: no limit
	Users    int             // uploaders
	Hostile  float64         // share of hostile files, 0 to 1
	// Lossy says that bots die, so users take only the ways on which Discord
	// gives a new bot a second chance, or the user a notice: watched channels
	// and commands.
	Lossy bool
	// Settle is how long after the last upload answers may still come.
	Settle time.Duration
	// Linger is how long to wait, once everything is answered, for answers that
	// come twice.
	Linger time.Duration
}

const (
	// acknowledgeWithin is when Discord tells the user that the application did
	// not respond; userTimeout is what a user waits more before believing it.
	acknowledgeWithin = 3 * time.Second
	userTimeout       = 500 * time.Millisecond
	// retryPause is how soon an impatient user uploads again what was declined.
	retryPause = 2 * time.Second
)

// crowd is the users.
type crowd struct {
	pipeline *Pipeline
	tally    *tally
	corpus   *Corpus
	load     Load
	first    int // number of the first file, so that no run repeats another's
	users    []discordtest.User
	direct   []discordtest.Channel
	ways     []way
	whenSent func()                // called after the last upload; may be nil
	fault    atomic.Pointer[error] // of the harness itself
}

func newCrowd(p *Pipeline, t *tally, corpus *Corpus, load Load, first int) *crowd {
	c := &crowd{pipeline: p, tally: t, corpus: corpus, load: load, first: first, ways: []way{bySlash, byWatched, byDirect, byMention}}
	if load.Lossy {
		c.ways = []way{bySlash, byWatched}
	}
	for n := range max(1, load.Users) {
		user := p.Discord.AddUser(fmt.Sprintf("player%d", n))
		c.users = append(c.users, user)
		c.direct = append(c.direct, p.Discord.DM(user))
	}
	return c
}

// upload lets the users upload what the load says. It returns, once every file
// has its answer or the time to settle is over, how many files there were and
// how long new ones came.
func (c *crowd) upload(ctx context.Context) (files int, took time.Duration, err error) {
	began := time.Now()
	sending, stopSending := ctx, context.CancelFunc(func() {})
	if c.load.Duration > 0 {
		sending, stopSending = context.WithTimeout(ctx, c.load.Duration)
	}
	defer stopSending()
	if c.load.Until != nil {
		sending, stopSending = untilClosed(sending, c.load.Until)
		defer stopSending()
	}
	waiting, stopWaiting := context.WithCancel(ctx)
	defer stopWaiting()

	var all sync.WaitGroup
	pace := c.pace()
	for (c.load.Total == 0 || files < c.load.Total) && pace.wait(sending) {
		n := files
		all.Go(func() {
			defer pace.done()
			c.serve(waiting, n)
		})
		files++
	}
	took = time.Since(began)
	if c.whenSent != nil {
		c.whenSent()
	}
	settled := time.AfterFunc(c.load.Settle, stopWaiting)
	defer settled.Stop()
	all.Wait()
	if fault := c.fault.Load(); fault != nil {
		return files, took, *fault
	}
	return files, took, ctx.Err()
}

// untilClosed is a context that also ends when a channel is closed.
func untilClosed(ctx context.Context, closed <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// pace holds uploads back.
type pace struct {
	limit *rate.Limiter
	slots chan struct{}
}

func (c *crowd) pace() *pace {
	p := &pace{limit: rate.NewLimiter(rate.Inf, 1)}
	if c.load.Rate > 0 {
		p.limit = rate.NewLimiter(rate.Limit(c.load.Rate), 1)
	}
	if c.load.InFlight > 0 {
		p.slots = make(chan struct{}, c.load.InFlight)
	}
	return p
}

// wait reports whether the next upload may start; it may not when ctx is over.
func (p *pace) wait(ctx context.Context) bool {
	if p.slots != nil {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return false
		}
	}
	return p.limit.Wait(ctx) == nil && ctx.Err() == nil
}

func (p *pace) done() {
	if p.slots != nil {
		<-p.slots
	}
}

// serve is one file's way: its user uploads it until there is an answer.
func (c *crowd) serve(ctx context.Context, n int) {
	file := c.file(c.first + n)
	user := n % len(c.users)
	by := c.ways[n%len(c.ways)]
	name := strings.TrimSuffix(file.Name, extension)
	for attempt := 1; ; attempt++ {
		if attempt > 1 { // the same bytes: the user has no others
			file.Name = fmt.Sprintf("%s-again%d%s", name, attempt-1, extension)
		}
		u := &upload{file: file, user: c.users[user], channel: c.channel(by, n, user)}
		if err := c.tally.send(u, by); err != nil {
			c.fault.CompareAndSwap(nil, &err)
			return
		}
		if c.await(ctx, u) || !retry.Sleep(ctx, retryPause) {
			return
		}
	}
}

// file is the n-th file: hostile ones are spread evenly.
func (c *crowd) file(n int) File {
	before, after := int(float64(n)*c.load.Hostile), int(float64(n+1)*c.load.Hostile)
	if after > before {
		return c.corpus.Hostile(n)
	}
	return c.corpus.Replay(n)
}

func (c *crowd) channel(by way, n, user int) discordtest.Channel {
	switch by {
	case byWatched:
		return c.pipeline.Watched[n/len(c.ways)%len(c.pipeline.Watched)]
	case byDirect:
		return c.direct[user]
	}
	return c.pipeline.Plain[n/len(c.ways)%len(c.pipeline.Plain)]
}

// await reports whether the user has no more reason to upload the file.
func (c *crowd) await(ctx context.Context, u *upload) bool {
	if u.interaction != nil {
		notice := time.NewTimer(acknowledgeWithin + userTimeout)
		defer notice.Stop()
		select {
		case <-u.settled:
			return c.tally.content(u)
		case <-ctx.Done():
			return true
		case <-notice.C:
			if !u.acknowledged() {
				return false
			}
		}
	}
	select {
	case <-u.settled:
		return c.tally.content(u)
	case <-ctx.Done():
		return true
	}
}
