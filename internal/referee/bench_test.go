package referee_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/referee"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what should happen at once.
const patience = time.Minute

// bench is the ladder on a loopback Discord, over a real store.
type bench struct {
	*testing.T
	*discordtest.Server
	ctx     context.Context
	store   *store.Store
	bot     *bot.Bot
	referee *referee.Referee
	guild   discordtest.Guild
	channel discordtest.Channel // where players queue
	log     discordtest.Channel // of results
	staff   discordtest.Channel
	alice   discordtest.User
	bob     discordtest.User
	owner   discordtest.User // by the settings

	doubled bool // there are two bots, of which one acknowledges second

	mu    sync.Mutex
	jobs  []job.Job // of messages that are to be delivered
	wakes int
	ahead time.Duration // of the referee's clock
}

// Enqueue takes the jobs of uploads, of which there are none.
func (b *bench) Enqueue(context.Context, ...job.Job) error { return nil }

func newBench(t *testing.T) *bench {
	t.Helper()
	path, err := discordtest.SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	server, err := discordtest.New(discordtest.Options{OpenAPI: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	b := &bench{T: t, Server: server, ctx: ctx, store: storetest.Open(t, storetest.SQLite(t))}
	b.guild = server.AddGuild("EvoLadder")
	b.channel, b.log, b.staff = server.AddChannel(b.guild, "queue"), server.AddChannel(b.guild, "results"), server.AddChannel(b.guild, "staff")
	b.alice, b.bob = server.AddUser("alice"), server.AddUser("bob")
	b.owner = server.AddUser("owner")
	season := ladder.DefaultSeason("One")
	season.LogChannel, season.StaffChannel = b.log.ID, b.staff.ID
	_, err = b.store.SaveSeason(ctx, season, operator, "begins", time.Now())
	b.must(err)
	b.start()
	return b
}

var operator = ladder.Actor{Role: ladder.ByOperator, Name: "operator"}

// start lets a bot with a referee listen until the test ends.
func (b *bench) start() {
	b.Helper()
	quiet := slog.New(slog.DiscardHandler)
	client, err := discord.New(discord.Config{Token: b.Token(), APIBase: b.URL()}, quiet)
	b.must(err)
	r := referee.New(referee.Config{
		Store: b.store, Discord: client, Log: quiet, Now: b.now, Enqueue: b.enqueue, PublicURL: "https://ladder.example", Owners: []discord.UserID{discord.UserID(b.owner.ID)},
		Wake: func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.wakes++
		},
	})
	b.referee = r
	b.bot = bot.New(bot.Config{Routes: r.Routes(), Renderers: r.Renderers()}, client,
		intake.New(nil, b.store, b, intake.Options{Log: quiet}), b.store, quiet)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.bot.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Errorf("Run: %v", err)
		}
		client.CloseIdleConnections()
		for _, violation := range b.Violations() {
			if !b.doubled || !strings.Contains(violation.What, "already been acknowledged") {
				b.Errorf("violation: %v", violation)
			}
		}
	})
	b.must(b.WaitReady(b.ctx))
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.ahead)
}

// later moves the ladder's clock.
func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ahead += d
}

func (b *bench) enqueue(_ context.Context, jobs []job.Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs = append(b.jobs, jobs...)
}

// flush delivers all messages, and those that come of their delivery.
func (b *bench) flush() {
	b.Helper()
	for {
		b.mu.Lock()
		jobs := b.jobs
		b.jobs = nil
		b.mu.Unlock()
		if len(jobs) == 0 {
			return
		}
		for _, j := range jobs {
			b.must(b.bot.Announce(b.store, func(string) {})(b.ctx, j.ID))
		}
	}
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// do is an act of the program or of staff.
func (b *bench) do(act ladder.Act) store.Outcome {
	b.Helper()
	act.At = b.now()
	out, err := b.store.Act(b.ctx, act)
	b.must(err)
	b.enqueue(b.ctx, out.Jobs)
	b.flush()
	return out
}

// player is a player who may queue with races.
func (b *bench) player(user discordtest.User, language string, races ...ladder.Race) ladder.Player {
	b.Helper()
	p, err := b.store.SavePlayer(b.ctx, ladder.Player{
		Discord: user.ID, Name: user.Name, BattleTag: user.Name + "#1234", Country: "DE", Region: "EUW", Language: language,
		Races: races, State: ladder.Ready,
	}, operator, b.now())
	b.must(err)
	return p
}

// queue puts a player into the queue, from the channel.
func (b *bench) queue(p ladder.Player) {
	b.Helper()
	b.do(ladder.Act{Kind: ladder.Join, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: p.ID}, Player: p.ID, Channel: b.channel.ID})
}

