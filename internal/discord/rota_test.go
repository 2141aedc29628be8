package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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

func TestUsersTakeTurnsAtTheTurnstile(t *testing.T) {
	t.Parallel()
	ts := newTurnstile()
	end, err := ts.take(t.Context(), "c", "alice")
	if err != nil {
		t.Fatal(err)
	}
	if other, err := ts.take(t.Context(), "another channel", "alice"); err != nil {
		t.Fatal(err)
	} else {
		other()
	}
	served := make(chan string)
	gone, leave := context.WithCancel(t.Context())
	wait := func(ctx context.Context, user string) {
		all, _ := ts.length("c", user)
		go func() {
			end, err := ts.take(ctx, "c", user)
			if err != nil {
				served <- user + " left"
				return
			}
			served <- user
			end()
		}()
		for n := all; n == all; n, _ = ts.length("c", user) {
			runtime.Gosched()
		}
	}
	for range 3 {
		wait(t.Context(), "alice")
	}
	wait(gone, "mallory")
	wait(t.Context(), "bob")
	if all, own := ts.length("c", "alice"); all != 5 || own != 3 {
		t.Errorf("%d wait, %d of them alice's", all, own)
	}
	leave()
	got := []string{<-served}
	end()
	for range 4 {
		got = append(got, <-served)
	}
	if want := []string{"mallory left", "alice", "bob", "alice", "alice"}; !slices.Equal(got, want) {
		t.Errorf("served %v, want %v", got, want)
	}
}
