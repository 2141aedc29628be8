package discordtest

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// encode renders a payload of our own making, which cannot fail.
func encode(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: payload does not encode: " + err.Error())
	}
	return data
}

type wireUser struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	GlobalName    *string `json:"global_name"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PublicFlags   int     `json:"public_flags"`
	Flags         int     `json:"flags"`
	PrimaryGuild  *string `json:"primary_guild"`
}

func wireUserOf(u User) wireUser {
	return wireUser{ID: u.ID, Username: u.Name, Discriminator: "0", Bot: u.Bot}
}

type wireMember struct {
	User        *wireUser `json:"user,omitempty"`
	Nick        *string   `json:"nick"`
	Avatar      *string   `json:"avatar"`
	Banner      *string   `json:"banner"`
	Muted       *string   `json:"communication_disabled_until"`
	Boosts      *string   `json:"premium_since"`
	Pending     bool      `json:"pending"`
	Roles       []string  `json:"roles"`
	JoinedAt    time.Time `json:"joined_at"`
	Deaf        bool      `json:"deaf"`
	Mute        bool      `json:"mute"`
	Flags       int       `json:"flags"`
	Permissions string    `json:"permissions,omitempty"`
}

type wireChannel struct {
	ID             string        `json:"id"`
	Type           int           `json:"type"`
	GuildID        string        `json:"guild_id,omitempty"`
	Name           string        `json:"name,omitempty"`
	ParentID       string        `json:"parent_id,omitempty"`
	LastMessageID  *string       `json:"last_message_id"`
	Flags          int           `json:"flags"`
	Position       int           `json:"position"`
	OwnerID        string        `json:"owner_id,omitempty"`
	MessageCount   int           `json:"message_count"`
	MemberCount    int           `json:"member_count"`
	TotalSent      int           `json:"total_message_sent"`
	Recipients     []wireUser    `json:"recipients,omitempty"`
	ThreadMetadata *wireMetadata `json:"thread_metadata,omitempty"`
	Member         *wireJoined   `json:"member,omitempty"` // the bot, of a thread
	Permissions    string        `json:"permissions,omitempty"`
}

type wireMetadata struct {
	Archived            bool      `json:"archived"`
	Locked              bool      `json:"locked"`
	ArchiveTimestamp    time.Time `json:"archive_timestamp"`
	AutoArchiveDuration int       `json:"auto_archive_duration"`
	Invitable           bool      `json:"invitable"`
}

// wireJoined says that somebody is in a thread.
type wireJoined struct {
	ID       string    `json:"id"`
	UserID   string    `json:"user_id"`
	JoinedAt time.Time `json:"join_timestamp"`
	Flags    int       `json:"flags"`
}

func (s *Server) wireChannelOf(c *channel) wireChannel {
	w := wireChannel{ID: c.ID, Type: c.kind, GuildID: c.GuildID, Name: c.Name}
	if n := len(c.messages); n > 0 {
		w.LastMessageID = &c.messages[n-1].id
	}
	if c.kind == typeDM {
		w.Recipients = []wireUser{wireUserOf(c.recipient)}
	}
	if c.isThread() {
		w.ParentID = c.parent.ID
		w.ThreadMetadata = &wireMetadata{
			Archived: c.archived, Locked: c.locked, Invitable: c.invitable,
			ArchiveTimestamp: joined, AutoArchiveDuration: c.hideAfter,
		}
		w.OwnerID, w.MemberCount, w.MessageCount, w.TotalSent = c.owner, len(c.members), len(c.messages), len(c.messages)
		if c.has(s.bot) {
			w.Member = &wireJoined{ID: c.ID, UserID: s.bot.ID, JoinedAt: joined}
		}
	}
	return w
}

type wireGuild struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Unavailable bool          `json:"unavailable,omitempty"`
	OwnerID     string        `json:"owner_id,omitempty"`
	Locale      string        `json:"preferred_locale"`
	Roles       []wireRole    `json:"roles"`
	Emojis      []string      `json:"emojis"`
	Channels    []wireChannel `json:"channels"`
	Threads     []wireChannel `json:"threads"`
	Members     []wireMember  `json:"members"`
}

func (s *Server) wireGuild(g *guild) wireGuild {
	w := wireGuild{
		ID: g.ID, Name: g.Name, OwnerID: "0", Locale: cmp.Or(g.locale, defaultLocale), Roles: []wireRole{}, Emojis: []string{},
		Channels: []wireChannel{}, Threads: []wireChannel{}, Members: []wireMember{s.wireMember(g, s.bot)},
	}
	for _, r := range g.roles {
		w.Roles = append(w.Roles, wireRole{ID: r.ID, Name: r.Name, Permissions: "0"})
	}
	for _, c := range g.channels {
		switch {
		case c.deleted || c.archived || !s.shown(c):
		case c.isThread():
			w.Threads = append(w.Threads, s.wireChannelOf(c))
		default:
			w.Channels = append(w.Channels, s.wireChannelOf(c))
		}
	}
	return w
}

// wireRole is a role, as far as bots look at it.
type wireRole struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
}

// wireMember renders a member by the name that the user has now.
func (s *Server) wireMember(g *guild, u User) wireMember {
	w := wireUserOf(s.world.users[u.ID].User)
	return wireMember{User: &w, Roles: append([]string{}, g.member(u).roles...), JoinedAt: joined}
}

// joined is when everybody joined every guild.
var joined = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)

type wireAttachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	Ephemeral   bool   `json:"ephemeral,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
}

type wireReference struct {
	Type      int    `json:"type"`
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id,omitempty"`
}

