package sandbox

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// childName is what a child calls itself, in os.Args and in process lists.
const childName = "evoladder-parser"

// idleAfter is how long a child waits for work before it gives memory back.
const idleAfter = 2 * time.Second

// maxStack ends a recursion long before it ends the memory. Go's own limit is
// a gigabyte.
const maxStack = 64 << 20

// maxScratch is the largest request whose buffer a child keeps for the next.
const maxScratch = 1 << 20

// Parser reads one replay. Options.Timeline is set as the caller of Pool.Parse
// asked, Options.Limits as the pool's are.
type Parser func(ctx context.Context, data []byte, options replay.Options) (*replay.Replay, error)

// terms is what a child gets on its command line, before it has a pipe.
type terms struct {
	Memory    int64         `json:"memory"`    // bytes over what it starts with
	Processor time.Duration `json:"processor"` // ns
	Threads   int           `json:"threads"`   // 0: no limit
	Rehearse  bool          `json:"rehearse"`  // before it says that it is ready
	Limits    replay.Limits `json:"limits"`    // of each file
}

// IsChild says whether this process is a child of a Pool. A main that starts a
// Pool asks first thing, before it reads flags or settings:
//
//	if sandbox.IsChild() {
//		os.Exit(sandbox.Serve(replay.Parse))
//	}
func IsChild() bool { return len(os.Args) == 2 && os.Args[0] == childName }

// Serve is the life of a child; it returns the exit status.
func Serve(parse Parser) int {
	// What a parser prints must not reach the wire.
	in, out := os.Stdin, os.Stdout
	os.Stdout = os.Stderr
	os.Stdin = nil

	var limits terms
	if err := json.Unmarshal([]byte(os.Args[1]), &limits); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox: read terms:", err)
		return 2
	}
	// One replay at a time needs one processor; a second one is the garbage
	// collector's.
	runtime.GOMAXPROCS(min(2, runtime.NumCPU()))
	// The collector works harder before the hard limit is met.
	debug.SetMemoryLimit(limits.Memory * 3 / 4)
	debug.SetMaxStack(maxStack)
	held := confine(limits)
	if limits.Rehearse {
		rehearse()
	}
	err := sayReady(out, held)
	if err == nil {
		err = answerAll(in, out, parse, limits.Limits)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		return 2
	}
	return 0
}

// rehearse collects garbage, returns memory and starts threads. A Go release may
// need another system call for it: that is to show when a pool starts, not at
// each replay.
func rehearse() { debug.FreeOSMemory() }

// sayReady says to the pool that work may begin, and what holds this child.
func sayReady(out io.Writer, f confinement) error {
	notes, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode confinement: %w", err)
	}
	frame := binary.BigEndian.AppendUint32([]byte(readyMark), uint32(len(notes)))
	_, err = out.Write(append(frame, notes...))
	return err
}

// answerAll answers requests until the pipe is closed.
func answerAll(in io.Reader, out io.Writer, parse Parser, limits replay.Limits) error {
	var scratch []byte
	idle := time.AfterFunc(idleAfter, debug.FreeOSMemory)
	for {
		r, err := readRequest(in, &scratch)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		idle.Stop()
		a := respond(r, parse, limits)
		a.sequence = r.sequence
		a.processor, a.peak = usage()
		if err := writeAnswer(out, a); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
		if cap(scratch) > maxScratch {
			scratch = nil
		}
		idle.Reset(idleAfter)
	}
}

// respond parses one file. A panic is not recovered: the child dies with its
// stack on standard error, and nothing it may have left behind is used again.
func respond(r request, parse Parser, limits replay.Limits) answer {
	ctx, cancel := context.WithTimeout(context.Background(), r.meta.Within)
	defer cancel()
	parsed, err := parse(ctx, r.file, replay.Options{Timeline: r.meta.Timeline, Limits: limits})
	if err != nil {
		return failed(err)
	}
	parsed.File, parsed.SHA256, parsed.Bytes = r.meta.File, r.meta.SHA256, int64(len(r.file))
	timeline := parsed.Timeline
	parsed.Timeline = nil
	first, err := json.Marshal(parsed)
	if err != nil {
		return failed(fmt.Errorf("encode summary: %w", err))
	}
	var second []byte
	if timeline != nil {
		if second, err = json.Marshal(timeline); err != nil {
			return failed(fmt.Errorf("encode timeline: %w", err))
		}
	}
	if len(first)+len(second) > maxAnswer {
		return failed(failure.New(failure.TooLarge, phrase.Say(phrase.Unreadable),
			fmt.Errorf("result of %d bytes", len(first)+len(second))))
	}
	return answer{kind: answerParsed, first: first, second: second}
}

// failed is err as an answer. The same bytes would fail in the same way, so an
// error without a kind is a file that cannot be read.
func failed(err error) answer {
	found := failure.Find(err)
	switch {
	case found != nil:
	case errors.Is(err, context.DeadlineExceeded):
		found = failure.New(failure.Timeout, phrase.Say(phrase.TookTooLong), err)
	default:
		found = failure.New(failure.Invalid, phrase.Say(phrase.Unreadable), err)
	}
	f := refusal{Kind: found.Kind, Text: found.Text}
	if found.Cause != nil {
		f.Cause = found.Cause.Error()
	}
	first, err := json.Marshal(f)
	if err != nil {
		first = []byte(`{"kind":"invalid","text":{"key":"unreadable"}}`)
	}
	return answer{kind: answerFailed, first: first}
}
