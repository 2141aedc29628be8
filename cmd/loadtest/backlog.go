package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

const (
	// shortQueue is what waits when little waits, and backlogSize when much does.
	shortQueue  = 100
	backlogSize = 100_000
	// backlogSamples is how many of the smallest replays a backlog is made of,
	// so that its files fit a common disk.
	backlogSamples = 8
	// posters is how many files are posted to the page at once.
	posters = 16
	// drained is how many replays the processor time is taken of, after as many
	// as skipped have warmed everything up.
	drained, skipped = 3000, 300
	// drainTimeout bounds the taking.
	drainTimeout = 5 * time.Minute
	lookPause    = 50 * time.Millisecond
)

// holdWorkers lets a pipeline start with a page and without workers.
func holdWorkers(s *Setup) { s.WithWeb, s.HoldWorkers = true, true }

// backlog compares what a replay costs when few wait and when very many do.
// What is left waiting at the end is thrown away.
func backlog(ctx context.Context, p *Pipeline, corpus *Corpus, s Size, r *Report) error {
	waiting := s.Replays
	if waiting == 0 {
		waiting = backlogSize
	}
	b := &poster{pipeline: p, corpus: corpus.smallest(backlogSamples)}
	empty, err := p.redisInfo(ctx, "memory", "used_memory")
	if err != nil {
		return err
	}
	began := time.Now()
	if err := b.post(ctx, waiting); err != nil {
		return err
	}
	r.figure("files posted", float64(waiting)/time.Since(began).Seconds(), "a second")
	full, err := p.redisInfo(ctx, "memory", "used_memory")
	if err != nil {
		return err
	}
	r.figure("Redis memory a waiting replay", float64(full-empty)/float64(waiting), "bytes")

	if err := p.startWorkers(ctx); err != nil {
		return err
	}
	take := min(drained, waiting*8/10)
	warm := min(skipped, waiting/10)
	if err := b.compare(ctx, r, fmt.Sprintf("%d waiting", waiting), warm, take, 0); err != nil {
		return err
	}
	if err := b.waitOwed(ctx, 0, time.Duration(waiting)*time.Second/10+drainTimeout); err != nil {
		return err
	}
	return b.compare(ctx, r, fmt.Sprintf("%d waiting", shortQueue), warm, take, shortQueue)
}

// poster hands files in by the page.
type poster struct {
	pipeline *Pipeline
	corpus   *Corpus
	posted   int
}

// compare takes the processor time of so many replays after a warm-up, while
// the queue is kept at a length (0: it only gets shorter).
func (b *poster) compare(ctx context.Context, r *Report, name string, warm, take, keep int) error {
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	if _, err := b.drain(ctx, warm, keep); err != nil {
		return err
	}
	meter := servicetest.NewMeter(b.pipeline.Subjects()...)
	defer meter.Stop()
	began := time.Now()
	n, err := b.drain(ctx, take, keep)
	if err != nil {
		return err
	}
	if n == 0 {
		return nil // a short backlog is gone before the workers are warm
	}
	took := time.Since(began).Seconds()
	costs := meter.Costs()
	r.figure(name+": replays", float64(n)/took, "a second")
	for _, program := range []string{"worker", "redis", "postgres"} {
		if cost, known := costs[program]; known {
			r.figure(name+": "+program, cost.CPU.Seconds()*1000/float64(n), "ms of processor time a replay")
		}
	}
	return nil
}

// drain waits until at least n more replays were answered, or no more wait, and
// says how many were.
func (b *poster) drain(ctx context.Context, n, keep int) (int, error) {
	owed, err := b.owed(ctx)
	if err != nil {
		return 0, err
	}
	before := b.posted - owed
	for {
		if keep > owed {
			if err := b.post(ctx, keep-owed); err != nil {
				return 0, err
			}
		}
		if !retry.Sleep(ctx, lookPause) {
			return 0, fmt.Errorf("%d replays are not answered in time: %w", n, ctx.Err())
		}
		if owed, err = b.owed(ctx); err != nil {
			return 0, err
		}
		if done := b.posted - owed - before; done >= n || owed == 0 && keep == 0 {
			return done, nil
		}
	}
}

func (b *poster) waitOwed(ctx context.Context, most int, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		owed, err := b.owed(ctx)
		if err != nil {
			return err
		}
		if owed <= most {
			return nil
		}
		if !retry.Sleep(ctx, time.Second) {
			return fmt.Errorf("%d replays still wait: %w", owed, ctx.Err())
		}
	}
}

// owed counts the submissions without an answer.
func (b *poster) owed(ctx context.Context) (int, error) {
	var n int64
	err := b.pipeline.withPostgres(ctx, func(db *sql.DB) error {
		return count(ctx, db, &n, "SELECT count(*) FROM submissions WHERE answered_at IS NULL")
	})
	return int(n), err
}

// post hands in n more files.
func (b *poster) post(ctx context.Context, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(posters)
	for range n {
		file := b.corpus.Replay(b.posted)
		b.posted++
		group.Go(func() error { return b.postOne(ctx, file) })
	}
	return group.Wait()
}

var errNotTaken = errors.New("the page did not take the file")

func (b *poster) postOne(ctx context.Context, file File) error {
	url := "http://" + b.pipeline.address("web") + "/api/replays?name=" + file.Name
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(file.Data))
	if err != nil {
		return fmt.Errorf("post %s: %w", file.Name, err)
	}
	answer, err := postClient.Do(request)
	if err != nil {
		return fmt.Errorf("post %s: %w", file.Name, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("post %s: %w: %s %s", file.Name, errNotTaken, answer.Status, text)
	}
	return nil
}

// postClient keeps a connection for each poster; the default keeps two.
var postClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: posters}, Timeout: time.Minute}
