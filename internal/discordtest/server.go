package discordtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what application and what bot the server knows.
// The zero value is a bot without privileged intents.
type Options struct {
	// Listen is the host:port to listen on. Default 127.0.0.1 and any free port. Any
	// other address is for bots in containers: the server trusts everybody who
	// reaches it, so it belongs on a bridge of this machine, never on a network.
	Listen string
	// URL is the base of every address that the server gives out, as the bot
	// reaches it: http://host:port. Default: where it listens.
	URL string
	// OpenAPI is the path of Discord's OpenAPI description. Empty: requests are
	// checked only against the documented limits. See [SharedOpenAPI].
	OpenAPI string
	// Lenient accepts members of request bodies that the description does not
	// name. By default they are refused with 400, which Discord may do any day.
	Lenient bool
	// Token is the bot's token, without "Bot ". Empty: one is made up.
	Token string
	// Granted are the privileged intents switched on for the application.
	Granted Intents
	// Heartbeat is the interval that HELLO asks for. Default 41.25 s, as Discord.
	Heartbeat time.Duration
	// Identifies is the budget of IDENTIFYs in a day. Discord resets the token of
	// a bot that exceeds it; so does this server. Default 1000.
	Identifies int
	// IgnoreNonces is a server that does not honour enforce_nonce: the same nonce
	// again is another message, and no message is listed with its nonce.
	IgnoreNonces bool
	// BareCallbacks is a server that answers a callback with 204 and nothing
	// more, whatever with_response says.
	BareCallbacks bool
	// DropFiles forgets the bytes of files that the bot sends, once their size and
	// hash are known, so that a long load test does not hold every chart.
	DropFiles bool
	// ChannelLimit is kept for each route of each channel, and of each
	// interaction's token. Discord's own is 5 messages in 5 s. Default: none.
	ChannelLimit RateLimit
	// Threads is how many threads may be active in a guild. Default 1000.
	Threads int
}

// Server is a loopback Discord. Its methods may be called from any goroutine.
type Server struct {
	options  Options
	url      string // as the bot reaches the server
	address  string // where it listens
	http     *http.Server
	client   *http.Transport
	schemas  *schemas
	requests requests
	closed   context.Context
	close    context.CancelFunc
	changes  changes
	ids      snowflakes
	faults   faults
	counts   counts
	buckets  buckets
	cdn      cdn
	skew     atomic.Int64 // nanoseconds added by Advance
	silent   atomic.Bool

	violationMu sync.Mutex
	violations  []Violation

	mu       sync.Mutex
	token    string
	bot      User
	world    world
	gateway  gateway
	commands []*Command
	inter    map[string]*Interaction // by token
	nonces   map[string]nonced
	journal  []change
	distort  map[string]func(map[string]any) any
}

// New starts a server, on a free port of 127.0.0.1 unless the options say
// otherwise. Close it.
func New(options Options) (*Server, error) {
	if options.Heartbeat == 0 {
		options.Heartbeat = 41250 * time.Millisecond
	}
	if options.Identifies == 0 {
		options.Identifies = 1000
	}
	if options.Threads == 0 {
		options.Threads = 1000
	}
	if options.Listen == "" {
		options.Listen = "127.0.0.1:0"
	}
	if options.Token == "" {
		options.Token = randomHex(24)
	}
	checks, err := loadSchemas(description{options.OpenAPI, !options.Lenient})
	if err != nil {
		return nil, fmt.Errorf("load OpenAPI description: %w", err)
	}
	listener, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", options.Listen, err)
	}
	if options.URL == "" {
		options.URL = "http://" + listener.Addr().String()
	}

	s := &Server{
		options: options,
		url:     options.URL,
		address: listener.Addr().String(),
		schemas: checks,
		token:   options.Token,
		client:  &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute},
		inter:   make(map[string]*Interaction),
		nonces:  make(map[string]nonced),
		world:   newWorld(),
		distort: make(map[string]func(map[string]any) any),
	}
	s.closed, s.close = context.WithCancel(context.Background())
	s.counts.init()
	s.cdn.init()
	s.gateway.init()
	s.bot = s.addUser("EvoLadder", true)
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(complaints{s}, "", 0),
		BaseContext:       func(net.Listener) context.Context { return s.closed },
	}
	go func() { _ = s.http.Serve(listener) }() // returns when Close closes the listener
	return s, nil
}

