package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/submission"
)

func (l *memory) RecordRequests(ctx context.Context, requests []submission.Request, due time.Time) ([]bool, error) {
	if err := l.wade(ctx, "RecordRequests"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down != nil {
		l.tries++
		l.tell()
		return nil, l.down
	}
	l.recorded += len(requests)
	fresh := make([]bool, len(requests))
	for n, r := range requests {
		if _, accepted := l.keys[r.Key]; accepted || l.known[r.Key] {
			continue
		}
		if c, known := r.Place(); known {
			l.used[c.ID] = c
		}
		r.Direct = false // as the store forgets it
		r.ID = submission.RequestID(len(l.known) + 1)
		fresh[n], l.known[r.Key], l.asked[job.ID(r.ID)] = true, true, r
	}
	l.tell()
	return fresh, nil
}

func (l *memory) Bookmark(context.Context, string) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mark, l.down
}

func (l *memory) SetBookmark(_ context.Context, _ string, at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tell()
	if l.down == nil {
		l.mark = at
	}
	return l.down
}

func (l *memory) UseChannels(_ context.Context, channels []submission.Channel) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tell()
	for _, c := range channels {
		l.used[c.ID] = c
	}
	return l.down
}

func (l *memory) UsedChannels(ctx context.Context, since time.Time, limit int) ([]submission.Channel, error) {
	if err := l.wade(ctx, "UsedChannels"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []submission.Channel
	for _, c := range l.used {
		if !c.Used.Before(since) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b submission.Channel) int { return b.Used.Compare(a.Used) })
	return all[:min(limit, len(all))], l.down
}

func (l *memory) ForgetChannels(_ context.Context, before time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.used, func(_ string, c submission.Channel) bool { return c.Used.Before(before) })
	return l.down
}

func (l *memory) Request(_ context.Context, id job.ID) (submission.Request, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.asked[id]
	if !ok {
		return submission.Request{}, job.ErrDone
	}
	return r, nil
}

func (l *memory) RefuseRequest(_ context.Context, key string, _ time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tell()
	if l.down != nil {
		l.kept++
		return l.down
	}
	l.end(key)
	return nil
}

// end ends a request. l.mu is held.
func (l *memory) end(key string) {
	maps.DeleteFunc(l.asked, func(_ job.ID, r submission.Request) bool { return r.Key == key })
}
