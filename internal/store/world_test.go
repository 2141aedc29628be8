package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// noon is when tests happen; the parts under a microsecond are lost on purpose.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 123456789, time.UTC)

// world is a store with what tests say about it in one word each.
type world struct {
	*testing.T
	*store.Store
}

// fileOf is the hash of a made-up file.
func fileOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// upload is a Discord upload of a made-up file.
func arrival(file string) upload.Arrival {
	return upload.Arrival{
		Source: upload.FromDiscord, Uploader: "42", FileName: file + ".SC2Replay",
		SHA256: fileOf(file), Bytes: 1234, ParserVersion: 1,
		Reply: &announcement.Reply{ChannelID: "7", MessageID: "8", UserID: "42", Command: announcement.Command{
			Interaction: "6", Application: "app", Token: "token of " + file, Part: 1,
		}}, At: noon,
	}
}

func (w world) accept(a upload.Arrival) upload.Receipt {
	w.Helper()
	receipt, err := w.Accept(context.Background(), a)
	if err != nil {
		w.Fatal(err)
	}
	return receipt
}

// submit accepts an upload and returns its parse job.
func (w world) submit(a upload.Arrival) (upload.Receipt, job.ID) {
	w.Helper()
	receipt := w.accept(a)
	if len(receipt.Jobs) != 1 || receipt.Jobs[0].Kind != job.Parse {
		w.Fatalf("jobs of a new file: %+v, want one parse", receipt.Jobs)
	}
	return receipt, receipt.Jobs[0].ID
}

func (w world) record(id job.ID, v upload.Verdict) []job.Job {
	w.Helper()
	jobs, err := w.RecordVerdict(context.Background(), id, v)
	if err != nil {
		w.Fatal(err)
	}
	return jobs
}

func (w world) view(id upload.ID) upload.View {
	w.Helper()
	view, err := w.Submission(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	return view
}

func (w world) state(id upload.ID) upload.State {
	w.Helper()
	states, err := w.States(context.Background(), []upload.ID{id})
	if err != nil {
		w.Fatal(err)
	}
	if view := w.view(id); view.State != states[id] {
		w.Errorf("Submission says %s and States %s", view.State, states[id])
	}
	return states[id]
}

func (w world) begin(id job.ID) upload.Work {
	w.Helper()
	work, err := w.Begin(context.Background(), id, "worker-1", noon)
	if err != nil {
		w.Fatal(err)
	}
	return work
}

// open is how many jobs of a kind are pending.
func (w world) open(kind job.Kind) int {
	w.Helper()
	all, err := w.Backlog(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	for _, b := range all {
		if b.Kind == kind {
			return b.Waiting + b.Begun
		}
	}
	return 0
}

func good(version int, summary string) upload.Verdict {
	return upload.Verdict{
		ParserVersion: version, Summary: json.RawMessage(summary),
		Timeline: json.RawMessage(`{"players": []}`), At: noon.Add(time.Second),
	}
}

func bad(version int, kind failure.Kind, key phrase.Key) upload.Verdict {
	return upload.Verdict{
		ParserVersion: version, At: noon.Add(time.Second),
		Failure: failure.New(kind, phrase.Say(key, "build", "9"), errors.New("the cause")),
	}
}
