package bot

import (
	"context"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// firstReply is a way to the first reply to an upload, which becomes its answer.
//
// That a reply cannot be read back never means that there is none: the token is
// asked again, the channel is searched, and nothing is posted that may stand there
// already, whether the server honours nonces or not.
type firstReply interface {
	// stand makes or finds the reply and says where it stands. MessageID is ""
	// when it stands nowhere, or is to be looked for again when there is an
	// answer. errSettled says that the upload needs none any more; after any
	// other error it is not known whether it stands.
	stand(ctx context.Context) (announcement.Reply, error)
}

const (
	// nonceSure is how long Discord surely knows a nonce ("a few minutes").
	nonceSure = 2 * time.Minute
	// nonceLife is how long Discord surely no longer knows a nonce: past it, a
	// second first reply would be a second message.
	nonceLife = 10 * time.Minute
)

// standingReply is the way to the first reply to an upload that was recorded age
// ago, perhaps by a process that died.
func (b *Bot) standingReply(u *pendingUpload, age time.Duration) firstReply {
	switch {
	case u.command != nil:
		return searchedResponse{u}
	case u.unanswered:
		return newReply{u}
	}
	return searchedReply{u, age}
}

// answered is where u is answered as far as it is known without asking.
func (u *pendingUpload) answered() announcement.Reply {
	reply := announcement.Reply{ChannelID: u.channel, UserID: u.user}
	if i := u.command; i != nil {
		reply.Command = announcement.Command{Interaction: i.ID, Application: i.AppID, Token: i.Token, Part: u.part}
	}
	return reply
}

// firstMessage is the first reply to an upload in a message.
func (u *pendingUpload) firstMessage() outgoing {
	return outgoing{content: u.bot.firstText(u), language: u.language, replyTo: u.message, nonce: nonceOf(u.key), user: u.user, since: u.made()}
}

// newReply replies to a message that nothing replies to yet.
type newReply struct{ *pendingUpload }

func (u newReply) stand(ctx context.Context) (announcement.Reply, error) {
	reply := u.answered()
	sent, err := u.bot.postOnce(ctx, u.channel, u.firstMessage())
	if discord.Permanent(err) {
		// The result will be a message of its own, or a direct one.
		u.bot.log.Warn("first reply refused", "key", u.key, "error", err)
		return reply, nil
	}
	if err == nil {
		reply.MessageID = sent.ID
	}
	return reply, err
}

// acknowledgedReply is the response to a command that this process acknowledged,
// or a follow-up for a further replay of it. The command goes on even if its reply
// cannot be read back: Deliver looks for it. One that was not acknowledged is none
// any more: its player read in Discord that the bot did not answer.
type acknowledgedReply struct {
	*pendingUpload
	ack discord.Answer
}

func (u acknowledgedReply) stand(ctx context.Context) (announcement.Reply, error) {
	reply := u.answered()
	switch {
	case u.ack.Refused:
		return reply, errSettled
	case !u.ack.Given:
		return searchedResponse{u.pendingUpload}.stand(ctx)
	case u.part == 0 && u.ack.Message != "":
		reply.MessageID = u.ack.Message
		return reply, nil
	}
	sent, err := u.sent(ctx)
	switch {
	case err == nil:
		reply.MessageID = sent.ID
	case ctx.Err() != nil, u.part > 0 && !discord.Permanent(err):
		return reply, err
	default:
		u.bot.log.Warn("reply to a command cannot be read back; it is looked for when there is an answer", "key", u.key, "error", err)
	}
	return reply, nil
}

// sent is the message that becomes the answer. Its id lets the bot edit it for as
// long as it stands; the interaction's token ends after 15 minutes.
func (u acknowledgedReply) sent(ctx context.Context) (*discord.Message, error) {
	if u.part == 0 {
		return u.bot.response(ctx, u.command)
	}
	again := discord.Retries
	// Refused, so it may be sent again; after any other error it may stand.
	again.Again = func(err error) bool { return discord.Code(err) == discord.CodeUnknownWebhook }
	return retry.Do(ctx, again, func() (*discord.Message, error) { return u.followUp(ctx) })
}

// followUp is a first reply to a further replay of a command.
func (u *pendingUpload) followUp(ctx context.Context) (*discord.Message, error) {
	return u.bot.discord.FollowUp(ctx, u.command, discord.Outgoing{Content: u.bot.firstText(u)})
}

// response reads the response to an interaction, which may not be visible at once.
func (b *Bot) response(ctx context.Context, i *discord.Interaction) (*discord.Message, error) {
	again := discord.Retries
	again.Again = func(err error) bool {
		return discord.Temporary(err) || discord.Gone(err) || discord.Code(err) == discord.CodeUnknownWebhook
	}
	m, err := retry.Do(ctx, again, func() (*discord.Message, error) { return b.discord.Response(ctx, i) })
	if err == nil && m.ChannelID == "" {
		m.ChannelID = i.ChannelID
	}
	return m, err
}

// found is where u is answered, given the reply that a search came to: nil where
// there is none and none may be made.
func (u *pendingUpload) found(m *discord.Message, err error) (announcement.Reply, error) {
	reply := u.answered()
	switch {
	case discord.Permanent(err) || err == nil && m == nil:
		return reply, nil // Deliver looks again, else the result is a message of its own
	case err != nil:
		return reply, err
	case !strings.HasPrefix(m.Content, foundText(u)):
		return reply, errSettled
	}
	reply.MessageID = m.ID
	if m.ChannelID != "" {
		reply.ChannelID = m.ChannelID
	}
	return reply, nil
}

// searchedReply is the reply to a message as it stands in the channel, else the
// one that was never sent.
type searchedReply struct {
	*pendingUpload
	age time.Duration // since it was recorded
}

func (u searchedReply) stand(ctx context.Context) (announcement.Reply, error) {
	return u.found(u.search(ctx))
}

// search is nil where a new reply might be a second one.
func (u searchedReply) search(ctx context.Context) (*discord.Message, error) {
	b := u.bot
	age := max(u.age, time.Since(snowflake.MadeAt(u.message))) // it may have been read back late
	me := b.discord.Self()
	if me == "" {
		return nil, errNoName
	}
	own := nonceOf(u.key)
	found, replies, err := b.find(ctx, u.channel, u.message, func(m *discord.Message) bool {
		if m.Author == nil || m.Author.ID != me {
			return false
		}
		if m.Nonce != "" {
			return m.Nonce == own
		}
		return m.MessageReference != nil && m.MessageReference.MessageID == u.message
	}, func(replies []*discord.Message) *discord.Message {
		for _, m := range replies {
			if m.Nonce == own || b.isFirst(m, foundText(u.pendingUpload), own) {
				return m
			}
		}
		return nil
	})
	if found != nil || err != nil && (!discord.Permanent(err) || age > nonceSure) {
		return found, err
	}
	all, err := u.allAnswered(ctx, len(replies))
	switch {
	case err != nil:
		return nil, err
	case all:
		return nil, errSettled
	case age > nonceLife:
		return nil, nil
	}
	return b.postOnce(ctx, u.channel, u.firstMessage())
}

// allAnswered says whether a message has as many replies as replays, while none of
// them is this replay's first one: then one of them says what became of it.
func (u searchedReply) allAnswered(ctx context.Context, replies int) (bool, error) {
	if replies == 0 {
		return false, nil
	}
	m, err := u.bot.discord.Message(ctx, u.channel, u.message)
	if discord.Permanent(err) {
		return false, nil // deleted
	}
	if err != nil {
		return false, err
	}
	return replies >= len(u.bot.replays(m.Attachments)), nil
}

// searchedResponse is the reply to a command of which it is not known whether it
// was acknowledged: its response or, for a further replay, the follow-up.
type searchedResponse struct{ *pendingUpload }

func (u searchedResponse) stand(ctx context.Context) (announcement.Reply, error) {
	return u.found(u.search(ctx))
}

// search looks through the channel where the token finds nothing; errSettled says
// that the command was never acknowledged.
func (u searchedResponse) search(ctx context.Context) (*discord.Message, error) {
	response, err := u.bot.response(ctx, u.command)
	if err == nil && u.part == 0 {
		return response, nil
	}
	if err == nil && u.unanswered {
		return u.followUp(ctx)
	}
	if err != nil && !discord.Permanent(err) {
		return nil, err
	}
	m, replies, searchErr := u.bot.find(ctx, u.channel, discord.MessageID(u.command.ID), answersTo(u.command.ID),
		u.bot.pick(u.part, foundText(u.pendingUpload), nonceOf(u.key)))
	if m != nil || searchErr != nil && !discord.Permanent(searchErr) {
		return m, searchErr
	}
	switch {
	case discord.Code(err) == discord.CodeUnknownWebhook && len(replies) == 0:
		return nil, errSettled // the player read so in Discord
	case u.part == 0 || discord.Code(err) == discord.CodeInvalidToken:
		return nil, nil
	}
	return u.followUp(ctx)
}
