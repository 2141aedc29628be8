package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// rest is Discord's REST API as far as the bot uses it. Every call has a
// deadline, nothing is retried by the library, and every error is safe to log.
type rest struct {
	// session speaks as the bot, through discordgo's rate limiter.
	session *discordgo.Session
	// callbacks speaks by the tokens of interactions. It has no token of its
	// own, and its calls bring a bucket each: discordgo would keep one for
	// every interaction for ever.
	callbacks *discordgo.Session
	// undecodable is told of what was skipped, see Bot.undecodable.
	undecodable func(kind string, err error, ids ...any)
	turns       *turnstile // before session's rate limits of channels
	trouble     trouble
}

// outgoing is a message as it will be sent or edited to.
type outgoing struct {
	content string
	embed   *embed    //  may be nil
	about   string    // the file that it does not name itself; only in new messages
	mention string    // user to notify; only in new messages
	replyTo string    // message answered; only in new messages
	nonce   string    // see nonce; only in new messages
	file    string    // the replay's name as its first reply shows it
	since   time.Time // no earlier message can be this one
	private bool      // seen by the asker alone, and never edited; only in responses
	user    string    // whose turn in the channel it takes
}

// alone is m as it stands by itself: nothing near it says what it is about.
func (m outgoing) alone() outgoing {
	if m.about != "" {
		m.content = phrase.Say(phrase.About, "name", m.about, "text", m.content).String()
	}
	return m
}

// body is m as it is sent or edited to.
func (m outgoing) body() messageBody {
	body := messageBody{Content: m.content, Embeds: []*embed{}, Mentions: mentions{Parse: []string{}}}
	if m.embed != nil {
		body.Embeds = append(body.Embeds, m.embed)
	}
	if m.mention != "" {
		body.Mentions.Users = []string{m.mention}
	}
	if m.private {
		body.Flags = ephemeral
	}
	return body
}

func newRest(cfg Config, base *url.URL) (*rest, error) {
	var transport http.RoundTripper = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64, // one busy minute's worth; Discord allows 50 requests a second
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: restTimeout,
	}
	if base != nil {
		transport = redirect{base, transport}
	}
	pace := rate.Inf
	if base == nil {
		pace = discordRate
	}
	if cfg.RequestRate > 0 {
		pace = rate.Limit(cfg.RequestRate)
	}
	client := &http.Client{Transport: newThrottle(transport, pace), Timeout: restTimeout}

	speaker, err := newSession("Bot "+cfg.Token, client)
	if err != nil {
		return nil, err
	}
	callbacks, err := newSession("", client)
	if err != nil {
		return nil, err
	}
	return &rest{session: speaker, callbacks: callbacks, turns: newTurnstile(), undecodable: func(string, error, ...any) {}}, nil
}

// newSession is a discordgo session that retries nothing, keeps no state and
// reconnects nothing by itself.
func newSession(authorization string, client *http.Client) (*discordgo.Session, error) {
	session, err := discordgo.New(authorization)
	if err != nil {
		return nil, fmt.Errorf("make discord session: %w", err)
	}
	session.Client = client
	session.UserAgent = "DiscordBot (https://github.com/evoladder/evoladderbot, 1)"
	session.StateEnabled = false
	session.ShouldReconnectOnError = false
	session.ShouldReconnectVoiceOnSessionError = false
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	session.LogLevel = discordgo.LogWarning
	return session, nil
}

// call makes a request as the bot and decodes the answer into into, unless
// that is nil. bucket names discordgo's rate limit.
func (r *rest) call(ctx context.Context, method, address, bucket string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	answer, err := r.session.RequestWithBucketID(method, address, body, bucket, discordgo.WithContext(ctx))
	return r.decoded(answer, err, into, method+" "+bucket)
}

// callback makes a request by an interaction's token.
func (r *rest) callback(ctx context.Context, method, address string, body, into any) error {
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
	answer, err := r.callbacks.RequestWithLockedBucket(method, address, "application/json", payload, bucket, 0,
		discordgo.WithContext(ctx))
	return r.decoded(answer, err, into, method+" by an interaction's token")
}

func (r *rest) decoded(answer []byte, err error, into any, request string) error {
	r.trouble.note(safe(err))
	if err != nil {
		return safe(err)
	}
	if into == nil {
		return nil
	}
	if len(answer) == 0 {
		return errUndecodable
	}
	if err := json.Unmarshal(answer, into); err != nil {
		r.undecodable("answer", err, "request", request)
		return errUndecodable
	}
	return nil
}

