package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// pace is how fast the gateway is tried again. Tests run at another one.
type pace struct {
	first time.Duration // after a connection that worked
	most  time.Duration // between tries that fail
	fresh time.Duration // at most, before identifying again after opcode 9; Discord asks for 1 to 5 s
	lived time.Duration // a connection that lasted so long worked
	wait  time.Duration // between looks at a spent identify budget
	hello time.Duration // until the gateway's first words
	apart time.Duration // between two sessions begun; Discord refuses a second within 5 s
}

var defaultPace = pace{
	first: 500 * time.Millisecond,
	most:  time.Minute,
	fresh: 5 * time.Second,
	lived: 2 * time.Minute,
	wait:  5 * time.Minute,
	hello: 15 * time.Second,
	apart: 6 * time.Second, // it counts from before HELLO
}

// identifyReserve is how much of the day's budget of identifies is left alone:
// Discord resets the token of a bot that exceeds it, and an operator who
// restarts things by hand needs some.
const identifyReserve = 50

// maxUnresumed is how many connections in a row may end before Discord has
// resumed the session on them. After that a new session begins: what the old one
// missed is read back.
const maxUnresumed = 2

// Bits of an application's flags that say which privileged intents it has.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
const (
	flagMessageContent        = 1 << 18
	flagMessageContentLimited = 1 << 19 // bots in fewer than 100 guilds
)

