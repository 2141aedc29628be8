package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// The values of announcements.status.
const (
	pending       = "owed" // the word of the first version, kept in the column
	sent          = "sent"
	undeliverable = "undeliverable"
)

// Announcement is what an announce job has to say; job.ErrDone once it was delivered.
func (s *Store) Announcement(ctx context.Context, id job.ID) (submission.Announcement, error) {
	var a submission.Announcement
	err := s.read(ctx, func(q session) (err error) {
		r := q.row(ctx, `
			SELECT a.id, a.kind, a.channel_id, a.message_id, a.user_id,
				a.interaction_id, a.application, a.token, a.part, `+viewColumns+`
			FROM jobs j JOIN announcements a ON a.id = j.subject
			JOIN (`+viewTables+`) ON s.id = a.subject
			WHERE j.id = $1 AND j.kind = $2`, int64(id), string(job.Announce))
		command := &a.Reply.Command
		first := []any{
			&a.ID, &a.Kind, &a.Reply.ChannelID, &a.Reply.MessageID, &a.Reply.UserID,
			&command.Interaction, &command.Application, &command.Token, &command.Part,
		}
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

// RecordDelivery records how an announcement ended. It ends the announce job
// id; job.ErrDone, and nothing written, when there is no such job: another process
// was first. Calls at the same time share a transaction.
func (s *Store) RecordDelivery(ctx context.Context, id job.ID, d submission.Delivery) error {
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
	submission.Delivery
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
