package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discord"
)

// testWork is a function as work.
type testWork struct {
	in, by string
	do     func(context.Context)
}

func (w testWork) lane() string            { return w.in }
func (w testWork) sender() discord.UserID  { return discord.UserID(w.by) }
func (w testWork) run(ctx context.Context) { w.do(ctx) }
func (w testWork) noRoom()                 {}

func TestLanesBoundWhatTheyTake(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	release := make(chan struct{})
	var done atomic.Int32
	taken := 0
	for user := 0; l.add(testWork{"busy", fmt.Sprint("user ", user), func(context.Context) { <-release; done.Add(1) }}); user++ {
		taken++
	}
	if taken != laneWidth+laneDepth {
		t.Errorf("took %d, want %d", taken, laneWidth+laneDepth)
	}
	other := make(chan struct{})
	if !l.add(testWork{"quiet", "a", func(context.Context) { close(other) }}) {
		t.Error("a full lane keeps another from being used")
	}
	<-other
	close(release)
	<-l.close()
	if int(done.Load()) != taken || len(l.lanes) != 0 {
		t.Errorf("%d of %d done", done.Load(), taken)
	}
	if l.add(testWork{"busy", "a", func(context.Context) {}}) {
		t.Error("work is taken after the end")
	}
}

func TestLanesBoundWhatRunsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	var mu sync.Mutex
	running, most := 0, 0
	for n := range 4 * maxRunning {
		l.add(testWork{fmt.Sprint("channel ", n), "a", func(context.Context) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			mu.Lock()
			running--
			mu.Unlock()
		}})
	}
	<-l.close()
	if most > maxRunning {
		t.Errorf("%d ran at once", most)
	}
}

func TestAPanicCostsOneUpload(t *testing.T) {
	t.Parallel()
	var log journal
	l := newLanes(slog.New(slog.NewTextHandler(&log, nil)))
	l.open(t.Context())
	l.add(testWork{"a", "a", func(context.Context) { panic("POST https://discord.com/api/webhooks/12/secret/messages/@original") }})
	after := make(chan struct{})
	l.add(testWork{"a", "a", func(context.Context) { close(after) }})
	<-after
	<-l.close()
	if text := log.String(); !strings.Contains(text, "panic while handling an event") || strings.Contains(text, "secret/messages") {
		t.Errorf("log: %s", text)
	}
}

func TestUsersTakeTurnsInALane(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	release := make(chan struct{})
	for range laneWidth {
		l.add(testWork{"c", "alice", func(context.Context) { <-release }})
	}
	order := make(chan string, laneDepth)
	add := func(user, what string) bool {
		return l.add(testWork{"c", user, func(context.Context) { order <- what }})
	}
	for n := range 3 {
		add("alice", fmt.Sprint("alice ", n))
	}
	add("bob", "bob 0")
	add("bob", "bob 1")
	add("carol", "carol 0")
	taken := 3
	for add("alice", "more") {
		taken++
	}
	if taken != userDepth || !add("bob", "bob 2") {
		t.Errorf("one user holds %d slots, and others none", taken)
	}
	release <- struct{}{} // one slot goes on, so that the order can be seen
	var got []string
	for range 7 {
		got = append(got, <-order)
	}
	want := []string{"alice 0", "bob 0", "carol 0", "alice 1", "bob 1", "alice 2", "bob 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	close(release)
	<-l.close()
}
