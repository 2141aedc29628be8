package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// The values of announcements.status.
const (
	owed          = "owed"
	sent          = "sent"
	undeliverable = "undeliverable"
)

// Announcement is what an announce job is to tell; job.ErrDone when it is told.
func (s *Store) Announcement(ctx context.Context, id job.ID) (submission.Announcement, error) {
	var a submission.Announcement
	err := s.read(ctx, func(q session) (err error) {
		r := q.row(ctx, `
			SELECT a.id, a.kind, a.channel_id, a.message_id, a.user_id, `+viewColumns+`
			FROM jobs j JOIN announcements a ON a.id = j.subject
			JOIN (`+viewTables+`) ON s.id = a.subject
			WHERE j.id = $1 AND j.kind = $2`, int64(id), string(job.Announce))
		first := []any{&a.ID, &a.Kind, &a.Reply.ChannelID, &a.Reply.MessageID, &a.Reply.UserID}
		a.Submission, err = scanView(prefixed{r, first})
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return submission.Announcement{}, job.ErrDone
	}
	if err != nil {
		return submission.Announcement{}, fmt.Errorf("read the announcement of job %d: %w", id, err)
	}
	return a, nil
}

// prefixed scans a row whose first columns are not the scanner's.
type prefixed struct {
	row   row
	first []any
}

// Scan implements row.
func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.first, dest...)...) }

// MoveReply records where an announcement's message stands now, as soon as a
// new one had to be posted: whoever tries after a crash edits that one.
func (s *Store) MoveReply(ctx context.Context, id submission.AnnouncementID, to submission.Reply) error {
	err := s.writeOne(ctx, func(tx session) error {
		n, err := tx.exec(ctx, `UPDATE announcements SET channel_id = $2, message_id = $3, user_id = $4 WHERE id = $1`,
			int64(id), to.ChannelID, to.MessageID, to.UserID)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("move the reply of announcement %d: %w", id, err)
	}
	return nil
}

// RecordDelivery records how an announcement ended. It ends the announce job
// id; job.ErrDone, and nothing written, when somebody else was first.
func (s *Store) RecordDelivery(ctx context.Context, id job.ID, d submission.Delivery) error {
	status := undeliverable
	if d.Sent {
		status = sent
	}
	err := s.write(ctx, func(tx session) error {
		done, err := finish(ctx, tx, id)
		if err != nil {
			return err
		}
		if done.Kind != job.Announce {
			return fmt.Errorf("a %s has no delivery", done.Kind)
		}
		_, err = tx.exec(ctx, `
			UPDATE announcements SET status = $2, detail = $3, delivered_at = $4,
				channel_id = COALESCE($5, channel_id), message_id = COALESCE($6, message_id)
			WHERE id = $1`,
			done.Subject, status, d.Detail, d.At, orNull(d.ChannelID), orNull(d.MessageID))
		return err
	})
	if errors.Is(err, job.ErrDone) {
		return err
	}
	if err != nil {
		return fmt.Errorf("record delivery of job %d: %w", id, err)
	}
	return nil
}
