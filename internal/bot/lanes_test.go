package bot

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLanesBoundWhatTheyTake(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	release := make(chan struct{})
	var done atomic.Int32
	taken := 0
	for user := 0; l.add("busy", fmt.Sprint("user ", user), func(context.Context) { <-release; done.Add(1) }); user++ {
		taken++
	}
	if taken != laneWidth+laneDepth {
		t.Errorf("took %d, want %d", taken, laneWidth+laneDepth)
	}
	other := make(chan struct{})
	if !l.add("quiet", "a", func(context.Context) { close(other) }) {
		t.Error("a full lane keeps another from being used")
	}
	<-other
	close(release)
	<-l.close()
	if int(done.Load()) != taken || len(l.lanes) != 0 {
		t.Errorf("%d of %d done", done.Load(), taken)
	}
	if l.add("busy", "a", func(context.Context) {}) {
		t.Error("work is taken after the end")
	}
}

func TestLanesBoundWhatRunsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	var mu sync.Mutex
	running, most := 0, 0
	for n := range 4 * maxInHand {
		l.add(fmt.Sprint("channel ", n), "a", func(context.Context) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			mu.Lock()
			running--
			mu.Unlock()
		})
	}
	<-l.close()
	if most > maxInHand {
		t.Errorf("%d ran at once", most)
	}
}

func TestAPanicCostsOneUpload(t *testing.T) {
	t.Parallel()
	var log journal
	l := newLanes(slog.New(slog.NewTextHandler(&log, nil)))
	l.open(t.Context())
	l.add("a", "a", func(context.Context) { panic("POST https://discord.com/api/webhooks/12/secret/messages/@original") })
	after := make(chan struct{})
	l.add("a", "a", func(context.Context) { close(after) })
	<-after
	<-l.close()
	if text := log.String(); !strings.Contains(text, "panic while handling an event") || strings.Contains(text, "secret/messages") {
		t.Errorf("log: %s", text)
	}
}

func TestClaimsForgetTheOldest(t *testing.T) {
	t.Parallel()
	c := newClaims()
	if !c.take("first") || c.take("first") {
		t.Error("a key can be taken once")
	}
	c.drop("first")
	if !c.take("first") {
		t.Error("a dropped key can be taken again")
	}
	for n := range maxClaims {
		if !c.take(fmt.Sprint(n)) {
			t.Fatalf("key %d is taken", n)
		}
	}
	if !c.take("first") || c.take(fmt.Sprint(maxClaims-1)) || len(c.taken) > maxClaims {
		t.Errorf("%d keys are remembered", len(c.taken))
	}
}

// untimed are spots without the time of their last use.
func untimed(spots []spot) []spot {
	for n := range spots {
		spots[n].used = time.Time{}
	}
	return spots
}

func TestADebtThatIsNotPaidStays(t *testing.T) {
	t.Parallel()
	p := newPlaces()
	p.saw("c", "100", "")
	p.saw("c", "99", "")
	p.hold(nil)
	p.release()
	missed := []spot{{channel: "c", direct: true, last: "100", debt: due, from: "100"}}
	if due := untimed(p.claim()); !slices.Equal(due, missed) {
		t.Errorf("due: %v", due)
	}
	if due := p.claim(); due != nil || !p.paid() {
		t.Errorf("due twice: %v", due)
	}
	p.again(missed[0])
	if p.paid() {
		t.Error("a debt given back is paid")
	}
	if due := untimed(p.claim()); !slices.Equal(due, missed) {
		t.Errorf("due after it could not be read: %v", due)
	}
	for n := range 2 * maxPlaces {
		p.saw(fmt.Sprint(n), "1", "g")
	}
	if len(p.known) > maxPlaces {
		t.Errorf("%d places are remembered", len(p.known))
	}
}

func TestPlacesRememberWhereTheGapBegan(t *testing.T) {
	t.Parallel()
	p := newPlaces()
	p.saw("c", "100", "g")
	p.hold([]string{"w"})
	if due := p.claim(); due != nil {
		t.Errorf("due before the gap has ended: %v", due)
	}
	p.hold([]string{"w"}) // the next session did not begin either
	p.saw("c", "150", "g")
	p.saw("w", "151", "g") // events of the new session may be handled before its READY
	p.release()
	got := untimed(p.claim())
	slices.SortFunc(got, func(a, b spot) int { return strings.Compare(a.channel, b.channel) })
	if want := []spot{
		{channel: "c", guild: "g", last: "150", debt: due, from: "100"},
		{channel: "w", guild: "g", watched: true, last: "151", debt: due},
	}; !slices.Equal(got, want) {
		t.Errorf("due: %v, want %v", got, want)
	}
	if due := p.claim(); due != nil {
		t.Errorf("due twice: %v", due)
	}
}

func TestUsersTakeTurnsInALane(t *testing.T) {
	t.Parallel()
	l := newLanes(slog.New(slog.DiscardHandler))
	l.open(t.Context())
	release := make(chan struct{})
	for range laneWidth {
		l.add("c", "alice", func(context.Context) { <-release })
	}
	order := make(chan string, laneDepth)
	add := func(user, what string) bool {
		return l.add("c", user, func(context.Context) { order <- what })
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
		t.Errorf("one user holds %d places, and others none", taken)
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
