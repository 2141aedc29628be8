package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// JobRecord is a job as operators see it, pending or done.
type JobRecord struct {
	job.Job
	Attempts int
	Worker   string    // of the attempt under way
	Started  time.Time // of the same
	NextPoll time.Time // when a sweeper next asks the queue about it; zero: it is done
	Ended    time.Time // zero: it is pending
	History  []string  // what went wrong with it, a line an event, oldest first
}

// UploadRecord is one upload of a file, with the message about it.
type UploadRecord struct {
	ID                 upload.ID
	Source             upload.Source
	Uploader           snowflake.UserID
	Guild              snowflake.GuildID
	FileName           string
	Sent               time.Time // by its sender
	Received, Answered time.Time
	Message            string // "owed" (pending), "sent", "undeliverable"; "" where there is none
	ChannelID          snowflake.ChannelID
	MessageID          snowflake.MessageID
	Detail             string // why undeliverable
	Delivered          time.Time
}

// Dossier is everything that is known of a file.
type Dossier struct {
	ID            upload.ReplayID
	SHA256        string
	Bytes         int64
	Status        string // "waiting", "parsed", "failed"
	ParserVersion int
	Created       time.Time
	Begun, Parsed time.Time // of the attempt that gave the answer
	Worker        string    // of the same
	Failure       *failure.Error
	Detail        string // the failure's cause
	Uploads       []UploadRecord
	Jobs          []JobRecord
}

const pendingColumns = `id, kind, subject, push, attempts, worker, started_at, push_at, created_at, NULL, history`

// PendingJobs is up to limit jobs that are not done, the oldest first.
func (s *Store) PendingJobs(ctx context.Context, limit int) ([]JobRecord, error) {
	var all []JobRecord
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanRecord, `SELECT `+pendingColumns+` FROM jobs ORDER BY id LIMIT $1`, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return all, nil
}

// Dossier is everything that is known of a file; ErrNotFound where there is no
// such file.
func (s *Store) Dossier(ctx context.Context, id upload.ReplayID) (Dossier, error) {
	d := Dossier{ID: id}
	err := s.read(ctx, func(q session) error {
		var kind, text, detail sql.NullString
		err := q.row(ctx, `
			SELECT sha256, bytes, status, parser_version, created_at, begun_at, parsed_at, worker,
				failure_kind, failure_text, failure_detail
			FROM replays WHERE id = $1`, int64(id),
		).Scan(&d.SHA256, &d.Bytes, &d.Status, &d.ParserVersion, moment{&d.Created}, moment{&d.Begun}, moment{&d.Parsed}, &d.Worker,
			&kind, &text, &detail)
		if err != nil {
			return err
		}
		d.Detail = detail.String
		if d.Failure, err = storedFailure(kind, text); err != nil {
			return err
		}
		if d.Uploads, err = collect(ctx, q, scanUpload, `
			SELECT s.id, s.source, s.uploader, s.guild, s.file_name, COALESCE(s.sent_at, s.received_at), s.received_at, s.answered_at,
				COALESCE(a.status, ''), COALESCE(a.channel_id, ''), COALESCE(a.message_id, ''), COALESCE(a.detail, ''), a.delivered_at
			FROM submissions s LEFT JOIN announcements a ON a.subject = s.id AND a.kind = '`+string(announcement.ReplayResult)+`'
			WHERE s.replay_id = $1 ORDER BY s.id`, int64(id)); err != nil {
			return err
		}
		d.Jobs, err = collect(ctx, q, scanRecord, recordsOf("jobs", pendingColumns)+" UNION ALL "+
			recordsOf("job_history", `id, kind, subject, push, attempts, '', NULL, NULL, created_at, ended_at, history`)+
			" ORDER BY 9, 1", int64(id))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Dossier{}, ErrNotFound
	}
	if err != nil {
		return Dossier{}, fmt.Errorf("read all about replay %d: %w", id, err)
	}
	return d, nil
}

// recordsOf selects the jobs that are about a file or about telling of it. An
// announcement's job has its id; see announceJob.
func recordsOf(table, columns string) string {
	return `SELECT ` + columns + ` FROM ` + table + `
		WHERE subject = $1 AND kind IN ('` + string(job.Parse) + `', '` + string(job.Reparse) + `')
		OR kind = '` + string(job.Announce) + `' AND subject IN (` + messagesAbout + `)`
}

func scanRecord(r row) (JobRecord, error) {
	var j JobRecord
	var history string
	err := r.Scan(&j.ID, &j.Kind, &j.Subject, &j.EnqueueAttempt, &j.Attempts, &j.Worker, moment{&j.Started}, moment{&j.NextPoll},
		moment{&j.Created}, moment{&j.Ended}, &history)
	j.History = lines(history)
	return j, err
}

func scanUpload(r row) (UploadRecord, error) {
	var u UploadRecord
	err := r.Scan(&u.ID, &u.Source, &u.Uploader, &u.Guild, &u.FileName, moment{&u.Sent}, moment{&u.Received}, moment{&u.Answered},
		&u.Message, &u.ChannelID, &u.MessageID, &u.Detail, moment{&u.Delivered})
	return u, err
}
