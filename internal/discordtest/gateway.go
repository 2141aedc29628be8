package discordtest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Gateway opcodes: https://discord.com/developers/docs/topics/opcodes-and-status-codes
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// Close codes of the gateway.
const (
	CloseUnknownError         = 4000
	CloseUnknownOpcode        = 4001
	CloseDecodeError          = 4002
	CloseNotAuthenticated     = 4003
	CloseAuthenticationFailed = 4004
	CloseAlreadyAuthenticated = 4005
	CloseInvalidSeq           = 4007
	CloseRateLimited          = 4008
	CloseSessionTimedOut      = 4009
	CloseInvalidShard         = 4010
	CloseShardingRequired     = 4011
	CloseInvalidVersion       = 4012
	CloseInvalidIntents       = 4013
	CloseDisallowedIntents    = 4014
)

const (
	gatewayPath = "/gateway"
	// resumePath is where sessions are to be resumed.
	resumePath = "/resume"
	// sendLimit is how many operations but heartbeats a bot may send in sendWindow.
	sendLimit  = 120
	sendWindow = time.Minute
	// maxPayload is the longest operation that the gateway reads, in bytes.
	maxPayload = 4096
)

// gateway is who is connected. It is guarded by Server.mu.
type gateway struct {
	sessions    map[string]*session
	connections map[*connection]struct{}
	identifies  int
	resumes     int
	strayed     int // RESUMEs that succeeded at another address than READY named
	rejected    int // RESUMEs answered with an invalid session
	handshakes  []Handshake
}

func (g *gateway) init() {
	g.sessions = make(map[string]*session)
	g.connections = make(map[*connection]struct{})
}

var upgrader = websocket.Upgrader{WriteBufferPool: new(sync.Pool)}

// serveGateway is one connection from its upgrade to its end.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := newConnection(s, ws)
	c.forResume = strings.HasPrefix(r.URL.Path, resumePath)
	stop := context.AfterFunc(s.closed, func() { _ = ws.Close() })
	defer stop()
	s.enter(c)
	defer s.leave(c)

	c.send(opHello, struct {
		Interval int64 `json:"heartbeat_interval"`
	}{s.options.Heartbeat.Milliseconds()})
	if v := r.URL.Query().Get("v"); v != "9" && v != "10" {
		c.close(CloseInvalidVersion, "Invalid API version")
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	c.read()
	c.stop()
	<-written
}

func (s *Server) enter(c *connection) {
	s.mu.Lock()
	s.gateway.connections[c] = struct{}{}
	s.mu.Unlock()
	s.changes.broadcast()
}

func (s *Server) leave(c *connection) {
	s.mu.Lock()
	delete(s.gateway.connections, c)
	if session := c.unbind(); session != nil {
		session.detach(c, s.now())
	}
	s.mu.Unlock()
	s.changes.broadcast()
}

// operation is what a bot sends.
type operation struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
}

// read takes the bot's operations until the connection ends.
func (c *connection) read() {
	c.ws.SetReadLimit(maxPayload)
	c.ws.SetCloseHandler(func(int, string) error { return nil })
	for {
		c.expectHeartbeat()
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			c.readFailed(err)
			return
		}
		var op operation
		if json.Unmarshal(data, &op) != nil {
			c.close(CloseDecodeError, "Error while decoding payload.")
			continue
		}
		c.handle(op)
	}
}

// heartbeatSlack is what a bot may be late on a machine that is busy with others:
// where intervals are short, a second is soon over.
const heartbeatSlack = 10 * time.Second

// expectHeartbeat gives the bot two intervals for its next operation, or for ever
// while it cannot know that it should send one.
func (c *connection) expectHeartbeat() {
	switch {
	case c.saidGoodbye():
	case c.server.silent.Load():
		_ = c.ws.SetReadDeadline(time.Time{})
	default:
		_ = c.ws.SetReadDeadline(time.Now().Add(2*c.server.options.Heartbeat + heartbeatSlack))
	}
}

// readFailed ends the session of a bot that has closed it for good (1000, 1001),
// and the connection of a bot that sends no heartbeats.
func (c *connection) readFailed(err error) {
	if c.saidGoodbye() {
		return // the server closed, which leaves the session as it is
	}
	session := c.bound()
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) && session != nil {
		session.end()
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() && !c.server.silent.Load() {
		c.server.violate("gateway", "no heartbeat for two intervals")
	}
}

func (c *connection) handle(op operation) {
	if op.Op != opHeartbeat && c.overLimit() {
		c.server.violate("gateway", "more than %d operations in %v", sendLimit, sendWindow)
		c.close(CloseRateLimited, "You are sending payloads too quickly.")
		return
	}
	switch op.Op {
	case opHeartbeat:
		c.heartbeat(op.Data)
	case opIdentify:
		c.server.identify(c, op.Data)
	case opResume:
		c.server.resume(c, op.Data)
	case opPresence, opVoice:
		if c.bound() == nil {
			c.close(CloseNotAuthenticated, "Not authenticated.")
		}
	default:
		c.server.violate("gateway", "operation %d is not served", op.Op)
		c.close(CloseUnknownOpcode, "Unknown opcode.")
	}
}

func (c *connection) heartbeat(data json.RawMessage) {
	var seq *int64
	if json.Unmarshal(data, &seq) != nil {
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	c.beat(seq)
	c.send(opHeartbeatAck, nil)
	c.server.changes.broadcast()
}

// bareToken is a token without the prefix that discordgo leaves on it.
func bareToken(token string) string { return strings.TrimPrefix(token, "Bot ") }
