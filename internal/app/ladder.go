package app

import (
	"context"
	"log/slog"
	"math/rand/v2"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/lease"
	"github.com/evoladder/evoladderbot/internal/matchmaker"
	"github.com/evoladder/evoladderbot/internal/referee"
	"github.com/evoladder/evoladderbot/internal/tasks"
)

// timing is how many timers are handled at once: each is one transaction.
const timing = 8

// Matchmaker pairs who waits and handles the ladder's timers. reachable says whether
// players can be reached; nil: there is no Discord to reach them on.
func (b *Base) Matchmaker(reachable func() bool) *matchmaker.Matchmaker {
	return matchmaker.New(matchmaker.Config{
		Store: b.Store, Reachable: reachable, Random: rand.Float64, Log: b.Log, Enqueue: b.enqueue,
	})
}

// enqueue hands the jobs of an act's messages to the queue, as far as that is there.
func (b *Base) enqueue(ctx context.Context, jobs []job.Job) {
	if len(jobs) == 0 {
		return
	}
	if err := b.Queue.Enqueue(ctx, jobs...); err != nil {
		b.Log.WarnContext(ctx, "messages not enqueued; a sweeper will", "jobs", len(jobs), "error", err)
	}
}

// referee is the ladder on Discord, which tells the matchmaker when to look.
func (b *Base) referee(client *discord.Client, settings config.Discord, public config.Public, m *matchmaker.Matchmaker) *referee.Referee {
	owners := make([]discord.UserID, len(settings.Owners))
	for n, owner := range settings.Owners {
		owners[n] = discord.UserID(owner)
	}
	return referee.New(referee.Config{
		Store: b.Store, Discord: client, Enqueue: b.enqueue, Wake: m.Wake, Log: b.Log,
		PublicURL: public.PublicURL, Owners: owners,
	})
}

// ladder is the parts that run the ladder while the lease is held.
func (b *Base) ladder(m *matchmaker.Matchmaker) []Part {
	timers := tasks.NewServer(b.redis, tasks.Ladder, timing, b.Log)
	timers.Handle(job.MatchTimer, m.Tick)
	timers.Handle(job.EntryTimer, m.Tick)
	return []Part{consumer("timers", 1, timers), {Name: "matchmaker", Run: m.Run}}
}

// AddLadder runs the ladder in a process without a bot, under the bot's lease: its players
// are the command line's.
func (a *Assembly) AddLadder() {
	a.consumes = true
	keeper := lease.NewKeeper(a.Store, botLease, processName(), lease.Timing{}, a.Log)
	a.parts = append(a.parts, Part{Name: "ladder", Run: func(ctx context.Context) error {
		return keeper.Run(ctx, func(ctx context.Context) error {
			defer keeper.Release(ctx)
			return RunParts(ctx, slog.New(slog.DiscardHandler), a.grace, a.ladder(a.Matchmaker(nil))...)
		})
	}})
}
