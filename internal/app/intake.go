package app

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/telemetry"
)

// Intake is the door through which files enter this process; what passes it
// is counted.
type Intake struct {
	*submission.Intake
	metrics *telemetry.Metrics
}

// Intake opens the door.
func (b *Base) Intake(settings config.Intake) Intake {
	return Intake{submission.NewIntake(b.Blobs, b.Store, b.Queue, submission.IntakeOptions{
		Limits: limits(settings.Limits), Log: b.Log,
		Quota: submission.Quota{
			PlayerInFlight: settings.PlayerInFlight, PlayerHour: settings.PlayerHour, GuildHour: settings.GuildHour,
			PlayerJunk: settings.PlayerJunk,
		},
		Counter: b.Store, Address: settings.AddressHour, Warned: b.Metrics.QuotaWarned,
	}), b.Metrics}
}

// Accept is submission.Intake.Accept, counted by outcome.
func (i Intake) Accept(ctx context.Context, upload submission.Upload) (submission.Receipt, error) {
	receipt, err := i.Intake.Accept(ctx, upload)
	i.metrics.Accepted(string(upload.Source), submission.Outcome(receipt, err))
	return receipt, err
}

// Allow is submission.Intake.Allow, its refusals counted.
func (i Intake) Allow(ctx context.Context, upload submission.Upload) error {
	err := i.Intake.Allow(ctx, upload)
	if err != nil {
		i.metrics.Accepted(string(upload.Source), submission.Outcome(submission.Receipt{}, err))
	}
	return err
}
