package discordtest

import "strings"

// User is somebody on Discord.
type User struct {
	ID   string
	Name string
	Bot  bool
}

// Guild is a Discord server that the bot is a member of.
type Guild struct {
	ID   string
	Name string
}

// Channel is a text channel or thread of a guild, or a direct-message channel
// when GuildID is empty.
type Channel struct {
	ID      string
	GuildID string
	Name    string
}

// Permissions are what the bot may do in a channel, as bits of Discord's own
// numbering: https://discord.com/developers/docs/topics/permissions
type Permissions uint64

// The permissions that the server looks at.
const (
	ViewChannel        Permissions = 1 << 10
	SendMessages       Permissions = 1 << 11
	ManageMessages     Permissions = 1 << 13
	EmbedLinks         Permissions = 1 << 14
	AttachFiles        Permissions = 1 << 15
	ReadMessageHistory Permissions = 1 << 16
	AllPermissions                 = ViewChannel | SendMessages | ManageMessages | EmbedLinks | AttachFiles | ReadMessageHistory
)

// Channel types: https://discord.com/developers/docs/resources/channel
const (
	typeGuildText    = 0
	typeDM           = 1
	typePublicThread = 11
)

// world is who and what exists. It is guarded by Server.mu.
type world struct {
	users    map[string]*user
	guilds   map[string]*guild
	channels map[string]*channel
	messages map[string]*message
}

type user struct {
	User
	locale  string // of the client; empty: English
	blocked bool   // refuses direct messages of the bot
	dm      string // id of the channel with the bot, once there is one
}

type guild struct {
	Guild
	locale   string // preferred; empty: English
	channels []*channel
}

type channel struct {
	Channel
	kind      int
	parent    string
	recipient User // of a direct-message channel
	denied    Permissions
	archived  bool
	deleted   bool
	messages  []*message // oldest first
}

func newWorld() world {
	return world{
		users:    make(map[string]*user),
		guilds:   make(map[string]*guild),
		channels: make(map[string]*channel),
		messages: make(map[string]*message),
	}
}

// AddUser creates a user.
func (s *Server) AddUser(name string) User { return s.addUser(name, false) }

func (s *Server) addUser(name string, bot bool) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &user{User: User{ID: s.nextID(), Name: name, Bot: bot}}
	s.world.users[u.ID] = u
	return u.User
}

// AddGuild creates a guild that the bot is a member of.
func (s *Server) AddGuild(name string) Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &guild{Guild: Guild{ID: s.nextID(), Name: name}}
	s.world.guilds[g.ID] = g
	s.dispatch(event{name: "GUILD_CREATE", needs: IntentGuilds, full: encode(s.wireGuild(g))})
	return g.Guild
}

// AddChannel creates a text channel in a guild.
func (s *Server) AddChannel(in Guild, name string) Channel {
	return s.addChannel(in.ID, &channel{kind: typeGuildText}, name)
}

// AddThread creates a public thread under a channel of a guild.
func (s *Server) AddThread(under Channel, name string) Channel {
	return s.addChannel(under.GuildID, &channel{kind: typePublicThread, parent: under.ID}, name)
}

func (s *Server) addChannel(guildID string, c *channel, name string) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Channel = Channel{ID: s.nextID(), GuildID: guildID, Name: strings.ToLower(name)}
	s.world.channels[c.ID] = c
	g := s.world.guilds[guildID]
	g.channels = append(g.channels, c)
	name = "CHANNEL_CREATE"
	if c.kind == typePublicThread {
		name = "THREAD_CREATE"
	}
	s.dispatch(event{name: name, needs: IntentGuilds, full: encode(wireChannelOf(c))})
	return c.Channel
}

// DM returns the direct-message channel between a user and the bot, and creates
// it when there is none.
func (s *Server) DM(with User) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dm(s.world.users[with.ID]).Channel
}

func (s *Server) dm(u *user) *channel {
	if u.dm == "" {
		c := &channel{kind: typeDM, recipient: u.User, Channel: Channel{ID: s.nextID()}}
		s.world.channels[c.ID] = c
		u.dm = c.ID
	}
	return s.world.channels[u.dm]
}

// BlockDMs makes a user refuse direct messages: Discord answers 50007.
func (s *Server) BlockDMs(who User, blocked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.users[who.ID].blocked = blocked
}

// SetLocale sets the language of a user's client, as Discord writes it: "ko".
func (s *Server) SetLocale(who User, locale string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.users[who.ID].locale = locale
}

// SetGuildLocale sets the language that a guild prefers.
func (s *Server) SetGuildLocale(in Guild, locale string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.guilds[in.ID].locale = locale
}

// defaultLocale is what Discord takes where nothing was chosen.
const defaultLocale = "en-US"

// getGuild answers for guilds that the bot is a member of.
func (s *Server) getGuild(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guilds[c.PathValue("guild_id")]
	if g == nil {
		return refuse(unknownGuild)
	}
	return ok(s.wireGuild(g))
}

// Permit sets what the bot may do in a channel. At first it may do everything.
// Without ViewChannel it gets no events of the channel either.
func (s *Server) Permit(in Channel, allowed Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.channels[in.ID].denied = AllPermissions &^ allowed
}

// Archive archives and locks a thread (sending is refused with 50083), or opens
// it again.
func (s *Server) Archive(thread Channel, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[thread.ID]
	c.archived = archived
	s.dispatch(event{name: "THREAD_UPDATE", needs: IntentGuilds, full: encode(wireChannelOf(c))})
}

// DeleteChannel deletes a channel with its messages.
func (s *Server) DeleteChannel(gone Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[gone.ID]
	c.deleted = true
	for _, m := range c.messages {
		m.deleted = true
		s.record(m)
	}
	s.dispatch(event{name: "CHANNEL_DELETE", needs: IntentGuilds, full: encode(wireChannelOf(c))})
}

func (c *channel) allows(p Permissions) bool { return c.denied&p == 0 }
