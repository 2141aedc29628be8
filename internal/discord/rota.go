package discord

import (
	"context"
	"slices"
	"sync"
)

// rota is a queue in which users take turns: one item of each, then the next
// item of each. A user's own items keep their order. Not safe for concurrent use.
type rota[T comparable] struct {
	users []string // those with items, the next one first
	items map[string][]T
	size  int
}

func (r *rota[T]) push(user string, item T) {
	if r.items == nil {
		r.items = make(map[string][]T)
	}
	if len(r.items[user]) == 0 {
		r.users = append(r.users, user)
	}
	r.items[user] = append(r.items[user], item)
	r.size++
}

// pop is the next item; false when there is none.
func (r *rota[T]) pop() (item T, ok bool) {
	if len(r.users) == 0 {
		return item, false
	}
	user := r.users[0]
	item = r.items[user][0]
	r.users = slices.Delete(r.users, 0, 1)
	r.items[user] = slices.Delete(r.items[user], 0, 1)
	r.size--
	if len(r.items[user]) > 0 {
		r.users = append(r.users, user)
	} else {
		delete(r.items, user)
	}
	return item, true
}

// remove takes an item out that need not be served any more.
func (r *rota[T]) remove(user string, item T) {
	n := slices.Index(r.items[user], item)
	if n < 0 {
		return
	}
	r.items[user] = slices.Delete(r.items[user], n, n+1)
	r.size--
	if len(r.items[user]) == 0 {
		delete(r.items, user)
		r.users = slices.DeleteFunc(r.users, func(u string) bool { return u == user })
	}
}

// of is how many items of a user wait.
func (r *rota[T]) of(user string) int { return len(r.items[user]) }

// turnstile lets requests that share one of Discord's rate limits through one
// at a time, users taking turns. discordgo sends the requests of a bucket one at
// a time, too, but in an order of its own and with waits that no context ends:
// a user with a hundred messages would keep everybody else in that channel
// waiting. A request that has its turn still waits for the limit in discordgo,
// at most maxPause.
type turnstile struct {
	mu      sync.Mutex
	waiting map[string]*rota[*waiter] // by bucket, while a request of it is being made
}

type waiter struct{ turn chan struct{} } // closed when it is the waiter's turn

func newTurnstile() *turnstile {
	return &turnstile{waiting: make(map[string]*rota[*waiter])}
}

// take waits for user's turn in a bucket; the caller must call end. The only
// error is that of ctx.
func (t *turnstile) take(ctx context.Context, bucket, user string) (end func(), err error) {
	end = func() { t.next(bucket) }
	t.mu.Lock()
	line := t.waiting[bucket]
	if line == nil {
		t.waiting[bucket] = &rota[*waiter]{}
		t.mu.Unlock()
		return end, nil
	}
	w := &waiter{turn: make(chan struct{})}
	line.push(user, w)
	t.mu.Unlock()
	select {
	case <-w.turn:
		return end, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	line.remove(user, w)
	t.mu.Unlock()
	select {
	case <-w.turn: // given in the same moment
		end()
	default:
	}
	return nil, context.Cause(ctx)
}

// next gives the turn to whichever user is next, if any.
func (t *turnstile) next(bucket string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w, ok := t.waiting[bucket].pop(); ok {
		close(w.turn)
		return
	}
	delete(t.waiting, bucket)
}

// length is how many requests wait in a bucket, and how many of them are user's.
func (t *turnstile) length(bucket, user string) (all, own int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := t.waiting[bucket]
	if line == nil {
		return 0, 0
	}
	return line.size, line.of(user)
}
