package discordtest

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// connection is one websocket. A single goroutine writes: first what is queued
// on the connection itself, then the events of its session.
type connection struct {
	server *Server
	ws     *websocket.Conn
	wake   chan struct{} // holds at most one
	done   chan struct{}
	once   sync.Once

	forResume bool // made to the address for resuming

	sends []time.Time // of operations; the reading goroutine's own

	mu      sync.Mutex
	queue   []outgoing
	session *session // whose events are written, once the handshake is over
	written int64    // number of the last event written
	opening int64    // number of READY or RESUMED
	beaten  bool     // a heartbeat came since the handshake
	closing bool     // the server has sent its close frame
}

// outgoing is a payload to send, or a code to close with.
type outgoing struct {
	payload []byte
	code    int
	reason  string
}

func newConnection(s *Server, ws *websocket.Conn) *connection {
	return &connection{server: s, ws: ws, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

func (c *connection) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default: // it has been woken already
	}
}

func (c *connection) push(o outgoing) {
	c.mu.Lock()
	c.queue = append(c.queue, o)
	c.mu.Unlock()
	c.wakeUp()
}

// send queues an operation that is not an event.
func (c *connection) send(op int, data any) {
	c.push(outgoing{payload: encode(struct {
		Type *string         `json:"t"`
		Seq  *int64          `json:"s"`
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}{Op: op, Data: encode(data)})})
}

func (c *connection) close(code int, reason string) { c.push(outgoing{code: code, reason: reason}) }

// bind lets the events of a session after a number flow; the handshake is over
// with the last of them.
func (c *connection) bind(s *session, after int64) {
	c.mu.Lock()
	c.session, c.written, c.opening, c.beaten = s, after, s.last(), false
	c.mu.Unlock()
	c.wakeUp()
}

// beat takes a heartbeat, and its word that the bot has the events up to a
// number. The first one after a handshake is not believed: discordgo sends it at
// once, with the number of the session before when it has just identified anew.
func (c *connection) beat(seq *int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil && c.beaten && seq != nil {
		c.session.received(min(*seq, c.written))
	}
	c.beaten = true
}

// unbind ends the flow and returns the session that there was.
func (c *connection) unbind() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.session
	c.session = nil
	return s
}

// bound is the session of the connection, or nil.
func (c *connection) bound() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

func (c *connection) stop() {
	c.once.Do(func() {
		close(c.done)
		_ = c.ws.Close()
	})
}

// write sends until the connection ends.
func (c *connection) write() {
	for {
		select {
		case <-c.wake:
		case <-c.done:
			return
		}
		if !c.flush() {
			return
		}
	}
}

// flush sends what there is, unless the gateway is silent. It reports whether
// the connection goes on.
func (c *connection) flush() bool {
	for {
		if c.server.silent.Load() {
			return true
		}
		o, ok := c.take()
		if !ok {
			return true
		}
		_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if o.code != 0 {
			c.sayGoodbye(o)
			return false
		}
		if c.ws.WriteMessage(websocket.TextMessage, o.payload) != nil {
			c.stop()
			return false
		}
		c.server.changes.broadcast()
	}
}

// goodbye is how long the bot may take to answer a close frame.
const goodbye = time.Second

// sayGoodbye sends a close frame. The reading goroutine ends the connection when
// the bot has answered: closing at once could destroy the frame on its way.
func (c *connection) sayGoodbye(o outgoing) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	_ = c.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(o.code, o.reason))
	_ = c.ws.SetReadDeadline(time.Now().Add(goodbye))
}

func (c *connection) saidGoodbye() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// take returns what is to be sent next.
func (c *connection) take() (outgoing, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		o := c.queue[0]
		c.queue = c.queue[1:]
		return o, true
	}
	if c.session == nil {
		return outgoing{}, false
	}
	frames, ok := c.session.after(c.written)
	if !ok { // the bot reads too slowly, and events were forgotten
		return outgoing{code: CloseUnknownError, reason: "Too far behind."}, true
	}
	if len(frames) == 0 {
		return outgoing{}, false
	}
	c.written = frames[0].seq
	return outgoing{payload: frames[0].encode()}, true
}

// ready reports whether READY or RESUMED was written.
func (c *connection) ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil && c.written >= c.opening && !c.closing
}

// overLimit counts an operation of the bot against the limit. It is called by
// the reading goroutine alone.
func (c *connection) overLimit() bool {
	now := c.server.now()
	for len(c.sends) > 0 && now.Sub(c.sends[0]) >= sendWindow {
		c.sends = c.sends[1:]
	}
	c.sends = append(c.sends, now)
	return len(c.sends) > sendLimit
}
