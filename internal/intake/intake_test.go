package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// world is everything behind an intake; acts notes the order things happen in.
type world struct {
	acts     []string
	stored   map[string][]byte
	arrivals []upload.Arrival

	putErr, acceptErr, enqueueErr error
	known                         bool
	cancelled                     bool // whether the queue was given up by its caller
	lines                         bytes.Buffer
}

func (w *world) Put(_ context.Context, hash string, data []byte) error {
	w.acts = append(w.acts, "put")
	if w.putErr == nil {
		w.stored = map[string][]byte{hash: data}
	}
	return w.putErr
}

func (w *world) Accept(_ context.Context, arrival upload.Arrival) (upload.Receipt, error) {
	w.acts = append(w.acts, "accept")
	if w.acceptErr != nil {
		return upload.Receipt{}, w.acceptErr
	}
	w.arrivals = append(w.arrivals, arrival)
	receipt := upload.Receipt{ID: 1, ReplayID: 2, SHA256: arrival.SHA256, Known: w.known}
	if !w.known {
		receipt.Jobs = []job.Job{{ID: 3, Kind: job.Parse, Subject: 2, EnqueueAttempt: 1}}
	}
	return receipt, nil
}

func (w *world) Enqueue(ctx context.Context, _ ...job.Job) error {
	w.acts = append(w.acts, "enqueue")
	w.cancelled = ctx.Done() != nil
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.enqueueErr
}

func (w *world) intake() *intake.Intake {
	return intake.New(w, w, w, intake.Options{
		Limits: replay.Limits{FileBytes: 1 << 10},
		Now:    func() time.Time { return noon },
		Log:    slog.New(slog.NewTextHandler(&w.lines, nil)),
	})
}

func incoming(name, data string) upload.Incoming {
	return upload.Incoming{Source: upload.FromWeb, FileName: name, Data: []byte(data)}
}

// Discord's clock, or a page that was slow to arrive, says when an upload was
// sent; a clock that is ahead of ours does not.
func TestAnUploadIsRecordedWithWhenItWasSent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ sent, want time.Time }{
		{time.Time{}, noon}, {noon.Add(-time.Hour), noon.Add(-time.Hour)}, {noon.Add(time.Second), noon},
	} {
		w := &world{}
		one := incoming("a.SC2Replay", "MPQ\x1bdata")
		one.Sent = test.sent
		if _, err := w.intake().Accept(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		if got := w.arrivals[0]; !got.Sent.Equal(test.want) || !got.At.Equal(noon) {
			t.Errorf("sent %v: recorded as sent %v at %v", test.sent, got.Sent, got.At)
		}
	}
}

func TestAcceptedFileIsStoredThenRecordedThenQueued(t *testing.T) {
	t.Parallel()
	w := &world{}
	reply := &announcement.Reply{ChannelID: "c", MessageID: "m", UserID: "u"}
	receipt, err := w.intake().Accept(t.Context(), upload.Incoming{
		Source: upload.FromDiscord, Uploader: "u", FileName: `C:\Replays\Ever Dream LE.sc2replay`, Key: "k",
		Data: []byte("MPQ\x1bdata"), Reply: reply,
	})
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256([]byte("MPQ\x1bdata")); receipt.ID != 1 || receipt.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("receipt %+v", receipt)
	}
	want := []upload.Arrival{{
		Source: upload.FromDiscord, Uploader: "u", FileName: "Ever Dream LE.sc2replay", Key: "k",
		SHA256: receipt.SHA256, Bytes: 8, ParserVersion: replay.ParserVersion, Reply: reply, Sent: noon, At: noon,
	}}
	if diff := cmp.Diff(want, w.arrivals); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"put", "accept", "enqueue"}, w.acts); diff != "" {
		t.Error(diff)
	}
	if string(w.stored[receipt.SHA256]) != "MPQ\x1bdata" {
		t.Errorf("stored %q", w.stored)
	}
	if w.cancelled {
		t.Error("the job is not enqueued where its sender hangs up")
	}
}

func TestRefusedFilesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		upload upload.Incoming
		kind   failure.Kind
		says   string
	}{
		"another extension": {incoming("notes.txt", "MPQ\x1b"), failure.Invalid, "notes.txt is not a replay: its name must end in .SC2Replay"},
		"no extension":      {incoming("SC2Replay", "MPQ\x1b"), failure.Invalid, "must end in .SC2Replay"},
		"no name":           {incoming("", "MPQ\x1b"), failure.Invalid, "unnamed is not a replay"},
		"empty":             {incoming("a.SC2Replay", ""), failure.Invalid, "the file is empty"},
		"too large":         {incoming("a.SC2Replay", "MPQ\x1b"+strings.Repeat("x", 1<<10)), failure.TooLarge, "larger than 1 KiB"},
		"not an archive":    {incoming("a.SC2Replay", "PK\x03\x04"), failure.Invalid, "not a StarCraft II replay"},
		"a shorter magic":   {incoming("a.SC2Replay", "MPQ"), failure.Invalid, "not a StarCraft II replay"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{}
			_, err := w.intake().Accept(t.Context(), test.upload)
			found := failure.Find(err)
			if found == nil || found.Kind != test.kind || !strings.Contains(found.Text.In(phrase.English), test.says) {
				t.Fatalf("%v (%v), want %s saying %q", err, found, test.kind, test.says)
			}
			if len(w.acts) > 0 {
				t.Errorf("did %v", w.acts)
			}
		})
	}
}

func TestAdmitJudgesWithoutTheBytes(t *testing.T) {
	t.Parallel()
	in := (&world{}).intake()
	if err := in.Admit("a.SC2REPLAY", 1<<10); err != nil {
		t.Error(err)
	}
	if found := failure.Find(in.Admit("a.SC2Replay", 1<<10+1)); found == nil || found.Text.Key != phrase.TooLarge {
		t.Errorf("%v, want too large", found)
	}
}

// What the parser would refuse at its first bytes does not come in: a bare
// archive is no replay, whatever tool made it.
func TestOnlyWhatBeginsLikeAReplayPasses(t *testing.T) {
	t.Parallel()
	for begins, passes := range map[string]bool{"MPQ\x1b": true, "MPQ\x1a": false, "MPQ": false, "PK\x03\x04": false} {
		data := begins + strings.Repeat("x", 100)
		_, err := (&world{}).intake().Accept(t.Context(), incoming("a.SC2Replay", data))
		if (err == nil) != passes {
			t.Errorf("%q: %v", begins, err)
		}
		if found := failure.Find(err); !passes && (found == nil || found.Text.Key != phrase.NotAReplay) {
			t.Errorf("%q: %v", begins, err)
		}
		_, err = replay.Parse(t.Context(), []byte(data), replay.Options{})
		if found := failure.Find(err); !passes && (found == nil || found.Text.Key != phrase.NotAReplay) {
			t.Errorf("the parser says of %q: %v", begins, err)
		}
	}
}

func TestOurTroubleIsNoFault(t *testing.T) {
	t.Parallel()
	trouble := errors.New("connection refused")
	for name, w := range map[string]*world{"storage": {putErr: trouble}, "database": {acceptErr: trouble}} {
		_, err := w.intake().Accept(t.Context(), incoming("a.SC2Replay", "MPQ\x1b"))
		if !errors.Is(err, trouble) || failure.Find(err) != nil {
			t.Errorf("%s down: %v", name, err)
		}
		if len(w.arrivals) > 0 {
			t.Errorf("%s down: recorded %v", name, w.arrivals)
		}
	}
}

func TestUnreachableQueueIsLoggedOncePerOutage(t *testing.T) {
	t.Parallel()
	w := &world{enqueueErr: errors.New("connection refused")}
	in := w.intake()
	for range 3 {
		if _, err := in.Accept(t.Context(), incoming("a.SC2Replay", "MPQ\x1b")); err != nil {
			t.Fatalf("refused for the queue's sake: %v", err)
		}
	}
	w.enqueueErr = nil
	for range 3 {
		if _, err := in.Accept(t.Context(), incoming("a.SC2Replay", "MPQ\x1b")); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(w.lines.String(), "\n"); n != 2 {
		t.Errorf("%d lines, want one for each change:\n%s", n, &w.lines)
	}
}

func TestKnownAnswerQueuesNothing(t *testing.T) {
	t.Parallel()
	w := &world{known: true}
	receipt, err := w.intake().Accept(t.Context(), incoming("a.SC2Replay", "MPQ\x1b"))
	if err != nil || !receipt.Known {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if diff := cmp.Diff([]string{"put", "accept"}, w.acts); diff != "" {
		t.Error(diff)
	}
}

func TestUploaderHangingUpDoesNotKeepTheQueueFromHearing(t *testing.T) {
	t.Parallel()
	w := &world{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.intake().Accept(ctx, incoming("a.SC2Replay", "MPQ\x1b")); err != nil {
		t.Fatal(err)
	}
	if w.lines.Len() > 0 {
		t.Errorf("logged %s", &w.lines)
	}
}
