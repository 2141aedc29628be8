package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// refused accepts an upload that is over its quota and returns why.
func (w world) refused(a upload.Arrival) *failure.Error {
	w.Helper()
	_, err := w.Accept(context.Background(), a)
	found := failure.Find(err)
	if found == nil || found.Kind != failure.Limited {
		w.Fatalf("%s was not refused: %v", a.FileName, err)
	}
	return found
}

func (w world) usage(a upload.Arrival) quota.Usage {
	w.Helper()
	used, err := w.Usage(context.Background(), a)
	if err != nil {
		w.Fatal(err)
	}
	return used
}

func TestUploadsInFlightAreCountedUntilTheirAnswer(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		limited := func(file string) upload.Arrival {
			a := arrival(file)
			a.Key, a.Quota = upload.Key("key of "+file), quota.Quota{PlayerInFlight: 2}
			return a
		}
		_, first := w.submit(limited("1"))
		w.accept(limited("2"))
		db := raw(t, url)
		before := dump(t, db)
		if why := w.refused(limited("3")); why.Text.Key != phrase.LimitedInFlight || why.Wait <= 0 {
			t.Errorf("refused with %+v", why)
		}
		if dump(t, db) != before {
			t.Error("a refused upload left something behind")
		}
		if again := w.accept(limited("2")); !again.Repeated {
			t.Error("a repetition was taken for a new upload")
		}
		if used := w.usage(limited("2")); !used.Recorded {
			t.Error("before it is fetched, a repetition is taken for a new upload")
		}
		other := limited("3")
		other.Uploader, other.Key = "43", "another"
		w.accept(other)

		w.record(first, good(1, `{}`))
		if used := w.usage(limited("3")); used.InFlight != 1 {
			t.Errorf("%d in flight after an answer", used.InFlight)
		}
		w.accept(limited("4"))
		known := limited("1") // in flight are 2 and 4
		known.Key = "again"
		if got := w.accept(known); !got.Known {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnHourlyQuotaSaysWhenThereIsRoom(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		at := func(minute int, uploader string) upload.Arrival {
			a := arrival(fmt.Sprintf("%s at %d", uploader, minute))
			a.Uploader, a.Guild, a.At = snowflake.UserID(uploader), "9", noon.Add(time.Duration(minute)*time.Minute)
			a.Quota = quota.Quota{PlayerHour: 3, GuildHour: 4}
			if uploader == "alice" {
				a.Quota.GuildHour = 0 // or the share of so small a quota would be hers
			}
			return a
		}
		for _, minute := range []int{0, 10, 20} {
			w.accept(at(minute, "alice"))
		}
		why := w.refused(at(45, "alice"))
		if why.Text.Key != phrase.LimitedPlayer || why.Wait.Round(time.Second) != 15*time.Minute || why.Text.Args["minutes"] != "15" {
			t.Errorf("alice is refused with %+v", why)
		}
		w.accept(at(45, "bob"))
		why = w.refused(at(50, "bob"))
		if why.Text.Key != phrase.LimitedGuild || why.Wait.Round(time.Second) != 10*time.Minute {
			t.Errorf("bob is refused with %+v", why)
		}
		elsewhere := at(50, "bob")
		elsewhere.Guild = "8"
		w.accept(elsewhere)
		w.accept(at(61, "alice")) // the upload at 0 no longer counts
		w.refused(at(62, "alice"))
		for _, minute := range []int{80, 90} {
			unlimited := at(minute, "alice")
			unlimited.Quota = quota.Quota{}
			w.accept(unlimited)
		}
		// Now there are five in the hour before 91: room is when three are left
		// out, not when one is.
		used := w.usage(at(91, "alice"))
		if wait := used.PlayerFrom.Sub(noon).Round(time.Minute); wait != 121*time.Minute {
			t.Errorf("room at %v", wait)
		}
	})
}

// One player's uploads at the same moment are recorded one by one, so that the
// quota is exact.
func TestUploadsAtOnceDoNotSlipOverTheQuota(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := intake.New(nowhere{}, s, nowhere{}, intake.Options{
			Quota: quota.Quota{PlayerInFlight: 5}, Counter: s,
		})
		results := make(chan error, 20)
		for n := range cap(results) {
			go func() {
				_, err := in.Accept(context.Background(), upload.Incoming{
					Source: upload.FromDiscord, Uploader: "42", FileName: "a.SC2Replay", Data: fmt.Appendf(nil, "MPQ\x1b%d", n),
				})
				results <- err
			}()
		}
		accepted := 0
		for range cap(results) {
			switch err := <-results; {
			case err == nil:
				accepted++
			case failure.Find(err) == nil || failure.Find(err).Kind != failure.Limited:
				t.Error(err)
			}
		}
		if accepted != 5 {
			t.Errorf("%d uploads were accepted, want 5", accepted)
		}
	})
}

func TestAQuotaThatCannotBeCountedIsOurTrouble(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Usage(ctx, arrival("a")); !errors.Is(err, context.Canceled) || failure.Find(err) != nil {
		t.Errorf("got %v", err)
	}
}

// nowhere is storage and a queue without a consumer.
type nowhere struct{}

func (nowhere) Put(context.Context, string, []byte) error { return nil }
func (nowhere) Enqueue(context.Context, ...job.Job) error { return nil }
