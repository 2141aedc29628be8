package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// noteTimeout bounds what is written for operators alone.
const noteTimeout = 2 * time.Second

// announcementStore keeps announcements until they are delivered.
type announcementStore interface {
	Announcement(ctx context.Context, id job.ID) (announcement.Announcement, error)
	RecordDelivery(ctx context.Context, id job.ID, delivery announcement.Delivery) error
	NoteTrouble(ctx context.Context, id job.ID, cause string) error
}

// subjectStore has what announcements are about.
type subjectStore interface {
	Submission(ctx context.Context, id upload.ID) (upload.View, error)
}

// rendering is how an announcement reads.
type rendering struct {
	outgoing
	asked  time.Time // when its player did what it answers
	fields []any     // of the log lines about it
}

// renderers are the kinds of announcement, each with what makes a message of one
// as it stands in the database. A message may be rendered again later, and then says
// what its subject is by then.
func (b *Bot) renderers() map[announcement.Kind]func(context.Context, announcement.Announcement) (rendering, error) {
	return map[announcement.Kind]func(context.Context, announcement.Announcement) (rendering, error){
		announcement.ReplayResult: b.replayResult,
	}
}

// render is an announcement as it will be sent.
func (b *Bot) render(ctx context.Context, a announcement.Announcement) (rendering, error) {
	render, known := b.renderers()[a.Kind]
	if !known {
		return rendering{}, fmt.Errorf("announcement %d: unknown kind %q", a.ID, a.Kind)
	}
	said, err := render(ctx, a)
	if err != nil {
		return rendering{}, fmt.Errorf("render announcement %d: %w", a.ID, err)
	}
	return said, nil
}

// Announce is the handler of announce jobs: it gives the answer and records
// that it was given. A process that dies between the two says the same again
// by the same edit or nonce.
func (b *Bot) Announce(store announcementStore, count func(outcome string)) func(context.Context, job.ID) error {
	return func(ctx context.Context, id job.ID) error {
		a, err := store.Announcement(ctx, id)
		if err != nil {
			return fmt.Errorf("load announcement of job %d: %w", id, err)
		}
		said, err := b.render(ctx, a)
		var delivery announcement.Delivery
		if err == nil {
			delivery, err = b.deliver(ctx, a, said)
		}
		if _, snoozed := job.Snoozed(err); snoozed {
			return err // no trouble: it is given when there is room
		}
		log := b.log.With("announcement_id", a.ID, "kind", a.Kind).With(said.fields...)
		if err != nil {
			count("retried")
			log.Warn("answer not delivered; trying again", "error", err)
			b.note(ctx, store, id, err)
			return err
		}
		// Last: the answer is given, and this says so.
		if err := store.RecordDelivery(ctx, id, delivery); err != nil {
			return fmt.Errorf("record delivery of announcement %d: %w", a.ID, err)
		}
		after := delivery.At.Sub(said.asked)
		if delivery.Sent {
			count("sent")
			log.Info("answer delivered", "after_upload", after)
		} else {
			count("undeliverable")
			log.Warn("answer undeliverable", "after_upload", after, "cause", delivery.Detail)
		}
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
