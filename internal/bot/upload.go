package bot

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// uploadTimeout bounds one upload from first reply to intake.
	uploadTimeout = time.Minute
	// refusalTimeout bounds telling a player that it did not work. It has its
	// own deadline because the upload's may be what went wrong.
	refusalTimeout = 15 * time.Second
)

// run brings an upload from its first reply to the intake, which ends its row. It
// may run twice for the same upload: the reply's nonce and the key make the second
// time harmless. What it leaves undone is resumed later (Bot.Fetch).
func (u *pendingUpload) run(work context.Context) {
	b := u.bot
	defer b.pending.settle(u.key)
	began := time.Now()
	ctx, cancel := context.WithTimeout(work, uploadTimeout)
	defer cancel()

	replay := upload.Incoming{
		Source: upload.FromDiscord, Uploader: u.user, Guild: u.guild, Unlisted: b.unlisted(u),
		FileName: u.file.Filename, Key: u.key, Sent: u.made(), Language: u.language,
	}
	var allowed bool
	if u.unanswered && u.command == nil { // so that a refusal is the only message, or none
		err := b.intake.Allow(ctx, replay)
		if overQuota(err) {
			b.decline(work, u, err)
			return
		}
		allowed = err == nil
	}
	reply, err := u.reply.stand(ctx)
	if errors.Is(err, errSettled) {
		b.log.Info("upload not taken", "key", u.key, "cause", err)
		b.end(ctx, u.key)
		return
	}
	if err != nil {
		b.log.Warn("first reply may stand or not; the upload is fetched later", "key", u.key, "error", err)
		return
	}
	if reply.MessageID != "" {
		b.own.assign(reply.MessageID, nonceOf(u.key))
	}
	replied := time.Now()
	replay.Reply = &reply
	if !allowed {
		err = b.intake.Allow(ctx, replay)
	}
	if err == nil {
		replay.Data, err = b.discord.Download(ctx, u.file, b.limit(u.file.Filename))
	}
	fetched := time.Now()
	var receipt upload.Receipt
	if err == nil {
		receipt, err = b.intake.Accept(ctx, replay)
	}
	err = gone(err)
	// What this process has no time left for is another one's to fetch.
	if err != nil && (failure.Find(err) != nil || work.Err() == nil) {
		b.refuse(work, u, reply, err)
	}
	level, fields := slog.LevelInfo, []any{
		"key", u.key, "channel", u.channel, "bytes", len(replay.Data),
		"outcome", upload.Outcome(receipt, err), "submission_id", receipt.ID, "replay_id", receipt.ReplayID,
		"reply", replied.Sub(began), "download", fetched.Sub(replied), "intake", time.Since(fetched),
		"after_upload", time.Since(u.made()),
	}
	if err != nil {
		fields = append(fields, "error", err)
	}
	if err != nil && failure.Find(err) == nil {
		level = slog.LevelError // ours, not the player's
	}
	b.log.Log(ctx, level, "upload", fields...)
}

// limit is what the intake takes of a file with that name.
func (b *Bot) limit(name string) discord.Limit {
	return discord.Limit{
		Bytes: b.intake.MaxBytes(),
		Judge: func(size int64) error { return b.intake.Admit(name, size) },
	}
}

// gone makes a failure of the file of Discord's not having it any more.
func gone(err error) error {
	if errors.Is(err, discord.ErrGone) {
		return failure.New(failure.Invalid, phrase.Say(phrase.FileGone), err)
	}
	return err
}

// refuse turns the first reply into the reason why there will be no result.
func (b *Bot) refuse(work context.Context, u *pendingUpload, reply announcement.Reply, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	message := outgoing{
		content: refusal(why, u.language).In(u.language), language: u.language, about: fileName(u.file.Filename), replyTo: u.message,
		nonce: discord.Nonce("refused", string(u.key)), user: u.user, file: fileName(u.file.Filename), since: u.made(),
	}
	// No queue stands behind it, so it is tried a few more times.
	delivery, err := retry.Do(ctx, discord.Retries, func() (announcement.Delivery, error) { return b.put(ctx, reply, message) })
	switch {
	case err != nil: // the upload stays pending, and Fetch tries again
		b.log.Error("player does not know that the upload failed", "key", u.key, "error", err)
		return
	case !delivery.Sent:
		b.log.Warn("player cannot be reached about a failed upload", "key", u.key, "detail", delivery.Detail)
	}
	b.end(ctx, u.key) // last
}

// refusal is the sentence, for readers of l, for an upload that was not accepted.
func refusal(why error, l phrase.Language) phrase.Text {
	if f := failure.Find(why); f != nil {
		return failureText(f, l)
	}
	if errors.Is(why, discord.ErrDownload) {
		return phrase.Say(phrase.TryDownload)
	}
	return phrase.Say(phrase.TryAgain)
}

// firstText is the first reply to a replay, with its position in a long queue.
func (b *Bot) firstText(u *pendingUpload) string {
	text := foundText(u)
	if b.cfg.QueuePosition == nil {
		return text
	}
	if position := b.cfg.QueuePosition(); position > 0 {
		text += " " + u.language.Say(phrase.QueuePlace, "place", strconv.Itoa(position))
	}
	return text
}

// foundText is how every first reply to a replay begins.
func foundText(u *pendingUpload) string { return foundName(fileName(u.file.Filename), u.language) }

// foundName is foundText for a name as a message shows it.
func foundName(name string, l phrase.Language) string { return l.Say(phrase.Found, "name", name) }

// fileName is a stranger's file name, harmless in a message.
func fileName(name string) string {
	return discord.Escape(text.Cut(upload.CleanFileName(name), maxFileNameRunes))
}

// isReplay says whether an attachment is a replay by its name.
func (b *Bot) isReplay(file *discord.Attachment) bool {
	return file != nil && file.ID != "" && b.intake.Admit(file.Filename, 1) == nil
}

// replays are the attachments that are replays by name.
func (b *Bot) replays(files []*discord.Attachment) []*discord.Attachment {
	var found []*discord.Attachment
	for _, file := range files {
		if b.isReplay(file) {
			found = append(found, file)
		}
	}
	return found
}
