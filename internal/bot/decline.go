package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/submission"
)

const (
	// maxDeclined is how many refused files one message names.
	maxDeclined = 5
	// refusedTimeout bounds what a command waits for its user's quota before it is
	// acknowledged.
	refusedTimeout = 500 * time.Millisecond
)

// decline tells the player why an upload is refused to which nothing was said
// yet, by the only message there will be. After one refusal for quota the user's
// further messages are refused in silence for a while.
func (b *Bot) decline(work context.Context, u upload, why error) {
	if overQuota(why) && !b.refusals.spend(u.userID, time.Now()) {
		b.log.Info("upload refused in silence", "key", u.key, "cause", why)
		b.forget(work, u.key)
		return
	}
	reply := b.firstReply(u)
	reply.content = refusal(why, u.language).In(u.language)
	if !overQuota(why) {
		reply.about = fileName(u.file.Filename)
		reply = reply.alone()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	_, err := b.postOnce(ctx, u.channel, reply)
	if err != nil && !discord.Permanent(err) { // the request stays, and Fetch tries again
		b.log.Warn("player not told that the upload is refused", "key", u.key, "error", err)
		return
	}
	b.log.Info("upload", "key", u.key, "channel", u.channel, "outcome", "limited", "error", why)
	b.forget(work, u.key) // last
}

// sift takes out what is refused by its name or size as Discord gives it, and
// what a sender may not send as is known from memory. None of it is recorded:
// it is refused by one message, or by none when the user was told lately.
func (b *Bot) sift(m *discord.Message, uploads []upload) []upload {
	sender := submission.Upload{Uploader: m.Author.ID, Guild: m.GuildID}
	l := uploads[0].language
	if err := b.intake.Spent(sender); err != nil {
		if b.claimAny(uploads) && b.refusals.spend(m.Author.ID, time.Now()) {
			b.say(m, "refused", refusal(err, l).In(l))
		}
		return nil
	}
	var good []upload
	var lines []string
	for _, u := range uploads {
		err := b.admits(u)
		if err == nil {
			good = append(good, u)
			continue
		}
		if b.claims.take(u.key) {
			lines = append(lines, outgoing{content: failureText(err, l).In(l), language: l, about: fileName(u.file.Filename)}.alone().content)
		}
	}
	if len(lines) > 0 && b.hints.spend(m.Author.ID, time.Now()) {
		if more := len(lines) - maxDeclined; more > 0 {
			lines = append(lines[:maxDeclined], l.Say(phrase.AndMore, "n", strconv.Itoa(more)))
		}
		b.say(m, "refused", strings.Join(lines, "\n"))
	}
	return good
}

// admits judges an upload by its size, which is Discord's own word.
func (b *Bot) admits(u upload) *fault.Error {
	if u.file.Size <= 0 {
		return nil
	}
	return fault.Find(b.intake.Admit(u.file.Filename, int64(u.file.Size)))
}

// claimAny takes the uploads and says whether any of them is new.
func (b *Bot) claimAny(uploads []upload) (fresh bool) {
	for _, u := range uploads {
		if b.claims.take(u.key) {
			fresh = true
			b.claims.done(u.key)
		}
	}
	return fresh
}

// say answers a message by something that is no upload's answer. It is said once
// or not at all.
func (b *Bot) say(m *discord.Message, what, text string) {
	key := uploadKey(m.ID, what)
	b.lanes.add(m.ChannelID, m.Author.ID, func(work context.Context) {
		ctx, cancel := context.WithTimeout(work, refusalTimeout)
		defer cancel()
		if _, err := b.postOnce(ctx, m.ChannelID, outgoing{content: text, replyTo: m.ID, nonce: discord.Nonce(key), user: m.Author.ID, since: discord.MadeAt(m.ID)}); err != nil {
			b.log.Warn("message not answered", "what", what, "channel", m.ChannelID, "error", err)
		}
	})
}

// refused is why a command's files will be refused, as far as that can be known
// before it is acknowledged: from memory or, for a user who was refused lately,
// from the database.
func (b *Bot) refused(ctx context.Context, user, guild string) error {
	sender := submission.Upload{Source: submission.FromDiscord, Uploader: user, Guild: guild}
	if why := b.intake.Spent(sender); why != nil || !b.refusals.spent(user, time.Now()) {
		return why
	}
	ctx, cancel := context.WithTimeout(ctx, refusedTimeout)
	defer cancel()
	if err := b.intake.Allow(ctx, sender); overQuota(err) {
		return err
	}
	return nil // or our own trouble, which is found out later
}
