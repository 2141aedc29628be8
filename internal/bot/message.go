package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// concern is why a message concerns the bot.
type concern int

const (
	none      concern = iota
	inDirect          // sent to the bot alone
	byMention         // named in the text
	byPing            // answering a message of the bot notifies it, and means nothing by itself
	inWatched         // sent in a watched channel
)

// onMessage accepts the replays of a message that is meant for the bot.
func (b *Bot) onMessage(work context.Context, m *discord.Message) {
	if m.Lost != nil {
		b.discord.Undecodable("message", m.Lost, "channel", m.ChannelID, "message", m.ID)
	}
	if !m.FromPlayer() {
		return
	}
	direct := m.GuildID == ""
	why := b.concernOf(m, direct)
	if why == none {
		return
	}
	uploads, refused := b.uploadsIn(work, m, direct)
	if len(uploads)+len(refused) == 0 {
		if why == inDirect || why == byMention {
			b.hint(work, m)
		}
		return
	}
	b.gaps.saw(m.ChannelID, m.ID, m.GuildID)
	if err := b.intake.Spent(upload.Incoming{Uploader: m.Author.ID, Guild: m.GuildID}); err != nil {
		b.refuseMessage(m, append(uploads, refused...), err)
		return
	}
	b.refuseFiles(m, refused)
	recorded, err := b.record(work, uploads, b.timeout.message)
	switch {
	case errors.Is(err, context.Canceled):
		b.leave(recorded)
	case err != nil:
		b.askToRepeat(work, recorded, err)
	default:
		for _, u := range recorded {
			b.lanes.add(u)
		}
	}
}

// leave forgets claimed uploads whose player knows of nothing: their message is
// read back, by this process or another.
func (b *Bot) leave(uploads []*pendingUpload) {
	for _, u := range uploads {
		b.pending.leave(u.key)
	}
}

// askToRepeat asks the player to try again, by one message for all files, in the
// place of the first one's reply: the nonce keeps it single if another process
// acts by now. If that fails, the message is left to be read back. It outlives
// work, which may end because the database is away.
func (b *Bot) askToRepeat(work context.Context, uploads []*pendingUpload, why error) {
	if len(uploads) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	reply := uploads[0].firstMessage()
	reply.content = refusal(why, reply.language).In(reply.language)
	_, err := b.postOnce(ctx, uploads[0].channel, reply)
	for _, u := range uploads {
		b.log.Error("upload not accepted: it cannot be recorded", "key", u.key, "error", why, "answered", err == nil)
		if err != nil {
			b.pending.leave(u.key)
			continue
		}
		b.pending.settle(u.key)
	}
}

// uploadsIn are the replays in a message, each answered by a reply to it, and apart
// from them those that are refused by their size as Discord gives it. direct: the
// message stands in a channel between the bot and one person.
func (b *Bot) uploadsIn(ctx context.Context, m *discord.Message, direct bool) (good, refused []*pendingUpload) {
	for _, file := range m.Attachments {
		if !b.isReplay(file) {
			continue
		}
		u := &pendingUpload{
			bot: b, key: keyOf(m.ID, file.ID), user: m.Author.ID, guild: m.GuildID, direct: direct,
			channel: m.ChannelID, message: m.ID, file: file, language: b.languages.of(ctx, m.GuildID), unanswered: true,
		}
		u.reply = newReply{u}
		if b.admits(u) == nil {
			good = append(good, u)
		} else {
			refused = append(refused, u)
		}
	}
	return good, refused
}

// hint says what the bot is for to a user who talks to it, as often as the user's
// budget allows.
func (b *Bot) hint(ctx context.Context, m *discord.Message) {
	if !b.pending.once(keyOf(m.ID, "hint")) || !b.hints.spend(m.Author.ID, time.Now()) {
		return
	}
	b.gaps.use(m.ChannelID, m.GuildID)
	key := phrase.NoAttachment
	if m.Lost != nil { // a replay may be among what could not be decoded
		key = phrase.NotUnderstood
	}
	b.say(m, "hint", b.languages.of(ctx, m.GuildID).Say(key))
}

// concernOf says why a message concerns the bot, if it does. direct: it stands
// in a channel between the bot and one person.
func (b *Bot) concernOf(m *discord.Message, direct bool) concern {
	me := b.discord.Self()
	switch {
	case b.watches(m.ChannelID):
		if names(m.Content, me) {
			return byMention
		}
		return inWatched
	case direct:
		return inDirect
	case names(m.Content, me):
		return byMention
	case slices.ContainsFunc(m.Mentions, func(u *discord.User) bool { return u.ID == me }):
		return byPing
	}
	return none
}

func names(content string, user discord.UserID) bool {
	return user != "" && (strings.Contains(content, "<@"+string(user)+">") || strings.Contains(content, "<@!"+string(user)+">"))
}

// say answers a message by something that is no upload's answer. It is said once
// or not at all.
func (b *Bot) say(m *discord.Message, what, text string) { b.lanes.add(&notice{b, m, what, text}) }

// notice is what the bot says about a message, apart from its uploads.
type notice struct {
	bot  *Bot
	to   *discord.Message
	what string // for the log and the nonce
	text string
}

func (n *notice) lane() string           { return string(n.to.ChannelID) }
func (n *notice) sender() discord.UserID { return n.to.Author.ID }
func (n *notice) noRoom()                {}

func (n *notice) run(work context.Context) {
	ctx, cancel := context.WithTimeout(work, refusalTimeout)
	defer cancel()
	m := n.to
	_, err := n.bot.postOnce(ctx, m.ChannelID, outgoing{
		content: n.text, replyTo: m.ID, nonce: nonceOf(keyOf(m.ID, discord.AttachmentID(n.what))),
		user: m.Author.ID, since: snowflake.MadeAt(m.ID),
	})
	if err != nil {
		n.bot.log.Warn("message not answered", "what", n.what, "channel", m.ChannelID, "error", err)
	}
}
