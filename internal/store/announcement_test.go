package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/submission"
)

// announcement uploads a file and brings it as far as its announcement.
func (w world) announcement(file string) (job.ID, submission.Announcement) {
	w.Helper()
	_, parse := w.submit(upload(file))
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
		want := submission.Announcement{
			ID: got.ID, Kind: submission.ReplayResult,
			Reply:      *upload("known").Reply,
			Submission: w.view(got.Submission.ID),
		}
		if diff := cmp.Diff(want, got); diff != "" || got.Submission.State != submission.Done {
			t.Errorf("%s %s", got.Submission.State, diff)
		}
	})
}

func TestRecordDeliveryOnceOnly(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		db := raw(t, url)
		w := world{t, storetest.Open(t, url)}
		id, _ := w.announcement("delivered")
		delivered := submission.Delivery{Sent: true, ChannelID: "7", MessageID: "11", At: noon.Add(2 * time.Second)}
		if err := w.RecordDelivery(context.Background(), id, delivered); err != nil {
			t.Fatal(err)
		}
		before := dump(t, db)
		failed := submission.Delivery{Detail: "no permission", At: noon}
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
		err := w.RecordDelivery(context.Background(), id, submission.Delivery{Detail: "unknown channel", At: noon})
		if err != nil {
			t.Fatal(err)
		}
		var status, detail, channel string
		db := raw(t, url)
		err = db.QueryRowContext(context.Background(), `SELECT status, detail, channel_id FROM announcements`).
			Scan(&status, &detail, &channel)
		if err != nil || status != "undeliverable" || detail != "unknown channel" || channel != a.Reply.ChannelID {
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
		w.try(w.RecordDelivery(context.Background(), id, submission.Delivery{Sent: true, MessageID: "11", At: noon}))
		if left := dump(t, db); strings.Contains(left, a.Reply.Command.Token) {
			t.Errorf("left behind: %s", left)
		}
	})
}

func TestJobsOfOneKindAreNotEndedAsAnother(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		announce, _ := w.announcement("a")
		_, parse := w.submit(upload("b"))
		if _, err := w.RecordVerdict(context.Background(), announce, good(1, `{}`)); err == nil || errors.Is(err, job.ErrDone) {
			t.Errorf("verdict on an announcement: %v", err)
		}
		if err := w.RecordDelivery(context.Background(), parse, submission.Delivery{At: noon}); !errors.Is(err, job.ErrDone) {
			t.Errorf("delivery of a parse: %v", err)
		}
		if w.open(job.Announce) != 1 || w.open(job.Parse) != 1 {
			t.Error("a job was ended")
		}
	})
}
