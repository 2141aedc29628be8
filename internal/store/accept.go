package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// errRepeated ends the transaction of an upload that is on record.
var errRepeated = errors.New("upload is on record")

// Accept records an upload. Where the file has its answer already, the
// submission has it at once (Known): a parsed file always, even by an older
// parser, in which case it is read again for the next one who asks; a failed
// file unless the parser has changed or the failure may pass. Otherwise the
// file gets one parse job for all who wait for it. An upload with the Key of
// an earlier one gets that one's receipt (Repeated), and nothing is written;
// nor is it for one that is over its Quota, which is a failure.Limited. What is on
// record is no longer requested: the request with its Key ends.
//
// An upload of a player belongs to the match that they are in. A known file rules it here;
// one that an older parser has read waits for the current one.
func (s *Store) Accept(ctx context.Context, a upload.Arrival) (upload.Receipt, error) {
	var receipt upload.Receipt
	err := s.writeLadder(ctx, func(tx session) (err error) {
		receipt, err = s.accept(ctx, tx, a)
		return err
	})
	if errors.Is(err, errRepeated) {
		if receipt, err = s.repeated(ctx, a.Key); err == nil {
			err = s.write(ctx, func(tx session) error { return acceptRequest(ctx, tx, a.Key, a.At) })
		}
	}
	if err != nil {
		return upload.Receipt{}, fmt.Errorf("accept %s: %w", a.SHA256, err)
	}
	return receipt, nil
}

func (s *Store) accept(ctx context.Context, tx session, a upload.Arrival) (upload.Receipt, error) {
	file, err := s.lockFile(ctx, tx, a)
	if err != nil {
		return upload.Receipt{}, err
	}
	receipt := upload.Receipt{
		ID:       upload.ID(s.ids.next()),
		ReplayID: file.id,
		SHA256:   a.SHA256,
		Known:    file.answers(a.ParserVersion),
	}
	mine, err := insertSubmission(ctx, tx, receipt, a, receipt.Known && quota.Junk(file.failure))
	if err != nil {
		return upload.Receipt{}, err
	}
	if mine.match != 0 && receipt.Known && file.outdated(a.ParserVersion) {
		receipt.Known = false
		if err := await(ctx, tx, receipt.ID); err != nil {
			return upload.Receipt{}, err
		}
	}
	// After the insert, which turns repetitions back: those are no new uploads.
	if err := withinQuota(ctx, tx, a, receipt, mine.match != 0); err != nil {
		return upload.Receipt{}, err
	}
	if err := acceptRequest(ctx, tx, a.Key, a.At); err != nil {
		return upload.Receipt{}, err
	}
	answer, err := s.announceResult(ctx, tx, receipt.ID, a)
	if err != nil {
		return upload.Receipt{}, err
	}
	for _, j := range s.necessary(file, receipt, answer, a) {
		inserted, err := insertJob(ctx, tx, j)
		if err != nil {
			return upload.Receipt{}, err
		}
		if inserted {
			receipt.Jobs = append(receipt.Jobs, j)
		}
	}
	if receipt.Known {
		ruled, err := s.handIn(ctx, tx, file.id, storedFacts, []handed{mine}, a.At)
		if err != nil {
			return upload.Receipt{}, err
		}
		receipt.Jobs = append(receipt.Jobs, ruled...)
	}
	return receipt, nil
}

// necessary are the jobs that an upload makes necessary; answer is its announcement, or 0.
func (s *Store) necessary(f file, receipt upload.Receipt, answer announcement.ID, a upload.Arrival) (jobs []job.Job) {
	switch {
	case !receipt.Known:
		// It has the upload's id: so that joins the page's address, the task in the
		// queue and the logs of all processes.
		parse := s.newJob(job.Parse, int64(f.id), a.At)
		parse.ID = job.ID(receipt.ID)
		jobs = append(jobs, parse)
	case f.outdated(a.ParserVersion):
		jobs = append(jobs, s.newJob(job.Reparse, int64(f.id), a.At))
	}
	if receipt.Known && answer != 0 {
		jobs = append(jobs, announceJob(answer, a.At))
	}
	return jobs
}

// await takes an upload's answer back: it waits for the next verdict on its file.
func await(ctx context.Context, tx session, id upload.ID) error {
	if _, err := tx.exec(ctx, `UPDATE submissions SET answered_at = NULL WHERE id = $1`, int64(id)); err != nil {
		return fmt.Errorf("await the next verdict: %w", err)
	}
	return nil
}

// file is what Accept has to know of a replay's row.
type file struct {
	id            upload.ReplayID
	status        string
	parserVersion int // of the answer
	triedVersion  int
	failure       *failure.Error
}

