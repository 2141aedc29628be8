package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// soon is when the fetches of tests are due.
var soon = noon.Add(30 * time.Second)

func requested(key string) submission.Request {
	return submission.Request{
		Key: key, Channel: "7", Message: "8", User: "42", Guild: "9", FileName: "a.SC2Replay", Bytes: 1234,
		URL: "https://cdn/a?sig=1", Application: "app", Token: "secret", Part: 1, Received: noon.Truncate(time.Microsecond),
	}
}

func (w world) request(keys ...string) {
	w.Helper()
	var all []submission.Request
	for _, key := range keys {
		all = append(all, requested(key))
	}
	w.try(w.RecordRequests(context.Background(), all, soon))
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
		if len(jobs) != 2 || jobs[0].Kind != job.Fetch || jobs[0].Push != 0 {
			t.Fatalf("due: %+v, want two fetches never pushed", jobs)
		}
		keys := map[string]bool{}
		for _, j := range jobs {
			r, err := w.Request(context.Background(), j.ID)
			w.try(err)
			if diff := cmp.Diff(requested(r.Key), r, cmpopts.IgnoreFields(r, "ID")); diff != "" || int64(r.ID) != j.Subject {
				t.Errorf("request %d of job %+v: %s", r.ID, j, diff)
			}
			keys[r.Key] = true
		}
		if !keys["k1"] || !keys["k2"] {
			t.Errorf("requests %v", keys)
		}
	})
}

func TestARequestEndsWithItsUpload(t *testing.T) {
	for name, end := range map[string]func(w world){
		"accepted": func(w world) {
			a := upload("requested")
			a.Key = "k"
			w.accept(a)
		},
		"dropped": func(w world) { w.try(w.DropRequest(context.Background(), "k", noon)) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.request("k", "other")
				fetches := w.due(soon)
				end(w)
				gone := 0
				for _, j := range fetches {
					if _, err := w.Request(context.Background(), j.ID); errors.Is(err, job.ErrDone) {
						gone++
					}
				}
				if n := w.open(job.Fetch); n != 1 || gone != 1 {
					t.Errorf("%d fetches owed, %d requests gone; want one of each", n, gone)
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
		a := upload("requested")
		a.Key = "k"
		w.accept(a)
		w.request("late")
		execute(t, url, `UPDATE requests SET upload_key = 'k' WHERE upload_key = 'late'`)
		if again := w.accept(a); !again.Repeated {
			t.Errorf("accepted again: %+v", again)
		}
		if n := w.open(job.Fetch); n != 0 {
			t.Errorf("%d fetches owed, want none", n)
		}
	})
}

func TestARequestIsKeptOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.request("k")
		w.request("k", "k")
		if n := w.open(job.Fetch); n != 1 {
			t.Errorf("%d fetches owed, want 1", n)
		}
	})
}

func TestWhatIsOnRecordIsNotRequested(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := upload("in")
		a.Key = "k"
		w.accept(a)
		w.request("k")
		if n := w.open(job.Fetch); n != 0 {
			t.Errorf("%d fetches owed, want none", n)
		}
	})
}

// The token is a secret: no row keeps it longer than the request.
func TestTheTokenLeavesWithTheRequest(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		before := dump(t, db)
		w.request("k")
		w.try(w.DropRequest(context.Background(), "k", noon))
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("left behind: %s", diff)
		}
	})
}
