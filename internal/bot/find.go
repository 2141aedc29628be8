package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// How messages of the bot are found again in a channel.

const (
	// searchPages is how many pages of a channel are searched for a reply after
	// what it replies to; the newest page is read in any case.
	searchPages = 2
	// clockSlack is how much this machine's clock may be ahead of Discord's.
	clockSlack = time.Minute
)

// answersTo says whether a message answers an interaction.
func answersTo(interaction discord.InteractionID) func(*discord.Message) bool {
	return func(m *discord.Message) bool {
		return m.InteractionMetadata != nil && m.InteractionMetadata.ID == interaction
	}
}

// pick picks the reply for a part of a command among all its replies, oldest
// first: the response, whatever it says, or a follow-up that says found and is no
// other upload's.
func (b *Bot) pick(part int, found, nonce string) func([]*discord.Message) *discord.Message {
	return func(replies []*discord.Message) *discord.Message {
		for n, m := range replies {
			response := n == 0 && m.InteractionMetadata.Response == ""
			if response == (part == 0) && (response || b.isFirst(m, found, nonce)) {
				return m
			}
		}
		return nil
	}
}

// isFirst says whether a message is a first reply that no other upload has.
func (b *Bot) isFirst(m *discord.Message, found, nonce string) bool {
	return strings.HasPrefix(m.Content, found) && b.own.assign(m.ID, nonce)
}

// oldestFirst orders messages by their ids.
func oldestFirst(a, b *discord.Message) int {
	if snowflake.Newer(a.ID, b.ID) {
		return 1
	}
	return -1
}

// find searches a channel's messages after an id, page by page and then the
// newest, until pick finds what it looks for among all that are wanted so far,
// oldest first. It returns those, too.
func (b *Bot) find(ctx context.Context, channel discord.ChannelID, after discord.MessageID,
	wanted func(*discord.Message) bool, pick func([]*discord.Message) *discord.Message,
) (*discord.Message, []*discord.Message, error) {
	var found []*discord.Message
	known := make(map[discord.MessageID]bool)
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
			if snowflake.Newer(m.ID, after) && wanted(m) && !known[m.ID] {
				known[m.ID] = true
				found = append(found, m)
			}
			if snowflake.Newer(m.ID, next) {
				next = m.ID
			}
		}
		slices.SortFunc(found, oldestFirst)
		if m := pick(found); m != nil || !more {
			return m, found, nil
		}
	}
	return nil, found, nil
}

// postOnce posts, and asks again while it is unknown whether the message was
// sent: the nonce makes a later try return the first one's message. Not every
// server honours nonces, so before a later try the channel is read.
func (b *Bot) postOnce(ctx context.Context, channel discord.ChannelID, m outgoing) (*discord.Message, error) {
	tried := false
	return retry.Do(ctx, discord.Retries, func() (*discord.Message, error) {
		if tried {
			if stands, err := b.posted(ctx, channel, m); err == nil && stands != nil {
				return stands, nil
			}
		}
		tried = true
		sent, err := b.discord.Post(ctx, channel, m.send())
		if err == nil {
			b.own.assign(sent.ID, m.nonce)
		}
		return sent, err
	})
}

// posted is a message that an earlier try, or a process that died, may have
// posted, as it stands among the channel's newest; nil when it does not.
func (b *Bot) posted(ctx context.Context, channel discord.ChannelID, m outgoing) (*discord.Message, error) {
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
		case stands.Author == nil || stands.Author.ID != me || snowflake.MadeAt(stands.ID).Before(m.since.Add(-clockSlack)):
		case stands.Nonce != "" && stands.Nonce != m.nonce:
		case stands.Nonce == "" && !m.says(stands):
		case b.own.assign(stands.ID, m.nonce):
			return stands, nil
		}
	}
	return nil, err
}

// locate is the message that a command's reply is when its id was never learned;
// "" when it is not to be found, and then whether the command may be acknowledged
// all the same. m is what the message is to become.
func (b *Bot) locate(ctx context.Context, reply announcement.Reply, m outgoing) (stands discord.MessageID, acknowledged bool, err error) {
	command := by(reply.Command)
	acknowledged = true
	if reply.Command.Part == 0 && usable(reply) {
		response, err := b.discord.Response(ctx, command)
		switch {
		case err == nil:
			return response.ID, true, nil
		case !discord.Permanent(err) && !errors.Is(err, discord.ErrUndecodable):
			return "", true, err
		}
		acknowledged = discord.Code(err) != discord.CodeUnknownWebhook
	}
	found, _, err := b.find(ctx, reply.ChannelID, discord.MessageID(command.ID), answersTo(command.ID),
		b.pick(reply.Command.Part, foundName(m.file, m.language), m.nonce))
	switch {
	case found != nil:
		return found.ID, true, nil
	case discord.Permanent(err):
		return "", true, nil // the channel cannot be read; the edit shows it
	}
	return "", acknowledged, err
}