// pair offers a match to two who wait.
func (b *bench) pair(x, y ladder.Player) ladder.MatchID {
	b.Helper()
	pair := ladder.Pair{Map: "[SC:Evo] Radeon (라데온)", Server: "EUC"}
	for team, p := range []ladder.Player{x, y} {
		e, err := b.store.LiveEntry(b.ctx, p.ID)
		b.must(err)
		pair.Entries = append(pair.Entries, e.ID)
		pair.Seats = append(pair.Seats, ladder.Seat{Player: p.ID, Entry: e.ID, Team: team, Race: e.Members[0].Races[0]})
	}
	return b.do(ladder.Act{Kind: ladder.PairUp, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, Pair: &pair}).Match.ID
}

// both are two players, waiting, and the match that they are offered.
func (b *bench) both() (a, z ladder.Player, m ladder.MatchID) {
	b.Helper()
	a, z = b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	b.queue(a)
	b.queue(z)
	return a, z, b.pair(a, z)
}

// inbox is the last message of the bot to a user.
func (b *bench) inbox(user discordtest.User) discordtest.Message {
	b.Helper()
	return b.lastIn(b.DM(user))
}

// mail is the last message of the bot to a user that has words in it.
func (b *bench) mail(user discordtest.User, words string) discordtest.Message {
	b.Helper()
	for _, m := range slices.Backward(b.Messages(b.DM(user))) {
		if strings.Contains(m.Content, words) {
			return m
		}
	}
	b.Fatalf("%s reads nowhere %q", user.Name, words)
	return discordtest.Message{}
}

func (b *bench) lastIn(channel discordtest.Channel) discordtest.Message {
	b.Helper()
	all := b.Messages(channel)
	if len(all) == 0 {
		b.Fatalf("nothing stands in channel %s", channel.ID)
	}
	return all[len(all)-1]
}

// press presses a button and is what the bot answers: the message as it is by then, or
// what the user alone sees.
func (b *bench) press(user discordtest.User, m discordtest.Message, label string, values ...string) discordtest.Message {
	b.Helper()
	i, err := b.Press(user, m.ID, label, values...)
	b.must(err)
	return b.answer(i)
}

func (b *bench) answer(i *discordtest.Interaction) discordtest.Message {
	b.Helper()
	_, err := i.WaitAck(b.ctx)
	b.must(err)
	m, ok := i.Response()
	if !ok {
		b.Fatal("the click was not answered by a message")
	}
	b.flush()
	return m
}

func (b *bench) says(m discordtest.Message, words ...string) {
	b.Helper()
	for _, word := range words {
		if !strings.Contains(m.Content, word) {
			b.Errorf("%q does not say %q", m.Content, word)
		}
	}
}

func (b *bench) state(id ladder.MatchID) ladder.MatchState {
	b.Helper()
	m, err := b.store.Match(b.ctx, id)
	b.must(err)
	return m.State
}

func (b *bench) seat(id ladder.MatchID, player ladder.PlayerID) ladder.Seat {
	b.Helper()
	m, err := b.store.Match(b.ctx, id)
	b.must(err)
	for _, s := range m.Seats {
		if s.Player == player {
			return s
		}
	}
	b.Fatalf("player %d has no seat in match %d", player, id)
	return ladder.Seat{}
}

func contains(s, part string) bool { return strings.Contains(s, part) }

// requests is how many requests to Discord were answered.
func (b *bench) requests() int {
	n := 0
	for _, count := range b.Statuses() {
		n += count
	}
	return n
}

// woken is how often the matchmaker was told to look.
func (b *bench) woken() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wakes
}
