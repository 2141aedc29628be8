package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// announcement uploads a file and brings it as far as its announcement.
func (w world) announcement(file string) (job.ID, announcement.Announcement) {
	w.Helper()
	_, parse := w.submit(arrival(file))
	jobs := w.record(parse, good(1, `{"n": 1}`))
	a, err := w.Announcement(context.Background(), jobs[0].ID)
	if err != nil {
		w.Fatal(err)
	}
	return jobs[0].ID, a
}

func TestAnnouncementTellsTheAnswerWhereItIsAwaited(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		_, got := w.announcement("known")
		want := announcement.Announcement{
			ID: got.ID, Kind: announcement.ReplayResult,
			Subject: got.Subject,
			Reply:   *arrival("known").Reply,
			Made:    got.Made,
		}
		if got.Made.IsZero() {
			t.Error("it is not said since when it is necessary")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if about := w.view(upload.ID(got.Subject)); about.State != upload.Done {
			t.Errorf("it is about %+v", about)
		}
	})
}

// What is written with an announcement of any kind comes back as it is.
func TestAnAnnouncementKeepsItsPayload(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		id, result := w.announcement("a")
		if result.Payload != nil {
			t.Errorf("the answer to an upload has the payload %s", result.Payload)
		}
		const payload = `{"deadline": 5}`
		if _, err := raw(t, url).ExecContext(t.Context(), `UPDATE announcements SET kind = 'another', payload = '`+payload+`'`); err != nil {
			t.Fatal(err)
		}
		got, err := w.Announcement(t.Context(), id)
		w.try(err)
		if got.Kind != "another" || string(got.Payload) != payload || got.Subject != result.Subject {
			t.Errorf("%+v with payload %s", got, got.Payload)
		}
		w.try(w.RecordDelivery(t.Context(), id, announcement.Delivery{Sent: true, MessageID: "11", At: noon}))
	})
}

func TestRecordDeliveryOnceOnly(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		id, _ := w.announcement("delivered")
		delivered := announcement.Delivery{Sent: true, ChannelID: "7", MessageID: "11", At: noon.Add(2 * time.Second)}
		if err := w.RecordDelivery(context.Background(), id, delivered); err != nil {
			t.Fatal(err)
		}
		before := dump(t, db)
		failed := announcement.Delivery{Detail: "no permission", At: noon}
		if err := w.RecordDelivery(context.Background(), id, failed); !errors.Is(err, job.ErrDone) {
			t.Errorf("second delivery: %v", err)
		}
		if _, err := w.Announcement(context.Background(), id); !errors.Is(err, job.ErrDone) {
			t.Errorf("announcement of a job that is done: %v", err)
		}
		if diff := cmp.Diff(before, dump(t, db)); diff != "" {
			t.Errorf("a second delivery wrote: %s", diff)
		}
		if n := w.open(job.Announce); n != 0 {
			t.Errorf("%d announce jobs left", n)
		}
	})
}

func TestRecordDeliveryKeepsWhyItFailed(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		id, a := w.announcement("lost")
		err := w.RecordDelivery(context.Background(), id, announcement.Delivery{Detail: "unknown channel", At: noon})
		if err != nil {
			t.Fatal(err)
		}
		var status, detail, channel string
		db := raw(t, url)
		err = db.QueryRowContext(context.Background(), `SELECT status, detail, channel_id FROM announcements`).
			Scan(&status, &detail, &channel)
		if err != nil || status != "undeliverable" || detail != "unknown channel" || channel != string(a.Reply.ChannelID) {
			t.Errorf("%s %q in %s, %v", status, detail, channel, err)
		}
	})
}

// The token of a command is a secret: what tells that the answer was given does
// not keep it.
func TestATokenLeavesWithTheDelivery(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		id, a := w.announcement("known")
		if !strings.Contains(dump(t, db), a.Reply.Command.Token) {
			t.Error("the token is not kept until the delivery")
		}
		w.try(w.RecordDelivery(context.Background(), id, announcement.Delivery{Sent: true, MessageID: "11", At: noon}))
		if left := dump(t, db); strings.Contains(left, a.Reply.Command.Token) {
			t.Errorf("left behind: %s", left)
		}
	})
}

func TestJobsOfOneKindAreNotEndedAsAnother(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		announce, _ := w.announcement("a")
		_, parse := w.submit(arrival("b"))
		if _, err := w.RecordVerdict(context.Background(), announce, good(1, `{}`)); err == nil || errors.Is(err, job.ErrDone) {
			t.Errorf("verdict on an announcement: %v", err)
		}
		if err := w.RecordDelivery(context.Background(), parse, announcement.Delivery{At: noon}); !errors.Is(err, job.ErrDone) {
			t.Errorf("delivery of a parse: %v", err)
		}
		if w.open(job.Announce) != 1 || w.open(job.Parse) != 1 {
			t.Error("a job was ended")
		}
	})
}