// listen keeps the gateway connected until ctx ends (nil) or Discord refuses
// the bot for good.
func (b *Bot) listen(ctx, work context.Context) error {
	intents, err := b.introduce(ctx)
	if err != nil {
		return unlessEnded(ctx, err)
	}
	catching, stop := context.WithCancel(ctx)
	var caught sync.WaitGroup
	caught.Go(func() { b.catchUp(catching) })
	defer func() {
		stop()
		caught.Wait()
	}()

	var current *link
	var begun time.Time // the last session
	for failures := 0; ; {
		if current == nil {
			if err := b.awaitBudget(ctx); err != nil {
				return unlessEnded(ctx, err)
			}
			if !sleep(ctx, time.Until(begun.Add(b.pace.apart))) {
				return nil
			}
			begun = time.Now()
			if current, err = b.newLink(work, intents); err != nil {
				return err
			}
			b.link.Store(current)
			b.places.hold(b.cfg.Watch)
		}
		b.offline("connecting")
		began := time.Now()
		why := current.serve(ctx)
		if ctx.Err() != nil {
			return nil
		}
		b.offline("the connection ended")
		if intents, err = b.afterClose(why, intents); err != nil {
			return err
		}
		failures++
		if time.Since(began) >= b.pace.lived {
			failures = 1
		}
		pause := b.pace.after(why, failures)
		b.log.Warn("gateway connection ended", "reason", why.Error(),
			"lived", time.Since(began).Round(time.Millisecond), "again_in", pause)
		if !resumable(why) || !current.greeted.Load() || current.unresumed() >= maxUnresumed {
			current = nil // a new session is asked for, which the budget counts
		}
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// introduce learns who the bot is, registers its commands, and chooses the
// intents it may ask for.
func (b *Bot) introduce(ctx context.Context) (discordgo.Intent, error) {
	app, err := b.identity(ctx)
	if err != nil {
		return 0, err
	}
	err = b.rest.register(ctx, app.ID, b.cfg.Guild, commands())
	for try := 1; temporary(err) && try < maxTries && sleep(ctx, max(retryAfter(err), time.Duration(try)*retryPause)); try++ {
		err = b.rest.register(ctx, app.ID, b.cfg.Guild, commands())
	}
	if err != nil {
		// Commands registered by an earlier start go on working.
		b.log.Error("commands not registered", "guild", b.cfg.Guild, "cause", whyNotRegistered(err), "error", err)
	}
	intents := discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if len(b.cfg.Watch) == 0 {
		return intents, nil
	}
	if app.Flags&(flagMessageContent|flagMessageContentLimited) == 0 {
		b.log.Warn("watched channels are not read: switch on the Message Content Intent on the application's bot page and start again",
			"watch", b.cfg.Watch)
		return intents, nil
	}
	return intents | discordgo.IntentMessageContent, nil
}

// whyNotRegistered is what an operator can do about commands that Discord did
// not take.
func whyNotRegistered(err error) string {
	switch s := status(err); {
	case s == http.StatusForbidden || s == http.StatusNotFound:
		return "the bot is not in the guild, or its invitation lacks the scope applications.commands"
	case s == http.StatusUnauthorized:
		return explain[closeBadToken]
	case s == http.StatusTooManyRequests:
		return "rate limit: Discord takes a number of new commands a day"
	case badRequest(err):
		return "Discord refuses the definition of a command; the error names the field: the program needs an update"
	case s >= http.StatusInternalServerError:
		return "Discord fails; start again later"
	}
	return "Discord cannot be reached"
}

// identity asks who the bot is until Discord answers; only a refused token is
// an error. The answer is needed before the first event, which may name the
// bot: READY says it too, but discordgo handles events in any order.
func (b *Bot) identity(ctx context.Context) (*application, error) {
	for failures := 1; ; failures++ {
		app, user, err := b.rest.identity(ctx)
		if err == nil {
			b.user.Store(&user)
			return app, nil
		}
		if status(err) == http.StatusUnauthorized {
			return nil, fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		pause := max(b.pace.after(err, failures), retryAfter(err))
		b.offline("Discord cannot be reached")
		b.log.Warn("discord unreachable", "error", err, "again_in", pause)
		if !sleep(ctx, pause) {
			return nil, ctx.Err()
		}
	}
}

// awaitBudget waits until the bot may identify again. While it waits it still
// delivers: only the ears are shut.
func (b *Bot) awaitBudget(ctx context.Context) error {
	for failures := 1; ; failures++ {
		remaining, reset, err := b.rest.identifies(ctx)
		if err == nil && remaining > identifyReserve {
			return nil
		}
		if status(err) == http.StatusUnauthorized {
			return fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		pause := min(max(reset, b.pace.first), b.pace.wait)
		if err != nil {
			pause = max(b.pace.after(err, failures), retryAfter(err))
			b.log.Warn("gateway budget unknown", "error", err, "again_in", pause)
		} else {
			b.offline("identify budget spent")
			b.log.Error("too many gateway sessions today; waiting so that Discord does not reset the token",
				"remaining", remaining, "reset_in", reset)
		}
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

// Close codes that no reconnecting helps against.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
const (
	closeBadToken          = 4004
	closeInvalidSequence   = 4007
	closeSessionTimedOut   = 4009
	closeInvalidShard      = 4010
	closeShardingRequired  = 4011
	closeInvalidVersion    = 4012
	closeInvalidIntents    = 4013
	closeDisallowedIntents = 4014
)

// explain says what an operator must do about a close code that is final.
var explain = map[int]string{
	closeBadToken:          "discord refuses the bot token: set DISCORD_TOKEN to the token on the application's bot page",
	closeInvalidShard:      "discord refuses the shard: this program runs as one shard",
	closeShardingRequired:  "the bot is in too many guilds for one shard, which this program needs",
	closeInvalidVersion:    "discord no longer speaks gateway version 9: the program needs a newer discordgo",
	closeInvalidIntents:    "discord does not know the intents asked for: the program needs a newer discordgo",
	closeDisallowedIntents: "discord refuses the intents asked for: switch them on on the application's bot page",
}

// afterClose judges why a connection ended: for good (an error), or which
// intents to ask for next time.
func (b *Bot) afterClose(why error, intents discordgo.Intent) (discordgo.Intent, error) {
	var closed *closeError
	if !errors.As(why, &closed) {
		return intents, nil
	}
	if closed.code == closeDisallowedIntents && intents&discordgo.IntentMessageContent != 0 {
		b.log.Warn("watched channels are not read: Discord refuses the Message Content Intent", "watch", b.cfg.Watch)
		return intents &^ discordgo.IntentMessageContent, nil
	}
	if remedy, final := explain[closed.code]; final {
		return intents, fmt.Errorf("%s: %w", remedy, why)
	}
	return intents, nil
}

// resumable says whether the session outlives the connection. What it missed
// is then sent again by Discord; else it is read back (catchup.go).
func resumable(why error) bool {
	if errors.Is(why, errInvalid) || errors.Is(why, errStuck) {
		return false
	}
	var closed *closeError
	if errors.As(why, &closed) {
		switch closed.code {
		case 1000, 1001, closeInvalidSequence, closeSessionTimedOut, closeDisallowedIntents:
			return false
		}
	}
	return true
}

// after is the pause before the next connection.
func (p pace) after(why error, failures int) time.Duration {
	pause := min(p.first<<min(failures-1, 16), p.most)
	pause = pause/2 + rand.N(pause/2+1)
	if errors.Is(why, errInvalid) {
		pause = max(pause, p.fresh/5+rand.N(p.fresh-p.fresh/5))
	}
	return pause
}

// sleep says whether d passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unlessEnded is err, unless ctx ended: then nothing failed.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
