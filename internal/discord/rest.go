package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/retry"
)

// Outgoing is a message as it will be sent or edited to. What of it is "only in new
// messages" is left out of an edit.
type Outgoing struct {
	Content  string
	Embeds   []*Embed
	Rows     []Row     // of components, at most five
	Mentions []UserID  // of the users that Content names, those to notify; only in new messages
	ReplyTo  MessageID // message answered; only in new messages
	Nonce    string    // see Nonce; only in new messages
	Private  bool      // seen by the asker alone; only in responses
	User     UserID    // whose turn in the channel it takes
}

// body is m as it is sent or edited to.
func (m Outgoing) body() messageBody {
	body := messageBody{Content: m.Content, Embeds: m.Embeds, Mentions: mentions{Parse: []string{}, Users: m.Mentions}, Rows: m.Rows}
	if body.Embeds == nil {
		body.Embeds = []*Embed{}
	}
	if body.Rows == nil {
		body.Rows = []Row{}
	}
	if m.Private {
		body.Flags = ephemeral
	}
	return body
}

// userAgent names this program as Discord asks for, with the version that runs.
// https://discord.com/developers/docs/reference#user-agent
func userAgent(version string) string {
	version = strings.Map(func(r rune) rune {
		if r > ' ' && r < '\x7f' && !strings.ContainsRune("(),", r) {
			return r
		}
		return -1
	}, version)
	if version == "" {
		version = "unknown"
	}
	return "DiscordBot (https://github.com/evoladder/evoladderbot, " + version + ")"
}

// newSession is a discordgo session for REST that retries nothing and logs nothing.
func newSession(authorization string, client *http.Client, agent string) (*discordgo.Session, error) {
	session, err := discordgo.New(authorization)
	if err != nil {
		return nil, fmt.Errorf("make discord session: %w", err)
	}
	session.Client = client
	session.UserAgent = agent
	session.StateEnabled = false
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	session.LogLevel = -1 // its lines print tokens, and say nothing that its errors do not
	return session, nil
}

// call makes a request as the bot and decodes the answer into into, unless
// that is nil. bucket names discordgo's rate limit.
func (c *Client) call(ctx context.Context, method, address, bucket string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	answer, err := c.session.RequestWithBucketID(method, address, body, bucket, discordgo.WithContext(ctx))
	return c.decoded(answer, err, into, method+" "+bucket)
}

// callback makes a request by an interaction's token.
func (c *Client) callback(ctx context.Context, method, address string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode callback: %w", err)
		}
	}
	bucket := discordgo.NewRatelimiter().LockBucket("")
	answer, err := c.callbacks.RequestWithLockedBucket(method, address, "application/json", payload, bucket, 0,
		discordgo.WithContext(ctx))
	return c.decoded(answer, err, into, method+" by an interaction's token")
}

func (c *Client) decoded(answer []byte, err error, into any, request string) error {
	c.trouble.note(safe(err))
	if err != nil {
		return safe(err)
	}
	if into == nil {
		return nil
	}
	if len(answer) == 0 {
		return ErrUndecodable
	}
	if err := json.Unmarshal(answer, into); err != nil {
		c.Undecodable("answer", err, "request", request)
		return ErrUndecodable
	}
	return nil
}

// Post sends a new message. With a nonce Discord itself keeps it single for
// some minutes: the same nonce again returns the same message.
func (c *Client) Post(ctx context.Context, channelID ChannelID, m Outgoing) (*Message, error) {
	body := m.body()
	body.Nonce, body.Enforce = m.Nonce, m.Nonce != ""
	if m.ReplyTo != "" {
		body.Replies = &replyTo{Message: m.ReplyTo, Channel: channelID} // a deleted upload is answered all the same
	}
	address := discordgo.EndpointChannelMessages(string(channelID))
	var sent Message
	err := c.inTurn(ctx, address, m.User, func() error {
		return c.call(ctx, http.MethodPost, address, address, body, &sent)
	})
	if m.ReplyTo != "" && Code(err) == discordgo.ErrCodeCannotReplyWithoutPermissionToReadMessageHistory {
		m.ReplyTo = ""
		return c.Post(ctx, channelID, m)
	}
	if err != nil {
		return nil, fmt.Errorf("post message in channel %s: %w", channelID, err)
	}
	return &sent, nil
}

