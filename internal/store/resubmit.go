package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Resubmit owes a file's parse again, for an operator. Where it had failed,
// every player who read it waits again, and the message that said so becomes
// the new answer. A file that was parsed is read again without a word. It
// returns the pending job, which may be an older one.
func (s *Store) Resubmit(ctx context.Context, id upload.ReplayID, at time.Time) (job.Job, error) {
	var j job.Job
	err := s.write(ctx, func(tx session) error {
		kind, err := reopen(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := insertJob(ctx, tx, s.newJob(kind, int64(id), at)); err != nil {
			return err
		}
		j, err = scanJob(tx.row(ctx, `
			UPDATE jobs SET history = `+earlier+` || $3 WHERE kind = $1 AND subject = $2
			RETURNING id, kind, subject, push, created_at`,
			string(kind), int64(id), event(at, "resubmitted by an operator\n")))
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return job.Job{}, err
	}
	if err != nil {
		return job.Job{}, fmt.Errorf("resubmit replay %d: %w", id, err)
	}
	return j, nil
}

// reopen takes a failure back and says which kind of job is needed.
func reopen(ctx context.Context, tx session, id upload.ReplayID) (job.Kind, error) {
	// parser_version 0: no parser's answer, so the next upload of the file
	// meanwhile waits with the others. The same write keeps Accept and
	// RecordVerdict out until this is done; see doc.go.
	var status string
	err := tx.row(ctx, `
		UPDATE replays SET parser_version = CASE WHEN status = '`+failed+`' THEN 0 ELSE parser_version END
		WHERE id = $1 RETURNING status`, int64(id)).Scan(&status)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", ErrNotFound
	case err != nil:
		return "", fmt.Errorf("update replay: %w", err)
	case status == parsed:
		return job.Reparse, nil
	case status == waiting:
		return job.Parse, nil
	}
	// A message that is still pending says what the file's state is when it is
	// sent: its job goes, so that it does not find the submission unanswered.
	for _, statement := range []string{
		`DELETE FROM jobs WHERE kind = '` + string(job.Announce) + `' AND subject IN (` + messagesAbout + `)`,
		`UPDATE announcements SET status = '` + pending + `', detail = '', delivered_at = NULL WHERE id IN (` + messagesAbout + `)`,
		`UPDATE submissions SET answered_at = NULL, junk = 0 WHERE replay_id = $1`,
	} {
		if _, err := tx.exec(ctx, statement, int64(id)); err != nil {
			return "", fmt.Errorf("reopen submissions: %w", err)
		}
	}
	return job.Parse, nil
}

// messagesAbout selects the announcements of a file's uploads.
const messagesAbout = `SELECT a.id FROM announcements a JOIN submissions s ON s.id = a.subject
	WHERE s.replay_id = $1 AND a.kind = '` + string(announcement.ReplayResult) + `'`
