package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is one request to the REST API.
type call struct {
	*http.Request
	server  *Server
	route   string // as in Discord's OpenAPI description: "POST /channels/{channel_id}/messages"
	arrived time.Time
	payload json.RawMessage // the body, or the payload_json of a multipart body
	files   []upload
	lost    bool // the bot will not get the answer
}

// answer is what a route has done: a status, and a body unless nil.
type answer struct {
	status int
	body   any
}

func ok(body any) (answer, *refusal) { return answer{http.StatusOK, body}, nil }

func noContent() (answer, *refusal) { return answer{status: http.StatusNoContent}, nil }

func refuse(r *refusal) (answer, *refusal) { return answer{}, r }

// route serves one operation. Routes with open set are used without the bot's
// token: what authorises them is in their path.
type route struct {
	pattern string
	serve   func(*call) (answer, *refusal)
	open    bool
}

func (s *Server) routes() []route {
	return []route{
		{"GET /gateway", s.getGateway, true},
		{"GET /gateway/bot", s.getGatewayBot, false},
		{"GET /users/@me", s.getMe, false},
		{"GET /users/{user_id}", s.getUser, false},
		{"POST /users/@me/channels", s.createDM, false},
		{"GET /applications/@me", s.getApplication, false},
		{"GET /oauth2/applications/@me", s.getApplication, false},
		{"GET /applications/{application_id}/commands", s.listCommands, false},
		{"PUT /applications/{application_id}/commands", s.putCommands, false},
		{"GET /applications/{application_id}/guilds/{guild_id}/commands", s.listCommands, false},
		{"PUT /applications/{application_id}/guilds/{guild_id}/commands", s.putCommands, false},
		{"POST /applications/{application_id}/commands", s.createCommand, false},
		{"DELETE /applications/{application_id}/commands/{command_id}", s.deleteCommand, false},
		{"POST /applications/{application_id}/guilds/{guild_id}/commands", s.createCommand, false},
		{"DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}", s.deleteCommand, false},
		{"GET /guilds/{guild_id}", s.getGuild, false},
		{"GET /guilds/{guild_id}/threads/active", s.listThreads, false},
		{"GET /guilds/{guild_id}/members/{user_id}", s.getMember, false},
		{"PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}", s.giveRole, false},
		{"DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}", s.takeRole, false},
		{"GET /channels/{channel_id}", s.getChannel, false},
		{"PATCH /channels/{channel_id}", s.patchThread, false},
		{"POST /channels/{channel_id}/threads", s.createThread, false},
		{"PUT /channels/{channel_id}/thread-members/{user_id}", s.addThreadMember, false},
		{"DELETE /channels/{channel_id}/thread-members/{user_id}", s.removeThreadMember, false},
		{"POST /channels/{channel_id}/typing", s.showTyping, false},
		{"GET /channels/{channel_id}/messages", s.listMessages, false},
		{"POST /channels/{channel_id}/messages", s.createMessage, false},
		{"GET /channels/{channel_id}/messages/{message_id}", s.getMessage, false},
		{"PATCH /channels/{channel_id}/messages/{message_id}", s.editMessage, false},
		{"DELETE /channels/{channel_id}/messages/{message_id}", s.deleteMessage, false},
		{"POST /interactions/{interaction_id}/{interaction_token}/callback", s.respond, true},
		{"POST /webhooks/{webhook_id}/{webhook_token}", s.followUp, true},
		{"GET /webhooks/{webhook_id}/{webhook_token}/messages/@original", s.getReply, true},
		{"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original", s.editReply, true},
		{"DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original", s.deleteReply, true},
		{"GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", s.getReply, true},
		{"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", s.editReply, true},
		{"DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", s.deleteReply, true},
	}
}

// restHandler serves the REST API under a prefix, which is its version.
func (s *Server) restHandler(prefix string) http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, q *http.Request) {
			s.serveREST(w, &call{Request: q, server: s, route: r.pattern, arrived: time.Now()}, r)
		})
	}
	unserved := route{serve: func(*call) (answer, *refusal) { return refuse(notFound) }, open: true}
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		s.serveREST(w, &call{Request: q, server: s, route: q.Method + " " + q.URL.Path, arrived: time.Now()}, unserved)
	})
	return http.StripPrefix(prefix, mux)
}

// serveREST performs a call and answers it, unless a fault comes between.
func (s *Server) serveREST(w http.ResponseWriter, c *call, r route) {
	fault := s.faults.take(c.route)
	if fault != nil && !fault.wait(c) {
		return
	}
	if fault == nil || !fault.spoils() {
		if after, ok := s.meter(c, w.Header()); !ok {
			s.counts.add(c.route, http.StatusTooManyRequests)
			s.changes.broadcast()
			overLimit(w, after)
			return
		}
	}
	var done answer
	c.lost = fault != nil && fault.spoils()
	if fault == nil || fault.performs() {
		done = s.perform(c, r)
	}
	if fault != nil && fault.spoilt(done) {
		s.counts.add(c.route, fault.status(done))
		s.changes.broadcast()
		fault.spoil(w)
		return
	}
	s.counts.add(c.route, done.status)
	s.changes.broadcast()
	done.write(w)
}

// perform checks a call and does what it asks for.
func (s *Server) perform(c *call, r route) answer {
	done, refused := s.attempt(c, r)
	if refused == nil {
		return done
	}
	if refused.fault {
		s.violate(c.Method+" "+c.URL.Path, "%s", refused.text())
	}
	return answer{refused.status, refused.body()}
}

func (s *Server) attempt(c *call, r route) (answer, *refusal) {
	if agent := c.UserAgent(); !strings.HasPrefix(agent, "DiscordBot (") {
		s.violate(c.Method+" "+c.URL.Path, "user agent %q is not of the form DiscordBot (url, version)", agent)
	}
	if !r.open && c.Header.Get("Authorization") != "Bot "+s.Token() {
		return refuse(unauthorized)
	}
	if refused := c.read(); refused != nil {
		return refuse(refused)
	}
	if refused := s.schemas.check(c); refused != nil {
		return refuse(refused)
	}
	return r.serve(c)
}

// write sends an answer; the headers of its rate limit are set.
func (a answer) write(w http.ResponseWriter) {
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	writeJSON(w, a.status, encode(a.body))
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left is the client's affair
}
