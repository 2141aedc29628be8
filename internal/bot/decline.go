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

// decline says to the player why an upload is refused to which nothing was said
// yet, by the only message there will be. After one refusal for quota the user's
// further messages are refused in silence for a while.
func (b *Bot) decline(work context.Context, u *pendingUpload, why error) {
	if overQuota(why) && !b.refusals.spend(u.user, time.Now()) {
		b.log.Info("upload refused in silence", "key", u.key, "cause", why)
		b.end(work, u.key)
		return
	}
	reply := u.firstMessage()
	reply.content = refusal(why, u.language).In(u.language)
	if !overQuota(why) {
		reply.about = fileName(u.file.Filename)
		reply = reply.alone()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	_, err := b.postOnce(ctx, u.channel, reply)
	if err != nil && !discord.Permanent(err) { // the upload stays pending, and Fetch tries again
		b.log.Warn("player does not know that the upload is refused", "key", u.key, "error", err)
		return
	}
	b.log.Info("upload", "key", u.key, "channel", u.channel, "outcome", "limited", "error", why)
	b.end(work, u.key) // last
}

// sift takes out what is refused by its name or size as Discord gives it, and
// what a sender may not send as is known from memory. None of it is recorded:
// it is refused by one message, or by none when the user was refused lately.
func (b *Bot) sift(m *discord.Message, uploads []*pendingUpload) []*pendingUpload {
	sender := submission.Upload{Uploader: string(m.Author.ID), Guild: string(m.GuildID)}
	l := uploads[0].language
	if err := b.intake.Spent(sender); err != nil {
		fresh := false
		for _, u := range uploads {
			fresh = b.pending.once(u.key) || fresh
		}
		if fresh && b.refusals.spend(m.Author.ID, time.Now()) {
			b.say(m, "refused", refusal(err, l).In(l))
		}
		return nil
	}
	var good []*pendingUpload
	var lines []string
	for _, u := range uploads {
		err := b.admits(u)
		if err == nil {
			good = append(good, u)
			continue
		}
		if b.pending.once(u.key) {
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
func (b *Bot) admits(u *pendingUpload) *fault.Error {
	if u.file.Size <= 0 {
		return nil
	}
	return fault.Find(b.intake.Admit(u.file.Filename, int64(u.file.Size)))
}

// refused is why a command's files will be refused, as far as that can be known
// before it is acknowledged: from memory or, for a user who was refused lately,
// from the database.
func (b *Bot) refused(ctx context.Context, user discord.UserID, guild discord.GuildID) error {
	sender := submission.Upload{Source: submission.FromDiscord, Uploader: string(user), Guild: string(guild)}
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
