package bot

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/text"
)

const (
	// uploadTimeout bounds one upload from first reply to intake.
	uploadTimeout = time.Minute
	// refusalTimeout bounds telling a player that it did not work. It has its
	// own deadline because the upload's may be what went wrong.
	refusalTimeout = 15 * time.Second
)

// upload is one replay on its way in.
type upload struct {
	key     string // see uploadKey
	userID  string
	guild   string // "" in direct messages, and where it is not known
	direct  bool   // it was sent to the bot alone
	channel string
	message string // the message that holds it; "" for a command's option
	file    *discord.Attachment
	// interaction is the command it came by, nil for a message, and part says
	// which of the command's replies is its own: 0 is the response.
	interaction *discord.Interaction
	part        int
	// language is what its player reads; see languageOf and guildLanguage.
	language phrase.Language
	// unanswered says that nothing was said about it yet, by any process.
	unanswered bool
	// answer makes the first reply and says where it stands; MessageID is ""
	// when it does not stand anywhere. After an error nobody knows.
	answer func(ctx context.Context) (submission.Reply, error)
}

// enter queues an upload that is on record. Where there is no room, or this
// process ends, it says false, and the upload is fetched later.
func (b *Bot) enter(u upload) bool {
	entered := b.lanes.add(u.lane(), u.userID, func(work context.Context) { b.take(work, u) })
	if !entered {
		b.claims.drop(u.key)
	}
	return entered
}

// lane is where u waits its turn. Commands are answered outside of the channel's
// rate limit, so they do not wait for those who wait for it.
func (u upload) lane() string {
	if u.interaction != nil {
		return "commands in " + u.channel
	}
	return u.channel
}

// take brings an upload from Discord to the intake, which ends its request. It
// may run twice for the same upload: the reply's nonce and the key make the
// second time harmless. What it leaves undone is fetched later (Bot.Fetch).
func (b *Bot) take(work context.Context, u upload) {
	defer b.claims.done(u.key)
	began := time.Now()
	ctx, cancel := context.WithTimeout(work, uploadTimeout)
	defer cancel()

	replay := submission.Upload{
		Source: submission.FromDiscord, Uploader: u.userID, Guild: u.guild, Unlisted: b.unlisted(u),
		FileName: u.file.Filename, Key: u.key, Sent: u.made(), Language: u.language,
	}
	var allowed bool
	if u.unanswered { // so that a refusal is the only message, or none
		err := b.intake.Allow(ctx, replay)
		if overQuota(err) {
			b.decline(work, u, err)
			return
		}
		allowed = err == nil
	}
	reply, err := u.answer(ctx)
	if errors.Is(err, errSettled) {
		b.log.Info("upload not taken", "key", u.key, "cause", err)
		b.forget(ctx, u.key)
		return
	}
	if err != nil {
		b.log.Warn("first reply may stand or not; the upload is fetched later", "key", u.key, "error", err)
		return
	}
	if reply.MessageID != "" {
		b.claims.assign(reply.MessageID, discord.Nonce(u.key))
	}
	replied := time.Now()
	replay.Reply = &reply
	if !allowed {
		err = b.intake.Allow(ctx, replay)
	}
	if err == nil {
		replay.Data, err = b.download(ctx, u.file)
	}
	fetched := time.Now()
	var receipt submission.Receipt
	if err == nil {
		receipt, err = b.intake.Accept(ctx, replay)
	}
	// What this process has no time left for is another one's to fetch.
	if err != nil && (fault.Find(err) != nil || work.Err() == nil) {
		b.refuse(work, u, reply, err)
	}
	level, fields := slog.LevelInfo, []any{
		"key", u.key, "channel", u.channel, "bytes", len(replay.Data),
		"outcome", submission.Outcome(receipt, err), "submission_id", receipt.ID, "replay_id", receipt.ReplayID,
		"reply", replied.Sub(began), "download", fetched.Sub(replied), "intake", time.Since(fetched),
		"after_upload", time.Since(u.made()),
	}
	if err != nil {
		fields = append(fields, "error", err)
	}
	if err != nil && fault.Find(err) == nil {
		level = slog.LevelError // ours, not the player's
	}
	b.log.Log(ctx, level, "upload", fields...)
}

