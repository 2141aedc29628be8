package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
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

	channel   discord.ChannelID                                        // see Words.Channel
	moot      string                                                   // see Words.Moot
	delivered func(ctx context.Context, d announcement.Delivery) error // see Words.Delivered; may be nil
}

// Renderer is how another part of the program says a kind of announcement. It may be
// asked again later, and then says what the subject is by then.
type Renderer func(ctx context.Context, a announcement.Announcement) (Words, error)

// Words are an announcement as a Renderer says it.
type Words struct {
	Content string
	Rows    []discord.Row
	// Channel is where the user is named who takes no direct messages; "": nowhere.
	Channel discord.ChannelID
	Since   time.Time // no earlier message can be this one
	Moot    string    // why it needs not be said any more; "": it does
	Fields  []any     // of the log lines about it
	// Delivered is called with how the delivery ended, before that is on record, and
	// perhaps again: an error makes the queue try all of it again. nil: nobody asks.
	Delivered func(ctx context.Context, d announcement.Delivery) error
}

// rendered is how others' words are delivered.
func (w Words) rendered() rendering {
	return rendering{
		outgoing: outgoing{content: w.Content, rows: w.Rows, since: w.Since, young: time.Since(w.Since) < nonceSure},
		asked:    w.Since, fields: w.Fields, channel: w.Channel, moot: w.Moot, delivered: w.Delivered,
	}
}

// renderers are the kinds of announcement, each with what makes a message of one
// as it stands in the database. A message may be rendered again later, and then says
// what its subject is by then.
func (b *Bot) renderers() map[announcement.Kind]func(context.Context, announcement.Announcement) (rendering, error) {
	return map[announcement.Kind]func(context.Context, announcement.Announcement) (rendering, error){
		announcement.ReplayResult: b.replayResult,
	}
}

func (b *Bot) words(ctx context.Context, a announcement.Announcement) (rendering, error) {
	if render, known := b.renderers()[a.Kind]; known {
		return render(ctx, a)
	}
	render, known := b.cfg.Renderers[a.Kind]
	if !known {
		return rendering{}, fmt.Errorf("announcement %d: unknown kind %q", a.ID, a.Kind)
	}
	words, err := render(ctx, a)
	return words.rendered(), err
}

// render is an announcement as it will be sent.
func (b *Bot) render(ctx context.Context, a announcement.Announcement) (rendering, error) {
	said, err := b.words(ctx, a)
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
			delivery, err = b.bring(ctx, a, said)
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
		switch {
		case delivery.Sent:
			count("sent")
			log.Info("answer delivered", "after_upload", after)
		case said.moot != "":
			count("moot")
			log.Info("answer not needed any more", "cause", delivery.Detail)
		default:
			count("undeliverable")
			log.Warn("answer undeliverable", "after_upload", after, "cause", delivery.Detail)
		}
		return nil
	}
}

// bring delivers what still needs to be said, and tells who asked how that ended.
func (b *Bot) bring(ctx context.Context, a announcement.Announcement, said rendering) (announcement.Delivery, error) {
	if said.moot != "" {
		return announcement.Delivery{Detail: said.moot, At: time.Now()}, nil
	}
	delivery, err := b.deliver(ctx, a, said)
	if err == nil && said.delivered != nil {
		err = said.delivered(ctx, delivery)
	}
	return delivery, err
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
