package discordtest

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"
)

const (
	// maxReplay is how many events a session keeps for a RESUME.
	maxReplay = 50_000
	// sessionLife is how long a session without connection can be resumed.
	sessionLife = 3 * time.Minute
)

// event is something that happened, before each session gets its own number on
// it. full is the payload; bare, when there is one, is the payload for sessions
// without MESSAGE_CONTENT.
type event struct {
	name    string
	needs   Intents
	channel *channel // when set, the bot must be allowed to see it
	full    json.RawMessage
	bare    json.RawMessage
}

// session is what a bot identified for. It outlives its connection, so that the
// bot can come back and get what it missed.
type session struct {
	id      string
	intents Intents

	mu    sync.Mutex
	seq   int64   // number of the last event
	log   []frame // the last events, oldest first, numbered without gaps
	conn  *connection
	left  time.Time // when the connection ended, by the server's clock
	ended bool
}

type frame struct {
	seq  int64
	name string
	data json.RawMessage
}

func (f frame) encode() []byte {
	b := make([]byte, 0, len(f.data)+len(f.name)+48)
	b = append(b, `{"t":"`...)
	b = append(b, f.name...)
	b = append(b, `","s":`...)
	b = strconv.AppendInt(b, f.seq, 10)
	b = append(b, `,"op":0,"d":`...)
	b = append(b, f.data...)
	return append(b, '}')
}

// add numbers an event and wakes the connection that sends it.
func (s *session) add(name string, data json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	s.log = append(s.log, frame{s.seq, name, data})
	if len(s.log) >= 2*maxReplay {
		s.log = append([]frame(nil), s.log[maxReplay:]...)
	}
	if s.conn != nil {
		s.conn.wakeUp()
	}
}

// after returns the events after a number, and false when some of them are
// already forgotten or the number was never given out.
func (s *session) after(seq int64) ([]frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.seq - int64(len(s.log)) + 1
	if seq > s.seq || seq < first-1 {
		return nil, false
	}
	return s.log[seq-first+1:], true
}

// received forgets what the bot says it has.
func (s *session) received(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.seq - int64(len(s.log)) + 1
	if known := seq - first + 1; 0 < known && known <= int64(len(s.log)) {
		s.log = s.log[known:]
	}
}

// attach gives the session a connection; one that it still had is returned.
func (s *session) attach(c *connection) (old *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.conn = s.conn, c
	return old
}

func (s *session) detach(c *connection, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == c {
		s.conn, s.left = nil, now
	}
}

func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

// last is the number of the last event.
func (s *session) last() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

func (s *session) over(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended || s.conn == nil && now.Sub(s.left) > sessionLife
}

// dispatch sends an event to every session that asked for it and may see it.
// s.mu is held, which keeps the events of one message in order.
func (s *Server) dispatch(e event) {
	if e.channel != nil && !s.shown(e.channel) {
		return
	}
	e.full = s.distorted(e.name, e.full)
	if e.bare != nil {
		e.bare = s.distorted(e.name, e.bare)
	}
	now := s.now()
	for id, session := range s.gateway.sessions {
		switch {
		case session.over(now):
			delete(s.gateway.sessions, id)
		case session.intents&e.needs != e.needs:
		case e.bare != nil && session.intents&IntentMessageContent == 0:
			session.add(e.name, e.bare)
		default:
			session.add(e.name, e.full)
		}
	}
}

// Dispatch sends any event to every session, in the form given: for events that
// the bot should survive, whatever they are.
func (s *Server) Dispatch(name string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(event{name: name, full: encode(data)})
}
