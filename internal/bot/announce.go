package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// noteTimeout bounds what is written for operators alone.
const noteTimeout = 2 * time.Second

// announcementStore keeps announcements until they are delivered.
type announcementStore interface {
	Announcement(ctx context.Context, id job.ID) (submission.Announcement, error)
	RecordDelivery(ctx context.Context, id job.ID, delivery submission.Delivery) error
	NoteTrouble(ctx context.Context, id job.ID, cause string) error
}

// Announce is the handler of announce jobs: it gives the answer and records
// that it was given. A process that dies between the two says the same again
// by the same edit or nonce.
func (b *Bot) Announce(store announcementStore, count func(outcome string)) func(context.Context, job.ID) error {
	return func(ctx context.Context, id job.ID) error {
		announcement, err := store.Announcement(ctx, id)
		if err != nil {
			return fmt.Errorf("load announcement of job %d: %w", id, err)
		}
		delivery, err := b.Deliver(ctx, announcement)
		if _, snoozed := job.Snoozed(err); snoozed {
			return err // no trouble: it is given when there is room
		}
		if err != nil {
			count("retried")
			b.log.Warn("answer not delivered; trying again", "announcement_id", announcement.ID, "submission_id", announcement.Submission.ID, "replay_id", announcement.Submission.ReplayID, "error", err)
			b.note(ctx, store, id, err)
			return err
		}
		// Last: the answer is given, and this says so.
		if err := store.RecordDelivery(ctx, id, delivery); err != nil {
			return fmt.Errorf("record delivery of announcement %d: %w", announcement.ID, err)
		}
		b.report(announcement, delivery, count)
		return nil
	}
}

// note keeps for operators why an answer is late. The delivery's own time may
// have run out.
func (b *Bot) note(ctx context.Context, store announcementStore, id job.ID, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := store.NoteTrouble(ctx, id, why.Error()); err != nil {
		b.log.Warn("trouble not noted", "error", err)
	}
}

func (b *Bot) report(a submission.Announcement, d submission.Delivery, count func(outcome string)) {
	since := d.At.Sub(a.Submission.Sent)
	if d.Sent {
		count("sent")
		b.log.Info("answer delivered", "announcement_id", a.ID, "submission_id", a.Submission.ID, "replay_id", a.Submission.ReplayID,
			"state", a.Submission.State, "after_upload", since)
		return
	}
	count("undeliverable")
	b.log.Warn("answer undeliverable", "announcement_id", a.ID, "submission_id", a.Submission.ID, "replay_id", a.Submission.ReplayID, "after_upload", since, "cause", d.Detail)
}
