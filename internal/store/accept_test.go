package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestAcceptOwesAParseForANewFile(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := arrival("new")
		receipt := w.accept(a)
		want := upload.Receipt{
			ID: receipt.ID, ReplayID: receipt.ReplayID, SHA256: a.SHA256,
			Jobs: []job.Job{{
				ID: receipt.Jobs[0].ID, Kind: job.Parse, Subject: int64(receipt.ReplayID), EnqueueAttempt: 1, Created: noon,
			}},
		}
		if diff := cmp.Diff(want, receipt); diff != "" {
			t.Error(diff)
		}
		wantView := upload.View{
			ID: receipt.ID, ReplayID: receipt.ReplayID, Source: a.Source, FileName: a.FileName, SHA256: a.SHA256,
			Bytes: a.Bytes, State: upload.Queued, Sent: noon.Truncate(time.Microsecond),
		}
		if diff := cmp.Diff(wantView, w.view(receipt.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnUploadIsShownWithWhenItWasSent(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := arrival("late")
		a.Sent = noon.Add(-time.Hour).Truncate(time.Microsecond)
		receipt := w.accept(a)
		if got := w.view(receipt.ID).Sent; !got.Equal(a.Sent) {
			t.Errorf("sent %v, want %v", got, a.Sent)
		}
		dossier, err := s.Dossier(t.Context(), receipt.ReplayID)
		if err != nil {
			t.Fatal(err)
		}
		if got := dossier.Uploads[0]; !got.Sent.Equal(a.Sent) || !got.Received.Equal(noon.Truncate(time.Microsecond)) {
			t.Errorf("sent %v and received %v", got.Sent, got.Received)
		}
	})
}

func TestAcceptOwesOneParseForAllWhoWait(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		first, _ := w.submit(arrival("same"))
		second := w.accept(arrival("same"))
		if second.ID == first.ID || second.ReplayID != first.ReplayID || second.Known || len(second.Jobs) != 0 {
			t.Errorf("second upload: %+v after %+v", second, first)
		}
		if n := w.open(job.Parse); n != 1 {
			t.Errorf("%d parse jobs, want 1", n)
		}
	})
}

func TestAcceptOfARepeatedUploadWritesNothing(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		a := arrival("kept")
		a.Key = "discord:1:2"
		first, parse := w.submit(a)
		before := dump(t, db)

		again := a
		again.SHA256 = fileOf("something else") // the key decides
		want := upload.Receipt{ID: first.ID, ReplayID: first.ReplayID, SHA256: a.SHA256, Repeated: true}
		if diff := cmp.Diff(want, w.accept(again)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("written by a repetition: %s", diff)
		}
		w.record(parse, good(1, `{}`))
		want.Known = true
		if diff := cmp.Diff(want, w.accept(a)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAcceptGivesAKnownAnswer(t *testing.T) {
	tests := map[string]struct {
		verdict upload.Verdict
		version int
		known   bool
		also    job.Kind // pending beside the announcement
	}{
		"a parsed file":                        {good(2, `{}`), 2, true, ""},
		"parsed by a newer parser":             {good(3, `{}`), 2, true, ""},
		"parsed by an older one: read again":   {good(1, `{}`), 2, true, job.Reparse},
		"an invalid file":                      {bad(2, failure.Invalid, phrase.NotAReplay), 2, true, ""},
		"a poisonous file":                     {bad(2, failure.Poison, phrase.Poison), 2, true, ""},
		"failed with an older parser: not":     {bad(1, failure.Unsupported, phrase.UnknownBuild), 2, false, job.Parse},
		"out of time: not":                     {bad(2, failure.Timeout, phrase.TookTooLong), 2, false, job.Parse},
		"missing from storage until now: not":  {bad(2, failure.Invalid, phrase.FileMissing), 2, false, job.Parse},
		"a poisonous file for a newer one: no": {bad(1, failure.Poison, phrase.Poison), 2, false, job.Parse},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		for name, test := range tests {
			w := world{t, s}
			_, parse := w.submit(arrival(name))
			w.record(parse, test.verdict)

			a := arrival(name)
			a.ParserVersion = test.version
			receipt := w.accept(a)
			if receipt.Known != test.known {
				t.Errorf("%s: known %t", name, receipt.Known)
			}
			if final := w.state(receipt.ID).Final(); final != test.known {
				t.Errorf("%s: final %t", name, final)
			}
			var got []job.Kind
			for _, j := range receipt.Jobs {
				got = append(got, j.Kind)
			}
			var want []job.Kind
			if test.also != "" {
				want = append(want, test.also)
			}
			if test.known {
				want = append(want, job.Announce)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: jobs: %s", name, diff)
			}
		}
	})
}

func TestAcceptWithoutAReplyAnnouncesNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := arrival("web")
		a.Source, a.Reply = upload.FromWeb, nil
		_, parse := w.submit(a)
		if jobs := w.record(parse, good(1, `{}`)); len(jobs) != 0 {
			t.Errorf("announcements: %+v", jobs)
		}
		if receipt := w.accept(a); !receipt.Known || len(receipt.Jobs) != 0 {
			t.Errorf("known: %+v", receipt)
		}
	})
}

