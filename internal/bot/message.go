package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/retry"
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
func (b *Bot) onMessage(work context.Context, m *discord.Message) {
	if m.Lost != nil {
		b.discord.Undecodable("message", m.Lost, "channel", m.ChannelID, "message", m.ID)
	}
	if !m.FromPlayer() {
		return
	}
	direct := m.GuildID == ""
	at := b.placeOf(m, direct)
	if at == nowhere {
		return
	}
	uploads := b.messageUploads(work, m, direct)
	if len(uploads) == 0 {
		if at == inDirect || at == byMention {
			b.hint(work, m)
		}
		return
	}
	b.places.saw(m.ChannelID, m.ID, m.GuildID)
	if uploads = b.sift(m, uploads); len(uploads) == 0 {
		return
	}
	left, err := b.accept(work, m, uploads)
	switch {
	case errors.Is(err, context.Canceled):
		b.leave(left)
	case err != nil:
		b.turnAway(work, left, err)
	}
}

// leave gives up claimed uploads whose player knows of nothing to whoever reads
// their message back.
func (b *Bot) leave(uploads []upload) {
	for _, u := range uploads {
		b.claims.drop(u.key)
	}
}

// accept records replays of a message and queues those that are new. Where there
// is no room they are fetched later. After an error the database is away: the
// claimed uploads are returned, and their player knows of nothing.
func (b *Bot) accept(ctx context.Context, m *discord.Message, uploads []upload) ([]upload, error) {
	uploads = slices.DeleteFunc(uploads, func(u upload) bool { return !b.claims.take(u.key) })
	fresh, err := b.keep(ctx, uploads, b.patience.message)
	if err != nil {
		return uploads, err
	}
	for _, u := range fresh {
		if !b.enter(u) {
			b.claims.hush(u.key)
		}
	}
	return nil, nil
}

// turnAway tells the player to try again, by one message for all files, in the
// place of the first one's reply: the nonce keeps it single if another process
// acts by now. If that fails, the message is left to be read back. It outlives
// work, which may end because the database is away.
func (b *Bot) turnAway(work context.Context, uploads []upload, why error) {
	if len(uploads) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	reply := b.firstReply(uploads[0])
	reply.content = refusal(why, reply.language).In(reply.language)
	_, err := b.postOnce(ctx, uploads[0].channel, reply)
	for _, u := range uploads {
		b.log.Error("upload turned away: it cannot be recorded", "key", u.key, "error", why, "told", err == nil)
		if err != nil {
			b.claims.drop(u.key)
			continue
		}
		b.claims.done(u.key)
	}
}

// messageUploads are the replays in a message; direct: it stands in a channel
// between the bot and one person.
func (b *Bot) messageUploads(ctx context.Context, m *discord.Message, direct bool) []upload {
	var uploads []upload
	for _, file := range b.replays(m.Attachments) {
		u := b.messageUpload(m, file, b.languages.of(ctx, m.GuildID))
		u.direct = direct
		uploads = append(uploads, u)
	}
	return uploads
}

// messageUpload is a replay in a message: answered by a reply to it in l.
func (b *Bot) messageUpload(m *discord.Message, file *discord.Attachment, l phrase.Language) upload {
	key := uploadKey(m.ID, file.ID)
	u := upload{key: key, language: l, userID: m.Author.ID, guild: m.GuildID, channel: m.ChannelID, message: m.ID, file: file, unanswered: true}
	u.answer = func(ctx context.Context) (submission.Reply, error) {
		reply := submission.Reply{ChannelID: m.ChannelID, UserID: m.Author.ID}
		sent, err := b.postOnce(ctx, m.ChannelID, b.firstReply(u))
		if discord.Permanent(err) {
			// The result will be a message of its own, or a direct one.
			b.log.Warn("first reply refused", "key", key, "error", err)
			return reply, nil
		}
		if err == nil {
			reply.MessageID = sent.ID
		}
		return reply, err
	}
	return u
}

// firstReply is the first reply to an upload in a message.
func (b *Bot) firstReply(u upload) outgoing {
	return outgoing{content: b.firstText(u), language: u.language, replyTo: u.message, nonce: discord.Nonce(u.key), user: u.userID, since: u.made()}
}

// postOnce posts, and asks again while it is unknown whether the message was
// sent: the nonce makes a later try return the first one's message.
func (b *Bot) postOnce(ctx context.Context, channelID string, m outgoing) (*discord.Message, error) {
	for try := 1; ; try++ {
		sent, err := b.discord.Post(ctx, channelID, m.send())
		if err == nil {
			b.claims.assign(sent.ID, m.nonce)
		}
		if try == maxTries || !discord.Temporary(err) || !retry.Sleep(ctx, max(discord.RetryAfter(err), time.Duration(try)*retryPause)) {
			return sent, err
		}
		// Not every server honours nonces, and the message may stand.
		if stands, err := b.posted(ctx, channelID, m); err == nil && stands != nil {
			return stands, nil
		}
	}
}

// hint tells somebody who talks to the bot what it is for, as often as that
// user's budget allows.
func (b *Bot) hint(ctx context.Context, m *discord.Message) {
	if !b.claims.take(uploadKey(m.ID, "hint")) || !b.hints.spend(m.Author.ID, time.Now()) {
		return
	}
	b.places.use(m.ChannelID, m.GuildID)
	key := phrase.NoAttachment
	if m.Lost != nil { // a replay may be among what could not be decoded
		key = phrase.NotUnderstood
	}
	b.say(m, "hint", b.languages.of(ctx, m.GuildID).Say(key))
}

// placeOf says why a message concerns the bot, if it does. direct: it stands
// in a channel between the bot and one person.
func (b *Bot) placeOf(m *discord.Message, direct bool) place {
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
	return nowhere
}

func names(content, userID string) bool {
	return userID != "" && (strings.Contains(content, "<@"+userID+">") || strings.Contains(content, "<@!"+userID+">"))
}
