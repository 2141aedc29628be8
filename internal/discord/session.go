package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/coder/websocket"

	"github.com/evoladder/evoladderbot/internal/text"
)

// Why a gateway connection ended, where Discord has not closed it.
var (
	errSilent    = errors.New("gateway silent for too long")
	errReconnect = errors.New("gateway asked for a new connection (opcode 7)")
	errInvalid   = errors.New("gateway ended the session (opcode 9)")
	errWrite     = errors.New("gateway cannot be written to")
)

// closeError is the gateway's close code.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
type closeError struct {
	code   int
	reason string
}

func (e *closeError) Error() string { return fmt.Sprintf("gateway closed: %d %s", e.code, e.reason) }

// Opcodes of the gateway that the bot sends or acts on.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch       = 0
	opHeartbeat      = 1 // either side
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

const (
	writeTimeout = 10 * time.Second
	goodbye      = 2 * time.Second // saying it
	// maxPayload is the most bytes of one payload. READY is the largest: 60 bytes
	// for each guild.
	maxPayload = 16 << 20
)

// gatewaySession is one session, over as many connections as it can be resumed on.
// All of it belongs to the goroutine that is in serve.
type gatewaySession struct {
	client *Client
	work   context.Context // of what the events start
	to     Listener

	general   string // the address for every session; "" where it must be asked for
	id        string // "" before READY: there is nothing to resume
	sequence  int64  // of the last event
	resumeAt  string // Discord's address for resuming this session; "": it named none
	elsewhere bool   // resumeAt could not be reached: the general address is next
	failed    int    // connections in a row that ended before READY or RESUMED
}

// payload is what goes over the gateway, in both directions.
type payload struct {
	Op       int             `json:"op"`
	Data     json.RawMessage `json:"d"`
	Sequence int64           `json:"s,omitempty"`
	Type     string          `json:"t,omitempty"`
}

// serve makes a connection, begins or resumes the session on it, and hands on its
// events until it ends. Only when ctx ends does it say goodbye, which makes Discord
// forget the session; else the session stays open to be resumed.
func (s *gatewaySession) serve(ctx context.Context) error {
	ws, raw, err := s.dial(ctx)
	if err != nil { // Discord has not been asked: the session may be fine
		s.elsewhere, s.general = !s.elsewhere, ""
		return err
	}
	s.failed++ // until it greets
	// Not of ctx: a read that is cancelled closes the connection without goodbye.
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	incoming, done := make(chan []byte), make(chan struct{})
	var ended error
	go func() {
		defer close(done)
		ended = closeReason(read(reading, ws, incoming))
	}()
	c := connection{session: s, ws: ws, silence: time.NewTimer(s.client.pace.Hello), beat: time.NewTimer(0), acked: true}
	c.beat.Stop() // HELLO says when
	defer c.silence.Stop()
	defer c.beat.Stop()
	for err == nil {
		select {
		case data := <-incoming:
			err = c.receive(data)
		case <-c.beat.C:
			c.beat.Reset(c.interval)
			err = c.heartbeat()
		case <-c.silence.C:
			err = errSilent
		case <-done:
			err = ended
		case <-ctx.Done():
			_ = raw.SetDeadline(time.Now().Add(goodbye)) // Discord answers, or need not
			_ = ws.Close(websocket.StatusNormalClosure, "")
			err = ctx.Err()
		}
	}
	stop()
	_ = ws.CloseNow()
	<-done
	var closed *closeError
	if errors.Is(err, errWrite) && errors.As(ended, &closed) {
		return closed // that is why it could not be written to
	}
	return err
}

// read hands on payloads until the connection or ctx ends.
func read(ctx context.Context, ws *websocket.Conn, to chan<- []byte) error {
	for {
		_, data, err := ws.Read(ctx)
		if err != nil {
			return err
		}
		select {
		case to <- data:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// closeReason is why a connection failed, in the gateway's words where it has any.
func closeReason(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return &closeError{code: int(closed.Code), reason: text.Cut(text.Line(closed.Reason), maxLogRunes)}
	}
	return safe(err)
}

// dial connects to where the session is to go on, and returns the connection that
// the websocket lies on, too.
func (s *gatewaySession) dial(ctx context.Context) (*websocket.Conn, net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.client.pace.Hello)
	defer cancel()
	address := s.resumeAt
	if s.id == "" || address == "" || s.elsewhere {
		if s.general == "" {
			start, err := s.client.sessionStart(ctx)
			if err != nil {
				return nil, nil, err
			}
			s.general = start.address
		}
		address = s.general
	}
	address, err := gatewayAddress(address, s.client.cfg.APIBase != "")
	if err != nil {
		return nil, nil, err
	}
	var raw net.Conn // set before Dial succeeds, maybe after it has failed
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := s.client.connect(ctx, network, addr)
			raw = conn
			return conn, err
		},
		DisableKeepAlives: true,
	}
	ws, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{ //nolint:bodyclose // Dial closes it
		HTTPClient: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		HTTPHeader: http.Header{"User-Agent": {userAgent(s.client.cfg.Version)}},
	})
	if err != nil {
		return nil, nil, safe(err)
	}
	ws.SetReadLimit(maxPayload)
	return ws, raw, nil
}

