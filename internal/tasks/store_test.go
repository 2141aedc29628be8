package tasks_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
)

// memory is a jobStore with the semantics of the database's.
type memory struct {
	mu   sync.Mutex
	jobs map[job.ID]job.Job
	due  map[job.ID]time.Time
	away error // the database's
}

func newMemory(jobs ...job.Job) *memory {
	m := &memory{jobs: map[job.ID]job.Job{}, due: map[job.ID]time.Time{}}
	for _, j := range jobs {
		m.jobs[j.ID] = j
	}
	return m
}

func (m *memory) ClaimDue(_ context.Context, now, next time.Time, limit int) ([]job.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return nil, m.away
	}
	var claimed []job.Job
	for _, id := range slices.Sorted(maps.Keys(m.jobs)) {
		if len(claimed) < limit && !m.due[id].After(now) {
			m.due[id] = next
			claimed = append(claimed, m.jobs[id])
		}
	}
	return claimed, nil
}

func (m *memory) RaiseEnqueueAttempt(_ context.Context, ids []job.ID) ([]job.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var raised []job.Job
	for _, id := range ids {
		if j, pending := m.jobs[id]; pending {
			j.EnqueueAttempt++
			m.jobs[id] = j
			raised = append(raised, j)
		}
	}
	return raised, nil
}

func (m *memory) MakeAllDue(_ context.Context, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.jobs {
		m.due[id] = now
	}
	return len(m.jobs), nil
}

// down makes the database unreachable, up ends that.
func (m *memory) down() { m.setAway(errors.New("database down")) }
func (m *memory) up()   { m.setAway(nil) }

func (m *memory) setAway(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = err
}

// finish is the transaction that ends a job.
func (m *memory) finish(id job.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, pending := m.jobs[id]; !pending {
		return job.ErrDone
	}
	delete(m.jobs, id)
	return nil
}

func (m *memory) attempt(id job.ID) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.jobs[id].EnqueueAttempt
}

func (m *memory) pending() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.jobs)
}

func parseJob(id job.ID) job.Job {
	return job.Job{ID: id, Kind: job.Parse, Subject: 1, EnqueueAttempt: 1}
}

// testTimeout is how long a test waits for what should happen at once.
const testTimeout = time.Minute

// receive waits for a value; a test that never gets one says so instead of
// hanging until the test binary's own deadline.
func receive[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(testTimeout):
		t.Fatalf("no %s within %v", what, testTimeout)
		panic("unreachable")
	}
}