// Edit changes a message of the bot, also one that answered an interaction
// long ago.
func (c *Client) Edit(ctx context.Context, channelID ChannelID, messageID MessageID, m Outgoing) error {
	bucket := editBucket(channelID)
	err := c.inTurn(ctx, bucket, m.User, func() error {
		return c.call(ctx, http.MethodPatch, discordgo.EndpointChannelMessage(string(channelID), string(messageID)), bucket, m.body(), nil)
	})
	if err != nil {
		return fmt.Errorf("edit message %s: %w", messageID, err)
	}
	return nil
}

// Delete deletes a message of the bot. One that is gone is deleted.
func (c *Client) Delete(ctx context.Context, channelID ChannelID, messageID MessageID) error {
	err := c.call(ctx, http.MethodDelete, discordgo.EndpointChannelMessage(string(channelID), string(messageID)),
		editBucket(channelID)+"#delete", nil, nil)
	if err != nil && ReasonOf(err) != ReasonMessageGone {
		return fmt.Errorf("delete message %s: %w", messageID, err)
	}
	return nil
}

// EditReply changes the reply to a command by the command's token: the message
// messageID or, where that is "", the response. It returns that message's id.
func (c *Client) EditReply(ctx context.Context, i *Interaction, messageID MessageID, m Outgoing) (MessageID, error) {
	which := "@original"
	if messageID != "" {
		which = string(messageID)
	}
	var edited Message
	err := c.callback(ctx, http.MethodPatch, discordgo.EndpointWebhookMessage(string(i.AppID), i.Token, which), m.body(), &edited)
	if err != nil {
		return messageID, fmt.Errorf("edit reply to interaction %s: %w", i.ID, err)
	}
	return edited.ID, nil
}

// Waiting is how many edits of a channel's messages wait for their turn, and how
// many of them are one user's.
func (c *Client) Waiting(channelID ChannelID, user UserID) (all, own int) {
	return c.turns.Length(editBucket(channelID), string(user))
}

// inTurn sends when it is user's turn in a bucket.
func (c *Client) inTurn(ctx context.Context, bucket string, user UserID, send func() error) error {
	end, err := c.turns.Take(ctx, bucket, string(user))
	if err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer end()
	return send()
}

// editBucket names the rate limit of edits in a channel, which is not that of
// new messages.
func editBucket(channelID ChannelID) string {
	return discordgo.EndpointChannelMessage(string(channelID), "")
}

// PostDirect sends a person a direct message.
func (c *Client) PostDirect(ctx context.Context, userID UserID, m Outgoing) (*Message, error) {
	channelID, err := c.Direct(ctx, userID)
	if err != nil {
		return nil, err
	}
	sent, err := c.Post(ctx, channelID, m)
	if ReasonOf(err) == ReasonChannelGone {
		c.directs.Remove(userID)
	}
	return sent, err
}

// maxDirects is how many channels with persons are remembered.
const maxDirects = 10_000

// Direct is the channel between the bot and a person, which stays the same.
func (c *Client) Direct(ctx context.Context, userID UserID) (channelID ChannelID, err error) {
	if known, ok := c.directs.Get(userID); ok {
		return known, nil
	}
	address := discordgo.EndpointUserChannels("@me")
	var channel struct {
		ID ChannelID `json:"id"`
	}
	if err := c.call(ctx, http.MethodPost, address, address, recipientBody{userID}, &channel); err != nil {
		return "", fmt.Errorf("open direct channel with %s: %w", userID, err)
	}
	c.directs.Add(userID, channel.ID)
	return channel.ID, nil
}