// download is an upload's bytes. A *fault.Error says that the file cannot be had or
// is not wanted.
func (b *Bot) download(ctx context.Context, file *discord.Attachment) ([]byte, error) {
	data, err := b.discord.Download(ctx, file, discord.Limit{
		Bytes: b.intake.MaxBytes(),
		Judge: func(size int64) error { return b.intake.Admit(file.Filename, size) },
	})
	if errors.Is(err, discord.ErrGone) {
		return nil, fault.New(fault.Invalid, phrase.Say(phrase.FileGone), err)
	}
	return data, err
}

// refuse turns the first reply into the reason why there will be no result.
func (b *Bot) refuse(work context.Context, u upload, reply submission.Reply, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), refusalTimeout)
	defer cancel()
	delivery, err := b.persist(ctx, reply, outgoing{
		content: refusal(why, u.language).In(u.language), language: u.language, about: fileName(u.file.Filename), replyTo: u.message, nonce: discord.Nonce("refused", u.key), user: u.userID,
		file: fileName(u.file.Filename), since: u.made(),
	})
	switch {
	case err != nil: // the request stays, and Fetch tries again
		b.log.Error("player not told that the upload failed", "key", u.key, "error", err)
		return
	case !delivery.Sent:
		b.log.Warn("player cannot be told that the upload failed", "key", u.key, "detail", delivery.Detail)
	}
	b.forget(ctx, u.key) // last
}

// persist is put with a few more tries: no queue stands behind it.
func (b *Bot) persist(ctx context.Context, reply submission.Reply, m outgoing) (submission.Delivery, error) {
	for try := 1; ; try++ {
		delivery, err := b.put(ctx, reply, m)
		if try == maxTries || !discord.Temporary(err) || !retry.Sleep(ctx, max(discord.RetryAfter(err), time.Duration(try)*retryPause)) {
			return delivery, err
		}
	}
}

const (
	maxTries   = 4
	retryPause = 200 * time.Millisecond
)

// refusal is the sentence, for readers of l, for an upload that was not accepted.
func refusal(why error, l phrase.Language) phrase.Text {
	if f := fault.Find(why); f != nil {
		return failureText(f, l)
	}
	if errors.Is(why, discord.ErrDownload) {
		return phrase.Say(phrase.TryDownload)
	}
	return phrase.Say(phrase.TryAgain)
}

// firstText is the first reply to a replay, with its place in a long queue.
func (b *Bot) firstText(u upload) string {
	text := foundText(u)
	if b.cfg.Place == nil {
		return text
	}
	if place := b.cfg.Place(); place > 0 {
		text += " " + u.language.Say(phrase.QueuePlace, "place", strconv.Itoa(place))
	}
	return text
}

// foundText is how every first reply to a replay begins.
func foundText(u upload) string { return foundName(fileName(u.file.Filename), u.language) }

// foundName is foundText for a name as a message shows it.
func foundName(name string, l phrase.Language) string { return l.Say(phrase.Found, "name", name) }

// made is when the message or the command was sent.
func (u upload) made() time.Time {
	origin, _ := splitKey(u.key)
	return discord.MadeAt(origin)
}

// fileName is a stranger's file name, harmless in a message.
func fileName(name string) string {
	return escape(text.Cut(submission.CleanFileName(name), maxFileNameRunes))
}

// isReplay says whether an attachment's name is a replay's.
func (b *Bot) isReplay(file *discord.Attachment) bool {
	err := b.intake.Admit(file.Filename, 1)
	return err == nil
}

// replays are the attachments that are replays by name.
func (b *Bot) replays(files []*discord.Attachment) []*discord.Attachment {
	var found []*discord.Attachment
	for _, file := range files {
		if file != nil && file.ID != "" && b.isReplay(file) {
			found = append(found, file)
		}
	}
	return found
}
