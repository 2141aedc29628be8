package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
)

const (
	// sweepInterval is the pause between two sweeps of one process.
	sweepInterval = 2 * time.Second

	// recheckAfter is when a job is asked after again, and recheckPerPending
	// stretches that for each waiting task, so that asking costs at most 250
	// jobs a second however many wait. Nothing urgent depends on it: dead
	// workers and a wiped Redis are noticed otherwise.
	recheckAfter      = 20 * time.Second
	recheckPerPending = 4 * time.Millisecond

	// claimLimit is how many jobs one statement claims, claimRounds how many
	// statements one sweep makes.
	claimLimit  = 500
	claimRounds = 200

	// enqueueAgainTimeout is for claimLimit tasks; the embedded Redis takes half a
	// millisecond for each.
	enqueueAgainTimeout = 10 * time.Second
)

// epochKey counts sweeps. Redis lost data when the count is missing or went
// back.
const epochKey = "evoladder:epoch"

// jobStore is where outbox jobs are kept.
type jobStore interface {
	// ClaimDue takes up to limit jobs whose next check is due at now, and sets
	// it to next; no other process is given them before. The jobs carry their
	// last enqueue attempt.
	ClaimDue(ctx context.Context, now, next time.Time, limit int) ([]job.Job, error)
	// RaiseEnqueueAttempt counts one more attempt for those jobs that are still pending and
	// returns them.
	RaiseEnqueueAttempt(ctx context.Context, ids []job.ID) ([]job.Job, error)
	// MakeAllDue makes every pending job due at now and counts it.
	MakeAllDue(ctx context.Context, now time.Time) (int, error)
}

// DeadLetter records that a job failed for good on our side; cause is for the
// operator. job.ErrDone is no failure.
type DeadLetter func(ctx context.Context, id job.ID, cause string) error

// SweeperOptions are the settings of a Sweeper; zero values are the defaults.
type SweeperOptions struct {
	Now        func() time.Time // default time.Now
	Log        *slog.Logger     // default slog.Default()
	DeadLetter map[job.Kind]DeadLetter
}

// Sweeper finds work that the queue lost and tells the queue again. Any number
// of processes may sweep at once, but one at a time is enough: see Run.
type Sweeper struct {
	store      jobStore
	client     *Client
	redis      *redis.Client
	inspect    *asynq.Inspector
	turn       *turn
	deadLetter map[job.Kind]DeadLetter
	now        func() time.Time
	log        *slog.Logger
	timeout    time.Duration // of enqueueing claimLimit tasks

	epoch   int64 // the count after our last sweep; 0: others have swept since, or none
	known   bool  // Redis has been used before this process swept
	suspect bool  // a sweep broke off after it claimed jobs
	failing bool  // the last sweep failed
}

// NewSweeper is a sweeper between store and the queue; what it enqueues goes
// through client.
func NewSweeper(options *redis.Options, store jobStore, client *Client, settings SweeperOptions) *Sweeper {
	s := &Sweeper{
		store: store, client: client, redis: redis.NewClient(forConsumers(options)),
		deadLetter: settings.DeadLetter, now: settings.Now, log: settings.Log, timeout: enqueueAgainTimeout,
	}
	s.inspect = asynq.NewInspectorFromRedisClient(s.redis)
	s.turn = newTurn(s.redis)
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// Run sweeps until ctx ends, and stands by while another process does. It says
// once when sweeping stops working and once when it works again.
func (s *Sweeper) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	defer s.endTurn(ctx)
	for {
		err := s.sweepInTurn(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !s.failing {
			s.log.Warn("sweep failed; trying again until it works", "error", err)
		}
		if err == nil && s.failing {
			s.log.Info("sweep works again")
		}
		s.failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweepInTurn sweeps if it is this process's turn. A process that cannot, for
// which the database may be away and for no other, gives its turn away.
func (s *Sweeper) sweepInTurn(ctx context.Context) error {
	mine, err := s.turn.take(ctx)
	if err != nil {
		return fmt.Errorf("ask whose turn it is to sweep: %w", err)
	}
	if !mine {
		s.epoch, s.known = 0, true // others count on
		return nil
	}
	if _, err := s.Sweep(ctx); err != nil {
		s.endTurn(ctx)
		return err
	}
	return nil
}

func (s *Sweeper) endTurn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), replyTimeout)
	defer cancel()
	s.turn.end(ctx)
}

// Close closes the sweeper's connections, once Run returned.
func (s *Sweeper) Close() error { return s.redis.Close() }

// Swept counts what one sweep found.
type Swept struct {
	Lost     bool // Redis had lost data
	Orphaned int  // tasks taken from dead workers
	Archived int  // tasks asynq gave up, recorded as failed
	Asked    int  // due jobs whose task was looked up
	Enqueued int  // jobs enqueued again
}

// Sweep goes once through everything a sweeper does.
func (s *Sweeper) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	// Redis is asked first: while it is down no job is claimed, and all are
	// still due when it comes back.
	found, err := s.survey(ctx)
	if err != nil {
		return swept, fmt.Errorf("survey queues: %w", err)
	}
	swept.Lost = found.lost
	if found.lost || s.suspect {
		pending, err := s.store.MakeAllDue(ctx, s.now())
		if err != nil {
			s.suspect = true
			return swept, fmt.Errorf("make all jobs due: %w", err)
		}
		s.suspect = false
		if found.lost && pending > 0 {
			level := slog.LevelWarn
			if found.first {
				level = slog.LevelInfo // the usual start on an embedded or a new Redis
			}
			s.log.Log(ctx, level, "redis lost its data; enqueueing all pending jobs again", "jobs", pending)
		}
	}
	err = errors.Join(
		s.takeOrphans(ctx, found.silent, &swept),
		s.settleArchived(ctx, found.archived, &swept),
		s.askAfterDue(ctx, found.pending, &swept),
	)
	return swept, err
}

// askAfterDue looks up the task of every due job and enqueues again what
// left no trace. Tasks that wait, run or await their retry are left alone; an
// archived one is settled by the next sweep.
func (s *Sweeper) askAfterDue(ctx context.Context, pending int64, swept *Swept) error {
	for range claimRounds {
		now := s.now()
		next := now.Add(max(recheckAfter, time.Duration(pending)*recheckPerPending))
		jobs, err := s.store.ClaimDue(ctx, now, next, claimLimit)
		if err != nil {
			return fmt.Errorf("claim due jobs: %w", err)
		}
		swept.Asked += len(jobs)
		if len(jobs) > 0 {
			absent, err := s.absent(ctx, jobs)
			if err == nil {
				err = s.enqueueAgain(ctx, absent, swept)
			}
			if err != nil {
				s.suspect = true // those just claimed are not due again for long
				return fmt.Errorf("ask after due jobs: %w", err)
			}
		}
		if len(jobs) < claimLimit {
			return nil
		}
	}
	return nil
}

// enqueueAgain enqueues jobs under a new number, so that no trace of an earlier attempt
// is in the way.
func (s *Sweeper) enqueueAgain(ctx context.Context, ids []job.ID, swept *Swept) error {
	if len(ids) == 0 {
		return nil
	}
	jobs, err := s.store.RaiseEnqueueAttempt(ctx, ids)
	if err != nil {
		return fmt.Errorf("count enqueue attempts: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.client.Enqueue(ctx, jobs...); err != nil {
		return err
	}
	swept.Enqueued += len(jobs)
	return nil
}
