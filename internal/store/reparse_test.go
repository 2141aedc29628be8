package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// advance writes the next jobs of the run and says "state enqueued/total open".
func (w world) advance(limit int) string {
	w.Helper()
	run, err := w.ContinueReparse(context.Background(), limit, noon)
	if err != nil {
		w.Fatal(err)
	}
	return fmt.Sprintf("%s %d/%d open %d", run.State, run.Enqueued, run.Total, run.Open)
}

// work does all open reparse jobs as a worker does, and says how many.
func (w world) work(v upload.Verdict) (n int) {
	w.Helper()
	due, err := w.ClaimDue(context.Background(), noon, noon, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, j := range due {
		if j.Kind != job.Reparse {
			continue
		}
		n++
		w.begin(j.ID)
		if announced := w.record(j.ID, v); len(announced) != 0 {
			w.Errorf("a reparse announced %+v", announced)
		}
	}
	return n
}

// old makes files with a verdict of version 1.
func (w world) old(v upload.Verdict, files ...string) (receipts []upload.Receipt) {
	w.Helper()
	for _, file := range files {
		receipt, parse := w.submit(arrival(file))
		w.record(parse, v)
		receipts = append(receipts, receipt)
	}
	return receipts
}

func TestReparseGoesOnWhereItsProcessWasKilled(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		first := storetest.Open(t, url)
		w := world{t, first}
		receipts := w.old(good(1, `{"v": 1}`), "a", "b", "c", "d", "e")
		refused := w.old(bad(1, failure.Unsupported, phrase.UnknownBuild), "f")
		w.old(bad(1, failure.Poison, phrase.Poison), "poison")
		w.old(good(2, `{"v": 2}`), "new already")
		w.try(w.StartReparse(context.Background(), 2, noon))
		if got := w.advance(2); got != "running 2/6 open 2" {
			t.Error(got)
		}
		if got := w.advance(2); got != "running 2/6 open 2" {
			t.Errorf("%s: more jobs than the limit", got)
		}
		if n := w.work(good(2, `{"v": 2}`)); n != 2 {
			t.Errorf("%d jobs were due", n)
		}
		w.advance(2)
		if err := first.Close(); err != nil { // the process is gone between two batches
			t.Fatal(err)
		}
		w = world{t, storetest.Open(t, url)}
		w.try(w.StartReparse(context.Background(), 2, noon))
		if got := w.advance(2); got != "running 4/6 open 2" {
			t.Errorf("after the kill: %s", got)
		}
		for range 2 {
			w.work(good(2, `{"v": 2}`))
			w.advance(2)
		}
		if got := w.advance(2); got != "done 6/6 open 0" {
			t.Error(got)
		}
		for _, receipt := range append(receipts, refused...) {
			if view := w.view(receipt.ID); view.State != upload.Done || string(view.Summary) != `{"v": 2}` {
				t.Errorf("%s %s", view.State, view.Summary)
			}
		}
		w.try(w.StartReparse(context.Background(), 2, noon))
		if got := w.advance(2); got != "done 0/0 open 0" {
			t.Errorf("a second run: %s", got)
		}
	})
}

func TestReparseThatFailsReplacesNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		accepted := w.old(good(1, `{"v": 1}`), "accepted")[0]
		refused := w.old(bad(1, failure.Unsupported, phrase.UnknownBuild), "refused")[0]
		w.try(w.StartReparse(context.Background(), 2, noon))
		w.advance(10)
		w.work(bad(2, failure.Invalid, phrase.Damaged))
		if view := w.view(accepted.ID); view.State != upload.Done || string(view.Summary) != `{"v": 1}` {
			t.Errorf("%s %s", view.State, view.Summary)
		}
		if view := w.view(refused.ID); view.Failure == nil || view.Failure.Text.Key != phrase.UnknownBuild {
			t.Errorf("%+v", view.Failure)
		}
		if got := w.advance(10); got != "done 2/2 open 0" {
			t.Error(got)
		}
		w.try(w.StartReparse(context.Background(), 2, noon))
		if got := w.advance(10); got != "done 0/0 open 0" {
			t.Errorf("tried again by the same parser: %s", got)
		}
	})
}

func TestUploadsGoBeforeReparse(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.old(good(1, `{"v": 1}`), "a", "b")
		refused := w.old(bad(1, failure.Unsupported, phrase.UnknownBuild), "c")[0]
		w.try(w.StartReparse(context.Background(), 2, noon))
		same := arrival("c") // a player sends the refused file again
		same.ParserVersion = 2
		receipt, parse := w.submit(same)
		if got := w.advance(10); got != "running 0/3 open 0" {
			t.Errorf("%s while a player waits", got)
		}
		if wait, err := w.PlayersWait(context.Background()); err != nil || !wait {
			t.Errorf("players wait: %t, %v", wait, err)
		}
		if announced := w.record(parse, good(2, `{"v": 2}`)); len(announced) != 1 || w.state(receipt.ID) != upload.Done {
			t.Errorf("announced %+v", announced)
		}
		known := arrival("a")
		known.ParserVersion = 2
		if receipt := w.accept(known); !receipt.Known {
			t.Error("a file that is to be read again was not answered from its result")
		}
		if got := w.advance(10); got != "running 2/3 open 2" {
			t.Error(got) // "a" has a job by its upload, "c" is new
		}
		w.work(good(2, `{"v": 2}`))
		if view := w.view(refused.ID); string(view.Summary) != `{"v": 2}` {
			t.Errorf("%s", view.Summary)
		}
	})
}

func TestReparseIsPausedAndStopped(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		if err := w.SetReparse(ctx, store.ReparsePaused, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("pause nothing: %v", err)
		}
		if _, err := w.ContinueReparse(ctx, 1, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("continue nothing: %v", err)
		}
		w.old(good(1, `{}`), "a", "b", "c")
		w.try(w.StartReparse(ctx, 2, noon))
		w.advance(1)
		w.try(w.SetReparse(ctx, store.ReparsePaused, noon))
		w.work(good(2, `{}`))
		if got := w.advance(1); got != "paused 1/3 open 0" {
			t.Error(got)
		}
		w.try(w.StartReparse(ctx, 2, noon))
		if got := w.advance(1); got != "running 2/3 open 1" {
			t.Error(got)
		}
		w.try(w.SetReparse(ctx, store.ReparseStopped, noon))
		w.work(good(2, `{}`))
		if got := w.advance(1); got != "stopped 2/3 open 0" {
			t.Error(got)
		}
		w.try(w.StartReparse(ctx, 2, noon))
		if got := w.advance(10); got != "running 1/1 open 1" {
			t.Errorf("a new run: %s", got)
		}
		w.try(w.StartReparse(ctx, 3, noon)) // a newer parser begins anew
		want := store.Reparse{Version: 3, State: store.ReparseRunning, Total: 3, Open: 1}
		got, err := w.Reparse(ctx)
		got.Started, got.Updated = want.Started, want.Updated
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
