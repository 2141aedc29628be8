package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testPatience is how long a test waits for what should happen at once.
const testPatience = time.Minute

// quickPace keeps reconnections from taking a test's time.
var quickPace = discord.Pace{
	First: 5 * time.Millisecond, Most: 50 * time.Millisecond, Fresh: 5 * time.Millisecond,
	Lived: time.Hour, Wait: 20 * time.Millisecond, Hello: 2 * time.Second,
}

// bench is a bot on a loopback Discord, with the real intake over a store in
// memory.
type bench struct {
	*testing.T
	*discordtest.Server
	ctx     context.Context
	guild   discordtest.Guild
	channel discordtest.Channel
	alice   discordtest.User
	store   *memory
	intake  *intake.Intake
	cfg     Config
	wire    discord.Config
	log     *journal
	bot     *Bot
}

// newBench starts the server; the bot is made by start, so that a test can
// change its settings first.
func newBench(t *testing.T, options discordtest.Options) *bench {
	t.Helper()
	path, err := discordtest.SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	options.OpenAPI = path // without it the server still checks the documented limits
	server, err := discordtest.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeoutCause(t.Context(), testPatience, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	b := &bench{T: t, Server: server, ctx: ctx, store: newMemory(), log: &journal{}}
	b.intake = intake.New(b.store, b.store, b.store, intake.Options{Limits: replay.Limits{FileBytes: testLimit}, Log: slog.New(slog.DiscardHandler)})
	b.guild = server.AddGuild("EvoLadder")
	b.channel = server.AddChannel(b.guild, "replays")
	b.alice = server.AddUser("alice")
	b.wire = discord.Config{Token: server.Token(), APIBase: server.URL(), Pace: quickPace}
	return b
}

// make makes a bot that does not listen.
func (b *bench) make() *Bot {
	b.Helper()
	log := slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := discord.New(b.wire, log)
	if err != nil {
		b.Fatal(err)
	}
	b.bot = New(b.cfg, client, b.intake, b.store, log)
	b.Cleanup(client.CloseIdleConnections)
	return b.bot
}

// start makes a bot and lets it listen; the function returned ends it and says
// how Run ended. It runs at the end of the test in any case.
func (b *bench) start() (stop func() error) {
	b.Helper()
	bot := b.make()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(testPatience):
			return errors.New("Run does not end")
		}
	})
	b.Cleanup(func() {
		if err := stop(); err != nil {
			b.Errorf("Run: %v", err)
		}
		for _, violation := range b.Violations() {
			b.Errorf("violation: %v", violation)
		}
		if text := b.log.String(); strings.Contains(text, b.wire.Token) {
			b.Errorf("the token is in the log:\n%s", text)
		}
	})
	b.ready()
	return stop
}

// ready waits until Discord and the bot both say that it is connected.
func (b *bench) ready() {
	b.Helper()
	b.must(b.WaitReady(b.ctx))
	b.must(b.Wait(b.ctx, func() bool { return b.Requests("PUT /applications/{application_id}/commands") > 0 }))
	b.eventually(func() bool { return b.bot.Ready() == nil }) // of an earlier bot Discord may have said all that
}

// eventually waits for what wakes nothing that could be waited for.
func (b *bench) eventually(cond func() bool) {
	b.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-b.ctx.Done():
			b.must(context.Cause(b.ctx))
		}
	}
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("%v\nlog:\n%s", err, b.log)
	}
}

// shown waits for a message with a text in it.
func (b *bench) shown(text string) discordtest.Message {
	b.Helper()
	m, err := b.WaitMessage(b.ctx, func(m discordtest.Message) bool {
		return m.Author.ID == b.Bot().ID && !m.Deleted && strings.Contains(m.Content, text)
	})
	if err != nil {
		b.Fatalf("no message says %q: %v\nlog:\n%s", text, err, b.log)
	}
	return m
}

// fromBot are the bot's messages that stand in a channel.
func (b *bench) fromBot(in discordtest.Channel) []discordtest.Message {
	var own []discordtest.Message
	for _, m := range b.Messages(in) {
		if m.Author.ID == b.Bot().ID {
			own = append(own, m)
		}
	}
	return own
}

// arrivals waits until n uploads are recorded.
func (b *bench) arrivals(n int) []upload.Arrival {
	b.Helper()
	all, err := b.store.wait(b.ctx, n)
	if err != nil {
		b.Fatalf("%d of %d uploads arrived: %v\nlog:\n%s", len(all), n, err, b.log)
	}
	return all
}

