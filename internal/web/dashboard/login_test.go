package dashboard

import (
	"testing"
	"time"
)

func TestAnAddressThatGuessesIsNotHeardForAWhile(t *testing.T) {
	t.Parallel()
	var g guesses
	now := time.Now()
	for range 3 * wrongLogins { // right ones cost nothing, also after a wrong one
		g.judge("192.0.2.1", true, now)
	}
	for range wrongLogins {
		if wait := g.judge("192.0.2.1", false, now); wait != 0 {
			t.Fatalf("made to wait %v", wait)
		}
	}
	for _, right := range []bool{false, true, true} {
		if wait := g.judge("192.0.2.1", right, now); wait <= 0 || wait > wrongPause {
			t.Errorf("one guess too many, right: %v, waits %v", right, wait)
		}
	}
	if wait := g.judge("192.0.2.2", true, now); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	now = now.Add(wrongPause)
	for range 3 * wrongLogins {
		if wait := g.judge("192.0.2.1", true, now); wait != 0 {
			t.Fatalf("a minute later a right login waits %v", wait)
		}
	}
}
