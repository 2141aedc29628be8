package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestBeginCountsAttempts(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, parse := w.submit(arrival("work"))
		want := upload.Work{
			Job:    job.Job{ID: parse, Kind: job.Parse, Subject: int64(receipt.ReplayID), EnqueueAttempt: 1, Created: noon.Truncate(time.Microsecond)},
			Replay: receipt.ReplayID, Submission: receipt.ID, SHA256: receipt.SHA256, Bytes: 1234, Attempts: 1,
		}
		if diff := cmp.Diff(want, w.begin(parse)); diff != "" {
			t.Error(diff)
		}
		if state := w.state(receipt.ID); state != upload.Parsing {
			t.Errorf("state %s, want parsing", state)
		}
		want.Attempts = 2
		if diff := cmp.Diff(want, w.begin(parse)); diff != "" {
			t.Error(diff)
		}
		announce := w.record(parse, good(1, `{}`))
		if _, err := w.Begin(context.Background(), parse, "w", noon); !errors.Is(err, job.ErrDone) {
			t.Errorf("begin a job that is done: %v", err)
		}
		if _, err := w.Begin(context.Background(), announce[0].ID, "w", noon); err == nil || errors.Is(err, job.ErrDone) {
			t.Errorf("begin a job that is no parse: %v", err)
		}
	})
}

func TestReleaseTakesBackOneAttempt(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		receipt, parse := w.submit(arrival("released"))
		w.begin(parse)
		w.begin(parse)
		if err := w.Release(context.Background(), parse, "no room"); err != nil {
			t.Fatal(err)
		}
		if state := w.state(receipt.ID); state != upload.Queued {
			t.Errorf("state %s, want queued", state)
		}
		if n := w.begin(parse).Attempts; n != 2 {
			t.Errorf("attempt %d, want the second again", n)
		}
		w.record(parse, good(1, `{}`))
		before := dump(t, db)
		if err := w.Release(context.Background(), parse, "no room"); err != nil {
			t.Errorf("release a job that is done: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("written: %s", diff)
		}
	})
}

func TestRecordVerdictAnswersAllWhoWait(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		first, parse := w.submit(arrival("shared"))
		second := w.accept(arrival("shared"))
		silent := arrival("shared")
		silent.Reply = nil
		third := w.accept(silent)
		bystander, _ := w.submit(arrival("other"))

		announce := w.record(parse, good(1, `{"map": {"title": "Ever Dream LE"}}`))
		if len(announce) != 2 || announce[0].Kind != job.Announce || announce[0].EnqueueAttempt != 1 {
			t.Fatalf("announce jobs: %+v, want two", announce)
		}
		for _, id := range []upload.ID{first.ID, second.ID, third.ID} {
			view := w.view(id)
			if view.State != upload.Done || !view.Answered.Equal(noon.Add(time.Second).Truncate(time.Microsecond)) ||
				string(view.Summary) != `{"map": {"title": "Ever Dream LE"}}` {
				t.Errorf("answered: %+v", view)
			}
		}
		if state := w.state(bystander.ID); state != upload.Queued {
			t.Errorf("another file is %s", state)
		}
		answered := map[upload.ID]bool{}
		for _, j := range announce {
			a, err := s.Announcement(context.Background(), j.ID)
			if err != nil {
				t.Fatal(err)
			}
			answered[upload.ID(a.Subject)] = true
		}
		if !answered[first.ID] || !answered[second.ID] {
			t.Errorf("answered %v", answered)
		}
	})
}