// Close ends every connection and returns when nothing of the server runs any
// more. A second call does nothing.
func (s *Server) Close() {
	s.close()
	_ = s.http.Close()
	s.client.CloseIdleConnections()
	s.requests.finish()
}

// requests counts what is being served. http.Server.Close waits for nothing, and
// knows nothing of websockets.
type requests struct {
	mu      sync.Mutex
	ended   bool
	serving sync.WaitGroup
}

func (r *requests) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.serving.Add(1)
	return true
}

func (r *requests) finish() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.serving.Wait()
}

// handler leads a request to the part that serves it: the CDN by host or by
// path, the gateway, or the REST API in version 9 or 10.
func (s *Server) handler() http.Handler {
	v9, v10 := s.restHandler("/api/v9"), s.restHandler("/api/v10")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.requests.begin() {
			return
		}
		defer s.requests.serving.Done()
		path := r.URL.Path
		switch {
		case isCDNHost(r.Host):
			s.serveCDN(w, r, path)
		case strings.HasPrefix(path, "/cdn/"):
			s.serveCDN(w, r, strings.TrimPrefix(path, "/cdn"))
		case slices.Contains([]string{gatewayPath, resumePath}, strings.TrimSuffix(path, "/")): // discordgo adds the slash
			s.serveGateway(w, r)
		case strings.HasPrefix(path, "/api/v9/"):
			v9.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/api/v10/"):
			v10.ServeHTTP(w, r)
		default:
			s.violate(r.Method+" "+path, "no such address on Discord")
			http.NotFound(w, r)
		}
	})
}

// URL is the base of everything served, as in http://127.0.0.1:4321.
func (s *Server) URL() string { return s.url }

// Token is what the bot must log in with, without "Bot ".
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// RevokeToken makes the bot's token invalid, as a reset in the developer portal
// does: REST answers 401, the gateway closes with 4004.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	s.token = randomHex(24)
	s.mu.Unlock()
	s.CloseConnections(CloseAuthenticationFailed)
}

// Bot is the user that the bot is.
func (s *Server) Bot() User { return s.bot }

// ApplicationID is the id of the bot's application, the same as the bot's.
func (s *Server) ApplicationID() string { return s.bot.ID }

// Advance moves the server's clock forward.
func (s *Server) Advance(d time.Duration) {
	s.skew.Add(int64(d))
	s.changes.broadcast()
}

func (s *Server) now() time.Time { return time.Now().Add(time.Duration(s.skew.Load())) }

// Violation is something the bot did that the real Discord forbids.
type Violation struct {
	Where string // the request or gateway operation
	What  string // what is wrong with it
}

func (v Violation) String() string { return v.Where + ": " + v.What }

// Violations are all violations so far, oldest first.
func (s *Server) Violations() []Violation {
	s.violationMu.Lock()
	defer s.violationMu.Unlock()
	return append([]Violation(nil), s.violations...)
}

// maxViolations keeps a bot that is wrong in every request from filling memory.
const maxViolations = 1000

func (s *Server) violate(where, format string, args ...any) {
	s.violationMu.Lock()
	if len(s.violations) < maxViolations {
		s.violations = append(s.violations, Violation{where, fmt.Sprintf(format, args...)})
	}
	s.violationMu.Unlock()
	s.changes.broadcast()
}

// complaints makes a violation of what http.Server would log, such as a panic in
// a handler: no test passes over it.
type complaints struct{ server *Server }

func (c complaints) Write(p []byte) (int, error) {
	c.server.violate("discordtest itself", "%s", p)
	return len(p), nil
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}
