package bot

import (
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// outgoing is a message as it will be sent or edited to, with what is needed to
// find it again.
type outgoing struct {
	content string
	embed   *discord.Embed    // may be nil
	rows    []discord.Row     // of components
	about   string            // the file that it does not name itself; only in new messages
	mention discord.UserID    // to notify; only in new messages
	replyTo discord.MessageID // message answered; only in new messages
	nonce   string            // only in new messages
	file    string            // the replay's name as its first reply shows it
	since   time.Time         // no earlier message can be this one
	// young: whatever an earlier try sent, Discord still knows its nonce.
	young   bool
	private bool           // seen by the asker alone, and never edited; only in responses
	user    discord.UserID // whose turn in the channel it takes

	language phrase.Language // of the content
}

// alone is m as it stands by itself: nothing near it says what it is about.
func (m outgoing) alone() outgoing {
	if m.about != "" {
		m.content = m.language.Say(phrase.About, "name", m.about, "text", m.content)
	}
	return m
}

// says says whether a message reads like m.
func (m outgoing) says(stands *discord.Message) bool {
	return stands.Content == m.content &&
		(stands.MessageReference == nil || stands.MessageReference.MessageID == m.replyTo)
}

// naming is m with its user named and notified, where others read it, too.
func (m outgoing) naming(user discord.UserID) outgoing {
	m.mention, m.content = user, discord.Mention(user)+" "+m.content
	return m
}

// send is m as Discord gets it.
func (m outgoing) send() discord.Outgoing {
	sent := discord.Outgoing{Content: m.content, Rows: m.rows, ReplyTo: m.replyTo, Nonce: m.nonce, Private: m.private, User: m.user}
	if m.embed != nil {
		sent.Embeds = []*discord.Embed{m.embed}
	}
	if m.mention != "" {
		sent.Mentions = []discord.UserID{m.mention}
	}
	return sent
}
