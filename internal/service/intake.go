package service

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/fault"
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
		MaxBytes: settings.MaxReplayBytes, Log: b.Log,
	}), b.Metrics}
}

// Accept is submission.Intake.Accept, counted by outcome.
func (i Intake) Accept(ctx context.Context, upload submission.Upload) (submission.Receipt, error) {
	receipt, err := i.Intake.Accept(ctx, upload)
	i.metrics.Accepted(string(upload.Source), outcome(receipt, err))
	return receipt, err
}

func outcome(receipt submission.Receipt, err error) string {
	switch {
	case fault.Find(err) != nil:
		return "refused"
	case err != nil:
		return "failed"
	case receipt.Repeated:
		return "repeated"
	case receipt.Known:
		return "known"
	}
	return "accepted"
}
