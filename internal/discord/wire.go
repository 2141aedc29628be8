package discord

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/text"
)

// Why a gateway connection ended, as far as its bytes tell.
var (
	errSilent    = errors.New("gateway silent for too long")
	errReconnect = errors.New("gateway asked for a new connection (opcode 7)")
	errInvalid   = errors.New("gateway ended the session (opcode 9)")
	errShut      = errors.New("gateway connection closed")
)

// closeError is the gateway's close code.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
type closeError struct {
	code   int
	reason string
}

func (e *closeError) Error() string { return fmt.Sprintf("gateway closed: %d %s", e.code, e.reason) }

const (
	writeTimeout = 10 * time.Second
	dialTimeout  = 10 * time.Second
)

// wire is a gateway connection that ends itself. discordgo has no deadlines,
// deadlocks on an opcode 7 that comes first after a resume, identifies again
// without limit on opcode 9, hides close codes in its log, and says goodbye
// (code 1000) on every error, which makes Discord forget the session. So the
// wire reads along: it fails a read before the library sees those frames, and
// once it has failed it writes nothing more, which leaves the session open to
// be resumed.
type wire struct {
	net.Conn
	scan    scanner
	over    chan struct{} // closed when the connection has ended
	greeted atomic.Bool   // READY or RESUMED came

	mu      sync.Mutex
	ended   error
	silence time.Duration
}

// newWire reads along on conn. silence is how long it waits for the gateway's
// first words.
func newWire(conn net.Conn, silence time.Duration) *wire {
	return &wire{Conn: conn, over: make(chan struct{}), silence: silence}
}

// transport is what carries a gateway connection.
type transport int

const (
	inClear transport = iota // a loopback Discord
	overTLS                  // TLS; the wire lies above it
)

func dialGateway(ctx context.Context, network, addr string, kind transport) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	if kind == overTLS {
		return (&tls.Dialer{NetDialer: dialer}).DialContext(ctx, network, addr)
	}
	return dialer.DialContext(ctx, network, addr)
}

func (w *wire) Read(p []byte) (int, error) {
	if err := w.err(); err != nil {
		return 0, err
	}
	w.mu.Lock()
	silence := w.silence
	w.mu.Unlock()
	if err := w.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, w.end(err)
	}
	n, err := w.Conn.Read(p)
	if n > 0 {
		good, verdict := w.scan.feed(p[:n])
		w.hear()
		if verdict != nil {
			verdict = w.end(verdict)
		}
		if good > 0 {
			return good, nil // the verdict follows at the next read
		}
		return 0, verdict
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		err = errSilent
	}
	if err != nil {
		err = w.end(err)
	}
	return 0, err
}

func (w *wire) Write(p []byte) (int, error) {
	if err := w.err(); err != nil {
		return 0, err
	}
	if err := w.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, w.end(err)
	}
	n, err := w.Conn.Write(p)
	if err != nil {
		return n, w.end(err)
	}
	if p[0] == final|opClose { // goodbye is said; gorilla writes a control frame at once
		_ = w.end(errShut)
	}
	return n, nil
}

func (w *wire) Close() error {
	_ = w.end(errShut)
	return w.Conn.Close()
}

// cut ends the connection for a reason of ours; a read in progress returns.
func (w *wire) cut(why error) {
	_ = w.end(why)
	_ = w.Conn.Close()
}

// end records why the connection ended; the first reason stays.
func (w *wire) end(why error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = why
		close(w.over)
	}
	return w.ended
}

