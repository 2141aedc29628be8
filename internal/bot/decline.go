package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
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

// refuseMessage says why nothing of a message is accepted, as is known from memory,
// or is silent when the user was refused lately. None of it is recorded.
func (b *Bot) refuseMessage(m *discord.Message, uploads []*pendingUpload, why error) {
	fresh := false
	for _, u := range uploads {
		fresh = b.pending.once(u.key) || fresh
	}
	if fresh && b.refusals.spend(m.Author.ID, time.Now()) {
		l := uploads[0].language
		b.say(m, "refused", refusal(why, l).In(l))
	}
}

// refuseFiles says by one message why files are refused by their size, or is silent
// when the user read so often lately. They are not recorded.
func (b *Bot) refuseFiles(m *discord.Message, refused []*pendingUpload) {
	var lines []string
	for _, u := range refused {
		if b.pending.once(u.key) {
			l := u.language
			lines = append(lines, outgoing{content: failureText(b.admits(u), l).In(l), language: l, about: fileName(u.file.Filename)}.alone().content)
		}
	}
	if len(lines) == 0 || !b.hints.spend(m.Author.ID, time.Now()) {
		return
	}
	if more := len(lines) - maxDeclined; more > 0 {
		lines = append(lines[:maxDeclined], refused[0].language.Say(phrase.AndMore, "n", strconv.Itoa(more)))
	}
	b.say(m, "refused", strings.Join(lines, "\n"))
}

// admits judges an upload by its size, which is Discord's own word.
func (b *Bot) admits(u *pendingUpload) *failure.Error {
	if u.file.Size <= 0 {
		return nil
	}
	return failure.Find(b.intake.Admit(u.file.Filename, int64(u.file.Size)))
}

// refused is why a command's files will be refused, as far as that can be known
// before it is acknowledged: from memory or, for a user who was refused lately,
// from the database.
func (b *Bot) refused(ctx context.Context, user discord.UserID, guild discord.GuildID) error {
	sender := upload.Incoming{Source: upload.FromDiscord, Uploader: user, Guild: guild}
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
