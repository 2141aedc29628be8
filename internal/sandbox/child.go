package sandbox

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	// startTimeout is for a child's start; it takes some tens of milliseconds.
	startTimeout = 10 * time.Second

	// exitTimeout is how long a child that closed its pipe may take to end.
	exitTimeout = time.Second

	// wordsKept is how much of the first and of the last that a child prints is
	// kept.
	wordsKept = 4 << 10
)

// How says how a child ended.
type How string

// The ways.
const (
	Crashed    How = "crashed"     // a panic, a fatal error, an exit
	OverMemory How = "over_memory" // it asked for more than it may have
	TimedOut   How = "timed_out"   // killed at its deadline
	Garbled    How = "garbled"     // killed for breaking the protocol
	Forbidden  How = "forbidden"   // killed by the kernel for a system call it may not make
	Killed     How = "killed"      // by the kernel or an operator, not by us
)

// Death is the end of a child in the middle of a replay.
type Death struct {
	How    How
	Detail string // its exit status and last words
}

func (d *Death) Error() string { return "parser " + string(d.How) + ": " + d.Detail }

// child is a running parser process. One goroutine uses it at a time.
type child struct {
	cmd         *exec.Cmd
	in          *os.File   // requests
	out         *os.File   // answers
	theirs      []*os.File // its ends of the pipes, until it is started
	stderr      *words
	exited      chan struct{} // closed once it was waited for
	confinement confinement   // what it did to itself

	sequence  uint32
	processor time.Duration
	peak      int64
}

// newChild prepares a child with its pipes.
func newChild(limits terms) (*child, error) {
	path, err := executable()
	if err != nil {
		return nil, fmt.Errorf("find own executable: %w", err)
	}
	args, err := json.Marshal(limits)
	if err != nil {
		return nil, fmt.Errorf("encode terms: %w", err)
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open request pipe: %w", err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		in.Close()
		return nil, fmt.Errorf("open answer pipe: %w", err)
	}
	widen(in)
	widen(out)
	c := &child{in: in, out: out, theirs: []*os.File{theirIn, theirOut}, stderr: &words{}, exited: make(chan struct{})}
	c.cmd = exec.Command(path) //nolint:noctx // it outlives every request; kill ends it
	c.cmd.Args = []string{childName, string(args)}
	c.cmd.Env = []string{} // not nil: no environment at all
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = theirIn, theirOut, c.stderr
	c.cmd.WaitDelay = exitTimeout // for other processes that may hold its standard error
	return c, nil
}

// start runs the child, which lives no longer than the calling thread.
func (c *child) start(apart setting) error {
	err := apart.start(c.cmd)
	for _, file := range c.theirs {
		file.Close()
	}
	if err != nil {
		c.in.Close()
		c.out.Close()
		return fmt.Errorf("start parser process: %w", err)
	}
	return nil
}

// greet waits until the started child is confined and ready. The caller waits
// for the process in the background; see Pool.spawn.
func (c *child) greet() error {
	if err := c.out.SetReadDeadline(time.Now().Add(startTimeout)); err != nil {
		return err
	}
	var head [len(readyMark) + 4]byte
	if _, err := io.ReadFull(c.out, head[:]); err != nil {
		return fmt.Errorf("parser process is not ready: %w: %s", err, c.stderr)
	}
	length := binary.BigEndian.Uint32(head[len(readyMark):])
	if string(head[:len(readyMark)]) != readyMark || length > maxMeta {
		return fmt.Errorf("parser process is not ready: %w; does its main call sandbox.Serve?", errWire)
	}
	notes := make([]byte, length)
	if _, err := io.ReadFull(c.out, notes); err != nil {
		return fmt.Errorf("parser process is not ready: %w", err)
	}
	return json.Unmarshal(notes, &c.confinement)
}

