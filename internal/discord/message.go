package discord

import (
	"context"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// place is how a message came to the bot's notice.
type place int

const (
	nowhere place = iota
	inDirect
	byMention // named in the text
	byPing    // answering a message of the bot notifies it, and means nothing by itself
	inWatched
)

// onMessage takes up the replays of a message that is meant for the bot.
func (b *Bot) onMessage(work context.Context, m *discordgo.Message) {
	if m == nil || m.Author == nil || m.Author.Bot || m.WebhookID != "" {
		return
	}
	if m.Type != discordgo.MessageTypeDefault && m.Type != discordgo.MessageTypeReply {
		return
	}
	direct := m.GuildID == ""
	at := b.placeOf(m, direct)
	if at == nowhere {
		return
	}
	files := b.replays(m.Attachments)
	if len(files) == 0 {
		if at == inDirect || at == byMention {
			b.hint(work, m)
		}
		return
	}
	b.places.saw(m.ChannelID, m.ID, direct)
	uploads := make([]upload, len(files))
	for n, file := range files {
		uploads[n] = b.messageUpload(m, file)
	}
	b.accept(work, m, uploads)
}

// accept queues replays of a message. Where there is no room, the message is
// read back from the channel when there is.
func (b *Bot) accept(work context.Context, m *discordgo.Message, uploads []upload) {
	uploads = slices.DeleteFunc(uploads, func(u upload) bool { return !b.claims.take(u.key) })
	b.keep(work, uploads)
	for _, u := range uploads {
		if b.lanes.add(m.ChannelID, func() { b.take(work, u) }) {
			continue
		}
		b.claims.drop(u.key)
		if b.places.missed(m.ChannelID, m.ID) {
			b.log.Warn("channel has more uploads than there is room for; they are read back later", "channel", m.ChannelID)
		}
	}
}

// messageUpload is a replay in a message: answered by a reply to it.
func (b *Bot) messageUpload(m *discordgo.Message, file *discordgo.MessageAttachment) upload {
	key := uploadKey(m.ID, file.ID)
	u := upload{key: key, userID: m.Author.ID, guild: m.GuildID, channel: m.ChannelID, message: m.ID, file: file}
	u.answer = func(ctx context.Context) submission.Reply {
		reply := submission.Reply{ChannelID: m.ChannelID, UserID: m.Author.ID}
		sent, err := b.postTwice(ctx, m.ChannelID, b.firstReply(u))
		if err != nil {
			// The result will be a message of its own.
			b.log.Warn("first reply not sent", "key", key, "error", err)
			return reply
		}
		reply.MessageID = sent.ID
		return reply
	}
	return u
}

// firstReply is the first reply to an upload in a message.
func (b *Bot) firstReply(u upload) outgoing {
	return outgoing{content: b.firstText(u.file), replyTo: u.message, nonce: nonce(u.key)}
}

// postTwice posts, and asks again when it is unknown whether the message was
// sent: the nonce makes the second try return the first one's message.
func (b *Bot) postTwice(ctx context.Context, channelID string, m outgoing) (*discordgo.Message, error) {
	sent, err := b.rest.post(ctx, channelID, m)
	if temporary(err) && sleep(ctx, max(retryAfter(err), retryPause)) {
		sent, err = b.rest.post(ctx, channelID, m)
	}
	return sent, err
}

// hint tells somebody who talks to the bot what it is for.
func (b *Bot) hint(work context.Context, m *discordgo.Message) {
	key := uploadKey(m.ID, "hint")
	if !b.claims.take(key) {
		return
	}
	text := phrase.Say(phrase.NoAttachment).String()
	b.lanes.add(m.ChannelID, func() {
		ctx, cancel := context.WithTimeout(work, refusalTimeout)
		defer cancel()
		if _, err := b.postTwice(ctx, m.ChannelID, outgoing{content: text, replyTo: m.ID, nonce: nonce(key)}); err != nil {
			b.log.Warn("hint not sent", "channel", m.ChannelID, "error", err)
		}
	})
}

// placeOf says why a message concerns the bot, if it does. direct: it stands
// in a channel between the bot and one person.
func (b *Bot) placeOf(m *discordgo.Message, direct bool) place {
	me := *b.user.Load()
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
	case slices.ContainsFunc(m.Mentions, func(u *discordgo.User) bool { return u != nil && u.ID == me }):
		return byPing
	}
	return nowhere
}

func names(content, userID string) bool {
	return userID != "" && (strings.Contains(content, "<@"+userID+">") || strings.Contains(content, "<@!"+userID+">"))
}
