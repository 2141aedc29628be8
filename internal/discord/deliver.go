package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/submission"
)

// Deliver tells an answer: by editing the stored message, else by a message
// that names the uploader, else by a direct message. A Delivery that was not
// Sent is final. An error means that it may work later, see Failure.RetryAfter. It may
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
	message.nonce = nonce("announcement", strconv.FormatInt(int64(a.ID), 10))
	message.user = a.Reply.UserID
	delivery, err := b.put(ctx, a.Reply, message)
	if status(err) == http.StatusBadRequest && message.embed != nil {
		// Discord does not like how it looks: say it plainly.
		b.log.Error("embed refused", "announcement", a.ID, "error", err)
		message.embed = nil
		delivery, err = b.put(ctx, a.Reply, message)
	}
	if err != nil {
		return submission.Delivery{}, fmt.Errorf("announcement %d: %w", a.ID, err)
	}
	return delivery, nil
}

// put brings a message to where the reply stands, or as near as possible.
func (b *Bot) put(ctx context.Context, reply submission.Reply, m outgoing) (submission.Delivery, error) {
	if reply.ChannelID != "" && reply.MessageID != "" {
		err := b.rest.edit(ctx, reply.ChannelID, reply.MessageID, m)
		switch {
		case err == nil:
			return sent(reply.ChannelID, reply.MessageID), nil
		case closed(err):
			return b.putDirect(ctx, reply.UserID, m.alone(), err)
		case !gone(err):
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
	if closed(err) {
		return b.putDirect(ctx, reply.UserID, m, err)
	}
	return delivery, err
}

// putDirect is the last way; why says what barred the others.
func (b *Bot) putDirect(ctx context.Context, userID string, m outgoing, why error) (submission.Delivery, error) {
	if userID == "" {
		return submission.Delivery{Detail: why.Error(), At: time.Now()}, nil
	}
	m.replyTo = "" // it stands in another channel
	channelID, err := b.rest.direct(ctx, userID)
	if err == nil {
		var delivery submission.Delivery
		if delivery, err = b.send(ctx, channelID, m); err == nil {
			return delivery, nil
		}
	}
	if unreachable(err) {
		return submission.Delivery{Detail: fmt.Sprintf("%v; then %v", why, err), At: time.Now()}, nil
	}
	return submission.Delivery{}, err
}

// send posts; an answer that cannot be decoded is a message that was sent.
func (b *Bot) send(ctx context.Context, channelID string, m outgoing) (submission.Delivery, error) {
	m.nonce = nonce(m.nonce, channelID) // the same words may go to two channels
	message, err := b.rest.post(ctx, channelID, m)
	switch {
	case errors.Is(err, errUndecodable):
		return sent(channelID, ""), nil
	case err != nil:
		return submission.Delivery{}, err
	}
	return sent(channelID, message.ID), nil
}

func sent(channelID, messageID string) submission.Delivery {
	return submission.Delivery{Sent: true, ChannelID: channelID, MessageID: messageID, At: time.Now()}
}
