package discordtest

import "encoding/json"

// identify answers IDENTIFY with READY and the guilds, or closes.
func (s *Server) identify(c *connection, data json.RawMessage) {
	var d struct {
		Token      string            `json:"token"`
		Intents    *Intents          `json:"intents"`
		Properties map[string]string `json:"properties"`
		Shard      *[2]int           `json:"shard"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changes.broadcast()
	s.gateway.identifies++
	if s.gateway.identifies > s.options.Identifies {
		s.violate("gateway", "more than %d IDENTIFYs in a day: the token is reset", s.options.Identifies)
		s.token = randomHex(24)
	}
	if s.interfere(c, OnIdentify) {
		return
	}
	if c.forResume {
		s.violate("gateway", "IDENTIFY at the address for resuming")
	}
	switch {
	case c.bound() != nil:
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
	case bareToken(d.Token) != s.token:
		c.close(CloseAuthenticationFailed, "Authentication failed.")
	case d.Shard != nil && (d.Shard[1] < 1 || d.Shard[0] < 0 || d.Shard[0] >= d.Shard[1]):
		c.close(CloseInvalidShard, "Invalid shard.")
	case d.Intents == nil || *d.Intents&^knownIntents != 0:
		c.close(CloseInvalidIntents, "Invalid intent(s).")
	case *d.Intents&privilegedIntents&^s.options.Granted != 0:
		c.close(CloseDisallowedIntents, "Disallowed intent(s).")
	default:
		s.begin(c, *d.Intents)
	}
}

// begin starts a session: READY, then a GUILD_CREATE for each guild. s.mu is held.
func (s *Server) begin(c *connection, intents Intents) {
	session := &session{id: randomHex(16), intents: intents}
	s.gateway.sessions[session.id] = session
	guilds := []wireGuild{}
	for _, g := range s.world.guilds {
		guilds = append(guilds, wireGuild{ID: g.ID, Unavailable: true})
	}
	session.add("READY", s.distorted("READY", encode(map[string]any{
		"v":                  9,
		"user":               wireUserOf(s.bot),
		"guilds":             guilds,
		"session_id":         session.id,
		"resume_gateway_url": "ws" + s.url[len("http"):] + resumePath,
		"shard":              [2]int{0, 1},
		"private_channels":   []string{},
		"application":        map[string]any{"id": s.bot.ID, "flags": applicationFlags(s.options.Granted)},
	})))
	if intents&IntentGuilds != 0 {
		for _, g := range s.world.guilds {
			session.add("GUILD_CREATE", encode(s.wireGuild(g)))
		}
	}
	session.attach(c)
	c.bind(session, 0)
}

// resume answers RESUME with the events that were missed and RESUMED, or with an
// invalid session.
func (s *Server) resume(c *connection, data json.RawMessage) {
	var d struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int64  `json:"seq"`
	}
	if json.Unmarshal(data, &d) != nil {
		c.close(CloseDecodeError, "Error while decoding payload.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changes.broadcast()
	if s.interfere(c, OnResume) {
		return
	}
	session := s.gateway.sessions[d.SessionID]
	switch {
	case c.bound() != nil:
		c.close(CloseAlreadyAuthenticated, "Already authenticated.")
		return
	case bareToken(d.Token) != s.token:
		c.close(CloseAuthenticationFailed, "Authentication failed.")
		return
	case session == nil || session.over(s.now()):
		s.reject(c)
		return
	}
	if _, ok := session.after(d.Seq); !ok {
		session.end()
		s.reject(c)
		return
	}
	s.gateway.resumes++
	if !c.forResume {
		s.gateway.strayed++
	}
	if old := session.attach(c); old != nil {
		old.close(CloseUnknownError, "Resumed elsewhere.")
	}
	session.add("RESUMED", encode(map[string]any{"_trace": []string{"discordtest"}}))
	c.bind(session, d.Seq)
}

// reject answers a RESUME that is not possible; the bot should identify.
func (s *Server) reject(c *connection) {
	s.gateway.rejected++
	c.send(opInvalidSession, false)
}

func (s *Server) gatewayURL() string { return "ws" + s.url[len("http"):] + gatewayPath }
