package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/retry"
)

// Pace is how fast the gateway is tried again. Tests run at another one.
type Pace struct {
	First time.Duration // after a connection that worked
	Most  time.Duration // between tries that fail
	Fresh time.Duration // at most, before identifying again after opcode 9; Discord asks for 1 to 5 s
	Lived time.Duration // a connection that lasted so long worked
	Wait  time.Duration // between looks at a spent identify budget
	Hello time.Duration // at most, for each of connection, HELLO, and READY or RESUMED
	Apart time.Duration // between two sessions begun; Discord refuses a second within 5 s
}

var defaultPace = Pace{
	First: 500 * time.Millisecond,
	Most:  time.Minute,
	Fresh: 5 * time.Second,
	Lived: 2 * time.Minute,
	Wait:  5 * time.Minute,
	Hello: 15 * time.Second,
	Apart: 6 * time.Second, // it counts from before HELLO
}

// IdentifyReserve is how much of the day's budget of identifies is left alone:
// Discord resets the token of a bot that exceeds it, and an operator who
// restarts things by hand needs some.
const IdentifyReserve = 50

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

// Listener is what a bot does with what the gateway brings. The functions are
// called at the same time as one another, each call in a goroutine of its own.
type Listener struct {
	Content     bool // ask for the content of messages that are not meant for the bot
	Message     func(context.Context, *Message)
	Interaction func(context.Context, *Interaction)
	Gap         func() // a new session will be asked for: events go by until it has begun
	Begun       func() // a session has begun
	NoContent   func() // Discord refuses Content; the bot goes on without
}

// intents are what a session with or without Listener.Content asks for.
func (l Listener) intents() discordgo.Intent {
	intents := discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if l.Content {
		intents |= discordgo.IntentMessageContent
	}
	return intents
}

// Listen keeps the gateway connected until ctx ends (nil) or Discord refuses
// the bot for good. work is the context of what the listener is given. Identify
// must have returned before.
func (c *Client) Listen(ctx, work context.Context, to Listener) error {
	defer c.offline("not listening")
	var current *gatewaySession
	var begun time.Time // the last session
	for failures := 0; ; {
		if current == nil {
			address, err := c.awaitBudget(ctx)
			if err != nil {
				return unlessEnded(ctx, err)
			}
			if !retry.Sleep(ctx, time.Until(begun.Add(c.pace.Apart))) {
				return nil
			}
			begun = time.Now()
			current = &gatewaySession{client: c, work: work, to: to, general: address}
			to.Gap()
		}
		c.offline("connecting")
		began := time.Now()
		why := current.serve(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c.offline("the connection ended")
		if err := afterClose(why, &to); err != nil {
			return err
		}
		failures++
		if time.Since(began) >= c.pace.Lived {
			failures = 1
		}
		pause := c.pace.after(why, failures)
		c.log.Warn("gateway connection ended", "reason", why.Error(),
			"lived", time.Since(began).Round(time.Millisecond), "again_in", pause)
		if !resumable(why) || current.id == "" || current.failed >= maxUnresumed {
			current = nil // a new session is asked for, which the budget counts
		}
		if !retry.Sleep(ctx, pause) {
			return nil
		}
	}
}

// Register makes these the application's commands, in one guild or, when guild is
// "", everywhere. A failure is only logged: commands registered by an earlier
// start go on working.
func (c *Client) Register(ctx context.Context, app *Application, guild GuildID, commands []*Command) {
	_, err := retry.Do(ctx, Retries, func() (struct{}, error) { return struct{}{}, c.register(ctx, app.ID, guild, commands) })
	if err != nil {
		c.log.Error("commands not registered", "guild", guild, "cause", whyNotRegistered(err), "error", err)
	}
}

// whyNotRegistered is what an operator can do about commands that Discord did
// not take.
func whyNotRegistered(err error) string {
	switch s := Status(err); {
	case s == http.StatusForbidden || s == http.StatusNotFound:
		return "the bot is not in the guild, or its invitation lacks the scope applications.commands"
	case s == http.StatusUnauthorized:
		return explain[closeBadToken]
	case s == http.StatusTooManyRequests:
		return "rate limit: Discord takes a number of new commands a day"
	case BadRequest(err):
		return "Discord refuses the definition of a command; the error names the field: the program needs an update"
	case s >= http.StatusInternalServerError:
		return "Discord fails; start again later"
	}
	return "Discord cannot be reached"
}

// Identify asks who the bot is until Discord answers; an error is that of ctx, or
// a refused token. The answer is needed before the first event, which may name the
// bot.
func (c *Client) Identify(ctx context.Context) (*Application, error) {
	for failures := 1; ; failures++ {
		app, user, err := c.identity(ctx)
		if err == nil {
			c.user.Store(&user)
			return app, nil
		}
		if Status(err) == http.StatusUnauthorized {
			return nil, fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		pause := max(c.pace.after(err, failures), RetryAfter(err))
		c.offline("Discord cannot be reached")
		c.log.Warn("discord unreachable", "error", err, "again_in", pause)
		if !retry.Sleep(ctx, pause) {
			return nil, ctx.Err()
		}
	}
}

// awaitBudget waits until the bot may identify again, and returns the gateway's
// address. While it waits it delivers, but receives no events.
func (c *Client) awaitBudget(ctx context.Context) (string, error) {
	for failures := 1; ; failures++ {
		start, err := c.sessionStart(ctx)
		if err == nil && start.remaining > IdentifyReserve {
			return start.address, nil
		}
		if Status(err) == http.StatusUnauthorized {
			return "", fmt.Errorf("%s: %w", explain[closeBadToken], err)
		}
		pause := min(max(start.reset, c.pace.First), c.pace.Wait)
		if err != nil {
			pause = max(c.pace.after(err, failures), RetryAfter(err))
			c.log.Warn("gateway budget unknown", "error", err, "again_in", pause)
		} else {
			c.offline("identify budget spent")
			c.log.Error("too many gateway sessions today; waiting so that Discord does not reset the token",
				"remaining", start.remaining, "reset_in", start.reset)
		}
		if !retry.Sleep(ctx, pause) {
			return "", ctx.Err()
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
	closeInvalidVersion:    "discord no longer speaks gateway version 9: the program needs an update",
	closeInvalidIntents:    "discord does not know the intents asked for: the program needs an update",
	closeDisallowedIntents: "discord refuses the intents asked for: switch them on on the application's bot page",
}

// afterClose judges why a connection ended: for good (an error), or what is to be
// left out next time.
func afterClose(why error, to *Listener) error {
	if Status(why) == http.StatusUnauthorized { // of the request for the gateway's address
		return fmt.Errorf("%s: %w", explain[closeBadToken], why)
	}
	var closed *closeError
	if !errors.As(why, &closed) {
		return nil
	}
	if closed.code == closeDisallowedIntents && to.Content {
		to.Content = false
		to.NoContent()
		return nil
	}
	if remedy, final := explain[closed.code]; final {
		return fmt.Errorf("%s: %w", remedy, why)
	}
	return nil
}

// resumable says whether the session outlives the connection. What it missed
// is then sent again by Discord; else it is read back (catchup.go).
func resumable(why error) bool {
	if errors.Is(why, errInvalid) {
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
func (p Pace) after(why error, failures int) time.Duration {
	pause := min(p.First<<min(failures-1, 16), p.Most)
	pause = pause/2 + rand.N(pause/2+1)
	if errors.Is(why, errInvalid) {
		pause = max(pause, p.Fresh/5+rand.N(p.Fresh-p.Fresh/5))
	}
	return pause
}

// unlessEnded is err, unless ctx ended: then nothing failed.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
