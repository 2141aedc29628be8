package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestOperatorsSeeWhatBecameOfAReplay(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	if out, errs, status := p.run(t, "jobs"); status != 0 || out != "No pending jobs.\n" {
		t.Errorf("jobs of an empty database: status %d, %q, %q", status, out, errs)
	}
	s := p.serve(t)
	status, body := s.upload(t, "broken.SC2Replay", []byte("MPQ\x1b broken"))
	var accepted struct{ ID string }
	if err := json.Unmarshal([]byte(body), &accepted); err != nil || status != http.StatusAccepted {
		t.Fatalf("status %d: %s", status, body)
	}
	s.answer(t, accepted.ID)
	out, errs, code := p.run(t, "replay", accepted.ID)
	for _, want := range []string{"status      failed", "failure     invalid", "broken.SC2Replay from web", "by parser"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q (status %d, %s):\n%s", want, code, errs, out)
		}
	}
	sha := regexp.MustCompile(`[0-9a-f]{64}`).FindString(out)
	again, _, _ := p.run(t, "replay", sha)
	if again != out {
		t.Errorf("by its sha256 %q it is another:\n%s", sha, again)
	}
	// Beside the running server, which notices by itself.
	before := answeredAt(out)
	if out, errs, code := p.run(t, "replay", "resubmit", sha); code != 0 || !strings.Contains(out, "queued for parsing again") {
		t.Fatalf("resubmit: status %d, %q, %q", code, out, errs)
	}
	s.answer(t, accepted.ID)
	for deadline := time.Now().Add(time.Minute); ; {
		out, _, _ = p.run(t, "replay", sha)
		if answeredAt(out) != before && strings.Contains(out, "resubmitted by an operator") && strings.Contains(out, "ended ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not parsed again:\n%s", out)
		}
	}
	s.stop(t)
}

func answeredAt(dossier string) string {
	return regexp.MustCompile(`(?m)^answered .*by parser.*$`).FindString(dossier)
}

func TestOperatorsAreToldOfWrongUse(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	for _, args := range [][]string{{"replay"}, {"replay", "resubmit"}, {"replay", "1", "2"}, {"replay", "12345"}} {
		if _, errs, status := p.run(t, args...); status != 1 || !strings.Contains(errs, "name a replay by its sha256") {
			t.Errorf("%v: status %d, %q", args, status, errs)
		}
	}
}

func TestOwedJobsAreListedWithTheirTrouble(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	database, err := store.Open(t.Context(), "sqlite:"+p.data+"/evoladder.db")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	receipt, err := database.Accept(t.Context(), upload.Arrival{
		Source: upload.FromWeb, FileName: "a.SC2Replay", SHA256: strings.Repeat("0", 64), ParserVersion: 1, At: now.Add(-time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	parse := receipt.Jobs[0].ID
	if _, err := database.Begin(t.Context(), parse, "worker-7", now); err != nil {
		t.Fatal(err)
	}
	if err := database.NoteTrouble(t.Context(), parse, "the disk is full \x1b[31m"); err != nil {
		t.Fatal(err)
	}
	out, errs, status := p.run(t, "jobs")
	for _, want := range []string{"replay:parse: 0 waiting, 1 started, the oldest for 1h0m", "worker-7", "failed: the disk is full [31m"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, %q: lacks %q:\n%s", status, errs, want, out)
		}
	}
	if _, err := database.RecordVerdict(t.Context(), parse, upload.Verdict{
		ParserVersion: 1, Failure: failure.New(failure.Poison, phrase.Say(phrase.Poison), nil), At: now,
	}); err != nil {
		t.Fatal(err)
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	if out, _, _ := p.run(t, "replay", strings.Repeat("0", 64)); !strings.Contains(out, "poison") || !strings.Contains(out, "the disk is full") {
		t.Errorf("afterwards:\n%s", out)
	}
}

func TestSweepDeletesWhatNoReplayRefersTo(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.run(t, "submit", samples(t))
	keep := func(content string) string {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
		path := filepath.Join(p.data, "blobs", sum[:2], sum[2:4], sum)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	orphan, young := keep("orphan"), keep("on its way")
	files := p.files(t)
	for _, file := range files {
		if when := time.Now().Add(-25 * time.Hour); file != young {
			if err := os.Chtimes(file, when, when); err != nil {
				t.Fatal(err)
			}
		}
	}
	other := program{data: p.data + "/other"} // another database beside the same files
	other.migrate(t)
	command := other.command(t.Context(), "sweep")
	command.Env = append(command.Env, "BLOB_URL="+filepath.Join(p.data, "blobs"))
	if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), "0 files deleted") {
		t.Errorf("swept by another database: %v, %s", err, out)
	}
	if out, errs, status := p.run(t, "sweep"); status != 0 || out != "1 files deleted\n" {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
	if _, err := os.Stat(orphan); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the orphan: %v", err)
	}
	if left := p.files(t); len(left) != len(files)-1 {
		t.Errorf("%d of %d files are left", len(left), len(files))
	}
}

// migrate makes an empty database.
func (p program) migrate(t *testing.T) {
	t.Helper()
	if out, errs, status := p.run(t, "migrate"); status != 0 {
		t.Fatalf("migrate: status %d, %q, %q", status, out, errs)
	}
}

func TestCommandsThatLookCreateNothing(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("0", 64)
	for _, args := range [][]string{
		{"jobs"},
		{"replay", id},
		{"replay", "resubmit", id},
		{"sweep"},
		{"reparse"},
		{"reparse", "-status"},
		{"reparse", "-pause"},
		{"reparse", "-resume"},
		{"reparse", "-stop"},
	} {
		p := program{data: filepath.Join(t.TempDir(), "data")}
		out, errs, status := p.run(t, args...)
		if status != 1 || out != "" || !strings.Contains(errs, "there is no file") || !strings.Contains(errs, "start evoladder") {
			t.Errorf("%v without a database: status %d, %q, %q", args, status, out, errs)
		}
		if _, err := os.Stat(p.data); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v made %s", args, p.data)
		}
	}
}

// files are the uploaded files.
func (p program) files(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.data, "blobs", "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