type wireMessage struct {
	ID                  string           `json:"id"`
	ChannelID           string           `json:"channel_id"`
	GuildID             string           `json:"guild_id,omitempty"`
	Type                int              `json:"type"`
	Author              wireUser         `json:"author"`
	Member              *wireMember      `json:"member,omitempty"`
	Content             string           `json:"content"`
	Timestamp           time.Time        `json:"timestamp"`
	EditedTimestamp     *time.Time       `json:"edited_timestamp"`
	TTS                 bool             `json:"tts"`
	MentionEveryone     bool             `json:"mention_everyone"`
	Mentions            []wireUser       `json:"mentions"`
	MentionRoles        []string         `json:"mention_roles"`
	Attachments         []wireAttachment `json:"attachments"`
	Embeds              []Embed          `json:"embeds"`
	Components          []Component      `json:"components"`
	Pinned              bool             `json:"pinned"`
	Flags               int              `json:"flags"`
	Nonce               string           `json:"nonce,omitempty"`
	WebhookID           string           `json:"webhook_id,omitempty"`
	ApplicationID       string           `json:"application_id,omitempty"`
	MessageReference    *wireReference   `json:"message_reference,omitempty"`
	ReferencedMessage   *wireMessage     `json:"referenced_message,omitempty"`
	InteractionMetadata *wireCause       `json:"interaction_metadata,omitempty"`
}

// wireCause says which interaction a message answers.
type wireCause struct {
	ID        string            `json:"id"`
	Type      int               `json:"type"`
	User      wireUser          `json:"user"`
	Owners    map[string]string `json:"authorizing_integration_owners"`
	MessageID string            `json:"interacted_message_id,omitempty"`
	Response  string            `json:"original_response_message_id,omitempty"` // of follow-ups
	Trigger   *wireCause        `json:"triggering_interaction_metadata,omitempty"`
}

func (i *Interaction) cause() *wireCause {
	w := &wireCause{ID: i.ID, Type: i.kind, User: wireUserOf(i.User), Owners: i.owners()}
	if i.kind == interactionComponent {
		w.MessageID = i.target.id
	}
	if i.trigger != nil {
		w.Trigger = i.trigger.cause()
	}
	return w
}

// wireMessage renders a message with or without what MESSAGE_CONTENT protects.
// Attachment URLs are signed anew each time, as Discord does. s.mu is held.
func (s *Server) wireMessage(m *message, content bool) *wireMessage {
	v := m.current()
	w := &wireMessage{
		ID: m.id, ChannelID: m.channel.ID, Type: m.kind,
		Author: wireUserOf(m.author), Timestamp: m.versions[0].At.UTC(), MentionEveryone: m.everyone,
		Mentions: []wireUser{}, MentionRoles: []string{}, Attachments: []wireAttachment{},
		Embeds: []Embed{}, Components: []Component{}, Flags: v.Flags, Nonce: m.nonce,
	}
	if len(m.versions) > 1 {
		at := v.At.UTC()
		w.EditedTimestamp = &at
	}
	for _, u := range m.mentions {
		w.Mentions = append(w.Mentions, wireUserOf(u))
	}
	s.wireOrigin(w, m, content)
	if content {
		s.wireContent(w, v)
	}
	return w
}

// eventMessage renders a message for the gateway, which alone says what guild it
// is in and adds the member who wrote it.
// https://discord.com/developers/docs/events/gateway-events#message-create
func (s *Server) eventMessage(m *message, content bool) *wireMessage {
	w := s.wireMessage(m, content)
	w.GuildID = m.channel.GuildID
	if m.channel.kind != typeDM && !m.author.Bot {
		member := s.wireMember(m.channel.guild, m.author)
		member.User = nil
		w.Member = &member
	}
	return w
}

// wireOrigin adds what the message answers.
func (s *Server) wireOrigin(w *wireMessage, m *message, content bool) {
	if m.reply != nil {
		w.MessageReference = &wireReference{MessageID: m.reply.id, ChannelID: m.reply.channel.ID, GuildID: m.reply.channel.GuildID}
		if !m.reply.deleted && m.reply.reply == nil {
			w.ReferencedMessage = s.wireMessage(m.reply, content || s.exempt(m.reply))
		}
	}
	if i := m.interaction; i != nil {
		w.WebhookID, w.ApplicationID = s.bot.ID, s.bot.ID
		w.InteractionMetadata = i.cause()
		if i.original != nil && i.original != m {
			w.InteractionMetadata.Response = i.original.id
		}
	}
}

// wireContent adds what the message says. A file that an embed shows is not
// listed among the attachments.
func (s *Server) wireContent(w *wireMessage, v Version) {
	w.Content = v.Content
	w.Components = append(w.Components, v.Components...)
	var shown []string
	for _, e := range v.Embeds {
		e = e.clone()
		e.Type = "rich"
		for _, url := range e.images() {
			for _, f := range v.Files {
				if *url == "attachment://"+f.Name {
					*url = s.cdn.sign(f.path, s.now())
					shown = append(shown, f.ID)
				}
			}
		}
		w.Embeds = append(w.Embeds, e)
	}
	for _, f := range v.Files {
		if !slices.Contains(shown, f.ID) {
			w.Attachments = append(w.Attachments, s.wireAttachment(f))
		}
	}
}

func (s *Server) wireAttachment(f Attachment) wireAttachment {
	url := s.cdn.sign(f.path, s.now())
	return wireAttachment{
		ID: f.ID, Filename: f.Name, Description: f.Description, ContentType: f.ContentType, Size: f.Size,
		URL: url, ProxyURL: proxied(url), Ephemeral: f.ephemeral, Width: f.Width, Height: f.Height,
	}
}
