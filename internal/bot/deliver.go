package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// deliver says what an announcement reads as: by editing the stored message, else by
// a message that names the user, else by a direct message. A Delivery that was not
// Sent is final. An error means that it may work later, see discord.Failure.RetryAfter. It may
// run twice for one announcement: an edit says the same again, a new message
// has a nonce.
func (b *Bot) deliver(ctx context.Context, a announcement.Announcement, said rendering) (announcement.Delivery, error) {
	message := said.outgoing
	message.nonce = discord.Nonce("announcement", strconv.FormatInt(int64(a.ID), 10))
	message.user = a.Reply.UserID
	if err := b.crowded(a.Reply); err != nil {
		return announcement.Delivery{}, err
	}
	delivery, err := b.put(ctx, a.Reply, message)
	if discord.BadRequest(err) && message.embed != nil {
		// Discord does not like how it looks: say it plainly.
		b.log.Error("embed refused", append([]any{"announcement_id", a.ID, "error", err}, said.fields...)...)
		message.embed = nil
		delivery, err = b.put(ctx, a.Reply, message)
	}
	if err == nil && !delivery.Sent && said.channel != "" {
		delivery, err = b.putMention(ctx, said.channel, message, delivery)
	}
	if err != nil {
		return announcement.Delivery{}, fmt.Errorf("announcement %d: %w", a.ID, err)
	}
	return delivery, nil
}

// putMention says it to a user who takes no direct messages where others read it, too.
func (b *Bot) putMention(ctx context.Context, channel discord.ChannelID, m outgoing, before announcement.Delivery) (announcement.Delivery, error) {
	delivery, err := b.send(ctx, channel, m.naming(m.user))
	if discord.Closed(err) || b.malformed("mention", m, err) {
		return announcement.Delivery{Detail: fmt.Sprintf("%s; then %v", before.Detail, err), At: time.Now()}, nil
	}
	return delivery, err
}

const (
	maxCrowd     = 16              // edits of a channel that wait at once
	maxUserCrowd = 4               // of one user; with the one under way what Discord allows in 5 s
	crowdPause   = 5 * time.Second // and as much again at random
)

// crowded snoozes an answer for whose channel's rate limit many wait already. What
// waits in the queue keeps no other channel's answers from being given.
func (b *Bot) crowded(reply announcement.Reply) error {
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
func usable(reply announcement.Reply) bool {
	command := reply.Command
	return command.Token != "" && (reply.MessageID != "" || command.Part == 0) &&
		time.Since(snowflake.MadeAt(command.Interaction)) < tokenLife
}

// by is the interaction that a command's reply answers, as far as its token needs.
func by(c announcement.Command) *discord.Interaction {
	return &discord.Interaction{
		ID: c.Interaction, AppID: c.Application, Token: c.Token,
	}
}

// put brings a message to where the reply stands, or as near as possible.
func (b *Bot) put(ctx context.Context, reply announcement.Reply, m outgoing) (announcement.Delivery, error) {
	channel, user, stands := reply.ChannelID, reply.UserID, reply.MessageID
	acknowledged := true
	if channel != "" && stands == "" && reply.Command.Interaction != "" {
		// Before the token writes: it works only once the command is acknowledged.
		var err error
		if stands, acknowledged, err = b.locate(ctx, reply, m); err != nil {
			return announcement.Delivery{}, err
		}
	}
	if usable(reply) && acknowledged {
		message, err := b.discord.EditReply(ctx, by(reply.Command), stands, m.send())
		switch {
		case err == nil || errors.Is(err, discord.ErrUndecodable):
			return sent(channel, message), nil
		case b.malformed("edit by token", m, err): // another way may be taken
		case discord.BadRequest(err) || !discord.Permanent(err):
			return announcement.Delivery{}, err
		}
		// The token is over, or the message is gone: the ways below find out.
	}
	if channel != "" && stands != "" {
		err := b.discord.Edit(ctx, channel, stands, m.send())
		switch {
		case err == nil:
			return sent(channel, stands), nil
		case discord.Closed(err):
			return b.putDirect(ctx, user, m.alone(), err)
		case b.malformed("edit", m, err): // a new message may be taken
		case !discord.Gone(err):
			return announcement.Delivery{}, err
		}
	}
	m = m.alone()
	if channel == "" {
		return b.putDirect(ctx, user, m, errors.New("no channel known"))
	}
	named := m
	if user != "" {
		named = m.naming(user)
	}
	delivery, err := b.send(ctx, channel, named)
	if discord.Closed(err) || b.malformed("message", m, err) {
		return b.putDirect(ctx, user, m, err)
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
func (b *Bot) putDirect(ctx context.Context, userID discord.UserID, m outgoing, why error) (announcement.Delivery, error) {
	if userID == "" {
		return announcement.Delivery{Detail: why.Error(), At: time.Now()}, nil
	}
	m.replyTo = "" // it stands in another channel
	channelID, err := b.discord.Direct(ctx, userID)
	if err == nil {
		b.gaps.use(channelID, "") // where a question about it may come
		var delivery announcement.Delivery
		if delivery, err = b.send(ctx, channelID, m); err == nil {
			return delivery, nil
		}
	}
	if discord.Unreachable(err) || b.malformed("direct message", m, err) {
		return announcement.Delivery{Detail: fmt.Sprintf("%v; then %v", why, err), At: time.Now()}, nil
	}
	return announcement.Delivery{}, err
}

// send posts, unless an earlier try or a process that died has; an answer that
// cannot be decoded is a message that was sent.
func (b *Bot) send(ctx context.Context, channelID discord.ChannelID, m outgoing) (announcement.Delivery, error) {
	m.nonce = discord.Nonce(m.nonce, string(channelID)) // the same words may go to two channels
	if !m.young {
		stands, err := b.posted(ctx, channelID, m)
		if err != nil {
			return announcement.Delivery{}, err
		}
		if stands != nil {
			return sent(channelID, stands.ID), nil
		}
	}
	message, err := b.discord.Post(ctx, channelID, m.send())
	switch {
	case errors.Is(err, discord.ErrUndecodable):
		return sent(channelID, ""), nil
	case err != nil:
		return announcement.Delivery{}, err
	}
	b.own.assign(message.ID, m.nonce)
	return sent(channelID, message.ID), nil
}

func sent(channelID discord.ChannelID, messageID discord.MessageID) announcement.Delivery {
	return announcement.Delivery{Sent: true, ChannelID: channelID, MessageID: messageID, At: time.Now()}
}
