package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// Deliver tells an answer: by editing the stored message, else by a message
// that names the uploader, else by a direct message. A Delivery that was not
// Sent is final. An error means that it may work later, see discord.Failure.RetryAfter. It may
// run twice for one announcement: an edit says the same again, a new message
// has a nonce.
func (b *Bot) Deliver(ctx context.Context, a submission.Announcement) (submission.Delivery, error) {
	if a.Kind != submission.ReplayResult {
		return submission.Delivery{}, fmt.Errorf("announcement %d: unknown kind %q", a.ID, a.Kind)
	}
	message, err := answer(a.Submission)
	if err != nil {
		return submission.Delivery{}, fmt.Errorf("announcement %d: %w", a.ID, err)
	}
	message = b.withPlace(message, a.Submission)
	if a.Submission.Failure != nil {
		message.about = fileName(a.Submission.FileName)
	}
	message.nonce = discord.Nonce("announcement", strconv.FormatInt(int64(a.ID), 10))
	message.file, message.since = fileName(a.Submission.FileName), a.Submission.Answered
	message.user = a.Reply.UserID
	if err := b.crowded(a.Reply); err != nil {
		return submission.Delivery{}, err
	}
	delivery, err := b.put(ctx, a.Reply, message)
	if discord.BadRequest(err) && message.embed != nil {
		// Discord does not like how it looks: say it plainly.
		b.log.Error("embed refused", "announcement_id", a.ID, "submission_id", a.Submission.ID, "error", err)
		message.embed = nil
		delivery, err = b.put(ctx, a.Reply, message)
	}
	if err != nil {
		return submission.Delivery{}, fmt.Errorf("announcement %d: %w", a.ID, err)
	}
	return delivery, nil
}

const (
	maxCrowd     = 16              // edits of a channel that wait at once
	maxUserCrowd = 4               // of one user; with the one under way what Discord allows in 5 s
	crowdPause   = 5 * time.Second // and as much again at random
)

// crowded snoozes an answer for whose channel's rate limit many wait already. What
// waits in the queue keeps no other channel's answers from being given.
func (b *Bot) crowded(reply submission.Reply) error {
	if usable(reply) {
		return nil
	}
	all, own := b.discord.Waiting(reply.ChannelID, reply.UserID)
	if own >= maxUserCrowd || all >= maxCrowd && own > 0 {
		return job.Snooze(crowdPause+rand.N(crowdPause), "many answers wait for the channel's rate limit")
	}
	return nil
}

// tokenLife is how long a command's token surely works; Discord says 15 minutes.
const tokenLife = 14 * time.Minute

// usable says whether a reply can be edited by its command's token, which has
// a rate limit of its own.
func usable(reply submission.Reply) bool {
	command := reply.Command
	return command.Token != "" && (reply.MessageID != "" || command.Part == 0) &&
		time.Since(discord.MadeAt(command.Interaction)) < tokenLife
}

// by is the interaction that a command's reply answers, as far as its token needs.
func by(c submission.Command) *discord.Interaction {
	return &discord.Interaction{ID: c.Interaction, AppID: c.Application, Token: c.Token}
}

// put brings a message to where the reply stands, or as near as possible.
func (b *Bot) put(ctx context.Context, reply submission.Reply, m outgoing) (submission.Delivery, error) {
	if usable(reply) {
		message, err := b.discord.EditReply(ctx, by(reply.Command), reply.MessageID, m.send())
		switch {
		case err == nil || errors.Is(err, discord.ErrUndecodable):
			return sent(reply.ChannelID, message), nil
		case b.malformed("edit by token", m, err): // another way may be taken
		case discord.BadRequest(err) || !discord.Permanent(err):
			return submission.Delivery{}, err
		}
		// The token is over, or the message is gone: the ways below find out.
	}
	if reply.ChannelID != "" && reply.MessageID == "" && reply.Command.Interaction != "" {
		found, err := b.locate(ctx, reply, m)
		if err != nil {
			return submission.Delivery{}, err
		}
		reply.MessageID = found
	}
	if reply.ChannelID != "" && reply.MessageID != "" {
		err := b.discord.Edit(ctx, reply.ChannelID, reply.MessageID, m.send())
		switch {
		case err == nil:
			return sent(reply.ChannelID, reply.MessageID), nil
		case discord.Closed(err):
			return b.putDirect(ctx, reply.UserID, m.alone(), err)
		case b.malformed("edit", m, err): // a new message may be taken
		case !discord.Gone(err):
			return submission.Delivery{}, err
		}
	}
	m = m.alone()
	if reply.ChannelID == "" {
		return b.putDirect(ctx, reply.UserID, m, errors.New("no channel known"))
	}
	named := m
	if reply.UserID != "" {
		named.mention = reply.UserID
		named.content = "<@" + reply.UserID + "> " + m.content
	}
	delivery, err := b.send(ctx, reply.ChannelID, named)
	if discord.Closed(err) || b.malformed("message", m, err) {
		return b.putDirect(ctx, reply.UserID, m, err)
	}
	return delivery, err
}

// malformed says, with a line for the operator, that Discord refuses the request
// itself, as it will each time. With an embed that is not yet known.
func (b *Bot) malformed(what string, m outgoing, err error) bool {
	if m.embed != nil || !discord.BadRequest(err) {
		return false
	}
	b.log.Error("discord refuses a request of the bot; the answer takes another way", "request", what, "error", err)
	return true
}

// putDirect is the last way; why says what barred the others.
func (b *Bot) putDirect(ctx context.Context, userID string, m outgoing, why error) (submission.Delivery, error) {
	if userID == "" {
		return submission.Delivery{Detail: why.Error(), At: time.Now()}, nil
	}
	m.replyTo = "" // it stands in another channel
	channelID, err := b.discord.Direct(ctx, userID)
	if err == nil {
		b.places.use(channelID, "") // where a question about it may come
		var delivery submission.Delivery
		if delivery, err = b.send(ctx, channelID, m); err == nil {
			return delivery, nil
		}
	}
	if discord.Unreachable(err) || b.malformed("direct message", m, err) {
		return submission.Delivery{Detail: fmt.Sprintf("%v; then %v", why, err), At: time.Now()}, nil
	}
	return submission.Delivery{}, err
}

// send posts, unless an earlier try or a process that died has; an answer that
// cannot be decoded is a message that was sent.
func (b *Bot) send(ctx context.Context, channelID string, m outgoing) (submission.Delivery, error) {
	m.nonce = discord.Nonce(m.nonce, channelID) // the same words may go to two channels
	stands, err := b.posted(ctx, channelID, m)
	if err != nil {
		return submission.Delivery{}, err
	}
	if stands != nil {
		return sent(channelID, stands.ID), nil
	}
	message, err := b.discord.Post(ctx, channelID, m.send())
	switch {
	case errors.Is(err, discord.ErrUndecodable):
		return sent(channelID, ""), nil
	case err != nil:
		return submission.Delivery{}, err
	}
	b.claims.assign(message.ID, m.nonce)
	return sent(channelID, message.ID), nil
}

func sent(channelID, messageID string) submission.Delivery {
	return submission.Delivery{Sent: true, ChannelID: channelID, MessageID: messageID, At: time.Now()}
}
