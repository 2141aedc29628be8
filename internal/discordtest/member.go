package discordtest

import "slices"

// Role is a role of a guild.
type Role struct {
	ID   string
	Name string
}

// member is what is known of a member of a guild.
type member struct {
	roles       []string
	permissions Permissions // 0: those of everyone
}

// joined reports whether a user is a member of the guild.
func (g *guild) joined(u User) bool { return !g.left[u.ID] }

// member is never nil.
func (g *guild) member(u User) *member {
	if g.members[u.ID] == nil {
		g.members[u.ID] = new(member)
	}
	return g.members[u.ID]
}

// Leave makes a user leave a guild; users are members of all guilds at first.
func (s *Server) Leave(who User, from Guild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaveGuild(who, s.world.guilds[from.ID])
}

func (s *Server) leaveGuild(who User, g *guild) {
	g.left[who.ID] = true
	delete(g.members, who.ID)
	for _, c := range g.channels {
		delete(c.members, who.ID)
	}
	gone := map[string]any{"guild_id": g.ID, "user": wireUserOf(who)}
	s.dispatch(event{name: "GUILD_MEMBER_REMOVE", needs: IntentGuildMembers, full: encode(gone)})
}

// Join lets a user who has left come back to a guild, without roles.
func (s *Server) Join(who User, to Guild) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.world.guilds[to.ID].left, who.ID)
}

// DeleteUser deletes an account: it leaves all guilds and cannot be written to.
func (s *Server) DeleteUser(who User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.users[who.ID].deleted = true
	for _, g := range s.world.guilds {
		s.leaveGuild(who, g)
	}
}

// Rename gives a user another name. The id stays.
func (s *Server) Rename(who User, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.users[who.ID].Name = name
}

// SetPermissions sets what a user may do in a guild, beside what everyone may.
func (s *Server) SetPermissions(who User, in Guild, p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.guilds[in.ID].member(who).permissions = p
}

// permissions are what a user may do in a channel. s.mu is held.
func (c *channel) permissions(who User) Permissions {
	if c.guild == nil {
		return everyone
	}
	return everyone | c.guild.member(who).permissions
}

// sees reports whether a user sees a channel. s.mu is held.
func (c *channel) sees(who User) bool {
	switch {
	case c.deleted:
		return false
	case c.kind == typeDM:
		return c.recipient.ID == who.ID
	case !c.guild.joined(who):
		return false
	}
	return c.kind != typePrivateThread || c.has(who) || c.permissions(who)&(ManageThreads|Administrator) != 0
}

// sees reports whether a user sees a message. s.mu is held.
func (m *message) sees(who User) bool {
	return !m.deleted && m.channel.sees(who) && (!m.ephemeral || m.interaction.User.ID == who.ID)
}

// Seen are the messages that a user sees in a channel, oldest first.
func (s *Server) Seen(by User, in Channel) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shown []Message
	for _, m := range s.world.channels[in.ID].messages {
		if m.sees(by) {
			shown = append(shown, s.snapshot(m, len(m.versions), false))
		}
	}
	return shown
}

// reachable refuses a direct message to a user that the bot cannot write to.
func (w *world) reachable(who User) *refusal {
	u := w.users[who.ID]
	if u.blocked || u.deleted {
		return cannotMessageUser
	}
	for _, g := range w.guilds {
		if g.joined(who) {
			return nil
		}
	}
	if len(w.guilds) > 0 {
		return noMutualGuild
	}
	return nil // a world of direct messages alone
}

// AddRole creates a role, below the bot's own.
func (s *Server) AddRole(in Guild, name string) Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guilds[in.ID]
	role := Role{ID: s.nextID(), Name: name}
	g.roles = append(g.roles, role)
	return role
}

// DeleteRole deletes a role.
func (s *Server) DeleteRole(in Guild, role Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guilds[in.ID]
	g.roles = slices.DeleteFunc(g.roles, func(r Role) bool { return r.ID == role.ID })
	for _, m := range g.members {
		m.roles = slices.DeleteFunc(m.roles, func(id string) bool { return id == role.ID })
	}
}

// Roles are the ids of a member's roles.
func (s *Server) Roles(of User, in Guild) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.world.guilds[in.ID].member(of).roles)
}

// inGuild returns the guild and the member that a path names. s.mu is held.
func (s *Server) inGuild(c *call) (*guild, User, *refusal) {
	g, u := s.world.guilds[c.PathValue("guild_id")], s.world.users[c.PathValue("user_id")]
	switch {
	case g == nil:
		return nil, User{}, unknownGuild
	case u == nil:
		return nil, User{}, unknownUser
	case !g.joined(u.User):
		return nil, User{}, unknownMember
	}
	return g, u.User, nil
}

// getMember needs no privileged intent.
// https://docs.discord.com/developers/resources/guild#get-guild-member
func (s *Server) getMember(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, u, refused := s.inGuild(c)
	if refused != nil {
		return refuse(refused)
	}
	return ok(s.wireMember(g, u))
}

func (s *Server) giveRole(c *call) (answer, *refusal) {
	return s.setRole(c, func(m *member, id string) {
		if !slices.Contains(m.roles, id) {
			m.roles = append(m.roles, id)
		}
	})
}

func (s *Server) takeRole(c *call) (answer, *refusal) {
	return s.setRole(c, func(m *member, id string) {
		m.roles = slices.DeleteFunc(m.roles, func(has string) bool { return has == id })
	})
}

// setRole changes a member's roles; again does no harm.
// https://docs.discord.com/developers/resources/guild#add-guild-member-role
func (s *Server) setRole(c *call, change func(m *member, id string)) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, u, refused := s.inGuild(c)
	id := c.PathValue("role_id")
	switch {
	case refused != nil:
		return refuse(refused)
	case g.denied&ManageRoles != 0:
		return refuse(missingPermissions)
	case !slices.ContainsFunc(g.roles, func(r Role) bool { return r.ID == id }):
		return refuse(unknownRole)
	}
	change(g.member(u), id)
	s.changes.broadcast()
	return noContent()
}