func (w *wire) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// hear lets the silence grow once the gateway has greeted: Discord acknowledges
// each heartbeat, so two and a bit without a word mean that nobody is there.
// discordgo itself waits for five, and says goodbye then.
func (w *wire) hear() {
	if w.scan.texts < 2 || w.scan.heartbeat <= 0 {
		return // READY or RESUMED is still to come, at once
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silence = 2*w.scan.heartbeat + w.scan.heartbeat/4
}

// maxLook is the largest text frame that is looked into: opcodes 7, 9 and 10
// are far smaller.
const maxLook = 1024

// scanner reads along a websocket's incoming bytes (RFC 6455, section 5.2)
// for the few frames the bot itself must know of.
type scanner struct {
	upgraded  bool          // the HTTP response lies behind
	match     int           // how much of its end has been seen
	head      []byte        // of the frame begun
	left      uint64        // payload bytes still to come
	look      []byte        // payload so far, of a frame worth a look
	looking   bool          //
	op        byte          // of the frame begun
	fin       bool          //
	started   int           // where the frame began in the bytes being fed
	heartbeat time.Duration // as HELLO said
	texts     int           // text frames begun; HELLO is the first
}

const endOfResponse = "\r\n\r\n"

// feed reads p. When a frame ends the connection it returns the reason and how
// many bytes came before that frame.
func (s *scanner) feed(p []byte) (good int, verdict error) {
	s.started = 0
	for at := 0; at < len(p); {
		switch {
		case !s.upgraded:
			s.response(p[at])
			at++
			s.started = at
		case s.left == 0:
			if len(s.head) == 0 {
				s.started = at
			}
			s.head = append(s.head, p[at])
			at++
			if !s.header() || s.left > 0 {
				continue
			}
			if verdict := s.frame(); verdict != nil {
				return s.started, verdict
			}
		default:
			n := int(min(s.left, uint64(len(p)-at)))
			if s.looking {
				s.look = append(s.look, p[at:at+n]...)
			}
			s.left -= uint64(n)
			at += n
			if s.left > 0 {
				continue
			}
			if verdict := s.frame(); verdict != nil {
				return s.started, verdict
			}
		}
	}
	return len(p), nil
}

func (s *scanner) response(b byte) {
	switch {
	case b == endOfResponse[s.match]:
		s.match++
	case b == '\r':
		s.match = 1
	default:
		s.match = 0
	}
	s.upgraded = s.match == len(endOfResponse)
}

// header says whether the frame's header is whole, and takes it in.
func (s *scanner) header() bool {
	if len(s.head) < 2 {
		return false
	}
	size := 2
	length := uint64(s.head[1] & 0x7f)
	switch length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if len(s.head) < size {
		return false
	}
	switch length {
	case 126:
		length = uint64(binary.BigEndian.Uint16(s.head[2:]))
	case 127:
		length = binary.BigEndian.Uint64(s.head[2:])
	}
	s.fin, s.op = s.head[0]&final != 0, s.head[0]&0x0f
	s.left, s.head = length, s.head[:0]
	if s.op == opText {
		s.texts++
	}
	s.looking = length <= maxLook && (s.op == opClose || s.op == opText && s.fin)
	s.look = s.look[:0]
	return true
}

const (
	final   = 0x80
	opText  = 1
	opClose = 8
)

// frame judges a frame that is whole.
func (s *scanner) frame() error {
	if !s.looking {
		return nil
	}
	if s.op == opClose {
		closed := &closeError{code: 1005} // "no status", RFC 6455, section 7.1.5
		if len(s.look) >= 2 {
			closed.code, closed.reason = int(binary.BigEndian.Uint16(s.look)), text.Cut(text.Line(string(s.look[2:])), maxLogRunes)
		}
		return closed
	}
	var payload struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if json.Unmarshal(s.look, &payload) != nil {
		return nil // discordgo will say so
	}
	switch payload.Op {
	case 7:
		return errReconnect
	case 9:
		if string(payload.Data) == "true" { // the session may be resumed
			return errReconnect
		}
		return errInvalid
	case 10:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"`
		}
		if json.Unmarshal(payload.Data, &hello) == nil && hello.Interval > 0 {
			s.heartbeat = time.Duration(hello.Interval) * time.Millisecond
		}
	}
	return nil
}
