package discord

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

const (
	// openTimeout bounds address, dial, HELLO and READY together.
	openTimeout = 45 * time.Second
	// letGo is how long discordgo may take to notice that its connection is
	// gone; it sleeps for one second of it.
	letGo = 10 * time.Second
	// goodbye is how long saying it may take.
	goodbye = 2 * time.Second
)

// errStuck says that discordgo does not let go of a connection that is gone.
// Its session is given up with a goroutine or two; a new one is made.
var errStuck = errors.New("gateway client stuck")

// link is one gateway session, over as many connections as it can be resumed
// on. discordgo reads and decodes; it never reconnects by itself.
type link struct {
	session *discordgo.Session
	hello   time.Duration        // see Pace
	wire    atomic.Pointer[wire] // of the newest connection
	left    chan struct{}        // discordgo has let go of a connection
	greeted atomic.Bool          // READY came, so there is something to resume
	address address              // where discordgo is led
	failed  int                  // see unresumed; of the goroutine that serves
}

// newLink makes a session that hands its events to a listener. work is the
// context of what the events start.
func (c *Client) newLink(work context.Context, to Listener) (*link, error) {
	l := &link{hello: c.pace.Hello, left: make(chan struct{}, 1)}
	client := *c.session.Client
	l.address.next, client.Transport = client.Transport, &l.address
	session, err := newSession(c.session.Token, &client, c.session.UserAgent)
	if err != nil {
		return nil, err
	}
	l.session = session
	session.Compress = false // the wire reads along, and without the guilds intent there is little to read
	session.Identify.Intents = to.intents()
	session.Dialer = &websocket.Dialer{
		HandshakeTimeout: dialTimeout,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return l.dial(ctx, network, addr, inClear)
		},
		NetDialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return l.dial(ctx, network, addr, overTLS)
		},
	}
	session.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case l.left <- struct{}{}:
		default: // discordgo may say so twice
		}
	})
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { c.onEvent(work, l, to, e) })
	return l, nil
}

func (l *link) dial(ctx context.Context, network, addr string, kind transport) (net.Conn, error) {
	if l.address.moved.CompareAndSwap(true, false) {
		return nil, errMoved
	}
	conn, err := dialGateway(ctx, network, addr, kind)
	if err != nil {
		return nil, err
	}
	w := newWire(conn, l.hello)
	l.wire.Store(w)
	return w, nil
}

// serve connects once and returns why the connection ended. When ctx ends it
// says goodbye to Discord.
func (l *link) serve(ctx context.Context) error {
	select {
	case <-l.left: // of the connection before
	default:
	}
	l.wire.Store(nil)
	l.address.choose(l.greeted.Load())
	if err := l.open(ctx); err != nil {
		return l.reason(err)
	}
	w := l.wire.Load()
	select {
	case <-ctx.Done():
		l.close()
		return ctx.Err()
	case <-w.over:
	}
	select {
	case <-l.left:
		return w.err()
	case <-time.After(letGo):
		return errors.Join(errStuck, w.err())
	}
}

// open is Session.Open with an end.
func (l *link) open(ctx context.Context) error {
	opened := make(chan error, 1)
	go func() {
		err := l.session.Open()
		if errors.Is(err, errMoved) {
			err = l.session.Open() // which asks for the address anew
		}
		opened <- err
	}()
	timer := time.NewTimer(openTimeout)
	defer timer.Stop()
	select {
	case err := <-opened:
		return safe(err)
	case <-ctx.Done():
	case <-timer.C:
	}
	if w := l.wire.Load(); w != nil {
		w.cut(errSilent)
	}
	select {
	case err := <-opened:
		if err == nil {
			return errSilent // it came through at the last moment, and is cut
		}
		return safe(err)
	case <-time.After(letGo):
		return errStuck
	}
}

// reason is why opening failed, in the wire's words where it has any.
func (l *link) reason(err error) error {
	if w := l.wire.Load(); w != nil && !errors.Is(err, errStuck) {
		if ended := w.err(); ended != nil && !errors.Is(ended, errShut) {
			return ended
		}
	}
	return err
}

// close says goodbye, and cuts the connection when discordgo does not. It does
// not wait for the second that discordgo then sleeps under its lock.
func (l *link) close() {
	w := l.wire.Load()
	go func() { _ = l.session.Close() }() // always nil
	select {
	case <-w.over:
	case <-time.After(goodbye):
	}
	w.cut(errShut)
}

// unresumed counts the connection that has ended, and returns how many in a row
// ended before the session was resumed on them. A gateway that could not be
// reached has not been asked, and is not counted.
func (l *link) unresumed() int {
	w := l.wire.Load()
	switch {
	case w == nil:
		l.address.fallBack()
	case w.greeted.Load():
		l.failed = 0
	default:
		l.failed++
	}
	return l.failed
}

// connected notes that the gateway has greeted on the newest connection.
func (l *link) connected() {
	if w := l.wire.Load(); w != nil {
		w.greeted.Store(true)
	}
}

// live says whether the newest connection has been greeted on and stands.
func (l *link) live() bool {
	w := l.wire.Load()
	return w != nil && w.greeted.Load() && w.err() == nil
}
