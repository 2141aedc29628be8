package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func (w world) dossier(name string) store.Dossier {
	w.Helper()
	id, err := w.FindReplay(context.Background(), name)
	if err != nil {
		w.Fatal(err)
	}
	d, err := w.Dossier(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

func (w world) try(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func TestAJobThatGoesStraightHasNoHistory(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		receipt, parse := w.submit(arrival("a"))
		w.begin(parse)
		announce := w.record(parse, good(1, `{}`))
		w.try(w.RecordDelivery(t.Context(), announce[0].ID, announcement.Delivery{Sent: true, ChannelID: "7", MessageID: "8", At: noon.Add(2 * time.Second)}))
		if strings.Contains(dump(t, raw(t, url)), "job_history") {
			t.Error("a history was kept")
		}
		d := w.dossier(fmt.Sprint(receipt.ID)) // by the upload's id
		if d.Worker != "worker-1" || !d.Begun.Equal(noon.Truncate(time.Microsecond)) || d.Status != "parsed" || len(d.Jobs) != 0 {
			t.Errorf("dossier %+v", d)
		}
		if len(d.Uploads) != 1 || d.Uploads[0].Message != "sent" || d.Uploads[0].Uploader != "42" || d.Uploads[0].Delivered.IsZero() {
			t.Errorf("uploads %+v", d.Uploads)
		}
	})
}

func TestWhatGoesWrongIsRemembered(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		_, parse := w.submit(arrival("a"))
		w.begin(parse)
		w.try(w.Release(t.Context(), parse, "storage\nis away"))
		if _, err := w.RaiseEnqueueAttempt(t.Context(), []job.ID{parse}); err != nil {
			t.Fatal(err)
		}
		w.begin(parse)
		if _, err := w.Begin(t.Context(), parse, "worker-2", noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"released by worker-1: storage is away",
			"enqueued again: the queue had lost attempt 1",
			"begun by worker-2 after worker-1 had begun it without an end",
		}
		check := func(where string, history, want []string) {
			t.Helper()
			if len(history) != len(want) {
				t.Fatalf("%s: %q", where, history)
			}
			for n, line := range history {
				if at, text, _ := strings.Cut(line, " "); text != want[n] || len(at) != len(time.RFC3339)-5 {
					t.Errorf("%s: line %d is %q, want %q", where, n, line, want[n])
				}
			}
		}
		pending, err := w.PendingJobs(t.Context(), 10)
		w.try(err)
		if len(pending) != 1 || pending[0].EnqueueAttempt != 2 || pending[0].Attempts != 2 || pending[0].Worker != "worker-2" || pending[0].NextPoll.IsZero() || !pending[0].Ended.IsZero() {
			t.Fatalf("pending %+v", pending)
		}
		check("pending", pending[0].History, want)

		announce := w.record(parse, bad(1, failure.Poison, phrase.Poison))
		w.try(w.NoteTrouble(t.Context(), announce[0].ID, "discord says 503"))
		d := w.dossier(fileOf("a"))
		if d.Failure == nil || d.Failure.Kind != failure.Poison || d.Detail != "the cause" || d.Worker != "worker-2" || len(d.Jobs) != 2 {
			t.Fatalf("dossier %+v", d)
		}
		if d.Jobs[0].Ended.IsZero() || d.Jobs[0].Kind != job.Parse {
			t.Errorf("the parse: %+v", d.Jobs[0])
		}
		check("done", d.Jobs[0].History, want)
		check("announcement", d.Jobs[1].History, []string{"failed: discord says 503"})
	})
}

func TestAHistoryIsBoundedAndForgotten(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		_, parse := w.submit(arrival("a"))
		for range 100 {
			w.try(w.NoteTrouble(t.Context(), parse, strings.Repeat("é", 400)))
		}
		pending, err := w.PendingJobs(t.Context(), 1)
		w.try(err)
		if n := len(pending[0].History); n < 4 || n > 40 {
			t.Errorf("%d lines are kept", n)
		}
		w.record(parse, good(1, `{}`))
		_, later := w.submit(arrival("b"))
		w.try(w.NoteTrouble(t.Context(), later, "trouble"))
		verdict := good(1, `{}`)
		verdict.At = noon.Add(31 * 24 * time.Hour)
		w.record(later, verdict)
		if text := dump(t, raw(t, url)); strings.Count(text, "job_history id=") != 1 {
			t.Errorf("histories of two months ago are kept:\n%s", text)
		}
	})
}

func TestAPoisonousFileIsAnsweredAnewAfterAFix(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, parse := w.submit(arrival("a"))
		announce := w.record(parse, bad(1, failure.Poison, phrase.Poison))[0]
		w.try(w.NoteTrouble(t.Context(), announce.ID, "first time"))
		w.try(w.RecordDelivery(t.Context(), announce.ID, announcement.Delivery{Sent: true, ChannelID: "7", MessageID: "8", At: noon}))
		if again := w.accept(arrival("a")); !again.Known { // known, its message still pending
			t.Fatal("poison was tried again without being asked to")
		}

		pending, err := w.Resubmit(t.Context(), receipt.ReplayID, noon)
		w.try(err)
		if pending.Kind != job.Parse || w.open(job.Parse) != 1 || w.open(job.Announce) != 0 || w.state(receipt.ID) != upload.Queued {
			t.Errorf("resubmitted as %+v; the upload is %s", pending, w.state(receipt.ID))
		}
		if third := w.accept(arrival("a")); third.Known || len(third.Jobs) != 0 {
			t.Errorf("another upload meanwhile: %+v", third)
		}
		if twice, err := w.Resubmit(t.Context(), receipt.ReplayID, noon); err != nil || twice.ID != pending.ID {
			t.Errorf("resubmitted twice: %+v, %v", twice, err)
		}
		jobs := w.record(pending.ID, good(1, `{"map": {}}`))
		if len(jobs) != 3 || w.state(receipt.ID) != upload.Done {
			t.Errorf("%d messages are pending, the upload is %s", len(jobs), w.state(receipt.ID))
		}
		message, err := w.Announcement(t.Context(), announce.ID)
		w.try(err)
		if message.Reply.MessageID != "8" || w.state(upload.ID(message.Subject)) != upload.Done {
			t.Errorf("the message that said so becomes %+v", message)
		}
		w.try(w.NoteTrouble(t.Context(), announce.ID, "second time"))
		w.try(w.RecordDelivery(t.Context(), announce.ID, announcement.Delivery{Sent: true, ChannelID: "7", MessageID: "8", At: noon}))
		if text := fmt.Sprint(w.dossier(fileOf("a")).Jobs); !strings.Contains(text, "first time") || !strings.Contains(text, "second time") || !strings.Contains(text, "resubmitted") {
			t.Errorf("the history lacks something: %s", text)
		}
	})
}

func TestAParsedFileIsReadAgainQuietly(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		receipt, parse := w.submit(arrival("a"))
		w.record(parse, good(1, `{}`))
		pending, err := w.Resubmit(t.Context(), receipt.ReplayID, noon)
		w.try(err)
		if pending.Kind != job.Reparse || w.state(receipt.ID) != upload.Done || len(w.record(pending.ID, good(1, `{}`))) != 0 {
			t.Errorf("resubmitted as %+v", pending)
		}
	})
}

func TestAFileThatIsNotThereIsSaidToBe(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		_, found := s.FindReplay(t.Context(), "12345")
		_, read := s.Dossier(t.Context(), 12345)
		_, resubmitted := s.Resubmit(t.Context(), 12345, noon)
		for _, err := range []error{found, read, resubmitted} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v", err)
			}
		}
	})
}
