package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// RecordVerdict records what became of a file and returns the announcements
// now pending. It ends the parse or reparse job id; job.ErrDone, and nothing
// written, when another worker was first. A good result is only ever replaced
// by one of the same or a newer parser, never by a failure.
func (s *Store) RecordVerdict(ctx context.Context, id job.ID, v upload.Verdict) ([]job.Job, error) {
	if (v.Summary == nil) == (v.Failure == nil) {
		return nil, fmt.Errorf("record verdict of job %d: want a summary or a failure", id)
	}
	players, err := shownBy(v) // outside of the transaction: it takes its time
	if err != nil {
		return nil, fmt.Errorf("record verdict of job %d: %w", id, err)
	}
	var announce []job.Job
	err = s.writeLadder(ctx, func(tx session) error {
		done, err := finish(ctx, tx, id, v.At)
		if err != nil {
			return err
		}
		switch done.Kind {
		case job.Parse:
			announce, err = s.recordParse(ctx, tx, done, v, players)
		case job.Reparse: // its players have had an answer
			announce, err = s.recordReparse(ctx, tx, done, v, players)
		default:
			err = fmt.Errorf("a %s has no verdict", done.Kind)
		}
		return err
	})
	if errors.Is(err, job.ErrDone) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("record verdict of job %d: %w", id, err)
	}
	return announce, nil
}

// recordParse answers everybody who waits, and rules the matches that these uploads belong
// to.
func (s *Store) recordParse(ctx context.Context, tx session, done ended, v upload.Verdict, players shown) ([]job.Job, error) {
	kept, err := keepVerdict(ctx, tx, done, v, players)
	if err != nil {
		return nil, err
	}
	replay := upload.ReplayID(done.Subject)
	announce, answered, err := answerWaiting(ctx, tx, replay, v.At, quota.Junk(v.Failure))
	if err != nil {
		return nil, err
	}
	read := storedFacts
	if kept && v.Failure == nil {
		read = factsOf(v.Summary)
	}
	said, err := s.handIn(ctx, tx, replay, read, answered, v.At)
	return append(announce, said...), err
}

func (s *Store) recordReparse(ctx context.Context, tx session, done ended, v upload.Verdict, players shown) ([]job.Job, error) {
	replay := upload.ReplayID(done.Subject)
	was, err := before(ctx, tx, replay)
	if err != nil {
		return nil, err
	}
	if err := keepBetter(ctx, tx, done, v, players); err != nil {
		return nil, err
	}
	return s.reread(ctx, tx, replay, was, v.At)
}

// keepBetter keeps a re-parse's result. Its failure is only counted as a try:
// neither a result nor an earlier failure, which the player read, is
// replaced by it.
func keepBetter(ctx context.Context, tx session, done ended, v upload.Verdict, players shown) error {
	if v.Failure == nil {
		_, err := keepVerdict(ctx, tx, done, v, players)
		return err
	}
	return countTry(ctx, tx, done, v)
}

func countTry(ctx context.Context, tx session, done ended, v upload.Verdict) error {
	_, err := tx.exec(ctx, `UPDATE replays SET tried_version = $2 WHERE id = $1 AND tried_version < $2`,
		done.Subject, v.ParserVersion)
	if err != nil {
		return fmt.Errorf("update replay: %w", err)
	}
	return nil
}

// keepVerdict says whether the verdict is now the one on record.
func keepVerdict(ctx context.Context, tx session, done ended, v upload.Verdict, players shown) (bool, error) {
	keep := keepResult
	if v.Failure != nil {
		keep = keepFailure
	}
	kept, err := keep(ctx, tx, done, v)
	if err == nil && kept == 0 { // an answer stands that is better than this
		return false, countTry(ctx, tx, done, v)
	}
	if err != nil {
		return false, fmt.Errorf("update replay: %w", err)
	}
	return true, writePlayers(ctx, tx, done.Subject, players, done.Kind == job.Reparse)
}

func keepResult(ctx context.Context, tx session, done ended, v upload.Verdict) (int, error) {
	return tx.exec(ctx, `
		UPDATE replays SET status = $2, parser_version = $3, tried_version = $3, parsed_at = $4,
			failure_kind = NULL, failure_text = NULL, failure_detail = NULL, summary = $5, timeline = $6,
			worker = $7, begun_at = $8
		WHERE id = $1 AND (status <> $2 OR parser_version <= $3)`,
		done.Subject, parsed, v.ParserVersion, v.At, string(v.Summary), pack(v.Timeline), done.worker, done.started)
}

