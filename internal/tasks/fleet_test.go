package tasks_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

// BenchmarkFleet is what the queue costs with 1 and with 100 workers: all that a
// worker of one parser has on Redis, whose handlers do nothing but push the
// answer, and one announcer. An operation is one replay: a task to parse it, one
// to announce it. "paced" is 100 a second, "flood" 200 in flight.
func BenchmarkFleet(b *testing.B) {
	for _, workers := range []int{1, 100} {
		b.Run("workers="+strconv.Itoa(workers)+"/idle", func(b *testing.B) {
			f := newFloodgate(b, workers)
			before := f.commands(b)
			began := time.Now()
			time.Sleep(20 * time.Second)
			b.ReportMetric((f.commands(b)-before)/time.Since(began).Seconds()/float64(workers), "commands/s/worker")
		})
		b.Run("workers="+strconv.Itoa(workers)+"/paced", func(b *testing.B) {
			f := newFloodgate(b, workers)
			next := time.Now()
			f.measure(b, 2000, func() {
				next = next.Add(10 * time.Millisecond)
				time.Sleep(time.Until(next))
			})
		})
		b.Run("workers="+strconv.Itoa(workers)+"/flood", func(b *testing.B) {
			f := newFloodgate(b, workers)
			f.measure(b, 20000, func() { f.inFlight <- struct{}{} })
		})
	}
}

// floodgate is a queue with its consumers.
type floodgate struct {
	client   *tasks.Client
	raw      *redis.Client
	inFlight chan struct{}

	mu     sync.Mutex
	pushed map[job.ID]time.Time
	waited []time.Duration // from before the push to the handler
	done   sync.WaitGroup
}

func newFloodgate(b *testing.B, workers int) *floodgate {
	options := redistest.Private(b).Options()
	f := &floodgate{
		client: tasks.NewClient(options), raw: redis.NewClient(options),
		inFlight: make(chan struct{}, 200), pushed: map[job.ID]time.Time{},
	}
	b.Cleanup(func() { f.client.Close(); f.raw.Close() })
	serve := func(queue tasks.Queue, concurrency int, kind job.Kind, handle func(context.Context, job.ID) error) {
		server := tasks.NewServer(options, queue, concurrency, quiet())
		server.Handle(kind, handle)
		if err := server.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { server.Shutdown(context.Background()) })
	}
	sweep := func(client *tasks.Client) {
		sweeper := tasks.NewSweeper(options, newMemory(), client, tasks.SweeperOptions{Log: quiet()})
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { sweeper.Run(ctx); close(ended) }()
		b.Cleanup(func() { stop(); <-ended; sweeper.Close() })
	}
	for range workers {
		client := tasks.NewClient(options)
		b.Cleanup(func() { client.Close() })
		serve(tasks.Replays, 2, job.Parse, func(ctx context.Context, id job.ID) error {
			f.picked(id)
			return client.Enqueue(ctx, job.Job{ID: id, Kind: job.Announce, Subject: 1, EnqueueAttempt: 1})
		})
		serve(tasks.Bulk, 1, job.Reparse, func(context.Context, job.ID) error { return nil })
		sweep(client)
	}
	serve(tasks.Discord, 64, job.Announce, f.announced)
	sweep(f.client)
	time.Sleep(3 * time.Second) // all have polled, and wait
	return f
}

func (f *floodgate) picked(id job.ID) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waited = append(f.waited, now.Sub(f.pushed[id]))
	delete(f.pushed, id)
}

func (f *floodgate) announced(context.Context, job.ID) error {
	select {
	case <-f.inFlight:
	default:
	}
	f.done.Done()
	return nil
}

// measure pushes n replays, each when next returns.
func (f *floodgate) measure(b *testing.B, n int, next func()) {
	before, began := f.commands(b), time.Now()
	f.done.Add(n)
	for id := job.ID(1); id <= job.ID(n); id++ {
		next()
		f.mu.Lock()
		f.pushed[id] = time.Now()
		f.mu.Unlock()
		if err := f.client.Enqueue(b.Context(), parseJob(id)); err != nil {
			b.Fatal(err)
		}
	}
	f.done.Wait()
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "replays/s")
	b.ReportMetric((f.commands(b)-before)/float64(n), "commands/replay")
	slices.Sort(f.waited)
	b.ReportMetric(float64(f.waited[n/2].Microseconds())/1000, "pick-up-p50-ms")
	b.ReportMetric(float64(f.waited[n*99/100].Microseconds())/1000, "pick-up-p99-ms")
}

func (f *floodgate) commands(b *testing.B) float64 {
	info, err := f.raw.InfoMap(b.Context(), "stats").Result()
	if err != nil {
		b.Fatal(err)
	}
	n, err := strconv.ParseFloat(info["Stats"]["total_commands_processed"], 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