// announcement is the answer to an upload, as the queue hands it to the bot.
func (b *bench) announcement(arrival upload.Arrival) announcement.Announcement {
	b.Helper()
	view := done(b.T, duel())
	view.FileName, view.Unlisted, view.Language = arrival.FileName, arrival.Unlisted, arrival.Language
	return announcement.Announcement{ID: 77, Kind: announcement.ReplayResult, Subject: b.store.answered(view), Reply: *arrival.Reply}
}

// give delivers an announcement as the bot's handler does.
func (b *bench) give(ctx context.Context, a announcement.Announcement) (announcement.Delivery, error) {
	said, err := b.bot.render(ctx, a)
	if err != nil {
		return announcement.Delivery{}, err
	}
	return b.bot.deliver(ctx, a, said)
}

// deliver brings the answer to an upload and returns the message.
func (b *bench) deliver(arrival upload.Arrival) discordtest.Message {
	b.Helper()
	delivery, err := b.give(b.ctx, b.announcement(arrival))
	b.must(err)
	m, ok := b.Message(string(delivery.MessageID))
	if !delivery.Sent || !ok {
		b.Fatalf("delivery %+v", delivery)
	}
	return m
}

// game is a file that the intake accepts.
func game(name string) discordtest.File {
	return discordtest.File{Name: name, Data: []byte("MPQ\x1b of " + name)}
}

// memory is the store and the queue behind the intake, and keeps requests.
type memory struct {
	mu       sync.Mutex
	files    map[string][]byte
	keys     map[upload.Key]upload.ID
	all      []upload.Arrival
	asked    map[job.ID]upload.Pending // by the job that fetches it
	known    map[upload.Key]bool       // keys of requests, the ended ones too
	recorded int                       // how often a request was to be recorded
	tries    int                       // … while the store was down
	mark     time.Time                 // the bookmark
	used     map[snowflake.ChannelID]upload.Channel
	views    []upload.View // submissions with their answers; their ids count from 1
	kept     int           // requests that could not be ended
	down     error
	stuck    string // the act that gets no answer before its context ends
	changed  chan struct{}
}

func newMemory() *memory {
	return &memory{files: map[string][]byte{}, keys: map[upload.Key]upload.ID{}, asked: map[job.ID]upload.Pending{}, known: map[upload.Key]bool{}, used: map[snowflake.ChannelID]upload.Channel{}, changed: make(chan struct{})}
}

func (l *memory) Put(_ context.Context, sha256 string, data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files[sha256] = bytes.Clone(data)
	return nil
}

func (l *memory) Accept(ctx context.Context, arrival upload.Arrival) (upload.Receipt, error) {
	if err := l.wade(ctx, "Accept"); err != nil {
		return upload.Receipt{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down != nil {
		return upload.Receipt{}, l.down
	}
	if id, ok := l.keys[arrival.Key]; ok {
		return upload.Receipt{ID: id, SHA256: arrival.SHA256, Repeated: true}, nil
	}
	l.end(arrival.Key)
	l.all = append(l.all, arrival)
	id := upload.ID(len(l.all))
	l.keys[arrival.Key] = id
	l.tell()
	return upload.Receipt{ID: id, SHA256: arrival.SHA256}, nil
}

// tell wakes who waits for a change. l.mu is held.
func (l *memory) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *memory) Enqueue(context.Context, ...job.Job) error { return nil }

func (l *memory) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = err
}

// stick lets one act through no more; "" is none.
func (l *memory) stick(act string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stuck = act
}

// wade waits for the end of ctx where an act is stuck.
func (l *memory) wade(ctx context.Context, act string) error {
	l.mu.Lock()
	stuck := l.stuck == act
	l.mu.Unlock()
	if stuck {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (l *memory) file(arrival upload.Arrival) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.files[arrival.SHA256])
}

func (l *memory) wait(ctx context.Context, n int) ([]upload.Arrival, error) {
	for {
		l.mu.Lock()
		all, changed := l.all, l.changed
		l.mu.Unlock()
		if len(all) >= n {
			return all, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return all, context.Cause(ctx)
		}
	}
}

// journal keeps what was logged.
type journal struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // of who waits for the next line; nil: there is none
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
	return j.text.Write(p)
}

// next is closed with the next line.
func (j *journal) next() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return j.changed
}

// logged waits until the bot has logged something.
func (b *bench) logged(text string) {
	b.Helper()
	for {
		next := b.log.next()
		if strings.Contains(b.log.String(), text) {
			return
		}
		select {
		case <-next:
		case <-b.ctx.Done():
			b.must(context.Cause(b.ctx))
		}
	}
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func found(name string) string {
	return fmt.Sprintf("Found replay file %s. Downloading and parsing now…", name)
}