// The values of replays.status.
const (
	waiting = "waiting"
	parsed  = "parsed"
	failed  = "failed"
)

// answers says whether the file needs no parse by a parser of this version
// before somebody gets an answer.
func (f file) answers(version int) bool {
	switch f.status {
	case parsed:
		return true
	case failed:
		return f.parserVersion >= version && !passing(f.failure)
	default:
		return false
	}
}

// outdated says whether a parsed file should be read again by this version.
func (f file) outdated(version int) bool {
	return f.status == parsed && f.triedVersion < version
}

// passing says whether a failure may not repeat when the file is uploaded
// again: a deadline depends on how busy the machine was, and bytes that were
// missing from storage are there once they have been handed in again. Poison
// is final: to try it again costs two parser processes.
func passing(answer *failure.Error) bool {
	return answer.Kind == failure.Timeout || answer.Kind == failure.GaveUp || answer.Text.Key == phrase.FileMissing
}

// lockFile writes the replay's row, or the same row again, so that no other transaction
// writes it before this transaction ends.
func (s *Store) lockFile(ctx context.Context, tx session, a upload.Arrival) (file, error) {
	var f file
	var kind, text sql.NullString
	err := tx.row(ctx, `
		INSERT INTO replays (id, sha256, bytes, status, parser_version, tried_version, created_at)
		VALUES ($1, $2, $3, $4, 0, 0, $5)
		ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes
		RETURNING id, status, parser_version, tried_version, failure_kind, failure_text`,
		s.ids.next(), a.SHA256, a.Bytes, waiting, a.At,
	).Scan(&f.id, &f.status, &f.parserVersion, &f.triedVersion, &kind, &text)
	if err != nil {
		return file{}, fmt.Errorf("insert replay: %w", err)
	}
	f.failure, err = storedFailure(kind, text)
	return f, err
}

// insertSubmission is where an upload that is on record turns back. It finds the match that
// the upload belongs to.
func insertSubmission(ctx context.Context, tx session, receipt upload.Receipt, a upload.Arrival, junk bool) (handed, error) {
	var answered time.Time
	if receipt.Known {
		answered = a.At
	}
	mine, err := scanHanded(tx.row(ctx, `
		INSERT INTO submissions (id, replay_id, source, uploader, guild, file_name, upload_key, received_at, answered_at, listed, junk, sent_at, language, match_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, (`+matchOf("$4", "$14")+`))
		ON CONFLICT (upload_key) DO NOTHING
		RETURNING `+handedColumns,
		int64(receipt.ID), int64(receipt.ReplayID), string(a.Source), string(a.Uploader), string(a.Guild), a.FileName, orNull(a.Key), a.At,
		answered, !a.Unlisted, flag(junk), a.Sent, string(a.Language), a.At.Add(-lateReach)))
	if errors.Is(err, sql.ErrNoRows) {
		return handed{}, errRepeated
	}
	if err != nil {
		return handed{}, fmt.Errorf("insert submission: %w", err)
	}
	return mine, nil
}

// flag is a boolean as both engines keep it.
func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

// announceResult records that the answer is to be given on Discord, if the upload
// came by it; 0: it did not.
func (s *Store) announceResult(ctx context.Context, tx session, subject upload.ID, a upload.Arrival) (announcement.ID, error) {
	if a.Reply == nil {
		return 0, nil
	}
	id := announcement.ID(s.ids.next())
	return id, insertAnnouncement(ctx, tx, announcement.Announcement{
		ID: id, Kind: announcement.ReplayResult, Subject: int64(subject), Reply: *a.Reply,
	}, a.At)
}

// repeated is the receipt of the upload that was recorded with this key.
func (s *Store) repeated(ctx context.Context, key upload.Key) (upload.Receipt, error) {
	receipt := upload.Receipt{Repeated: true}
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `
			SELECT s.id, s.replay_id, r.sha256, s.answered_at IS NOT NULL
			FROM submissions s JOIN replays r ON r.id = s.replay_id
			WHERE s.upload_key = $1`, string(key),
		).Scan(&receipt.ID, &receipt.ReplayID, &receipt.SHA256, &receipt.Known)
	})
	if err != nil {
		return upload.Receipt{}, fmt.Errorf("look up the earlier upload: %w", err)
	}
	return receipt, nil
}

// storedFailure is the failure in a replay's row, nil when there is none.
func storedFailure(kind, text sql.NullString) (*failure.Error, error) {
	if !kind.Valid {
		return nil, nil
	}
	var said phrase.Text
	if err := json.Unmarshal([]byte(text.String), &said); err != nil {
		return nil, fmt.Errorf("read the text of a failure: %w", err)
	}
	return failure.New(failure.Kind(kind.String), said, nil), nil
}
