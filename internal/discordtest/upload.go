package discordtest

// Upload is a message of a user, with or without files.
type Upload struct {
	Channel Channel
	Author  User
	Text    string
	Mention bool   // names the bot before the text
	ReplyTo string // id of the message answered; its author is mentioned
	Files   []File
}

// File is a file that a user attaches.
type File struct {
	Name        string
	Data        []byte
	ContentType string // default application/octet-stream, as for replays
	// Announced is the size in the message. Default: the size of Data.
	Announced int
	// Delivery is what happens when the bot downloads the file: one element a
	// download, the last one for all further ones. Default: it is served.
	Delivery []Delivery
}

// Upload sends a user's message and returns it.
func (s *Server) Upload(u Upload) Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[u.Channel.ID]
	text := u.Text
	if u.Mention {
		text = "<@" + s.bot.ID + "> " + text
	}
	m := &message{channel: c, author: u.Author, mentions: s.mentioned(text)}
	if m.reply = s.world.messages[u.ReplyTo]; m.reply != nil {
		m.kind = messageReply
		m.mentions = append(m.mentions, m.reply.author)
	}
	v := Version{Content: text}
	for _, f := range u.Files {
		v.Files = append(v.Files, s.cdn.store(s, c.ID, f))
	}
	s.post(m, v)
	return s.snapshot(m, 1, false)
}

// Edit changes the text of a user's message.
func (s *Server) Edit(messageID, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.world.messages[messageID]
	v := m.current()
	v.Content = text
	s.edit(m, v)
}

// Delete removes a message, as its author or a moderator does.
func (s *Server) Delete(messageID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.world.messages[messageID]; m != nil && !m.deleted {
		s.remove(m)
	}
}
