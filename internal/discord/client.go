package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/fair"
	"github.com/evoladder/evoladderbot/internal/retry"
)

// restTimeout bounds one REST call, its waits included.
const restTimeout = 10 * time.Second

// Config says how Discord is reached, and by which bot.
type Config struct {
	Token           string            // of the bot, without "Bot "
	Version         string            // of this program, for the User-Agent; "": not said
	APIBase         string            // "" is Discord; else scheme and host of a loopback Discord
	DownloadTimeout time.Duration     // of one attachment; 0: the context of the call bounds it alone
	RequestRate     int               // REST requests a second; 0: 45, a little under Discord's limit; none on a loopback Discord
	Pace            Pace              // of the gateway; the zero value: as Discord asks for
	Undecodable     func(kind string) // counts what Discord sent and the program cannot decode; nil: nothing does
}

// Client speaks to Discord as one bot: REST and downloads from the moment it is
// made, the gateway while Listen runs. Every call has a deadline, nothing is
// retried by the library, and every error is safe to log.
type Client struct {
	cfg Config
	log *slog.Logger
	// session speaks as the bot, through discordgo's rate limiter.
	session *discordgo.Session
	// callbacks speaks by the tokens of interactions. It has no token of its
	// own, and its calls bring a bucket each: discordgo would keep one for
	// every interaction for ever.
	callbacks *discordgo.Session
	turns     *fair.Turnstile // before session's rate limits of channels
	directs   *lru.Cache[UserID, ChannelID]
	*downloader
	pace    Pace
	trouble trouble
	// connect reaches the gateway; tests have one that needs no network.
	connect func(ctx context.Context, network, address string) (net.Conn, error)

	user  atomic.Pointer[UserID] // the bot's own id; "" before Identify learned it
	state atomic.Pointer[string] // why the gateway is not connected, for Ready; nil while it is
}

// New prepares a client; nothing is sent yet.
func New(cfg Config, log *slog.Logger) (*Client, error) {
	cfg.Token = strings.TrimPrefix(strings.TrimSpace(cfg.Token), "Bot ") // as some pages show it
	if cfg.Token == "" {
		return nil, errors.New("discord: no bot token")
	}
	var base *url.URL
	if cfg.APIBase != "" {
		parsed, err := url.Parse(cfg.APIBase)
		if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
			return nil, fmt.Errorf("discord: API base %q is not http(s)://host", cfg.APIBase)
		}
		base = parsed
	}
	if cfg.Pace == (Pace{}) {
		cfg.Pace = defaultPace
	}
	if log == nil {
		log = slog.Default()
	}
	client := newHTTPClient(cfg, base)
	speaker, err := newSession("Bot "+cfg.Token, client, userAgent(cfg.Version))
	if err != nil {
		return nil, err
	}
	callbacks, err := newSession("", client, userAgent(cfg.Version))
	if err != nil {
		return nil, err
	}
	directs, err := lru.New[UserID, ChannelID](maxDirects)
	if err != nil {
		return nil, fmt.Errorf("make cache: %w", err)
	}
	c := &Client{
		cfg: cfg, log: log, session: speaker, callbacks: callbacks, turns: fair.NewTurnstile(), directs: directs,
		downloader: newDownloader(base, cfg.DownloadTimeout), pace: cfg.Pace,
		connect: (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
	}
	c.user.Store(new(UserID))
	c.offline("not started")
	return c, nil
}

// newHTTPClient is what all REST requests go through.
func newHTTPClient(cfg Config, base *url.URL) *http.Client {
	var transport http.RoundTripper = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64, // one busy minute's worth; Discord allows 50 requests a second
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: restTimeout,
	}
	pace := rate.Limit(discordRate)
	if base != nil {
		transport, pace = redirect{base, transport}, rate.Inf
	}
	if cfg.RequestRate > 0 {
		pace = rate.Limit(cfg.RequestRate)
	}
	return &http.Client{Transport: newThrottle(transport, pace), Timeout: restTimeout}
}

// Self is the bot's own user id; "" before Identify learned it.
func (c *Client) Self() UserID { return *c.user.Load() }

// Ready is nil while the gateway is connected, else it says why not.
func (c *Client) Ready() error {
	if why := c.state.Load(); why != nil {
		return offlineError(*why)
	}
	return nil
}

// offlineError is why the gateway is not connected, in words of this package:
// they name no host and hold nothing of anybody else's.
type offlineError string

func (e offlineError) Error() string { return "discord gateway: " + string(e) }

// Trouble is what Discord's REST API does to the bot's requests, "" while it
// answers them.
func (c *Client) Trouble() string { return c.trouble.recent() }

// CheckToken asks Discord whether it knows the bot's token, until Discord says
// so or ctx ends; only a refused token is an error. A bot that stands by would
// else hear of it when it is the only one left.
func (c *Client) CheckToken(ctx context.Context) error {
	for failures := 1; ; failures++ {
		_, _, err := c.identity(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if Status(err) == http.StatusUnauthorized {
			return fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		if !retry.Sleep(ctx, max(c.pace.after(err, failures), RetryAfter(err))) {
			return nil
		}
	}
}

// offline says why the gateway is not connected, while it is not.
func (c *Client) offline(why string) { c.state.Store(&why) }

// Undecodable notes that a piece of what Discord sent was skipped. The error
// must not hold any of its content.
func (c *Client) Undecodable(kind string, err error, ids ...any) {
	c.log.Warn("discord sent what this program cannot decode", append([]any{"kind", kind, "error", err}, ids...)...)
	if c.cfg.Undecodable != nil {
		c.cfg.Undecodable(kind)
	}
}

// CloseIdleConnections closes the connections that no request uses.
func (c *Client) CloseIdleConnections() {
	c.session.Client.CloseIdleConnections()
	c.downloader.client.CloseIdleConnections()
}

// redirect leads requests for Discord's API to another scheme and host, so
// that discordgo's compiled-in addresses need no globals changed.
type redirect struct {
	base *url.URL
	next http.RoundTripper
}

func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host, req.Host = r.base.Scheme, r.base.Host, ""
	return r.next.RoundTrip(req)
}