func TestAcceptOfTheSameFileAtOnceOwesOneParse(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		stores := []world{{t, storetest.Open(t, url)}, {t, storetest.Open(t, url)}} // two processes
		const each = 8
		receipts := make(chan upload.Receipt, len(stores)*each)
		var all sync.WaitGroup
		for _, w := range stores {
			for range each {
				all.Go(func() {
					receipt, err := w.Accept(context.Background(), arrival("rush"))
					if err != nil {
						t.Error(err)
					}
					receipts <- receipt
				})
			}
		}
		all.Wait()
		close(receipts)
		replays, jobs := map[upload.ReplayID]bool{}, 0
		for receipt := range receipts {
			replays[receipt.ReplayID] = true
			jobs += len(receipt.Jobs)
		}
		if len(replays) != 1 || jobs != 1 {
			t.Errorf("%d replays and %d jobs, want one of each", len(replays), jobs)
		}
	})
}

func TestAcceptOfTheSameKeyAtOnceWritesOne(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		const n = 8
		receipts := make(chan upload.Receipt, n)
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				a := arrival("once")
				a.Key = "web:1"
				receipt, err := s.Accept(context.Background(), a)
				if err != nil {
					t.Error(err)
				}
				receipts <- receipt
			})
		}
		all.Wait()
		close(receipts)
		ids, fresh := map[upload.ID]bool{}, 0
		for receipt := range receipts {
			ids[receipt.ID] = true
			if !receipt.Repeated {
				fresh++
			}
		}
		if len(ids) != 1 || fresh != 1 {
			t.Errorf("%d submissions, %d of them new, want 1 and 1", len(ids), fresh)
		}
	})
}

// The race that the rows' locks exist for: every submission is answered,
// whether it came before, during or after the verdict on its file.
func TestAcceptBesideAVerdictIsAnswered(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, other := world{t, storetest.Open(t, url)}, world{t, storetest.Open(t, url)}
		for round := range 20 {
			name := "race " + string(rune('a'+round))
			_, parse := w.submit(arrival(name))
			receipts := make(chan upload.Receipt, 4)
			var all sync.WaitGroup
			for range cap(receipts) {
				all.Go(func() {
					receipt, err := other.Accept(context.Background(), arrival(name))
					if err != nil {
						t.Error(err)
					}
					receipts <- receipt
				})
			}
			all.Go(func() {
				if _, err := w.RecordVerdict(context.Background(), parse, good(1, `{}`)); err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			close(receipts)
			for receipt := range receipts {
				if state := w.state(receipt.ID); state != upload.Done {
					t.Errorf("round %d: a submission is %s for ever", round, state)
				}
			}
		}
		if parses, announces := w.open(job.Parse), w.open(job.Announce); parses != 0 || announces != 20*5 {
			t.Errorf("%d parse jobs and %d announce jobs, want 0 and 100", parses, announces)
		}
	})
}

func TestAcceptKeepsWhatStrangersNameTheirFiles(t *testing.T) {
	names := map[string]string{
		"해뜰녘 🐉 'x' \"y\".SC2Replay": "해뜰녘 🐉 'x' \"y\".SC2Replay",
		"nul\x00byte":               "nul\uFFFDbyte",
		"latin1 \xe9\xff":           "latin1 \uFFFD",
		"":                          "",
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		for name, want := range names {
			a := arrival("named")
			a.FileName, a.Uploader, a.Key = name, snowflake.UserID(name), upload.Key("key "+name)
			if got := w.view(w.accept(a).ID).FileName; got != want {
				t.Errorf("%q came back as %q, want %q", name, got, want)
			}
		}
	})
}