// gatewayAddress is an address that Discord named, with what it is to be asked for.
// plain lets it be without TLS.
func gatewayAddress(raw string, plain bool) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "wss" && (u.Scheme != "ws" || !plain) {
		return "", errors.New("not an address of a gateway")
	}
	u.RawQuery, u.Fragment = url.Values{"v": {discordgo.APIVersion}, "encoding": {"json"}}.Encode(), ""
	return u.String(), nil
}

// connection is one connection of a session.
type connection struct {
	session  *gatewaySession
	ws       *websocket.Conn
	silence  *time.Timer   // until HELLO, then until the first event
	beat     *time.Timer   // until the next heartbeat
	interval time.Duration // between heartbeats, as HELLO said; 0 before
	acked    bool          // the last heartbeat was acknowledged
}

// receive acts on a payload; an error ends the connection.
func (c *connection) receive(data []byte) error {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		c.session.client.Undecodable("payload", err, "bytes", len(data))
		return nil
	}
	switch p.Op {
	case opDispatch:
		c.silence.Stop()
		c.session.sequence = max(c.session.sequence, p.Sequence)
		c.event(p)
	case opHeartbeat: // at once, whatever was acknowledged
		return c.send(opHeartbeat, c.last())
	case opReconnect:
		return errReconnect
	case opInvalidSession:
		if string(p.Data) == "true" { // it may be resumed
			return errReconnect
		}
		return errInvalid
	case opHello:
		return c.hello(p.Data)
	case opHeartbeatAck:
		c.acked = true
	}
	return nil
}

// hello begins the heartbeats, and begins or resumes the session.
// https://discord.com/developers/docs/events/gateway#connection-lifecycle
func (c *connection) hello(data json.RawMessage) error {
	var hello struct {
		Interval int64 `json:"heartbeat_interval"` // milliseconds
	}
	if err := json.Unmarshal(data, &hello); err != nil || hello.Interval <= 0 || hello.Interval > time.Hour.Milliseconds() {
		return errors.New("gateway's first words cannot be decoded")
	}
	if c.interval > 0 {
		return nil // said again
	}
	c.interval = time.Duration(hello.Interval) * time.Millisecond
	c.beat.Reset(rand.N(c.interval)) // so that the bots of an outage do not come back as one
	c.silence.Reset(c.session.client.pace.Hello)
	if s := c.session; s.id != "" {
		return c.send(opResume, resume{Token: s.client.cfg.Token, Session: s.id, Sequence: s.sequence})
	}
	return c.send(opIdentify, identify{
		Token: c.session.client.cfg.Token, Intents: c.session.to.intents(),
		Properties: properties{System: runtime.GOOS, Browser: "evoladder", Device: "evoladder"},
	})
}

// https://discord.com/developers/docs/events/gateway-events#identify-identify-structure
type identify struct {
	Token      string           `json:"token"`
	Intents    discordgo.Intent `json:"intents"`
	Properties properties       `json:"properties"`
}

type properties struct {
	System  string `json:"os"`
	Browser string `json:"browser"`
	Device  string `json:"device"`
}

// https://discord.com/developers/docs/events/gateway-events#resume-resume-structure
type resume struct {
	Token    string `json:"token"`
	Session  string `json:"session_id"`
	Sequence int64  `json:"seq"`
}

// heartbeat sends one, unless the last one was not acknowledged: then no one is
// there. https://discord.com/developers/docs/events/gateway#heartbeat-interval
func (c *connection) heartbeat() error {
	if !c.acked {
		return errSilent
	}
	c.acked = false
	return c.send(opHeartbeat, c.last())
}

// last is the number of the last event for a heartbeat; nil before the first.
func (c *connection) last() *int64 {
	if c.session.sequence == 0 {
		return nil
	}
	return &c.session.sequence
}

func (c *connection) send(op int, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode gateway payload: %w", err)
	}
	whole, err := json.Marshal(payload{Op: op, Data: encoded})
	if err != nil {
		return fmt.Errorf("encode gateway payload: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, whole); err != nil {
		return fmt.Errorf("%w: %w", errWrite, safe(err))
	}
	return nil
}
