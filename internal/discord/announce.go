package discord

import (
	"context"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// announcements is where messages owed are kept.
type announcements interface {
	Announcement(ctx context.Context, id job.ID) (submission.Announcement, error)
	RecordDelivery(ctx context.Context, id job.ID, delivery submission.Delivery) error
}

// Announce is the handler of announce jobs: it gives the answer and records
// that it was given. A process that dies between the two says the same again
// by the same edit or nonce.
func (b *Bot) Announce(ledger announcements, count func(outcome string)) func(context.Context, job.ID) error {
	return func(ctx context.Context, id job.ID) error {
		announcement, err := ledger.Announcement(ctx, id)
		if err != nil {
			return fmt.Errorf("load announcement of job %d: %w", id, err)
		}
		delivery, err := b.Deliver(ctx, announcement)
		if err != nil {
			count("retried")
			b.log.Warn("answer not delivered; trying again", "announcement", announcement.ID, "error", err)
			return err
		}
		// Last: the answer is given, and this says so.
		if err := ledger.RecordDelivery(ctx, id, delivery); err != nil {
			return fmt.Errorf("record delivery of announcement %d: %w", announcement.ID, err)
		}
		b.report(announcement, delivery, count)
		return nil
	}
}

func (b *Bot) report(a submission.Announcement, d submission.Delivery, count func(outcome string)) {
	since := d.At.Sub(a.Submission.Received)
	if d.Sent {
		count("sent")
		b.log.Info("answer delivered", "announcement", a.ID, "submission", a.Submission.ID,
			"state", a.Submission.State, "after_upload", since)
		return
	}
	count("undeliverable")
	b.log.Warn("answer undeliverable", "announcement", a.ID, "submission", a.Submission.ID, "cause", d.Detail)
}
