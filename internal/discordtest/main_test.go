package discordtest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	discordgo.Logger = func(int, int, string, ...any) {} // its reports of disturbances are wanted, not read
	goleak.VerifyTestMain(m)
}

// timeout is how long a test waits for something that should happen at once.
const timeout = time.Minute

// bench is what a test works with: a server with a guild, a channel and a user.
type bench struct {
	*testing.T
	*Server
	ctx     context.Context
	guild   Guild
	channel Channel
	alice   User
}

func newBench(t *testing.T, options Options) *bench {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), timeout, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	s, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	b := &bench{T: t, Server: s, ctx: ctx}
	b.guild = s.AddGuild("EvoLadder")
	b.channel = s.AddChannel(b.guild, "replays")
	b.alice = s.AddUser("alice")
	return b
}

const noDescription = "the OpenAPI description ../shared/discord/openapi.json is absent: bodies are not checked against it"

// strict are options with the OpenAPI description where it is present. They are
// lenient, since these tests send bodies of discordgo.
func strict(t *testing.T) Options {
	t.Helper()
	path, err := SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		t.Log(noDescription)
	}
	return Options{OpenAPI: path, Lenient: true}
}

// described are options with the OpenAPI description; the test is skipped where
// it is absent.
func described(t *testing.T) Options {
	t.Helper()
	options := strict(t)
	if options.OpenAPI == "" {
		t.Skip(noDescription)
	}
	return options
}

const plainIntents = IntentGuilds | IntentGuildMessages | IntentDirectMessages

// session is a discordgo client directed at the server, not yet opened.
func (b *bench) session(token string) *discordgo.Session {
	b.Helper()
	d, err := discordgo.New("Bot " + token)
	if err != nil {
		b.Fatal(err)
	}
	d.Client = &http.Client{Transport: b.Transport()}
	d.State = nil
	d.StateEnabled = false
	d.Identify.Intents = discordgo.Intent(plainIntents)
	d.ShouldRetryOnRateLimit = false
	d.ShouldReconnectOnError = false // see keepOpen
	return d
}

// resting counts the connections that are at work and on which discordgo's first
// heartbeat has come. It sends that at once; a connection that breaks before is closed
// twice by it, the second time with 1000, which ends the session.
func (b *bench) resting() int {
	n := 0
	b.each(func(c *connection) {
		c.mu.Lock()
		beaten := c.beaten
		c.mu.Unlock()
		if beaten && c.ready() {
			n++
		}
	})
	return n
}

// bot is a client that has logged in; setup registers its handlers before.
func (b *bench) bot(setup func(*discordgo.Session)) *discordgo.Session {
	b.Helper()
	d := b.session(b.Token())
	if setup != nil {
		setup(d)
	}
	leave := b.keepOpen(d)
	if err := d.Open(); err != nil {
		leave()
		b.Fatalf("open: %v", err)
	}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		if err := b.Wait(ctx, func() bool { return b.resting() > 0 }); err != nil {
			b.Errorf("the bot did not come to rest: %v", err)
			b.Close() // a client that waits for a gateway's answer gets none
		}
		leave()
		_ = d.Close()
	})
	if err := b.Wait(b.ctx, func() bool { return b.resting() > 0 }); err != nil {
		b.Fatal(err)
	}
	return d
}

// keepOpen opens a session again whenever discordgo has closed its connection,
// until leave is called. discordgo could do so itself, but cannot be stopped:
// a heartbeat that is under way while Close holds the session's lock finds its
// ticker due when the lock is free, as likely as not looks at that instead of at
// the end of the connection, cannot write, and reconnects for ever.
func (b *bench) keepOpen(d *discordgo.Session) (leave func()) {
	lost := make(chan struct{}, 1)
	d.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case lost <- struct{}{}:
		default: // it is known
		}
	})
	left := make(chan struct{})
	var opening sync.WaitGroup
	opening.Go(func() {
		for {
			select {
			case <-lost:
			case <-left:
				return
			}
			if err := d.Open(); err != nil && !errors.Is(err, discordgo.ErrWSAlreadyOpen) {
				b.Errorf("open again: %v", err)
			}
		}
	})
	return func() {
		close(left)
		opening.Wait()
	}
}

// noViolations ends most tests.
func (b *bench) noViolations() {
	b.Helper()
	for _, v := range b.Violations() {
		b.Errorf("violation: %v", v)
	}
}

// receive takes a value from a channel that a handler fills.
func receive[T any](b *bench, from <-chan T) T {
	b.Helper()
	select {
	case v := <-from:
		return v
	case <-b.ctx.Done():
		b.Fatal("nothing received")
		panic("unreachable")
	}
}

// code is Discord's error code in an error of discordgo, and the HTTP status.
func code(err error) (status, code int) {
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) {
		return 0, 0
	}
	if rest.Message != nil {
		code = rest.Message.Code
	}
	return rest.Response.StatusCode, code
}

// refused fails unless an error has a code of Discord.
func (b *bench) refused(err error, want int) {
	b.Helper()
	if _, got := code(err); got != want || err == nil {
		b.Errorf("error %v has code %d, want %d", err, got, want)
	}
}

func messages(b *bench) (func(*discordgo.Session), <-chan *discordgo.Message) {
	out := make(chan *discordgo.Message, 100)
	return func(d *discordgo.Session) {
		d.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { out <- m.Message })
	}, out
}
