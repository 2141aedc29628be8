package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/submission"
)

const (
	// drainTimeout is how long a stopping bot waits for uploads in hand. The
	// supervisor gives the whole process 10 s.
	drainTimeout = 7 * time.Second
	// restTimeout bounds one REST call, its waits included.
	restTimeout = 10 * time.Second
	// defaultDownloadTimeout bounds one download. At 8 MiB it asks for half a
	// MiB a second, far below what the CDN gives.
	defaultDownloadTimeout = 15 * time.Second
)

// Config is what a bot needs to know of its application.
type Config struct {
	Token           string            // of the bot, without "Bot "
	APIBase         string            // "" is Discord; else scheme and host of a loopback Discord
	Guild           string            // the guild to register commands in; "": everywhere
	Watch           []string          // channels in which every replay is taken up
	DownloadTimeout time.Duration     // 0: 15 s
	PublicURL       string            // of the pages, which answers link to; "": no links
	Place           func() int        // an upload's place in the queue, 0 when that is not worth saying; nil: it never is
	Undecodable     func(kind string) // counts what Discord sent and the program cannot decode; nil: nothing does
	RequestRate     int               // REST requests a second; 0: 45, a little under Discord's limit; none on a loopback Discord
}

// intake is the door to the rest of the program. A *fault.Error is the
// player's answer; any other error asks for another try.
type intake interface {
	Admit(fileName string, size int64) error
	Allow(ctx context.Context, upload submission.Upload) error
	Spent(upload submission.Upload) error
	Accept(ctx context.Context, upload submission.Upload) (submission.Receipt, error)
	MaxBytes() int64
}

// records is what a bot leaves for the next one.
type records interface {
	requests
	bookmarks
	channels
}

// Bot is one Discord application's bot. It delivers from the moment it is made
// and listens while Run runs.
type Bot struct {
	cfg       Config
	intake    intake
	requests  requests
	bookmarks bookmarks
	channels  channels
	log       *slog.Logger
	rest      *rest
	downloads *downloader
	lanes     *lanes
	acks      chan struct{} // a place for every interaction being acknowledged
	claims    *claims
	refusals  *budget // of messages that say that a quota is used up
	hints     *budget // of messages that answer no upload
	places    *places
	behind    chan struct{} // a new gateway session began: something may have been missed
	pace      pace
	patience  patience
	drain     time.Duration // how long uploads in hand outlive Run's context

	user  atomic.Pointer[string] // the bot's own id; "" before Run learned it
	link  atomic.Pointer[link]   // the gateway session in use, if any
	state atomic.Pointer[string] // why the gateway is not connected, for Ready and Why
}

// New prepares a bot; nothing is sent before Run or Deliver.
func New(cfg Config, in intake, kept records, log *slog.Logger) (*Bot, error) {
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
	if cfg.DownloadTimeout <= 0 {
		cfg.DownloadTimeout = defaultDownloadTimeout
	}
	if log == nil {
		log = slog.Default()
	}
	client, err := newRest(cfg, base)
	if err != nil {
		return nil, err
	}
	routeLibraryLog(log)
	b := &Bot{
		cfg:       cfg,
		intake:    in,
		requests:  kept,
		bookmarks: kept,
		channels:  kept,
		log:       log,
		rest:      client,
		downloads: newDownloader(base, cfg.DownloadTimeout),
		lanes:     newLanes(log),
		acks:      make(chan struct{}, maxAcknowledging),
		claims:    newClaims(),
		refusals:  newBudget(1, silence),
		hints:     newBudget(hintBurst, hintEvery),
		places:    newPlaces(),
		behind:    make(chan struct{}, 1),
		pace:      defaultPace,
		patience:  defaultPatience,
		drain:     drainTimeout,
	}
	client.undecodable = b.undecodable
	b.user.Store(new(string))
	b.offline("not started")
	return b, nil
}

// Run listens until ctx ends or Discord refuses the bot for good. It returns
// nil when ctx ended and everything in hand is done. It may be called again
// after that, not at the same time: a bot that stands by runs when it is its
// turn.
func (b *Bot) Run(ctx context.Context) error {
	// Uploads in hand outlive ctx by b.drain.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.lanes.open(work)

	err := b.listen(ctx, work)
	b.offline("stopping")

	drained := b.lanes.close()
	select {
	case <-drained:
	case <-time.After(b.drain):
		b.log.Warn("uploads in hand given up at shutdown", "after", b.drain)
		stop()
		<-drained // every step below watches work
	}
	b.offline("stopped")
	return err
}

// Ready is nil while the gateway is connected, else it says why not.
func (b *Bot) Ready() error {
	if l := b.link.Load(); l != nil && l.live() {
		return nil
	}
	return offlineError(*b.state.Load())
}

// offlineError is why the gateway is not connected, in words of this package:
// they name no host and hold nothing of anybody else's.
type offlineError string

func (e offlineError) Error() string { return "discord gateway: " + string(e) }

// Trouble is what Discord's REST API does to the bot's requests, "" while it
// answers them.
func (b *Bot) Trouble() string { return b.rest.trouble.recent() }

// CheckToken asks Discord whether it knows the bot's token, until Discord says
// so or ctx ends; only a refused token is an error. A bot that stands by would
// else hear of it when it is the only one left.
func (b *Bot) CheckToken(ctx context.Context) error {
	for failures := 1; ; failures++ {
		_, _, err := b.rest.identity(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if status(err) == http.StatusUnauthorized {
			return fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		if !sleep(ctx, max(b.pace.after(err, failures), retryAfter(err))) {
			return nil
		}
	}
}

// offline says why the gateway is not connected, while it is not.
func (b *Bot) offline(why string) { b.state.Store(&why) }

func (b *Bot) watches(channelID string) bool {
	return slices.Contains(b.cfg.Watch, channelID)
}

// undecodable notes that a piece of what Discord sent was skipped. The error
// must not hold any of its content.
func (b *Bot) undecodable(kind string, err error, ids ...any) {
	b.log.Warn("discord sent what this program cannot decode", append([]any{"kind", kind, "error", err}, ids...)...)
	if b.cfg.Undecodable != nil {
		b.cfg.Undecodable(kind)
	}
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