// Recent are the channel's messages after a message, newest first, at most
// limit (100 is Discord's own); more says that the answer was as long as that.
// after "" means the newest. A message that cannot be decoded is left out.
func (c *Client) Recent(ctx context.Context, channelID ChannelID, after MessageID, limit int) (messages []*Message, more bool, err error) {
	address := discordgo.EndpointChannelMessages(string(channelID))
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		query.Set("after", string(after))
	}
	var page []json.RawMessage
	if err := c.call(ctx, http.MethodGet, address+"?"+query.Encode(), address+"#get", nil, &page); err != nil {
		return nil, false, fmt.Errorf("read messages of channel %s: %w", channelID, err)
	}
	for _, one := range page {
		m, err := decodeOne[Message](one)
		switch {
		case err != nil:
			c.Undecodable("message", err, "channel", channelID, "after", after)
			continue
		case m == nil:
			continue
		case m.Lost != nil:
			c.Undecodable("message", m.Lost, "channel", channelID, "message", m.ID)
		}
		messages = append(messages, m)
	}
	return messages, len(page) >= limit, nil
}

// Message is one message.
func (c *Client) Message(ctx context.Context, channelID ChannelID, messageID MessageID) (*Message, error) {
	var one Message
	err := c.call(ctx, http.MethodGet, discordgo.EndpointChannelMessage(string(channelID), string(messageID)),
		discordgo.EndpointChannelMessage(string(channelID), "")+"#get", nil, &one)
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", messageID, err)
	}
	return &one, nil
}

// Answer is what is known of the answer to an interaction after it was sent. The
// zero value: it may stand or not.
type Answer struct {
	Given   bool      // it stands
	Refused bool      // it does not, and never will
	Message MessageID // "" where Discord does not say it
}

// answering is how the answer to an interaction is tried again: three seconds allow
// for one more try.
var answering = retry.Policy{Tries: 2, Again: Temporary, Pause: retry.Evenly(retryPause)}

// Answer answers an interaction for the first time, and tries once more when it is
// not known whether the answer came through.
func (c *Client) Answer(ctx context.Context, i *Interaction, m Outgoing) (Answer, error) {
	i.tried = true
	var refused bool
	id, err := retry.Do(ctx, answering, func() (MessageID, error) {
		id, err := c.respond(ctx, i, m)
		refused = refused || Code(err) == CodeUnknownInteraction
		return id, err
	})
	if Code(err) == codeAlreadyAcknowledged {
		err = nil // by the first try, or by another bot: the reply stands
	}
	i.answered = i.answered || err == nil
	return Answer{Given: err == nil, Refused: refused && err != nil, Message: id}, err
}

// respond returns the id of the response. Any 2xx means that it stands.
func (c *Client) respond(ctx context.Context, i *Interaction, m Outgoing) (messageID MessageID, err error) {
	var answer struct {
		Resource struct {
			Message struct {
				ID MessageID `json:"id"`
			} `json:"message"`
		} `json:"resource"`
	}
	address := discordgo.EndpointInteractionResponse(string(i.ID), i.Token) + "?with_response=true"
	err = c.callback(ctx, http.MethodPost, address, callbackBody{Type: callbackMessage, Data: m.body()}, &answer)
	if err != nil && !errors.Is(err, ErrUndecodable) {
		return "", fmt.Errorf("respond to interaction %s: %w", i.ID, err)
	}
	return answer.Resource.Message.ID, nil
}

// deferAnswer acknowledges an interaction whose answer comes later.
func (c *Client) deferAnswer(ctx context.Context, i *Interaction, how Ack) error {
	body := callbackBody{Type: callbackDeferred}
	switch how {
	case DeferredUpdate:
		body.Type = callbackDeferredUpdate
	case DeferredPrivate:
		body.Data = deferredData{Flags: ephemeral}
	}
	return c.acknowledge(ctx, i, body)
}

// Open answers an interaction with a form, which comes back as another one. A form
// cannot be answered with a form.
func (c *Client) Open(ctx context.Context, i *Interaction, form Form) error {
	return c.acknowledge(ctx, i, callbackBody{Type: callbackModal, Data: form.body()})
}

// Update answers the use of a component, or of a form that a component opened, by
// changing the message with the component.
func (c *Client) Update(ctx context.Context, i *Interaction, m Outgoing) error {
	m.Private = false // it stays as it is
	return c.acknowledge(ctx, i, callbackBody{Type: callbackUpdate, Data: m.body()})
}

// suggest answers a player who is typing the value of an option.
func (c *Client) suggest(ctx context.Context, i *Interaction, choices []Choice) error {
	return c.acknowledge(ctx, i, callbackBody{Type: callbackSuggestions, Data: suggestions{Choices: choices}})
}