// post sends a new message. With a nonce Discord itself keeps it single for
// some minutes: the same nonce again returns the same message.
func (r *rest) post(ctx context.Context, channelID string, m outgoing) (*message, error) {
	body := m.body()
	body.Nonce, body.Enforce = m.nonce, m.nonce != ""
	if m.replyTo != "" {
		body.Replies = &replyTo{Message: m.replyTo, Channel: channelID} // a deleted upload is answered all the same
	}
	address := discordgo.EndpointChannelMessages(channelID)
	var sent message
	err := r.inTurn(ctx, address, m.user, func() error {
		return r.call(ctx, http.MethodPost, address, address, body, &sent)
	})
	if m.replyTo != "" && code(err) == discordgo.ErrCodeCannotReplyWithoutPermissionToReadMessageHistory {
		m.replyTo = ""
		return r.post(ctx, channelID, m)
	}
	if err != nil {
		return nil, fmt.Errorf("post message in channel %s: %w", channelID, err)
	}
	return &sent, nil
}

// edit changes a message of the bot, also one that answered an interaction
// long ago.
func (r *rest) edit(ctx context.Context, channelID, messageID string, m outgoing) error {
	bucket := editBucket(channelID)
	err := r.inTurn(ctx, bucket, m.user, func() error {
		return r.call(ctx, http.MethodPatch, discordgo.EndpointChannelMessage(channelID, messageID), bucket, m.body(), nil)
	})
	if err != nil {
		return fmt.Errorf("edit message %s: %w", messageID, err)
	}
	return nil
}

// editReply changes the reply to a command by the command's token, and says which
// message that is.
func (r *rest) editReply(ctx context.Context, reply submission.Reply, m outgoing) (messageID string, err error) {
	which := "@original"
	if reply.MessageID != "" {
		which = reply.MessageID
	}
	var edited message
	err = r.callback(ctx, http.MethodPatch,
		discordgo.EndpointWebhookMessage(reply.Command.Application, reply.Command.Token, which), m.body(), &edited)
	if err != nil {
		return reply.MessageID, fmt.Errorf("edit reply to interaction %s: %w", reply.Command.Interaction, err)
	}
	return edited.ID, nil
}

// inTurn sends when it is user's turn in a bucket.
func (r *rest) inTurn(ctx context.Context, bucket, user string, send func() error) error {
	end, err := r.turns.take(ctx, bucket, user)
	if err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer end()
	return send()
}

// editBucket names the rate limit of edits in a channel, which is not that of
// new messages.
func editBucket(channelID string) string { return discordgo.EndpointChannelMessage(channelID, "") }

// direct is the channel between the bot and a person.
func (r *rest) direct(ctx context.Context, userID string) (channelID string, err error) {
	address := discordgo.EndpointUserChannels("@me")
	var channel named
	if err := r.call(ctx, http.MethodPost, address, address, recipientBody{userID}, &channel); err != nil {
		return "", fmt.Errorf("open direct channel with %s: %w", userID, err)
	}
	return channel.ID, nil
}

// recent are the channel's messages after a message, newest first, at most
// limit (100 is Discord's own); more says that the answer was as long as that.
// after "" means the newest. A message that cannot be decoded is left out.
func (r *rest) recent(ctx context.Context, channelID, after string, limit int) (messages []*message, more bool, err error) {
	address := discordgo.EndpointChannelMessages(channelID)
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		query.Set("after", after)
	}
	var page []json.RawMessage
	if err := r.call(ctx, http.MethodGet, address+"?"+query.Encode(), address+"#get", nil, &page); err != nil {
		return nil, false, fmt.Errorf("read messages of channel %s: %w", channelID, err)
	}
	for _, one := range page {
		m, err := decodeOne[message](one)
		switch {
		case err != nil:
			r.undecodable("message", err, "channel", channelID, "after", after)
			continue
		case m == nil:
			continue
		case m.lost != nil:
			r.undecodable("message", m.lost, "channel", channelID, "message", m.ID)
		}
		messages = append(messages, m)
	}
	return messages, len(page) >= limit, nil
}

