package discordtest

import (
	"regexp"
	"slices"
	"time"
)

// Message types and flags: https://discord.com/developers/docs/resources/message
const (
	messageDefault     = 0
	messageReply       = 19
	messageSlash       = 20
	messageContextMenu = 23

	// FlagSuppressEmbeds hides the embeds.
	FlagSuppressEmbeds = 1 << 2
	// FlagEphemeral marks a message that only the user who acted can see.
	FlagEphemeral = 1 << 6
	// FlagLoading marks a deferred answer: "EvoLadder is thinking…".
	FlagLoading = 1 << 7
	// FlagSuppressNotifications sends silently.
	FlagSuppressNotifications = 1 << 12
	// FlagComponentsV2 lets components replace content and embeds.
	FlagComponentsV2 = 1 << 15
)

// Message is a message as it was at one moment.
type Message struct {
	ID            string
	ChannelID     string
	GuildID       string // empty in direct messages
	Author        User
	ReplyTo       string // id of the message that it answers
	InteractionID string // of the interaction that it answers
	Nonce         string
	Ephemeral     bool
	Deleted       bool
	Version
	// History are all versions, oldest first. The last one is the Version above.
	History []Version
}

// Version is what a message said between two edits.
type Version struct {
	At         time.Time // by the server's clock
	Content    string
	Embeds     []Embed
	Components []Component
	Files      []Attachment
	Flags      int
	Mentions   []string // ids of the users mentioned, as far as allowed_mentions lets it; "everyone" for @everyone
}

// Loading reports whether the message is a deferred answer without content yet.
func (v Version) Loading() bool { return v.Flags&FlagLoading != 0 }

// Component returns the button or select with a custom id.
func (v Version) Component(customID string) (Component, bool) {
	return find(v.Components, func(c Component) bool { return c.CustomID == customID })
}

// Edits counts how often the message was changed after it was sent.
func (m Message) Edits() int { return len(m.History) - 1 }

// message is the record behind a Message. Server.mu guards it; versions are
// never changed once they are in the list.
type message struct {
	id          string
	channel     *channel
	author      User
	kind        int
	reply       *message
	mentions    []User
	everyone    bool
	nonce       string
	interaction *Interaction
	ephemeral   bool
	deleted     bool
	versions    []Version
}

func (m *message) current() Version { return m.versions[len(m.versions)-1] }

// snapshot is the message with its first n versions. s.mu is held.
func (s *Server) snapshot(m *message, n int, deleted bool) Message {
	shown := Message{
		ID:        m.id,
		ChannelID: m.channel.ID,
		GuildID:   m.channel.GuildID,
		Author:    m.author,
		Nonce:     m.nonce,
		Ephemeral: m.ephemeral,
		Deleted:   deleted,
		Version:   m.versions[n-1],
		History:   m.versions[:n:n],
	}
	if m.reply != nil {
		shown.ReplyTo = m.reply.id
	}
	if m.interaction != nil {
		shown.InteractionID = m.interaction.ID
	}
	return shown
}

// Message returns a message by id, also a deleted one.
func (s *Server) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.world.messages[id]
	if m == nil {
		return Message{}, false
	}
	return s.snapshot(m, len(m.versions), m.deleted), true
}

// Messages returns what stands in a channel now, oldest first, ephemeral
// messages included.
func (s *Server) Messages(in Channel) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shown []Message
	for _, m := range s.world.channels[in.ID].messages {
		if !m.deleted {
			shown = append(shown, s.snapshot(m, len(m.versions), false))
		}
	}
	return shown
}

// post puts a new message into its channel and tells everybody. s.mu is held.
func (s *Server) post(m *message, v Version) {
	m.id = s.nextID()
	v.At = s.now()
	m.versions = []Version{v}
	s.world.messages[m.id] = m
	m.channel.messages = append(m.channel.messages, m)
	s.record(m)
	s.announce("MESSAGE_CREATE", m)
}

// edit gives a message its next version. s.mu is held.
func (s *Server) edit(m *message, v Version) {
	v.At = s.now()
	m.versions = append(m.versions, v)
	s.record(m)
	s.announce("MESSAGE_UPDATE", m)
}

// remove deletes a message. s.mu is held.
func (s *Server) remove(m *message) {
	m.deleted = true
	s.record(m)
	if m.ephemeral {
		return
	}
	gone := struct {
		ID        string `json:"id"`
		ChannelID string `json:"channel_id"`
		GuildID   string `json:"guild_id,omitempty"`
	}{m.id, m.channel.ID, m.channel.GuildID}
	s.dispatch(event{name: "MESSAGE_DELETE", needs: m.channel.intent(), channel: m.channel, full: encode(gone)})
}

// announce sends a message to the sessions that may see it: ephemeral messages
// are not for the gateway, and content needs its intent. s.mu is held.
func (s *Server) announce(name string, m *message) {
	if m.ephemeral {
		return
	}
	e := event{name: name, needs: m.channel.intent(), channel: m.channel, full: encode(s.eventMessage(m, true))}
	if !s.exempt(m) {
		e.bare = encode(s.eventMessage(m, false))
	}
	s.dispatch(e)
}

// exempt reports whether a message shows its content without MESSAGE_CONTENT:
// direct messages, the bot's own, and those that mention the bot.
// https://discord.com/developers/docs/events/gateway#message-content-intent
func (s *Server) exempt(m *message) bool {
	return m.channel.kind == typeDM || m.author.ID == s.bot.ID || slices.ContainsFunc(m.mentions, func(u User) bool { return u.ID == s.bot.ID })
}

func (c *channel) intent() Intents {
	if c.kind == typeDM {
		return IntentDirectMessages
	}
	return IntentGuildMessages
}

var mentionPattern = regexp.MustCompile(`<@!?(\d+)>`)

// mentioned are the users named in a text. s.mu is held.
func (s *Server) mentioned(text string) []User {
	var users []User
	for _, match := range mentionPattern.FindAllStringSubmatch(text, -1) {
		if u := s.world.users[match[1]]; u != nil && !slices.Contains(users, u.User) {
			users = append(users, u.User)
		}
	}
	return users
}
