// Package fair lets users take turns, so that one with much to do does not keep
// the others waiting.
package fair

import (
	"context"
	"slices"
	"sync"
)

// Queue is a queue in which users take turns: one item of each, then the next
// item of each. A user's own items keep their order. Not safe for concurrent use.
type Queue[T comparable] struct {
	users []string // those with items, the next one first
	items map[string][]T
	size  int
}

// Push adds an item behind the user's others.
func (q *Queue[T]) Push(user string, item T) {
	if q.items == nil {
		q.items = make(map[string][]T)
	}
	if len(q.items[user]) == 0 {
		q.users = append(q.users, user)
	}
	q.items[user] = append(q.items[user], item)
	q.size++
}

// Pop is the next item; false when there is none.
func (q *Queue[T]) Pop() (item T, ok bool) {
	if len(q.users) == 0 {
		return item, false
	}
	user := q.users[0]
	item = q.items[user][0]
	q.users = slices.Delete(q.users, 0, 1)
	q.items[user] = slices.Delete(q.items[user], 0, 1)
	q.size--
	if len(q.items[user]) > 0 {
		q.users = append(q.users, user)
	} else {
		delete(q.items, user)
	}
	return item, true
}

// Remove takes an item out that need not be served any more.
func (q *Queue[T]) Remove(user string, item T) {
	n := slices.Index(q.items[user], item)
	if n < 0 {
		return
	}
	q.items[user] = slices.Delete(q.items[user], n, n+1)
	q.size--
	if len(q.items[user]) == 0 {
		delete(q.items, user)
		q.users = slices.DeleteFunc(q.users, func(u string) bool { return u == user })
	}
}

// Len is how many items wait.
func (q *Queue[T]) Len() int { return q.size }

// Of is how many items of a user wait.
func (q *Queue[T]) Of(user string) int { return len(q.items[user]) }

// Turnstile lets requests that share one of Discord's rate limits through one
// at a time, users taking turns. discordgo sends the requests of a bucket one at
// a time, too, but in an order of its own and with waits that no context ends:
// a user with a hundred messages would keep everybody else in that channel
// waiting. A request that has its turn still waits for the limit in discordgo,
// as long as the client lets it.
type Turnstile struct {
	mu      sync.Mutex
	waiting map[string]*Queue[*waiter] // by bucket, while a request of it is being made
}

type waiter struct{ turn chan struct{} } // closed when it is the waiter's turn

// NewTurnstile is one that nothing waits at.
func NewTurnstile() *Turnstile {
	return &Turnstile{waiting: make(map[string]*Queue[*waiter])}
}

// Take waits for user's turn in a bucket; the caller must call end. The only
// error is that of ctx.
func (t *Turnstile) Take(ctx context.Context, bucket, user string) (end func(), err error) {
	end = func() { t.next(bucket) }
	t.mu.Lock()
	line := t.waiting[bucket]
	if line == nil {
		t.waiting[bucket] = &Queue[*waiter]{}
		t.mu.Unlock()
		return end, nil
	}
	w := &waiter{turn: make(chan struct{})}
	line.Push(user, w)
	t.mu.Unlock()
	select {
	case <-w.turn:
		return end, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	line.Remove(user, w)
	t.mu.Unlock()
	select {
	case <-w.turn: // given in the same moment
		end()
	default:
	}
	return nil, context.Cause(ctx)
}

// next gives the turn to whichever user is next, if any.
func (t *Turnstile) next(bucket string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w, ok := t.waiting[bucket].Pop(); ok {
		close(w.turn)
		return
	}
	delete(t.waiting, bucket)
}

// Length is how many requests wait in a bucket, and how many of them are user's.
func (t *Turnstile) Length(bucket, user string) (all, own int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := t.waiting[bucket]
	if line == nil {
		return 0, 0
	}
	return line.size, line.Of(user)
}
