package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/worker"
)

// limits are the settings' limits on a file, as intake and parser take them.
func limits(settings config.Limits) replay.Limits {
	return replay.Limits{FileBytes: int(settings.MaxReplayBytes)}
}

// Pool starts parser processes. died, which may be nil, is called for those that
// die under a replay.
func Pool(settings config.Parsing, files config.Limits, log *slog.Logger, died func(sandbox.How)) (*sandbox.Pool, error) {
	return sandbox.NewPool(sandbox.Options{
		Processes: settings.Pool(),
		Deadline:  settings.ParseTimeout,
		Memory:    int64(settings.MemoryMB) << 20,
		Limits:    limits(files),
		Log:       log,
		Died:      died,
	})
}

// Worker is the parts that parse: the pool, a server for the uploads, which
// players wait for, and one for re-parses, which they do not. The second runs one
// job at a time and puts it off while an upload waits, so re-parsing never keeps a
// player waiting for more than the one replay that it is reading.
func (b *Base) Worker(settings config.Parsing, files config.Limits) ([]Part, error) {
	pool, err := Pool(settings, files, b.Log, func(how sandbox.How) { b.Metrics.ParserDied(string(how)) })
	if err != nil {
		return nil, err
	}
	w := worker.New(b.Store, b.Blobs, pool, b.Queue, worker.Options{
		Name: processName(), Log: b.Log, Seen: b.Metrics.Parsed,
	})
	// While one replay is parsed in each child, others are fetched and recorded.
	replays := tasks.NewServer(b.redis, tasks.Replays, 2*settings.Pool(), b.Log)
	replays.Handle(job.Parse, w.Parse)
	bulk := tasks.NewServer(b.redis, tasks.Bulk, 1, b.Log)
	bulk.Handle(job.Reparse, w.Reparse)
	return []Part{
		{Name: "parsers", Run: func(ctx context.Context) error {
			<-ctx.Done()
			pool.Close()
			return nil
		}},
		consumer("queues", queuesWeight, replays, bulk),
	}, nil
}

// deadLetter records work that the queue tried for a day.
func (b *Base) deadLetter() map[job.Kind]tasks.DeadLetter {
	w := worker.New(b.Store, b.Blobs, nil, b.Queue, worker.Options{Name: processName(), Log: b.Log})
	all := map[job.Kind]tasks.DeadLetter{
		job.Parse:   w.DeadLetter,
		job.Reparse: w.DeadLetter,
		job.Announce: func(ctx context.Context, id job.ID, cause string) error {
			return b.Store.RecordDelivery(ctx, id, announcement.Delivery{Detail: "given up by the queue: " + cause, At: time.Now()})
		},
		job.Fetch: func(ctx context.Context, id job.ID, _ string) error {
			request, err := b.Store.PendingUpload(ctx, id)
			if err != nil {
				return err
			}
			return b.Store.RefusePending(ctx, request.Key, time.Now())
		},
	}
	for _, kind := range []job.Kind{job.MatchTimer, job.EntryTimer} {
		// A timer is never given up: its row stays, and a sweeper enqueues it again.
		all[kind] = func(context.Context, job.ID, string) error { return nil }
	}
	for kind, deadLetter := range all {
		all[kind] = func(ctx context.Context, id job.ID, cause string) error {
			err := deadLetter(ctx, id, cause)
			if err == nil {
				b.Metrics.GaveUp(string(kind))
			}
			return err
		}
	}
	return all
}
