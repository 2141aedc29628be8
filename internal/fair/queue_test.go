package fair

import (
	"context"
	"runtime"
	"slices"
	"testing"
)

func TestUsersTakeTurnsAtTheTurnstile(t *testing.T) {
	t.Parallel()
	ts := NewTurnstile()
	end, err := ts.Take(t.Context(), "c", "alice")
	if err != nil {
		t.Fatal(err)
	}
	if other, err := ts.Take(t.Context(), "another channel", "alice"); err != nil {
		t.Fatal(err)
	} else {
		other()
	}
	served := make(chan string)
	gone, leave := context.WithCancel(t.Context())
	wait := func(ctx context.Context, user string) {
		all, _ := ts.Length("c", user)
		go func() {
			end, err := ts.Take(ctx, "c", user)
			if err != nil {
				served <- user + " left"
				return
			}
			served <- user
			end()
		}()
		for n := all; n == all; n, _ = ts.Length("c", user) {
			runtime.Gosched()
		}
	}
	for range 3 {
		wait(t.Context(), "alice")
	}
	wait(gone, "mallory")
	wait(t.Context(), "bob")
	if all, own := ts.Length("c", "alice"); all != 5 || own != 3 {
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