// acknowledge answers an interaction by a body whose response is of no interest.
func (c *Client) acknowledge(ctx context.Context, i *Interaction, body callbackBody) error {
	i.tried = true
	_, err := retry.Do(ctx, answering, func() (struct{}, error) {
		return struct{}{}, c.callback(ctx, http.MethodPost, discordgo.EndpointInteractionResponse(string(i.ID), i.Token), body, nil)
	})
	if err != nil && Code(err) != codeAlreadyAcknowledged {
		return fmt.Errorf("respond to interaction %s: %w", i.ID, err)
	}
	i.answered = true
	return nil
}

// Response reads the first answer back, for its message's id.
func (c *Client) Response(ctx context.Context, i *Interaction) (*Message, error) {
	var reply Message
	err := c.callback(ctx, http.MethodGet, discordgo.EndpointInteractionResponseActions(string(i.AppID), i.Token), nil, &reply)
	if err != nil {
		return nil, fmt.Errorf("read response to interaction %s: %w", i.ID, err)
	}
	return &reply, nil
}

// FollowUp answers an interaction again, with a message of its own.
func (c *Client) FollowUp(ctx context.Context, i *Interaction, m Outgoing) (*Message, error) {
	var reply Message
	err := c.callback(ctx, http.MethodPost, discordgo.EndpointFollowupMessage(string(i.AppID), i.Token)+"?wait=true",
		m.body(), &reply)
	if err != nil {
		return nil, fmt.Errorf("follow up interaction %s: %w", i.ID, err)
	}
	return &reply, nil
}

// GuildLocale is the language that a guild prefers, as a BCP 47 tag. Discord says
// it without the guilds intent to members alone.
func (c *Client) GuildLocale(ctx context.Context, guildID GuildID) (string, error) {
	var guild struct {
		Locale string `json:"preferred_locale"`
	}
	address := discordgo.EndpointGuild(string(guildID))
	if err := c.call(ctx, http.MethodGet, address, address, nil, &guild); err != nil {
		return "", fmt.Errorf("read guild %s: %w", guildID, err)
	}
	return guild.Locale, nil
}

// identity is the bot's application and its user id. They differ for
// applications made before 2016.
func (c *Client) identity(ctx context.Context) (*Application, UserID, error) {
	var app Application
	address := discordgo.EndpointApplication("@me")
	if err := c.call(ctx, http.MethodGet, address, address, nil, &app); err != nil {
		return nil, "", fmt.Errorf("read own application: %w", err)
	}
	var user struct {
		ID UserID `json:"id"`
	}
	address = discordgo.EndpointUser("@me")
	if err := c.call(ctx, http.MethodGet, address, address, nil, &user); err != nil {
		return nil, "", fmt.Errorf("read own user: %w", err)
	}
	if app.ID == "" || user.ID == "" {
		return nil, "", errors.New("read own identity: no id in the answer")
	}
	return &app, user.ID, nil
}

// register makes these the application's commands, in one guild or, when
// guild is "", everywhere.
func (c *Client) register(ctx context.Context, application ApplicationID, guild GuildID, commands []*Command) error {
	address := discordgo.EndpointApplicationGlobalCommands(string(application))
	if guild != "" {
		address = discordgo.EndpointApplicationGuildCommands(string(application), string(guild))
	}
	if err := c.call(ctx, http.MethodPut, address, address, commands, nil); err != nil {
		return fmt.Errorf("register commands: %w", err)
	}
	return nil
}

// sessionStart is where and how often a new gateway session may be begun.
type sessionStart struct {
	address   string
	remaining int
	reset     time.Duration // until remaining starts again
}

func (c *Client) sessionStart(ctx context.Context) (sessionStart, error) {
	address := discordgo.EndpointGatewayBot
	var answer struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	if err := c.call(ctx, http.MethodGet, address, address, nil, &answer); err != nil {
		return sessionStart{}, fmt.Errorf("read gateway budget: %w", err)
	}
	return sessionStart{answer.URL, answer.Limit.Remaining, time.Duration(answer.Limit.ResetAfter) * time.Millisecond}, nil
}
