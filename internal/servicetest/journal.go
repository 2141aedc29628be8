package servicetest

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
)

// Journal is what a process wrote, for tests that wait for a line of it.
type Journal struct {
	mu      sync.Mutex
	text    bytes.Buffer
	ended   bool
	changed chan struct{}
}

// NewJournal makes an empty journal.
func NewJournal() *Journal { return &Journal{changed: make(chan struct{})} }

// Write appends what the process wrote.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(p)
	j.wake()
	return len(p), nil
}

// end says that nothing more will be written.
func (j *Journal) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	j.wake()
}

func (j *Journal) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Wait waits until a line of the journal matches, and returns the match and its
// groups. It gives io.ErrUnexpectedEOF when the process has ended without such a
// line, and the cause when ctx ends.
func (j *Journal) Wait(ctx context.Context, pattern *regexp.Regexp) ([]string, error) {
	found, err := j.WaitTimes(ctx, pattern, 1)
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// WaitTimes is Wait for that many matches; it returns all there are.
func (j *Journal) WaitTimes(ctx context.Context, pattern *regexp.Regexp, times int) ([][]string, error) {
	for {
		j.mu.Lock()
		found, ended, changed := pattern.FindAllStringSubmatch(j.text.String(), -1), j.ended, j.changed
		j.mu.Unlock()
		switch {
		case len(found) >= times:
			return found, nil
		case ended:
			return nil, io.ErrUnexpectedEOF
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Has reports whether the process has written text.
func (j *Journal) Has(text string) bool { return strings.Contains(j.String(), text) }

// String is all that was written so far.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