func keepFailure(ctx context.Context, tx session, done ended, v upload.Verdict) (int, error) {
	text, err := json.Marshal(v.Failure.Text)
	if err != nil {
		return 0, err
	}
	var detail string
	if v.Failure.Cause != nil {
		detail = v.Failure.Cause.Error()
	}
	return tx.exec(ctx, `
		UPDATE replays SET status = $2, parser_version = $3, tried_version = $3, parsed_at = $4,
			failure_kind = $5, failure_text = $6, failure_detail = $7, worker = $9, begun_at = $10
		WHERE id = $1 AND status <> $8`,
		done.Subject, failed, v.ParserVersion, v.At, string(v.Failure.Kind), string(text), detail, parsed, done.worker, done.started)
}

// answerWaiting gives the answer to everybody who waits for the replay, and
// returns the jobs that tell those in Discord, and the uploads.
func answerWaiting(ctx context.Context, tx session, id upload.ReplayID, at time.Time, junk bool) ([]job.Job, []handed, error) {
	// An announcement's job has its id; see announceJob. Each is looked up by its
	// submission: of a join PostgreSQL makes a scan of all announcements, as long as
	// it knows nothing of the table.
	announce, err := collect(ctx, tx, scanJob, `
		INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
		SELECT id, $2, id, 1, $3, 0, '', $4
		FROM (
			SELECT (
				SELECT a.id FROM announcements a
				WHERE a.subject = s.id AND a.kind = '`+string(announcement.ReplayResult)+`' AND a.status = '`+pending+`'
			) AS id
			FROM submissions s WHERE s.replay_id = $1 AND s.answered_at IS NULL
		) AS waiting
		WHERE id IS NOT NULL
		ON CONFLICT (kind, subject) DO NOTHING
		RETURNING id, kind, subject, push, created_at`,
		int64(id), string(job.Announce), at.Add(EnqueueGrace), at)
	if err != nil {
		return nil, nil, fmt.Errorf("insert announce jobs: %w", err)
	}
	answered, err := collect(ctx, tx, scanHanded, `
		UPDATE submissions SET answered_at = $2, junk = $3 WHERE replay_id = $1 AND answered_at IS NULL RETURNING `+handedColumns,
		int64(id), at, flag(junk))
	if err != nil {
		return nil, nil, fmt.Errorf("answer submissions: %w", err)
	}
	return announce, answered, nil
}

// Timeline is the JSON of a replay's timeline; ErrNotFound where there is none.
func (s *Store) Timeline(ctx context.Context, id upload.ReplayID) (json.RawMessage, error) {
	var packed []byte
	err := s.read(ctx, func(q session) error {
		return q.row(ctx, `SELECT timeline FROM replays WHERE id = $1 AND timeline IS NOT NULL`, int64(id)).Scan(&packed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read timeline of replay %d: %w", id, err)
	}
	timeline, err := unzstd.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack timeline of replay %d: %w", id, err)
	}
	return timeline, nil
}

// KnownFiles is which of the files there is a replay of, for the sweep of
// those in storage without a reference.
func (s *Store) KnownFiles(ctx context.Context, hashes []string) (map[string]bool, error) {
	known := make(map[string]bool, len(hashes))
	for some := range slices.Chunk(hashes, listMax) {
		err := s.read(ctx, func(q session) error {
			places, args := list(some)
			found, err := collect(ctx, q, scanText, `SELECT sha256 FROM replays WHERE sha256 IN (`+places+`)`, args...)
			for _, hash := range found {
				known[hash] = true
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look up files: %w", err)
		}
	}
	return known, nil
}

func scanText(r row) (text string, err error) {
	err = r.Scan(&text)
	return text, err
}

// timelineMax bounds what a stored timeline may unpack to, in bytes. A
// four-hour game's takes a few MB.
const timelineMax = 64 << 20

// Timelines are stored packed: they are large, and the same keys over and over.
// Both coders are safe for concurrent use
// and, given no reader or writer, start no goroutine.
var (
	tozstd, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithLowerEncoderMem(true))
	unzstd, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(timelineMax), zstd.WithDecoderConcurrency(2))
)

func pack(timeline json.RawMessage) []byte {
	if timeline == nil {
		return nil
	}
	return tozstd.EncodeAll(timeline, nil)
}
