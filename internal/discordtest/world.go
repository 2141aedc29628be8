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
	ManageRoles        Permissions = 1 << 28
	ManageThreads      Permissions = 1 << 34
	CreatePublic       Permissions = 1 << 35 // threads
	CreatePrivate      Permissions = 1 << 36 // threads
	SendInThreads      Permissions = 1 << 38
	AllPermissions                 = ViewChannel | SendMessages | ManageMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
		ManageRoles | ManageThreads | CreatePublic | CreatePrivate | SendInThreads

	// Administrator is every permission, of a member.
	Administrator Permissions = 1 << 3
	// ManageGuild lets a member change a server's settings.
	ManageGuild Permissions = 1 << 5
)

// Channel types: https://discord.com/developers/docs/resources/channel
const (
	typeGuildText     = 0
	typeDM            = 1
	typePublicThread  = 11
	typePrivateThread = 12
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
	deleted bool   // the account
	dm      string // id of the channel with the bot, once there is one
}

type guild struct {
	Guild
	locale   string // preferred; empty: English
	channels []*channel
	denied   Permissions // to the bot, in all channels
	roles    []Role
	left     map[string]bool    // users: all others are members
	members  map[string]*member // of whom more is known than that
}

type channel struct {
	Channel
	kind      int
	guild     *guild   // nil for direct messages
	parent    *channel // of a thread
	recipient User     // of a direct-message channel
	denied    Permissions
	deleted   bool
	messages  []*message // oldest first
	thread
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
	g := &guild{Guild: Guild{ID: s.nextID(), Name: name}, left: make(map[string]bool), members: make(map[string]*member)}
	s.world.guilds[g.ID] = g
	s.dispatch(event{name: "GUILD_CREATE", needs: IntentGuilds, full: encode(s.wireGuild(g))})
	return g.Guild
}

// AddChannel creates a text channel in a guild.
func (s *Server) AddChannel(in Guild, name string) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addChannel(in.ID, &channel{kind: typeGuildText}, strings.ToLower(name))
}

// AddThread creates a public thread under a channel of a guild.
func (s *Server) AddThread(under Channel, name string) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{kind: typePublicThread, parent: s.world.channels[under.ID], thread: newThread("0", oneDay)}
	return s.addChannel(under.GuildID, c, name)
}

// addChannel puts a channel or thread into its guild. s.mu is held.
func (s *Server) addChannel(guildID string, c *channel, name string) Channel {
	c.guild = s.world.guilds[guildID]
	c.Channel = Channel{ID: s.nextID(), GuildID: guildID, Name: name}
	s.world.channels[c.ID] = c
	c.guild.channels = append(c.guild.channels, c)
	name = "CHANNEL_CREATE"
	if c.isThread() {
		name = "THREAD_CREATE"
	}
	s.dispatch(event{name: name, needs: IntentGuilds, channel: c, full: encode(s.wireChannelOf(c))})
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

// PermitIn sets what the bot may do in a guild, in addition to what Permit says of
// each channel.
func (s *Server) PermitIn(in Guild, allowed Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.guilds[in.ID].denied = AllPermissions &^ allowed
}

// DeleteChannel deletes a channel or thread with its messages and its threads.
func (s *Server) DeleteChannel(gone Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleteChannel(s.world.channels[gone.ID])
}

func (s *Server) deleteChannel(c *channel) {
	for _, thread := range c.guild.channels {
		if thread.parent == c && !thread.deleted {
			s.deleteChannel(thread)
		}
	}
	c.deleted = true
	for _, m := range c.messages {
		m.deleted = true
		s.record(m)
	}
	name := "CHANNEL_DELETE"
	if c.isThread() {
		name = "THREAD_DELETE"
	}
	s.dispatch(event{name: name, needs: IntentGuilds, full: encode(s.wireChannelOf(c))})
}

// withheld is what the bot may not do in a channel. A thread has the permissions
// of its channel: https://docs.discord.com/developers/topics/threads#permissions
func (c *channel) withheld() Permissions {
	denied := c.denied
	if c.parent != nil {
		denied |= c.parent.denied
	}
	if c.guild != nil {
		denied |= c.guild.denied
	}
	return denied
}

func (c *channel) allows(p Permissions) bool { return c.withheld()&p == 0 }
