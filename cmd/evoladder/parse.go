package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/sandbox"
	"github.com/evoladder/evoladderbot/internal/telemetry"
	"github.com/evoladder/evoladderbot/internal/text"
)

// failedFile is the JSON of a file that could not be parsed.
type failedFile struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	Error  struct {
		Kind failure.Kind `json:"kind"`
		Text string       `json:"text"`
	} `json:"error"`
}

// parse prints one JSON object a replay, in the order of the arguments, and
// parses as many at once as there are parser processes.
func parse(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("parse", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	timeline := flags.Bool("timeline", false, "add each player's timeline and build order")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	files, err := replayFiles(flags.Args())
	if err != nil {
		return err
	}
	return withParser(func(p parser) error {
		p.timeline = *timeline
		return p.all(ctx, files, os.Stdout, os.Stderr)
	})
}

// parser turns files into lines of JSON.
type parser struct {
	pool     *sandbox.Pool
	workers  int   // of the pool
	limit    int64 // bytes a file may have
	timeline bool
	object   func(sandbox.Parsed) ([]byte, error) // what is printed of a file
}

// withParser runs do with a parser that prints all that was parsed.
func withParser(do func(parser) error) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	// Only what is wrong is worth a line beside the output.
	pool, err := app.Pool(settings.Parsing, settings.Limits, telemetry.Logger(os.Stderr, "warn", settings.Format), nil)
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(parser{pool: pool, workers: settings.Pool(), limit: settings.MaxReplayBytes, object: join})
}

// line is a parsed file: its JSON and, when it failed, why.
type line struct {
	json    []byte
	failure string
}

// all writes a line for each file to out, in order, and what failed to errs.
func (p parser) all(ctx context.Context, files []string, out, errs io.Writer) error {
	// Twice as many lines as workers may be ahead of the one being written, so
	// that one slow file neither stalls the others nor fills the memory.
	lines := make(chan chan line, 2*p.workers)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(p.workers + 1)
	work.Go(func() error {
		defer close(lines)
		for _, file := range files {
			done := make(chan line, 1)
			select {
			case lines <- done:
			case <-ctx.Done():
				return ctx.Err()
			}
			work.Go(func() error {
				done <- p.one(ctx, file)
				return nil
			})
		}
		return nil
	})
	count, failed := 0, 0
	for done := range lines {
		l := <-done
		count++
		if _, err := out.Write(append(text.EscapedJSON(l.json), '\n')); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
		if l.failure != "" {
			failed++
			fmt.Fprintln(errs, text.Line(l.failure))
		}
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be parsed", failed, count)
	}
	return nil
}

func (p parser) one(ctx context.Context, file string) line {
	data, err := readReplay(file, p.limit)
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	if err == nil {
		var parsed sandbox.Parsed
		parsed, err = p.pool.Parse(ctx, sandbox.File{Name: file, SHA256: hash, Data: data, Timeline: p.timeline})
		if err == nil {
			var object []byte
			if object, err = p.object(parsed); err == nil {
				return line{json: object}
			}
		}
	}
	var failed failedFile
	failed.File, failed.SHA256, failed.Bytes = file, hash, len(data)
	failed.Error.Kind, failed.Error.Text = failure.Invalid, reason(err)
	sentence := fmt.Sprintf("%s: %s", file, failed.Error.Text)
	if found := failure.Find(err); found != nil {
		failed.Error.Kind = found.Kind
		if found.Cause != nil {
			sentence += fmt.Sprintf(" (%v)", found.Cause)
		}
	}
	encoded, _ := json.Marshal(failed) // strings and numbers: cannot fail
	return line{json: encoded, failure: sentence}
}

// join is the one JSON object of a summary and its timeline.
func join(parsed sandbox.Parsed) ([]byte, error) {
	if parsed.Timeline == nil {
		return parsed.Summary, nil
	}
	joined := append([]byte(nil), parsed.Summary[:len(parsed.Summary)-1]...)
	joined = append(joined, `,"timeline":`...)
	joined = append(joined, parsed.Timeline...)
	return append(joined, '}'), nil
}
