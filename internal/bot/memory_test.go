package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func (l *memory) RecordPending(ctx context.Context, requests []upload.Pending, due time.Time) ([]bool, error) {
	if err := l.wade(ctx, "RecordPending"); err != nil {
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
		if c, known := r.UsedChannel(); known {
			l.used[c.ID] = c
		}
		r.Direct = false // as the store forgets it
		r.ID = upload.PendingID(len(l.known) + 1)
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

func (l *memory) UseChannels(_ context.Context, channels []upload.Channel) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tell()
	for _, c := range channels {
		l.used[c.ID] = c
	}
	return l.down
}

func (l *memory) UsedChannels(ctx context.Context, since time.Time, limit int) ([]upload.Channel, error) {
	if err := l.wade(ctx, "UsedChannels"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []upload.Channel
	for _, c := range l.used {
		if !c.Used.Before(since) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b upload.Channel) int { return b.Used.Compare(a.Used) })
	return all[:min(limit, len(all))], l.down
}

func (l *memory) ForgetChannels(_ context.Context, before time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.used, func(_ snowflake.ChannelID, c upload.Channel) bool { return c.Used.Before(before) })
	return l.down
}

func (l *memory) PendingUpload(_ context.Context, id job.ID) (upload.Pending, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.asked[id]
	if !ok {
		return upload.Pending{}, job.ErrDone
	}
	return r, nil
}

func (l *memory) RefusePending(_ context.Context, key upload.Key, _ time.Time) error {
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
func (l *memory) end(key upload.Key) {
	maps.DeleteFunc(l.asked, func(_ job.ID, r upload.Pending) bool { return r.Key == key })
}

// answered keeps a submission with its answer and returns what finds it.
func (l *memory) answered(view upload.View) (subject int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.views = append(l.views, view)
	return int64(len(l.views))
}

func (l *memory) Submission(_ context.Context, id upload.ID) (upload.View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id < 1 || int(id) > len(l.views) {
		return upload.View{}, upload.ErrUnknown
	}
	return l.views[id-1], nil
}
