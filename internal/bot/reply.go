package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// Where the first reply to an upload stands, when the process that made it did
// not learn that or has died. That a reply cannot be read back never means that
// there is none: the token is asked again, the channel is looked through, and
// nothing is posted that may stand there already, whether the server honours
// nonces or not.

const (
	// searchPages is how many pages of a channel are looked through for a reply
	// after what it replies to; the newest page is looked at in any case.
	searchPages = 2
)

// reply is where u is answered as far as it is known without asking.
func (u upload) reply() submission.Reply {
	reply := submission.Reply{ChannelID: u.channel, UserID: u.userID}
	if i := u.interaction; i != nil {
		reply.Command = submission.Command{Interaction: i.ID, Application: i.AppID, Token: i.Token, Part: u.part}
	}
	return reply
}

// replyTo is where the first reply to an upload stands that was received age
// ago, perhaps by a process that died.
func (b *Bot) replyTo(ctx context.Context, u upload, age time.Duration) (submission.Reply, error) {
	reply := u.reply()
	find := b.messageReply
	if u.interaction != nil {
		find = b.commandReply
	}
	m, err := find(ctx, u, age)
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

// messageReply is the reply to a message as it stands in the channel, else the
// one that was never sent; nil where a new one might be a second one.
func (b *Bot) messageReply(ctx context.Context, u upload, age time.Duration) (*discord.Message, error) {
	if b.claims.unsaid(u.key) {
		return b.postOnce(ctx, u.channel, b.firstReply(u))
	}
	age = max(age, time.Since(discord.MadeAt(u.message))) // it may have been read back late
	me := b.discord.Self()
	if me == "" {
		return nil, errNoName
	}
	own := discord.Nonce(u.key)
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
			if m.Nonce == own || b.isFirst(m, foundText(u), own) {
				return m
			}
		}
		return nil
	})
	if found != nil || err != nil && (!discord.Permanent(err) || age > nonceSure) {
		return found, err
	}
	told, err := b.allTold(ctx, u, len(replies))
	switch {
	case err != nil:
		return nil, err
	case told:
		return nil, errSettled
	case age > nonceLife:
		return nil, nil
	}
	return b.postOnce(ctx, u.channel, b.firstReply(u))
}

// allTold says whether a message with replies that say "Found…" no longer has as
// many of them as replays: then one of them told what became of this replay.
func (b *Bot) allTold(ctx context.Context, u upload, replies int) (bool, error) {
	if replies == 0 {
		return false, nil
	}
	m, err := b.discord.Message(ctx, u.channel, u.message)
	if discord.Permanent(err) {
		return false, nil // deleted
	}
	if err != nil {
		return false, err
	}
	return replies >= len(b.replays(m.Attachments)), nil
}

// commandReply is the reply to a command: its response or, for a further
// replay, the follow-up. Where the token finds nothing the channel is looked
// through; errSettled says that the command was never acknowledged.
func (b *Bot) commandReply(ctx context.Context, u upload, _ time.Duration) (*discord.Message, error) {
	response, err := b.response(ctx, u.interaction)
	if err == nil && u.part == 0 {
		return response, nil
	}
	if err == nil && b.claims.unsaid(u.key) {
		return b.discord.FollowUp(ctx, u.interaction, discord.Outgoing{Content: b.firstText(u)})
	}
	if err != nil && !discord.Permanent(err) {
		return nil, err
	}
	m, replies, lookErr := b.find(ctx, u.channel, u.interaction.ID, answersTo(u.interaction.ID),
		b.pick(u.part, foundText(u), discord.Nonce(u.key)))
	if m != nil || lookErr != nil && !discord.Permanent(lookErr) {
		return m, lookErr
	}
	switch {
	case discord.Code(err) == discord.CodeUnknownWebhook && len(replies) == 0:
		return nil, errSettled // Discord itself has told the player
	case u.part == 0 || discord.Code(err) == discord.CodeInvalidToken:
		return nil, nil
	}
	return b.discord.FollowUp(ctx, u.interaction, discord.Outgoing{Content: b.firstText(u)})
}

// response reads the response to an interaction, which may not be visible at once.
func (b *Bot) response(ctx context.Context, i *discord.Interaction) (*discord.Message, error) {
	for try := 1; ; try++ {
		m, err := b.discord.Response(ctx, i)
		if err == nil && m.ChannelID == "" {
			m.ChannelID = i.ChannelID
		}
		again := discord.Temporary(err) || discord.Gone(err) || discord.Code(err) == discord.CodeUnknownWebhook
		if err == nil || try == maxTries || !again || !retry.Sleep(ctx, max(discord.RetryAfter(err), time.Duration(try)*retryPause)) {
			return m, err
		}
	}
}

