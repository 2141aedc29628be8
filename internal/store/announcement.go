package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
)

// The values of announcements.status.
const (
	pending       = "owed" // the word of the first version, kept in the column
	sent          = "sent"
	undeliverable = "undeliverable"
)

// insertAnnouncement records a message that is to be sent. Its job follows in the
// transaction that makes it possible to say: announceJob.
func insertAnnouncement(ctx context.Context, tx session, a announcement.Announcement, at time.Time) error {
	_, err := tx.exec(ctx, `
		INSERT INTO announcements (id, kind, subject, payload, channel_id, message_id, user_id, status, detail, created_at,
			interaction_id, application, token, part)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, $11, $12, $13)`,
		int64(a.ID), string(a.Kind), a.Subject, string(a.Payload),
		string(a.Reply.ChannelID), string(a.Reply.MessageID), string(a.Reply.UserID), pending, at,
		string(a.Reply.Command.Interaction), string(a.Reply.Command.Application), a.Reply.Command.Token, a.Reply.Command.Part)
	if err != nil {
		return fmt.Errorf("insert %s announcement: %w", a.Kind, err)
	}
	return nil
}

// Announcement is what an announce job has to say; job.ErrDone once it was delivered.
func (s *Store) Announcement(ctx context.Context, id job.ID) (announcement.Announcement, error) {
	var a announcement.Announcement
	var payload string
	err := s.read(ctx, func(q session) error {
		command := &a.Reply.Command
		return q.row(ctx, `
			SELECT a.id, a.kind, a.subject, a.payload, a.channel_id, a.message_id, a.user_id,
				a.interaction_id, a.application, a.token, a.part, a.created_at
			FROM jobs j JOIN announcements a ON a.id = j.subject
			WHERE j.id = $1 AND j.kind = $2`, int64(id), string(job.Announce),
		).Scan(&a.ID, &a.Kind, &a.Subject, &payload, &a.Reply.ChannelID, &a.Reply.MessageID, &a.Reply.UserID,
			&command.Interaction, &command.Application, &command.Token, &command.Part, moment{&a.Made})
	})
	if errors.Is(err, sql.ErrNoRows) {
		return announcement.Announcement{}, job.ErrDone
	}
	if err != nil {
		return announcement.Announcement{}, fmt.Errorf("read the announcement of job %d: %w", id, err)
	}
	if payload != "" {
		a.Payload = json.RawMessage(payload)
	}
	return a, nil
}

// RecordDelivery records how an announcement ended. It ends the announce job
// id; job.ErrDone, and nothing written, when there is no such job: another process
// was first. Calls at the same time share a transaction.
func (s *Store) RecordDelivery(ctx context.Context, id job.ID, d announcement.Delivery) error {
	ended, err := s.deliveries.do(ctx, []delivery{{id, d}})
	if err != nil {
		return fmt.Errorf("record delivery of job %d: %w", id, err)
	}
	if !ended[0] {
		return job.ErrDone
	}
	return nil
}

// delivery is how the announcement of a job ended.
type delivery struct {
	job job.ID
	announcement.Delivery
}

// deliveryLinger is how long a delivery waits for others to be recorded with. The
// player has the answer already; after a crash in between, it is written again.
const deliveryLinger = 50 * time.Millisecond

// recordDeliveries says of each whether it ended its job.
func (s *Store) recordDeliveries(ctx context.Context, all []delivery) (ended []bool, err error) {
	err = s.write(ctx, func(tx session) error {
		ended = make([]bool, 0, len(all))
		for some := range slices.Chunk(all, rowsMax) {
			done, err := recordSome(ctx, tx, some)
			if err != nil {
				return err
			}
			for _, d := range some {
				ended = append(ended, done[d.job])
			}
		}
		return nil
	})
	return ended, err
}

func recordSome(ctx context.Context, tx session, some []delivery) (done map[job.ID]bool, err error) {
	how := make(map[job.ID]delivery, len(some))
	ids := make([]job.ID, len(some))
	for n, d := range some {
		how[d.job], ids[n] = d, d.job
	}
	jobs, err := finishAll(ctx, tx, job.Announce, ids, some[0].At)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	done = make(map[job.ID]bool, len(jobs))
	news := make([][]any, len(jobs))
	for n, j := range jobs {
		d, status := how[j.ID], undeliverable
		if d.Sent {
			status = sent
		}
		done[j.ID] = true
		news[n] = []any{j.Subject, status, d.Detail, d.At, orNull(d.ChannelID), orNull(d.MessageID)}
	}
	values, args := rows(news, "BIGINT", "TEXT", "TEXT", "TIMESTAMPTZ", "TEXT", "TEXT")
	_, err = tx.exec(ctx, `
		UPDATE announcements SET status = column2, detail = column3, delivered_at = column4, token = '',
			channel_id = COALESCE(column5, channel_id), message_id = COALESCE(column6, message_id)
		FROM (`+values+`) AS news WHERE id = column1`, args...)
	if err != nil {
		return nil, fmt.Errorf("update announcements: %w", err)
	}
	return done, nil
}
