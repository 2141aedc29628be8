package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// RecordRequests keeps uploads that were heard of, in one transaction, and owes
// each a fetch when due. Of what is kept already, or was accepted meanwhile,
// nothing is written. The requests' IDs are not looked at.
func (s *Store) RecordRequests(ctx context.Context, requests []submission.Request, due time.Time) error {
	err := s.write(ctx, func(tx session) error {
		for _, r := range requests {
			if err := s.insertRequest(ctx, tx, r, due); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record requests: %w", err)
	}
	return nil
}

func (s *Store) insertRequest(ctx context.Context, tx session, r submission.Request, due time.Time) error {
	id := s.ids.next()
	n, err := tx.exec(ctx, `
		INSERT INTO requests (id, upload_key, channel_id, message_id, user_id, guild_id,
			file_name, bytes, url, application, token, part, received_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
		WHERE NOT EXISTS (SELECT 1 FROM submissions WHERE upload_key = $2)
		ON CONFLICT (upload_key) DO NOTHING`,
		id, r.Key, r.Channel, r.Message, r.User, r.Guild,
		r.FileName, r.Bytes, r.URL, r.Application, r.Token, r.Part, r.Received)
	if err != nil {
		return fmt.Errorf("insert request: %w", err)
	}
	if n == 0 {
		return nil
	}
	// A timer: no push before it is due. The job has the request's id.
	_, err = tx.exec(ctx, `
		INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
		VALUES ($1, $2, $1, 0, $3, 0, '', $4)`, id, string(job.Fetch), due, r.Received)
	if err != nil {
		return fmt.Errorf("insert fetch job: %w", err)
	}
	return nil
}

// Request is what a fetch job is to go on with; job.ErrDone when that is in or
// refused.
func (s *Store) Request(ctx context.Context, id job.ID) (submission.Request, error) {
	var r submission.Request
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `
			SELECT r.id, r.upload_key, r.channel_id, r.message_id, r.user_id, r.guild_id,
				r.file_name, r.bytes, r.url, r.application, r.token, r.part, r.received_at
			FROM jobs j JOIN requests r ON r.id = j.subject
			WHERE j.id = $1 AND j.kind = $2`, int64(id), string(job.Fetch),
		).Scan(&r.ID, &r.Key, &r.Channel, &r.Message, &r.User, &r.Guild,
			&r.FileName, &r.Bytes, &r.URL, &r.Application, &r.Token, &r.Part, moment{&r.Received})
	})
	if errors.Is(err, sql.ErrNoRows) {
		return submission.Request{}, job.ErrDone
	}
	if err != nil {
		return submission.Request{}, fmt.Errorf("read the request of job %d: %w", id, err)
	}
	return r, nil
}

// DropRequest ends the request for the upload of a key, if there is one: its
// player was told that it came to nothing, or is not to be told anything.
func (s *Store) DropRequest(ctx context.Context, key string, at time.Time) error {
	err := s.write(ctx, func(tx session) error { return endRequest(ctx, tx, key, at) })
	if err != nil {
		return fmt.Errorf("drop request: %w", err)
	}
	return nil
}

// endRequest deletes a request and its job.
func endRequest(ctx context.Context, tx session, key string, at time.Time) error {
	if key == "" {
		return nil // no upload that is requested
	}
	var id job.ID
	err := tx.row(ctx, `DELETE FROM requests WHERE upload_key = $1 RETURNING id`, key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete request: %w", err)
	}
	_, err = finish(ctx, tx, id, at)
	if errors.Is(err, job.ErrDone) {
		return nil
	}
	return err
}
