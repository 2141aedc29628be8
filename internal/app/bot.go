package app

import (
	"context"
	"log/slog"

	"github.com/evoladder/evoladderbot/internal/backlog"
	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/lease"
	"github.com/evoladder/evoladderbot/internal/matchmaker"
	"github.com/evoladder/evoladderbot/internal/referee"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// announcing is how many answers are given to Discord at once. At 50 requests
// a second and a tenth of a second each, no more than five are useful; the
// others wait for rate limits of single channels, 16 for each at most.
const announcing = 64

// botLease names the lease of the one process that speaks to Discord.
const botLease = "bot"

// AddBot makes the process listen to Discord and answer there, or stand by
// while another process does.
func (a *Assembly) AddBot(settings config.Discord, public config.Public, intake config.Intake) error {
	a.consumes = true
	waiting := backlog.NewMonitor(a.Store, a.Log)
	client, err := discord.New(discord.Config{
		Token:           settings.Token.Reveal(),
		Version:         Version(),
		APIBase:         settings.APIBase,
		DownloadTimeout: settings.DownloadTimeout,
		Undecodable:     a.Metrics.Undecodable,
	}, a.Log)
	if err != nil {
		return err
	}
	watched := make([]discord.ChannelID, len(settings.WatchChannels))
	for n, channel := range settings.WatchChannels {
		watched[n] = discord.ChannelID(channel)
	}
	pairing := a.Matchmaker(func() bool { return client.Ready() == nil })
	ladder := a.referee(client, settings, public, pairing)
	discordBot := bot.New(bot.Config{
		Guild:         discord.GuildID(settings.GuildID),
		Watch:         watched,
		PublicURL:     public.PublicURL,
		QueuePosition: waiting.Position,
		Routes:        ladder.Routes(),
		Renderers:     ladder.Renderers(),
		Drain:         Drain,
	}, client, a.Intake(intake), a.Store, a.Log)
	keeper := lease.NewKeeper(a.Store, botLease, processName(), lease.Timing{}, a.Log)
	a.parts = append(a.parts, Part{Name: "discord", Weight: discordWeight, Run: func(ctx context.Context) error {
		return checked(ctx, client.CheckToken, func(ctx context.Context) error {
			return keeper.Run(ctx, func(ctx context.Context) error { return a.runBot(ctx, discordBot, waiting, keeper, pairing, ladder) })
		})
	}})
	a.checks = append(a.checks, telemetry.Check{Name: "discord", Probe: func(context.Context) error {
		// Standing by is being ready: a deploy waits for the new process to be
		// that before it ends the old one, which the new one waits for.
		if !keeper.Held() {
			return telemetry.Fine("standing by")
		}
		if err := client.Ready(); err != nil {
			return telemetry.Failing("failing: " + err.Error())
		}
		if trouble := client.Trouble(); trouble != "" {
			return telemetry.Fine("degraded: " + trouble)
		}
		return nil
	}})
	return nil
}

// checked works while check looks once, beside it, whether that can lead
// anywhere: an error of check ends the work.
func checked(ctx context.Context, check, work func(context.Context) error) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		err := check(working)
		failed <- err
		if err != nil {
			stop()
		}
	}()
	if err := work(working); err != nil {
		return err
	}
	select {
	case why := <-failed:
		return why
	default:
		return nil
	}
}

// runBot is the bot while it holds the lease. Answers go on being given while
// uploads are no longer taken, so their part comes first; two processes may
// give answers at once, so the lease is free as soon as the last upload is in.
func (a *Assembly) runBot(ctx context.Context, b *bot.Bot, waiting *backlog.Monitor, keeper *lease.Keeper, pairing *matchmaker.Matchmaker, ladder *referee.Referee) error {
	server := tasks.NewServer(a.redis, tasks.Discord, announcing, a.Log)
	server.Handle(job.Announce, b.Announce(a.Store, a.Metrics.Delivered))
	server.Handle(job.Fetch, b.Fetch)
	listen := func(ctx context.Context) error {
		defer keeper.Release(ctx)
		return b.Run(ctx)
	}
	// The outer group has said already why it ends.
	parts := append(a.ladder(pairing),
		consumer("announcer", announcerWeight, server), Part{Name: "backlog", Run: waiting.Run},
		Part{Name: "panels", Run: ladder.KeepPanels}, Part{Name: "gateway", Weight: gatewayWeight, Run: listen})
	return RunParts(ctx, slog.New(slog.DiscardHandler), a.grace, parts...)
}
