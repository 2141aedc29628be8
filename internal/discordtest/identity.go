package discordtest

import (
	"bytes"
	"image"
	_ "image/jpeg" // formats that Discord shows
	_ "image/png"
	"strconv"
)

func (s *Server) getGateway(*call) (answer, *refusal) {
	return ok(map[string]string{"url": s.gatewayURL()})
}

func (s *Server) getGatewayBot(*call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(map[string]any{
		"url":    s.gatewayURL(),
		"shards": 1,
		"session_start_limit": map[string]int{
			"total":           s.options.Identifies,
			"remaining":       max(0, s.options.Identifies-s.gateway.identifies),
			"reset_after":     24 * 60 * 60 * 1000, // milliseconds
			"max_concurrency": 1,
		},
	})
}

func (s *Server) getMe(*call) (answer, *refusal) {
	return ok(struct {
		wireUser
		MFA    bool   `json:"mfa_enabled"`
		Locale string `json:"locale"`
	}{wireUserOf(s.bot), true, "en-US"})
}

func (s *Server) getUser(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.world.users[c.PathValue("user_id")]
	if u == nil {
		return refuse(unknownUser)
	}
	return ok(wireUserOf(u.User))
}

func (s *Server) getApplication(*call) (answer, *refusal) {
	return ok(map[string]any{
		"id": s.bot.ID, "name": s.bot.Name, "description": "", "summary": "", "icon": nil, "type": nil,
		"bot": wireUserOf(s.bot), "bot_public": true, "bot_require_code_grant": false,
		"verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
		"flags":      applicationFlags(s.options.Granted), "flags_new": strconv.Itoa(applicationFlags(s.options.Granted)),
		"redirect_uris": []string{}, "interactions_endpoint_url": nil, "role_connections_verification_url": nil,
		"owner": wireUserOf(User{ID: "1", Name: "owner"}), "team": nil, "explicit_content_filter": 0,
		"approximate_guild_count": 1, "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"eligible_oauth2_scopes": []string{},
	})
}

// createDM opens the channel with a user. It succeeds also with a user who
// refuses messages; only sending is refused then.
func (s *Server) createDM(c *call) (answer, *refusal) {
	var form struct {
		Recipient string `json:"recipient_id"`
	}
	if refused := c.decode(&form); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.world.users[form.Recipient]
	if u == nil || u.Bot || u.deleted {
		return refuse(unknownUser)
	}
	return ok(s.wireChannelOf(s.dm(u)))
}

func imageSize(data []byte) (width, height int) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0 // not an image: Discord leaves the size out
	}
	return config.Width, config.Height
}
