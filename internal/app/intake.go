package app

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/telemetry"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Intake is the door through which files enter this process; what passes it
// is counted.
type Intake struct {
	*intake.Intake
	metrics *telemetry.Metrics
}

// Intake opens the door.
func (b *Base) Intake(settings config.Intake) Intake {
	return Intake{intake.New(b.Blobs, b.Store, b.Queue, intake.Options{
		Limits: limits(settings.Limits), Log: b.Log,
		Quota: quota.Quota{
			PlayerInFlight: settings.PlayerInFlight, PlayerHour: settings.PlayerHour, GuildHour: settings.GuildHour,
			PlayerJunk: settings.PlayerJunk,
		},
		Counter: b.Store, Address: settings.AddressHour, Warned: b.Metrics.QuotaWarned,
	}), b.Metrics}
}

// Accept is intake.Intake.Accept, counted by outcome.
func (i Intake) Accept(ctx context.Context, file upload.Incoming) (upload.Receipt, error) {
	receipt, err := i.Intake.Accept(ctx, file)
	i.metrics.Accepted(string(file.Source), upload.Outcome(receipt, err))
	return receipt, err
}

// Allow is intake.Intake.Allow, its refusals counted.
func (i Intake) Allow(ctx context.Context, file upload.Incoming) error {
	err := i.Intake.Allow(ctx, file)
	if err != nil {
		i.metrics.Accepted(string(file.Source), upload.Outcome(upload.Receipt{}, err))
	}
	return err
}