func TestRecordVerdictOnceOnly(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w, other := world{t, storetest.Open(t, url)}, world{t, storetest.Open(t, url)}
		receipt, parse := w.submit(arrival("raced"))
		var recorded, done, announced atomic.Int32
		var all sync.WaitGroup
		for _, w := range []world{w, other, w, other} {
			all.Go(func() {
				jobs, err := w.RecordVerdict(context.Background(), parse, good(1, `{}`))
				announced.Add(int32(len(jobs)))
				switch {
				case err == nil:
					recorded.Add(1)
				case errors.Is(err, job.ErrDone):
					done.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if recorded.Load() != 1 || done.Load() != 3 || announced.Load() != 1 {
			t.Errorf("recorded %d, done %d, announced %d", recorded.Load(), done.Load(), announced.Load())
		}
		before := dump(t, db)
		if _, err := w.RecordVerdict(context.Background(), parse, bad(9, failure.Invalid, phrase.Damaged)); !errors.Is(err, job.ErrDone) {
			t.Errorf("second verdict: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("a second verdict wrote: %s", diff)
		}
		if state := w.state(receipt.ID); state != upload.Done {
			t.Errorf("state %s", state)
		}
	})
}

func TestRecordVerdictKeepsWhyAFileFailed(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, parse := w.submit(arrival("broken"))
		verdict := bad(1, failure.Unsupported, phrase.UnknownBuild)
		verdict.Failure.Cause = errors.New("cause with a \x00 and a \xff in it")
		verdict.Failure.Text.Args["name"] = "\x00\xff"
		if jobs := w.record(parse, verdict); len(jobs) != 1 {
			t.Errorf("announcements: %+v", jobs)
		}
		view := w.view(receipt.ID)
		want := failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", "9", "name", "\x00\uFFFD"), nil)
		if diff := cmp.Diff(want, view.Failure); view.State != upload.Failed || diff != "" {
			t.Errorf("%s %s", view.State, diff)
		}
		if _, err := w.Timeline(context.Background(), receipt.ReplayID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("timeline: %v", err)
		}
	})
}

func TestRecordVerdictRefusesNothingAndBoth(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		_, parse := w.submit(arrival("odd"))
		both := bad(1, failure.Invalid, phrase.Damaged)
		both.Summary = []byte(`{}`)
		for _, v := range []upload.Verdict{{}, both} {
			if _, err := w.RecordVerdict(context.Background(), parse, v); err == nil || errors.Is(err, job.ErrDone) {
				t.Errorf("%+v: %v", v, err)
			}
		}
		if n := w.open(job.Parse); n != 1 {
			t.Errorf("%d parse jobs left, want 1", n)
		}
	})
}

// reparse makes a file with a good answer of version 1 with a reparse job.
func (w world) reparse(file string) (upload.Receipt, job.ID) {
	w.Helper()
	_, parse := w.submit(arrival(file))
	w.record(parse, good(1, `{"v": 1}`))
	a := arrival(file)
	a.ParserVersion = 2
	receipt := w.accept(a)
	if len(receipt.Jobs) != 2 || receipt.Jobs[0].Kind != job.Reparse {
		w.Fatalf("jobs: %+v, want a reparse and an announcement", receipt.Jobs)
	}
	return receipt, receipt.Jobs[0].ID
}

func TestReparseReplacesTheAnswerSilently(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, reparse := w.reparse("old")
		w.begin(reparse)
		if state := w.state(receipt.ID); state != upload.Done {
			t.Errorf("state %s while read again", state)
		}
		better := good(2, `{"v": 2}`)
		better.Timeline = []byte(`{"players": [` + strings.Repeat(`{"slot": 1},`, 5000) + `{}]}`)
		if jobs := w.record(reparse, better); len(jobs) != 0 {
			t.Errorf("a reparse announced %+v", jobs)
		}
		if view := w.view(receipt.ID); string(view.Summary) != `{"v": 2}` {
			t.Errorf("summary %s", view.Summary)
		}
		timeline, err := w.Timeline(context.Background(), receipt.ReplayID)
		if err != nil || string(timeline) != string(better.Timeline) {
			t.Errorf("timeline of %d bytes, %v", len(timeline), err)
		}
	})
}

func TestReparseThatFailsKeepsTheAnswer(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, reparse := w.reparse("regression")
		w.record(reparse, bad(2, failure.Poison, phrase.Poison))
		if view := w.view(receipt.ID); view.State != upload.Done || string(view.Summary) != `{"v": 1}` {
			t.Errorf("after a failed reparse: %s %s", view.State, view.Summary)
		}
		a := arrival("regression")
		a.ParserVersion = 2
		again := w.accept(a)
		if !again.Known || len(again.Jobs) != 1 || again.Jobs[0].Kind != job.Announce {
			t.Errorf("%+v: want the answer, and no third try with the same parser", again)
		}
	})
}

func TestReparseByAnOlderParserIsDropped(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, reparse := w.reparse("rollback")
		w.record(reparse, good(0, `{"v": 0}`))
		if view := w.view(receipt.ID); string(view.Summary) != `{"v": 1}` {
			t.Errorf("summary %s", view.Summary)
		}
	})
}
