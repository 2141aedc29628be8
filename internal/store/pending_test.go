package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// soon is when the fetches of tests are due.
var soon = noon.Add(30 * time.Second)

func requested(key string) upload.Pending {
	return upload.Pending{
		Key: upload.Key(key), Channel: "7", Message: "8", User: "42", Guild: "9", FileName: "a.SC2Replay", Bytes: 1234,
		URL: "https://cdn/a?sig=1", Application: "app", Token: "secret", Part: 1, Received: noon.Truncate(time.Microsecond),
	}
}

// request keeps uploads and says which of them are new.
func (w world) request(keys ...string) []bool {
	w.Helper()
	var all []upload.Pending
	for _, key := range keys {
		all = append(all, requested(key))
	}
	fresh, err := w.RecordPending(context.Background(), all, soon)
	w.try(err)
	return fresh
}

// due are the jobs that the queue is to be asked about at a time.
func (w world) due(at time.Time) []job.Job {
	w.Helper()
	jobs, err := w.ClaimDue(context.Background(), at, at.Add(time.Minute), 100)
	w.try(err)
	return jobs
}

func TestARequestIsFetchedWhenItIsDueAndNotBefore(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.request("k1", "k2")
		if _, err := w.MakeAllDue(context.Background(), noon); err != nil {
			t.Fatal(err)
		}
		if early := w.due(soon.Add(-time.Second)); len(early) != 0 {
			t.Errorf("due early: %+v", early)
		}
		jobs := w.due(soon)
		if len(jobs) != 2 || jobs[0].Kind != job.Fetch || jobs[0].EnqueueAttempt != 0 {
			t.Fatalf("due: %+v, want two fetches never enqueued", jobs)
		}
		keys := map[string]bool{}
		for _, j := range jobs {
			r, err := w.PendingUpload(context.Background(), j.ID)
			w.try(err)
			if diff := cmp.Diff(requested(string(r.Key)), r, cmpopts.IgnoreFields(r, "ID")); diff != "" || int64(r.ID) != j.Subject {
				t.Errorf("request %d of job %+v: %s", r.ID, j, diff)
			}
			keys[string(r.Key)] = true
		}
		if !keys["k1"] || !keys["k2"] {
			t.Errorf("requests %v", keys)
		}
	})
}

func TestARequestEndsWithItsUpload(t *testing.T) {
	for name, end := range map[string]func(w world){
		"accepted": func(w world) {
			a := arrival("requested")
			a.Key = "k"
			w.accept(a)
		},
		"refused": func(w world) { w.try(w.RefusePending(context.Background(), "k", noon)) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.request("k", "other")
				fetches := w.due(soon)
				end(w)
				gone := 0
				for _, j := range fetches {
					if _, err := w.PendingUpload(context.Background(), j.ID); errors.Is(err, job.ErrDone) {
						gone++
					}
				}
				if n := w.open(job.Fetch); n != 1 || gone != 1 {
					t.Errorf("%d fetches pending, %d requests gone; want one of each", n, gone)
				}
			})
		})
	}
}

// Two processes heard of the same upload, and the second one's request was
// written while the first one accepted.
func TestARepetitionEndsTheRequestThatCameLate(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		a := arrival("requested")
		a.Key = "k"
		w.accept(a)
		w.request("late")
		execute(t, url, `UPDATE requests SET upload_key = 'k' WHERE upload_key = 'late'`)
		if again := w.accept(a); !again.Repeated {
			t.Errorf("accepted again: %+v", again)
		}
		if n := w.open(job.Fetch); n != 0 {
			t.Errorf("%d fetches pending, want none", n)
		}
	})
}

// What is kept, was accepted or was refused is not new.
func TestAnUploadIsRequestedOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := arrival("in")
		a.Key = "accepted"
		w.accept(a)
		w.request("kept", "refused")
		w.try(w.RefusePending(context.Background(), "refused", noon))
		want := []bool{false, true, false, true, false}
		if diff := cmp.Diff(want, w.request("kept", "new", "accepted", "newer", "refused")); diff != "" {
			t.Errorf("new: %s", diff)
		}
		if n := w.open(job.Fetch); n != 3 {
			t.Errorf("%d fetches pending, want 3", n)
		}
	})
}

func TestEveryCallerOfTheSameMomentIsToldOfItsOwnRequests(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		const callers, each = 40, 3
		w := world{t, storetest.Open(t, url)}
		var all sync.WaitGroup
		for n := range callers {
			all.Go(func() {
				var mine []upload.Pending
				for m := range each {
					mine = append(mine, requested(fmt.Sprintf("%d-%d", n, m)))
				}
				fresh, err := w.RecordPending(context.Background(), mine, soon)
				if err != nil || !slices.Equal(fresh, []bool{true, true, true}) {
					t.Errorf("caller %d: %v, %v", n, fresh, err)
				}
			})
		}
		all.Wait()
		if n := w.open(job.Fetch); n != callers*each {
			t.Errorf("%d fetches pending, want %d", n, callers*each)
		}
	})
}

// The token is a secret, and the address of the file is signed: no row keeps
// them longer than the request. Its key is forgotten later.
func TestSecretsLeaveWithTheRequest(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		place, _ := requested("k").UsedChannel()
		w.try(w.UseChannels(context.Background(), []upload.Channel{place})) // which stays
		before := dump(t, db)
		w.request("k")
		w.try(w.RefusePending(context.Background(), "k", noon))
		if left := dump(t, db); strings.Contains(left, "secret") || strings.Contains(left, "https:") {
			t.Errorf("left behind: %s", left)
		}
		w.request("later")
		w.try(w.RefusePending(context.Background(), "later", noon.Add(49*time.Hour)))
		execute(t, url, `DELETE FROM requests WHERE upload_key = 'later'`)
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("left behind: %s", diff)
		}
	})
}

func TestABookmarkOnlyMovesForward(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		ctx := context.Background()
		at, err := w.Bookmark(ctx, "b")
		w.try(err)
		if !at.IsZero() {
			t.Errorf("a new database has a bookmark at %v", at)
		}
		for _, set := range []time.Time{noon, noon.Add(time.Minute), noon.Add(time.Second)} {
			w.try(w.SetBookmark(ctx, "b", set))
		}
		at, err = w.Bookmark(ctx, "b")
		w.try(err)
		if want := noon.Add(time.Minute).Truncate(time.Microsecond); !at.Equal(want) {
			t.Errorf("bookmark at %v, want %v", at, want)
		}
	})
}