// message is one message.
func (r *rest) message(ctx context.Context, channelID, messageID string) (*message, error) {
	var one message
	err := r.call(ctx, http.MethodGet, discordgo.EndpointChannelMessage(channelID, messageID),
		discordgo.EndpointChannelMessage(channelID, "")+"#get", nil, &one)
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", messageID, err)
	}
	return &one, nil
}

// respond answers an interaction for the first time and returns the id of the
// response, "" where Discord does not say it. Any 2xx means that it stands.
func (r *rest) respond(ctx context.Context, i *interaction, m outgoing) (messageID string, err error) {
	var answer struct {
		Resource struct {
			Message named `json:"message"`
		} `json:"resource"`
	}
	address := discordgo.EndpointInteractionResponse(i.ID, i.Token) + "?with_response=true"
	err = r.callback(ctx, http.MethodPost, address, callbackBody{Type: callbackMessage, Data: m.body()}, &answer)
	if err != nil && !errors.Is(err, errUndecodable) {
		return "", fmt.Errorf("respond to interaction %s: %w", i.ID, err)
	}
	return answer.Resource.Message.ID, nil
}

// suggestNothing answers a player who is typing the value of an option.
func (r *rest) suggestNothing(ctx context.Context, i *interaction) error {
	return r.acknowledge(ctx, i, callbackBody{Type: callbackSuggestions, Data: suggestions{Choices: []struct{}{}}})
}

func (r *rest) acknowledge(ctx context.Context, i *interaction, body callbackBody) error {
	err := r.callback(ctx, http.MethodPost, discordgo.EndpointInteractionResponse(i.ID, i.Token), body, nil)
	if err != nil {
		return fmt.Errorf("respond to interaction %s: %w", i.ID, err)
	}
	return nil
}

// response reads the first answer back, for its message's id.
func (r *rest) response(ctx context.Context, i *interaction) (*message, error) {
	var reply message
	err := r.callback(ctx, http.MethodGet, discordgo.EndpointInteractionResponseActions(i.AppID, i.Token), nil, &reply)
	if err != nil {
		return nil, fmt.Errorf("read response to interaction %s: %w", i.ID, err)
	}
	return &reply, nil
}

// followUp answers an interaction again, with a message of its own.
func (r *rest) followUp(ctx context.Context, i *interaction, m outgoing) (*message, error) {
	var reply message
	err := r.callback(ctx, http.MethodPost, discordgo.EndpointFollowupMessage(i.AppID, i.Token)+"?wait=true",
		m.body(), &reply)
	if err != nil {
		return nil, fmt.Errorf("follow up interaction %s: %w", i.ID, err)
	}
	return &reply, nil
}

// identity is the bot's application and its user id. They differ for
// applications made before 2016.
func (r *rest) identity(ctx context.Context) (*application, string, error) {
	var app application
	address := discordgo.EndpointApplication("@me")
	if err := r.call(ctx, http.MethodGet, address, address, nil, &app); err != nil {
		return nil, "", fmt.Errorf("read own application: %w", err)
	}
	var user named
	address = discordgo.EndpointUser("@me")
	if err := r.call(ctx, http.MethodGet, address, address, nil, &user); err != nil {
		return nil, "", fmt.Errorf("read own user: %w", err)
	}
	if app.ID == "" || user.ID == "" {
		return nil, "", errors.New("read own identity: no id in the answer")
	}
	return &app, user.ID, nil
}

// register makes these the application's commands, in one guild or, when
// guild is "", everywhere.
func (r *rest) register(ctx context.Context, application, guild string, commands []*commandBody) error {
	address := discordgo.EndpointApplicationGlobalCommands(application)
	if guild != "" {
		address = discordgo.EndpointApplicationGuildCommands(application, guild)
	}
	if err := r.call(ctx, http.MethodPut, address, address, commands, nil); err != nil {
		return fmt.Errorf("register commands: %w", err)
	}
	return nil
}

// identifies is how often the bot may still begin a new gateway session, and
// when the count starts again.
func (r *rest) identifies(ctx context.Context) (remaining int, reset time.Duration, err error) {
	address := discordgo.EndpointGatewayBot
	var answer struct {
		Limit struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	if err := r.call(ctx, http.MethodGet, address, address, nil, &answer); err != nil {
		return 0, 0, fmt.Errorf("read gateway budget: %w", err)
	}
	return answer.Limit.Remaining, time.Duration(answer.Limit.ResetAfter) * time.Millisecond, nil
}
