package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// refusedKept is how long it is remembered that an upload was refused: for as
// long as a message may be read back, and some.
const refusedKept = 48 * time.Hour

// timedRequest is a pending upload and when it is to be fetched.
type timedRequest struct {
	upload.Pending
	due time.Time
}

// RecordPending keeps uploads that were heard of and owes each a fetch when
// due. It says of each whether it is new: of one that is kept already, was
// accepted or was refused, nothing is written. The requests' IDs are not looked
// at. The channels they came by are recorded as used (see UseChannels) in the
// same transaction. Calls at the same time share one.
func (s *Store) RecordPending(ctx context.Context, requests []upload.Pending, due time.Time) (fresh []bool, err error) {
	items := make([]timedRequest, len(requests))
	for n, r := range requests {
		items[n] = timedRequest{r, due}
	}
	if fresh, err = s.requests.do(ctx, items); err != nil {
		return nil, fmt.Errorf("record requests: %w", err)
	}
	return fresh, nil
}

func (s *Store) recordRequests(ctx context.Context, items []timedRequest) (fresh []bool, err error) {
	var used []upload.Channel
	for _, p := range items {
		if c, known := p.UsedChannel(); known {
			used = append(used, c)
		}
	}
	used = s.channels.stale(used)
	err = s.writeFirst(ctx, func(tx session) error {
		fresh = make([]bool, 0, len(items))
		for some := range slices.Chunk(items, rowsMax) {
			kept, err := s.insertRequests(ctx, tx, some)
			if err != nil {
				return err
			}
			for _, p := range some {
				fresh = append(fresh, kept[p.Key])
			}
		}
		return upsertChannels(ctx, tx, used)
	})
	if err == nil {
		s.channels.note(used)
	}
	return fresh, err
}

// insertRequests writes what is new, and says which keys are.
func (s *Store) insertRequests(ctx context.Context, tx session, items []timedRequest) (kept map[upload.Key]bool, err error) {
	requests := make([][]any, len(items))
	timers := make(map[upload.Key][]any, len(items))
	for n, p := range items {
		id := s.ids.next()
		requests[n] = []any{
			id, string(p.Key), string(p.Channel), string(p.Message), string(p.User), string(p.Guild),
			p.FileName, p.Bytes, p.URL, string(p.Application), p.Token, p.Part, p.Received, string(p.Language),
		}
		timers[p.Key] = []any{id, p.due, p.Received}
	}
	values, args := rows(requests, "BIGINT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT",
		"TEXT", "BIGINT", "TEXT", "TEXT", "TEXT", "INTEGER", "TIMESTAMPTZ", "TEXT")
	keys, err := collect(ctx, tx, scanKey, `
		INSERT INTO requests (id, upload_key, channel_id, message_id, user_id, guild_id,
			file_name, bytes, url, application, token, part, received_at, language)
		SELECT * FROM (`+values+`) AS heard
		WHERE NOT EXISTS (SELECT 1 FROM submissions WHERE upload_key = column2)
		ON CONFLICT (upload_key) DO NOTHING
		RETURNING upload_key`, args...)
	if err != nil {
		return nil, fmt.Errorf("insert requests: %w", err)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	kept = make(map[upload.Key]bool, len(keys))
	jobs := make([][]any, len(keys))
	for n, key := range keys {
		kept[key], jobs[n] = true, timers[key]
	}
	// Timers: not enqueued before they are due. A job has its request's id.
	values, args = rows(jobs, "BIGINT", "TIMESTAMPTZ", "TIMESTAMPTZ")
	_, err = tx.exec(ctx, `
		INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
		SELECT column1, '`+string(job.Fetch)+`', column1, 0, column2, 0, '', column3 FROM (`+values+`) AS timers
		WHERE TRUE ON CONFLICT (kind, subject) DO NOTHING`, args...)
	if err != nil {
		return nil, fmt.Errorf("insert fetch jobs: %w", err)
	}
	return kept, nil
}

// PendingUpload is what a fetch job is to go on with; job.ErrDone when that is in or
// refused.
func (s *Store) PendingUpload(ctx context.Context, id job.ID) (upload.Pending, error) {
	var r upload.Pending
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `
			SELECT r.id, r.upload_key, r.channel_id, r.message_id, r.user_id, r.guild_id,
				r.file_name, r.bytes, r.url, r.application, r.token, r.part, r.received_at, r.language
			FROM jobs j JOIN requests r ON r.id = j.subject
			WHERE j.id = $1 AND j.kind = $2`, int64(id), string(job.Fetch),
		).Scan(&r.ID, &r.Key, &r.Channel, &r.Message, &r.User, &r.Guild,
			&r.FileName, &r.Bytes, &r.URL, &r.Application, &r.Token, &r.Part, moment{&r.Received}, &r.Language)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return upload.Pending{}, job.ErrDone
	}
	if err != nil {
		return upload.Pending{}, fmt.Errorf("read the request of job %d: %w", id, err)
	}
	return r, nil
}

// RefusePending ends the request for the upload of a key, if there is one: its
// player read that it came to nothing, or is not to read anything. What
// is secret of it leaves; its key stays for a while, so that RecordPending
// knows it.
func (s *Store) RefusePending(ctx context.Context, key upload.Key, at time.Time) error {
	err := s.write(ctx, func(tx session) error {
		ended, err := endRequest(ctx, tx, at, `
			UPDATE requests SET refused_at = $2, url = '', token = ''
			WHERE upload_key = $1 AND refused_at IS NULL RETURNING id`, string(key), at)
		if err != nil || !ended {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM requests WHERE refused_at < $1`, at.Add(-refusedKept)); err != nil {
			return fmt.Errorf("forget old refusals: %w", err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("refuse request: %w", err)
	}
	return nil
}

// acceptRequest ends the request of an upload that is on record.
func acceptRequest(ctx context.Context, tx session, key upload.Key, at time.Time) error {
	if key == "" {
		return nil // no upload that is requested
	}
	_, err := endRequest(ctx, tx, at, `DELETE FROM requests WHERE upload_key = $1 RETURNING id`, string(key))
	return err
}

// endRequest runs a statement that returns the id of the request it ends, if
// any, and ends its job.
func endRequest(ctx context.Context, tx session, at time.Time, statement string, args ...any) (ended bool, err error) {
	var id job.ID
	err = tx.row(ctx, statement, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("end request: %w", err)
	}
	_, err = finish(ctx, tx, id, at)
	if errors.Is(err, job.ErrDone) {
		err = nil
	}
	return true, err
}

func scanKey(r row) (key upload.Key, err error) {
	err = r.Scan(&key)
	return key, err
}
