package service

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/process"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// announcing is how many answers are given to Discord at once. At 50 requests
// a second and a tenth of a second each, Discord allows no more than five to
// be useful; the others wait out rate limits of single channels.
const announcing = 16

// Bot is the parts that listen to Discord and answer there. Answers go on
// being given while uploads are no longer taken, so the consumer comes first.
func (b *Base) Bot(settings config.Discord, intake config.Intake) ([]process.Part, telemetry.Check, error) {
	bot, err := discord.New(discord.Config{
		Token:           settings.Token.Reveal(),
		APIBase:         settings.APIBase,
		Guild:           settings.GuildID,
		Watch:           settings.WatchChannels,
		DownloadTimeout: settings.DownloadTimeout,
	}, b.Intake(intake), b.Log)
	if err != nil {
		return nil, telemetry.Check{}, err
	}
	server := tasks.NewServer(b.redis, tasks.Discord, announcing, b.Log)
	server.Handle(job.Announce, bot.Announce(b.Store, b.Metrics.Delivered))
	parts := []process.Part{consumer("announcer", server), {Name: "discord", Run: bot.Run}}
	check := telemetry.Check{Name: "discord", Probe: func(context.Context) error { return bot.Ready() }}
	return parts, check, nil
}
