package bot

import (
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// unlisted says whether an upload was sent in private: outside of every server.
// The server of a message that is read back may not be known; then it is private
// unless its channel is a watched one, which operators choose for being public.
func (b *Bot) unlisted(u *pendingUpload) bool { return u.guild == "" && !b.watches(u.channel) }

// seenAt says where a result can be seen, and by which readers; "" where there are no pages.
func (b *Bot) seenAt(view upload.View) string {
	if b.cfg.PublicURL == "" || view.State != upload.Done {
		return ""
	}
	key := phrase.SeenByAll
	if view.Unlisted {
		key = phrase.SeenByLink
	}
	return view.Language.Say(key, "address", upload.Page(b.cfg.PublicURL, view.ID))
}

// withLink adds to an answer where its result can be seen, if there is room.
func (b *Bot) withLink(m outgoing, view upload.View) outgoing {
	if link := b.seenAt(view); link != "" && length(m.content)+1+length(link) <= maxContent {
		m.content += "\n" + link
	}
	return m
}