// answersTo says whether a message answers an interaction.
func answersTo(interaction string) func(*discord.Message) bool {
	return func(m *discord.Message) bool {
		return m.InteractionMetadata != nil && m.InteractionMetadata.ID == interaction
	}
}

// pick picks the reply for a part of a command among all its replies, oldest
// first: the response, whatever it says, or a follow-up that says found and is no
// other upload's.
func (b *Bot) pick(part int, found, owner string) func([]*discord.Message) *discord.Message {
	return func(replies []*discord.Message) *discord.Message {
		for n, m := range replies {
			response := n == 0 && m.InteractionMetadata.Response == ""
			if response == (part == 0) && (response || b.isFirst(m, found, owner)) {
				return m
			}
		}
		return nil
	}
}

// isFirst says whether a message is a first reply that no other upload has.
func (b *Bot) isFirst(m *discord.Message, found, owner string) bool {
	return strings.HasPrefix(m.Content, found) && b.claims.assign(m.ID, owner)
}

// find looks through a channel's messages after an id, page by page and then the
// newest, until pick finds what it looks for among all that are wanted so far,
// oldest first. It returns those, too.
func (b *Bot) find(ctx context.Context, channel, after string, wanted func(*discord.Message) bool, pick func([]*discord.Message) *discord.Message) (*discord.Message, []*discord.Message, error) {
	var found []*discord.Message
	known := make(map[string]bool)
	next := after
	for page := 0; page <= searchPages; page++ {
		if page == searchPages {
			next = ""
		}
		messages, more, err := b.discord.Recent(ctx, channel, next, pageSize)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range messages {
			if discord.Newer(m.ID, after) && wanted(m) && !known[m.ID] {
				known[m.ID] = true
				found = append(found, m)
			}
			if discord.Newer(m.ID, next) {
				next = m.ID
			}
		}
		slices.SortFunc(found, func(a, b *discord.Message) int {
			if discord.Newer(a.ID, b.ID) {
				return 1
			}
			return -1
		})
		if m := pick(found); m != nil || !more {
			return m, found, nil
		}
	}
	return nil, found, nil
}

// posted is a message that an earlier try, or a process that died, may have
// posted, as it stands among the channel's newest; nil when it does not.
func (b *Bot) posted(ctx context.Context, channel string, m outgoing) (*discord.Message, error) {
	me := b.discord.Self()
	if me == "" {
		return nil, nil
	}
	newest, _, err := b.discord.Recent(ctx, channel, "", pageSize)
	if discord.Permanent(err) {
		return nil, nil // it cannot be known
	}
	for _, stands := range newest {
		switch {
		case stands.Author == nil || stands.Author.ID != me || discord.MadeAt(stands.ID).Before(m.since.Add(-clockSlack)):
		case stands.Nonce != "" && stands.Nonce != m.nonce:
		case stands.Nonce == "" && !m.says(stands):
		case b.claims.assign(stands.ID, m.nonce):
			return stands, nil
		}
	}
	return nil, err
}

// clockSlack is how much this machine's clock may be ahead of Discord's.
const clockSlack = time.Minute

// says says whether a message reads like m.
func (m outgoing) says(stands *discord.Message) bool {
	return stands.Content == m.content &&
		(stands.MessageReference == nil || stands.MessageReference.MessageID == m.replyTo)
}

// locate is the message that a command's reply is when its id was never learned;
// "" when it is not to be found. m is what it is to become.
func (b *Bot) locate(ctx context.Context, reply submission.Reply, m outgoing) (string, error) {
	c := reply.Command
	if c.Part == 0 && usable(reply) {
		response, err := b.discord.Response(ctx, by(c))
		switch {
		case err == nil:
			return response.ID, nil
		case !discord.Permanent(err) && !errors.Is(err, discord.ErrUndecodable):
			return "", err
		}
	}
	found, _, err := b.find(ctx, reply.ChannelID, c.Interaction, answersTo(c.Interaction), b.pick(c.Part, foundName(m.file, m.language), m.nonce))
	switch {
	case found != nil:
		return found.ID, nil
	case err != nil && !discord.Permanent(err):
		return "", err
	}
	return "", nil
}
