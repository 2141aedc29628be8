package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

func TestManyClaimOneFileStore(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		ctx := context.Background()
		if marker, err := s.FileStore(ctx); err != nil || marker != "" {
			t.Fatalf("a new database has marker %q, %v", marker, err)
		}
		claimed := make([]string, 12)
		var all sync.WaitGroup
		for i := range claimed {
			all.Go(func() {
				marker, err := s.ClaimFileStore(ctx, fmt.Sprint("m", i), time.Now())
				if err != nil {
					t.Error(err)
				}
				claimed[i] = marker
			})
		}
		all.Wait()
		for _, marker := range claimed {
			if marker == "" || marker != claimed[0] {
				t.Fatalf("claimed %q", claimed)
			}
		}
		if err := s.ReplaceFileStore(ctx, "other", time.Now()); err != nil {
			t.Fatal(err)
		}
		if marker, err := s.FileStore(ctx); err != nil || marker != "other" {
			t.Errorf("after the replacement: %q, %v", marker, err)
		}
	})
}

func TestFileIsMissingSinceTheFirstTime(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		_, parse := w.submit(arrival("a"))
		first := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
		for _, at := range []time.Time{first, first.Add(time.Minute)} {
			if since, err := w.FileMissing(context.Background(), parse, at); err != nil || !since.Equal(first) {
				t.Errorf("at %s: since %s, %v", at, since, err)
			}
		}
		if _, err := w.FileMissing(context.Background(), parse+1000, first); !errors.Is(err, job.ErrDone) {
			t.Errorf("a job that is done: %v", err)
		}
	})
}
