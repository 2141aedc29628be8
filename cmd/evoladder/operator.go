package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// maxJobs is how many jobs are listed; more than one screen is of no help.
const maxJobs = 50

// errUsage is a wrong use of a command for operators.
var errUsage = errors.New("name a replay by its sha256 (or the first 6 or more characters of it), by its id, or by the id of an upload, a job, a task, " +
	"or a Discord message (or its link): evoladder replay [resubmit] NAME")

// withStore opens the database for a command that only looks or writes a row:
// it must be there, and no such command creates or migrates it.
func withStore(ctx context.Context, do func(*store.Store) error) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	database, err := store.Open(ctx, settings.Database(), store.WithoutMigration())
	if err != nil {
		return err
	}
	return errors.Join(do(database), database.Close())
}

// jobs lists pending jobs, the oldest first.
func jobs(ctx context.Context) error {
	return withStore(ctx, func(database *store.Store) error {
		backlog, err := database.Backlog(ctx)
		if err != nil {
			return err
		}
		pending, err := database.PendingJobs(ctx, maxJobs)
		if err != nil {
			return err
		}
		return listJobs(os.Stdout, backlog, pending, time.Now())
	})
}

func listJobs(out io.Writer, backlog []store.Backlog, pending []store.JobRecord, now time.Time) error {
	if len(pending) == 0 {
		fmt.Fprintln(out, "No pending jobs.")
		return nil
	}
	for _, b := range backlog {
		fmt.Fprintf(out, "%s: %d waiting, %d started, the oldest for %s\n", b.Kind, b.Waiting, b.Begun, age(now, b.Oldest))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nJOB\tKIND\tSUBJECT\tAGE\tENQUEUED\tATTEMPTS\tWORKER\tLAST ERROR")
	for _, j := range pending {
		last := "-"
		if len(j.History) > 0 {
			last = j.History[len(j.History)-1]
		}
		fmt.Fprintf(w, "%d\t%s\t%d\t%s\t%d\t%d\t%s\t%s\n", j.ID, j.Kind, j.Subject, age(now, j.Created), j.EnqueueAttempt, j.Attempts, orDash(j.Worker), text.Line(last))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	if len(pending) == maxJobs {
		fmt.Fprintf(out, "\nOnly the oldest %d are shown.\n", maxJobs)
	}
	return nil
}

// replayCommand shows everything about one file, or queues it for parsing again.
func replayCommand(ctx context.Context, args []string) error {
	again := len(args) > 0 && args[0] == "resubmit"
	if again {
		args = args[1:]
	}
	if len(args) != 1 {
		return errUsage
	}
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	return withStore(ctx, func(database *store.Store) error {
		id, err := database.FindReplay(ctx, args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("no replay is named %s; %w", args[0], errUsage)
		}
		if err != nil {
			return err
		}
		if again {
			// The sweeper of a running process enqueues it.
			pending, err := database.Resubmit(ctx, id, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stdout, "Replay %d is queued for parsing again, as job %d; it starts within %s.\n", id, pending.ID, store.EnqueueGrace+2*time.Second)
			return nil
		}
		dossier, err := database.Dossier(ctx, id)
		if err != nil {
			return err
		}
		return tell(os.Stdout, dossier, settings.PublicURL)
	})
}

// tell prints a file's dossier. public is where players reach the pages; empty:
// the pages of its uploads are not named.
func tell(out io.Writer, d store.Dossier, public string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "replay\t%d\nsha256\t%s\nbytes\t%d\nfirst seen\t%s\nstatus\t%s\n", d.ID, d.SHA256, d.Bytes, date(d.Created), d.Status)
	if !d.Parsed.IsZero() {
		fmt.Fprintf(w, "answered\t%s by parser %d on %s, begun %s\n", date(d.Parsed), d.ParserVersion, orDash(d.Worker), date(d.Begun))
	}
	if d.Failure != nil {
		fmt.Fprintf(w, "failure\t%s: %s\ncause\t%s\n", d.Failure.Kind, text.Line(d.Failure.Text.In(phrase.English)), text.Line(orDash(d.Detail)))
	}
	for _, u := range d.Uploads {
		fmt.Fprintf(w, "\nupload\t%d, %s from %s\nsent\t%s\nreceived\t%s\nanswered\t%s\n", u.ID, text.Line(u.FileName), u.Source, date(u.Sent), date(u.Received), date(u.Answered))
		if public != "" {
			fmt.Fprintf(w, "page\t%s\n", upload.Page(public, u.ID))
		}
		if u.Uploader != "" {
			fmt.Fprintf(w, "uploader\t%s in server %s\n", u.Uploader, orDash(u.Guild))
		}
		if u.Message != "" {
			fmt.Fprintf(w, "message\t%s, %s in channel %s, %s %s\n", u.Message, orDash(u.MessageID), u.ChannelID, date(u.Delivered), text.Line(u.Detail))
		}
	}
	for _, j := range d.Jobs {
		state := "pending since " + date(j.Created)
		if !j.Ended.IsZero() {
			state = "ended " + date(j.Ended)
		}
		fmt.Fprintf(w, "\njob\t%d, %s, %s\nenqueued\t%d\nattempts\t%d %s\n", j.ID, j.Kind, state, j.EnqueueAttempt, j.Attempts, j.Worker)
		for _, line := range j.History {
			fmt.Fprintf(w, "\t%s\n", text.Line(line))
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write replay: %w", err)
	}
	return nil
}

func date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000 UTC")
}

func age(now, then time.Time) string { return now.Sub(then).Round(time.Second).String() }

func orDash[T ~string](text T) string {
	if strings.TrimSpace(string(text)) == "" {
		return "-"
	}
	return string(text)
}
