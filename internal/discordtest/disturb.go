package discordtest

import (
	"context"
	"net"
)

// Moment is a step of the handshake at which the gateway can misbehave.
type Moment int

// The two ways in which a handshake begins.
const (
	OnIdentify Moment = iota
	OnResume
)

// Handshake is a disturbance of one coming handshake. One of the last three
// fields says what the bot gets instead of READY or RESUMED.
type Handshake struct {
	On         Moment
	Reconnect  bool // opcode 7 as the first packet
	Invalid    bool // opcode 9
	CloseCode  int  // a close with this code
	SayNothing bool // silence on this connection
}

// Disturb lets coming handshakes fail, each disturbance once, in this order.
func (s *Server) Disturb(handshakes ...Handshake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.handshakes = append(s.gateway.handshakes, handshakes...)
}

// interfere applies the next disturbance for the moment. s.mu is held.
func (s *Server) interfere(c *connection, at Moment) bool {
	for i, h := range s.gateway.handshakes {
		if h.On != at {
			continue
		}
		s.gateway.handshakes = append(s.gateway.handshakes[:i:i], s.gateway.handshakes[i+1:]...)
		switch {
		case h.Reconnect:
			c.send(opReconnect, nil)
		case h.Invalid:
			c.send(opInvalidSession, false)
		case h.CloseCode != 0:
			c.close(h.CloseCode, "")
		}
		return true
	}
	return false
}

// each calls f for every connection.
func (s *Server) each(f func(*connection)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gateway.connections {
		f(c)
	}
}

// ResetConnections ends every gateway connection with a TCP reset. The sessions
// can be resumed.
func (s *Server) ResetConnections() {
	s.each(func(c *connection) {
		if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // makes Close send RST
		}
		_ = c.ws.Close()
	})
}

// CloseConnections closes every gateway connection with a code. Sessions are
// over where Discord says so: after 4004, 4007, 4009 and 4010 to 4014.
func (s *Server) CloseConnections(code int) {
	s.each(func(c *connection) {
		over := code == CloseAuthenticationFailed || code == CloseInvalidSeq || code >= CloseSessionTimedOut && code <= CloseDisallowedIntents
		if session := c.bound(); over && session != nil {
			session.end()
		}
		c.close(code, "")
	})
}

// Reconnect sends opcode 7 on every connection.
func (s *Server) Reconnect() {
	s.each(func(c *connection) { c.send(opReconnect, nil) })
}

// InvalidateSessions sends opcode 9 on every connection. When the sessions are
// resumable the bot may RESUME, else it must IDENTIFY.
func (s *Server) InvalidateSessions(resumable bool) {
	s.each(func(c *connection) {
		session := c.unbind()
		if session == nil {
			return
		}
		session.detach(c, s.now())
		if !resumable {
			session.end()
		}
		c.send(opInvalidSession, resumable)
	})
}

// Silence makes the gateway say nothing any more, neither on its connections nor
// on new ones, while it goes on reading: a zombie. Lifted, everything that was
// held back goes out.
func (s *Server) Silence(silent bool) {
	s.silent.Store(silent)
	s.each(func(c *connection) { c.wakeUp() })
}

// Connections counts the gateway connections that are at work: READY or RESUMED
// was written.
func (s *Server) Connections() int {
	n := 0
	s.each(func(c *connection) {
		if c.ready() {
			n++
		}
	})
	return n
}

// Sockets counts the open gateway connections, also those without a session.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.gateway.connections)
}

// Identifies counts the IDENTIFYs so far.
func (s *Server) Identifies() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.identifies
}

// Resumes counts the RESUMEs that succeeded.
func (s *Server) Resumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.resumes
}

// StrayResumes counts the RESUMEs that succeeded at another address than READY
// named, which Discord allows but asks not to do.
func (s *Server) StrayResumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.strayed
}

// RejectedResumes counts the RESUMEs answered with an invalid session.
func (s *Server) RejectedResumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.rejected
}

// WaitReady returns when a bot is connected and at work, see [Server.Connections].
func (s *Server) WaitReady(ctx context.Context) error {
	return s.Wait(ctx, func() bool { return s.Connections() > 0 })
}
