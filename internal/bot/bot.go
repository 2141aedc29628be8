// Package bot is what the program does on Discord: uploads come in by a command,
// a message or a watched channel, answers go out as one message each. How Discord
// is spoken to is package discord's.
//
// # In
//
// Every upload takes the same way, whatever it came by (upload.go): a first
// reply at once, a bounded download, the intake. The answer is not given here.
// It comes back through the queue, also when it was known already, and turns
// the first reply into the result (Bot.Announce). Only what the intake refuses
// is answered at once, by the same edit.
//
// The reply's nonce and the upload's key come from Discord's own ids, so an
// event that arrives twice, in one process or in two, leaves one reply and one
// submission.
//
// Before the first reply the upload is on record as pending (pending.go), and the
// process that records it first has it. The intake ends it, as does a refusal; one
// that gets old is resumed from the reply that stands, on the same way. How that
// reply is found is in firstreply.go. What no event brought is read back
// (catchup.go).
//
// # Out
//
// A result is an edit of the stored message, for a command by the interaction's
// token while that lives; where that cannot be, a new message that names the
// uploader; where that cannot be either, a direct message; and when no way is left
// the delivery says so for good. All else is an error for the queue to
// retry, with discord.Failure's RetryAfter to say when.
package bot

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Config is how a bot behaves.
type Config struct {
	Guild         discord.GuildID     // the guild to register commands in; "": everywhere
	Watch         []discord.ChannelID // channels in which every replay is accepted
	PublicURL     string              // of the pages, which answers link to; "": no links
	QueuePosition func() int          // of an upload accepted now; 0 when that is not worth saying; nil: it never is

	// What other parts of the program do on Discord, and how they say their kinds of
	// announcement.
	Routes    []discord.Route
	Renderers map[announcement.Kind]Renderer

	// Drain gives the time that uploads in flight have once Run's context ended:
	// as long as the context that it returns. nil: as long as they take.
	Drain func(ctx context.Context) (context.Context, context.CancelFunc)
}

// acceptor is the intake: the door to the rest of the program. A *failure.Error is the
// player's answer; any other error asks for another try.
type acceptor interface {
	Admit(fileName string, size int64) error
	Allow(ctx context.Context, upload upload.Incoming) error
	Spent(upload upload.Incoming) error
	Accept(ctx context.Context, upload upload.Incoming) (upload.Receipt, error)
	MaxBytes() int64
}

// records is what a bot leaves for the next one, and what answers are about.
type records interface {
	requestStore
	subjectStore
	bookmarkStore
	channelStore
}

// Bot is one Discord application's bot. It delivers from the moment it is made
// and listens while Run runs.
type Bot struct {
	cfg       Config
	discord   *discord.Client
	intake    acceptor
	requests  requestStore
	subjects  subjectStore
	bookmarks bookmarkStore
	channels  channelStore
	log       *slog.Logger
	lanes     *lanes
	router    *discord.Router
	pending   *pendingSet
	own       ownMessages
	refusals  *budget // of messages that say that a quota is used up
	hints     *budget // of messages that answer no upload
	gaps      *gaps
	languages *guildLanguages
	behind    chan struct{} // a new gateway session began: something may have been missed
	timeout   recordTimeout
}

// New prepares a bot; nothing is sent before Run or Announce.
func New(cfg Config, client *discord.Client, in acceptor, kept records, log *slog.Logger) *Bot {
	if log == nil {
		log = slog.Default()
	}
	if cfg.Drain == nil {
		cfg.Drain = func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(context.WithoutCancel(ctx))
		}
	}
	b := &Bot{
		cfg:       cfg,
		discord:   client,
		intake:    in,
		requests:  kept,
		subjects:  kept,
		bookmarks: kept,
		channels:  kept,
		log:       log,
		lanes:     newLanes(log),
		pending:   newPendingSet(),
		own:       newOwnMessages(),
		refusals:  newBudget(1, silence),
		hints:     newBudget(hintBurst, hintEvery),
		gaps:      newGaps(),
		languages: newGuildLanguages(client.GuildLocale),
		behind:    make(chan struct{}, 1),
		timeout:   defaultRecordTimeout,
	}
	b.router = discord.NewRouter(client, log, sentences(), slices.Concat(b.routes(), cfg.Routes))
	return b
}

// Run listens until ctx ends or Discord refuses the bot for good. It returns
// nil when ctx ended and everything in flight is done. It may be called again
// after that, not at the same time: a bot that stands by runs when it is its
// turn.
func (b *Bot) Run(ctx context.Context) error {
	// Uploads in flight outlive ctx; see Config.Drain.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.lanes.open(work)

	err := b.listen(ctx, work)

	drained := b.lanes.close()
	drain, release := b.cfg.Drain(ctx)
	defer release()
	select {
	case <-drained:
	case <-drain.Done():
		b.log.Warn("uploads left in flight at shutdown")
		stop()
		<-drained // every step below watches work
	}
	return err
}

// listen takes what players send until ctx ends (nil) or Discord refuses the bot
// for good. work is the context of what they start.
func (b *Bot) listen(ctx, work context.Context) error {
	app, err := b.discord.Identify(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	b.discord.Register(ctx, app, b.cfg.Guild, b.router.Commands())
	content := len(b.cfg.Watch) > 0
	if content && !app.SeesContent() {
		content = false
		b.log.Warn("watched channels are not read: switch on the Message Content Intent on the application's bot page and start again",
			"watch", b.cfg.Watch)
	}
	catching, stop := context.WithCancel(ctx)
	var caught sync.WaitGroup
	caught.Go(func() { b.catchUp(catching) })
	defer func() {
		stop()
		caught.Wait()
	}()
	return b.discord.Listen(ctx, work, discord.Listener{
		Content:     content,
		Message:     b.onMessage,
		Interaction: b.router.Handle,
		Gap:         func() { b.gaps.hold(b.cfg.Watch) },
		Begun:       b.begun,
		NoContent: func() {
			b.log.Warn("watched channels are not read: Discord refuses the Message Content Intent", "watch", b.cfg.Watch)
		},
	})
}

// begun makes what was missed be read back, since a new session has begun.
func (b *Bot) begun() {
	b.gaps.release()
	select {
	case b.behind <- struct{}{}:
	default: // it is being caught up with
	}
}

// Ready is nil while the gateway is connected, else it says why not.
func (b *Bot) Ready() error { return b.discord.Ready() }

func (b *Bot) watches(channelID discord.ChannelID) bool {
	return slices.Contains(b.cfg.Watch, channelID)
}
