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
}

// outgoing is a message as it will be sent or edited to.
type outgoing struct {
	content string
	embed   *discordgo.MessageEmbed // may be nil
	about   string                  // the file that it does not name itself; only in new messages
	mention string                  // user to notify; only in new messages
	replyTo string                  // message answered; only in new messages
	nonce   string                  // see nonce; only in new messages
	private bool                    // seen by the asker alone, and never edited; only in responses
}

// alone is m as it stands by itself: nothing near it says what it is about.
func (m outgoing) alone() outgoing {
	if m.about != "" {
		m.content = phrase.Say(phrase.About, "name", m.about, "text", m.content).String()
	}
	return m
}

// quiet lets a message notify nobody. It goes with every send and every edit:
// an edit without it returns to Discord's default.
func (m outgoing) mentions() *discordgo.MessageAllowedMentions {
	allowed := &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
	if m.mention != "" {
		allowed.Users = []string{m.mention}
	}
	return allowed
}

func (m outgoing) embeds() []*discordgo.MessageEmbed {
	if m.embed == nil {
		return []*discordgo.MessageEmbed{}
	}
	return []*discordgo.MessageEmbed{m.embed}
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
	return &rest{session: speaker, callbacks: callbacks}, nil
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
	return decoded(answer, err, into)
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
	return decoded(answer, err, into)
}

func decoded(answer []byte, err error, into any) error {
	if err != nil {
		return safe(err)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return errUndecodable
	}
	return nil
}

// post sends a new message. With a nonce Discord itself keeps it single for
// some minutes: the same nonce again returns the same message.
func (r *rest) post(ctx context.Context, channelID string, m outgoing) (*discordgo.Message, error) {
	body := struct {
		*discordgo.MessageSend
		Nonce   string `json:"nonce,omitempty"`
		Enforce bool   `json:"enforce_nonce,omitempty"`
	}{&discordgo.MessageSend{
		Content: m.content, Embeds: m.embeds(), AllowedMentions: m.mentions(),
		Components: []discordgo.MessageComponent{}, StickerIDs: []string{},
	}, m.nonce, m.nonce != ""}
	if m.replyTo != "" {
		// A deleted upload must not keep its answer from being sent.
		mayBeGone := false
		body.Reference = &discordgo.MessageReference{MessageID: m.replyTo, ChannelID: channelID, FailIfNotExists: &mayBeGone}
	}
	address := discordgo.EndpointChannelMessages(channelID)
	var sent discordgo.Message
	err := r.call(ctx, http.MethodPost, address, address, body, &sent)
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
	embeds := m.embeds()
	err := r.call(ctx, http.MethodPatch,
		discordgo.EndpointChannelMessage(channelID, messageID), discordgo.EndpointChannelMessage(channelID, ""),
		discordgo.MessageEdit{Content: &m.content, Embeds: &embeds, AllowedMentions: m.mentions()}, nil)
	if err != nil {
		return fmt.Errorf("edit message %s: %w", messageID, err)
	}
	return nil
}

// direct is the channel between the bot and a person.
func (r *rest) direct(ctx context.Context, userID string) (channelID string, err error) {
	body := struct {
		Recipient string `json:"recipient_id"`
	}{userID}
	address := discordgo.EndpointUserChannels("@me")
	var channel discordgo.Channel
	if err := r.call(ctx, http.MethodPost, address, address, body, &channel); err != nil {
		return "", fmt.Errorf("open direct channel with %s: %w", userID, err)
	}
	return channel.ID, nil
}

// recent are the channel's messages after a message, newest first, at most
// limit (100 is Discord's own). after "" means the newest.
func (r *rest) recent(ctx context.Context, channelID, after string, limit int) ([]*discordgo.Message, error) {
	address := discordgo.EndpointChannelMessages(channelID)
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		query.Set("after", after)
	}
	var messages []*discordgo.Message
	if err := r.call(ctx, http.MethodGet, address+"?"+query.Encode(), address+"#get", nil, &messages); err != nil {
		return nil, fmt.Errorf("read messages of channel %s: %w", channelID, err)
	}
	return messages, nil
}

// respond answers an interaction for the first time.
func (r *rest) respond(ctx context.Context, i *discordgo.Interaction, m outgoing) error {
	var flags discordgo.MessageFlags
	if m.private {
		flags = discordgo.MessageFlagsEphemeral
	}
	err := r.callback(ctx, http.MethodPost, discordgo.EndpointInteractionResponse(i.ID, i.Token), discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{
			Content: m.content, AllowedMentions: m.mentions(),
			Embeds: m.embeds(), Components: []discordgo.MessageComponent{}, Flags: flags,
		},
	}, nil)
	if err != nil {
		return fmt.Errorf("respond to interaction %s: %w", i.ID, err)
	}
	return nil
}

// response reads the first answer back, for its message's id.
func (r *rest) response(ctx context.Context, i *discordgo.Interaction) (*discordgo.Message, error) {
	var message discordgo.Message
	err := r.callback(ctx, http.MethodGet, discordgo.EndpointInteractionResponseActions(i.AppID, i.Token), nil, &message)
	if err != nil {
		return nil, fmt.Errorf("read response to interaction %s: %w", i.ID, err)
	}
	return &message, nil
}

// followUp answers an interaction again, with a message of its own.
func (r *rest) followUp(ctx context.Context, i *discordgo.Interaction, m outgoing) (*discordgo.Message, error) {
	var message discordgo.Message
	err := r.callback(ctx, http.MethodPost, discordgo.EndpointFollowupMessage(i.AppID, i.Token)+"?wait=true",
		discordgo.WebhookParams{Content: m.content, Embeds: m.embeds(), AllowedMentions: m.mentions()}, &message)
	if err != nil {
		return nil, fmt.Errorf("follow up interaction %s: %w", i.ID, err)
	}
	return &message, nil
}

// identity is the bot's application and its user id. They differ for
// applications made before 2016.
func (r *rest) identity(ctx context.Context) (*discordgo.Application, string, error) {
	var app discordgo.Application
	address := discordgo.EndpointApplication("@me")
	if err := r.call(ctx, http.MethodGet, address, address, nil, &app); err != nil {
		return nil, "", fmt.Errorf("read own application: %w", err)
	}
	var user discordgo.User
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
func (r *rest) register(ctx context.Context, application, guild string, commands []*discordgo.ApplicationCommand) error {
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
	var answer discordgo.GatewayBotResponse
	if err := r.call(ctx, http.MethodGet, address, address, nil, &answer); err != nil {
		return 0, 0, fmt.Errorf("read gateway budget: %w", err)
	}
	limit := answer.SessionStartLimit
	return limit.Remaining, time.Duration(limit.ResetAfter) * time.Millisecond, nil
}