// ask has the child parse one file. Its error is a *Death, or ctx's when the
// caller gave up; the child is of no use after either.
func (c *child) ask(ctx context.Context, r request, within time.Duration) (answer, error) {
	c.sequence++
	r.sequence = c.sequence
	c.stderr.reset()
	deadline := time.Now().Add(within)
	setDeadline := func(at time.Time) error { return errors.Join(c.in.SetWriteDeadline(at), c.out.SetReadDeadline(at)) }
	if err := setDeadline(deadline); err != nil {
		return answer{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = setDeadline(time.Unix(1, 0)) })
	a, err := c.exchange(r)
	if !stop() {
		return answer{}, context.Cause(ctx) // its deadlines are no longer ours to set
	}
	if err != nil {
		return answer{}, c.postMortem(err)
	}
	c.processor, c.peak = a.processor, a.peak
	return a, nil
}

func (c *child) exchange(r request) (answer, error) {
	if err := writeRequest(c.in, r); err != nil {
		return answer{}, err
	}
	a, err := readAnswer(c.out)
	if err == nil && a.sequence != r.sequence {
		err = errWire
	}
	return a, err
}

// postMortem ends the child and finds out what happened to it.
func (c *child) postMortem(cause error) *Death {
	switch {
	case errors.Is(cause, os.ErrDeadlineExceeded):
		c.kill()
		return &Death{How: TimedOut, Detail: "no answer before its deadline"}
	case errors.Is(cause, errWire):
		c.kill()
		return &Death{How: Garbled, Detail: cause.Error()}
	}
	// The pipe broke: it is ending, or closed the pipe and lives.
	timer := time.NewTimer(exitTimeout)
	defer timer.Stop()
	select {
	case <-c.exited:
	case <-timer.C:
		c.kill()
		return &Death{How: Garbled, Detail: "closed its pipe"}
	}
	c.kill() // it is dead; this ends its group and closes the pipes
	state, said := c.cmd.ProcessState, c.stderr.String()
	switch {
	case killedByFilter(state):
		return &Death{How: Forbidden, Detail: state.String() + ": it made a system call that is not on the list"}
	case killedByOthers(state):
		return &Death{How: Killed, Detail: state.String()}
	case outOfMemory(said):
		return &Death{How: OverMemory, Detail: state.String() + ": " + said}
	default:
		return &Death{How: Crashed, Detail: state.String() + ": " + said}
	}
}

// outOfMemory recognises how the Go runtime ends without memory.
func outOfMemory(said string) bool {
	for _, sign := range []string{
		"out of memory", "cannot allocate memory", "cannot map pages in arena", "failed to reserve",
		"ThreadSanitizer failed to allocate", // the same in a binary with the race detector
		// Go 1.26's collector writes to its queue of spans without asking whether it
		// got the memory: newSpanSPMC in runtime/mgcmark_greenteagc.go.
		"runtime.(*spanQueue).tryDrain",
	} {
		if strings.Contains(said, sign) {
			return true
		}
	}
	return false
}

// kill ends the child with its group, and waits until it is gone. Killing it
// twice is harmless.
func (c *child) kill() {
	killGroup(c.cmd.Process)
	<-c.exited
	c.in.Close()
	c.out.Close()
}

// words keeps the first and the last of what is written to it: a panic begins
// with its reason, and other output may come before it.
type words struct {
	mu    sync.Mutex
	first []byte
	last  []byte
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	room := min(wordsKept-len(w.first), len(p))
	w.first = append(w.first, p[:room]...)
	w.last = append(w.last, p[room:]...)
	if over := len(w.last) - wordsKept; over > 0 {
		w.last = append(w.last[:0], w.last[over:]...)
	}
	return len(p), nil
}

func (w *words) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.first, w.last = w.first[:0], w.last[:0]
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := string(w.first)
	if len(w.last) > 0 {
		all += "\n…\n" + string(w.last)
	}
	return strings.TrimSpace(strings.ToValidUTF8(all, "�"))
}
