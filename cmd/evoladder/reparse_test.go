package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// TestReparseSurvivesSIGKILL kills the command after its first batch; the
// second one goes on and ends when the last job is done.
func TestReparseSurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	database, err := store.Open(t.Context(), "sqlite:"+p.data+"/evoladder.db")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	const files = reparseAhead + 7
	for i := range files {
		oldResult(t, database, i)
	}
	first, lines := startReparse(t, p)
	if line := <-lines; line != fmt.Sprintf("running: 0 of %d replays read again by parser %d, %d queued", files, replay.ParserVersion, reparseAhead) {
		t.Errorf("%q", line)
	}
	if err := first.Kill(); err != nil {
		t.Fatal(err)
	}
	for range lines { // until it is gone
	}
	out, _, status := p.run(t, "reparse", "-status")
	if status != 0 || !strings.Contains(out, fmt.Sprintf("running: 0 of %d", files)) {
		t.Errorf("status %d: %s", status, out)
	}
	_, lines = startReparse(t, p)
	last := ""
	for line := range lines {
		last = line
		if n := finishReparses(t, database); n > reparseAhead {
			t.Errorf("%d jobs at once", n)
		}
	}
	if want := fmt.Sprintf("done: %d of %d replays read again by parser %d", files, files, replay.ParserVersion); last != want {
		t.Errorf("%q, want %q", last, want)
	}
	if _, errs, status := p.run(t, "reparse", "-pause"); status == 0 || !strings.Contains(errs, "no re-parsing is under way") {
		t.Errorf("pause after the end: status %d, %s", status, errs)
	}
	if _, errs, status := p.run(t, "reparse", "-pause", "-stop"); status == 0 || !strings.Contains(errs, "usage") {
		t.Errorf("two flags: status %d, %s", status, errs)
	}
}

type killable interface{ Kill() error }

// startReparse runs the command and gives what it prints.
func startReparse(t *testing.T, p program) (killable, <-chan string) {
	t.Helper()
	command := p.command(t.Context(), "reparse")
	pipe, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			lines <- scanner.Text()
		}
		_ = command.Wait()
	}()
	return command.Process, lines
}

// oldResult is a file that the parser before this one read.
func oldResult(t *testing.T, database *store.Store, i int) {
	t.Helper()
	receipt, err := database.Accept(t.Context(), upload.Arrival{
		Source: upload.FromWeb, FileName: "a.SC2Replay", SHA256: fmt.Sprintf("%064d", i),
		ParserVersion: replay.ParserVersion - 1, At: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	verdict := upload.Verdict{ParserVersion: replay.ParserVersion - 1, Summary: []byte(`{}`), At: time.Now()}
	if _, err := database.RecordVerdict(t.Context(), receipt.Jobs[0].ID, verdict); err != nil {
		t.Fatal(err)
	}
}

// finishReparses does what workers do, and counts the jobs.
func finishReparses(t *testing.T, database *store.Store) (n int) {
	t.Helper()
	now := time.Now().Add(time.Minute)
	due, err := database.ClaimDue(context.Background(), now, now, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range due {
		if j.Kind != job.Reparse {
			t.Errorf("a job of kind %s", j.Kind)
			continue
		}
		n++
		verdict := upload.Verdict{ParserVersion: replay.ParserVersion, Summary: []byte(`{}`), At: time.Now()}
		if jobs, err := database.RecordVerdict(t.Context(), j.ID, verdict); err != nil || len(jobs) != 0 {
			t.Errorf("announced %v, %v", jobs, err)
		}
	}
	return n
}
