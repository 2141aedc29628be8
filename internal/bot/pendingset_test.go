package bot

import (
	"fmt"
	"testing"

	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestTheInFlightSetKnowsEveryState(t *testing.T) {
	t.Parallel()
	s := newPendingSet()
	u := &pendingUpload{key: "a", unanswered: true}
	if !s.claim("a") || s.claim("a") || s.resume(u) {
		t.Error("a claimed upload is taken by another")
	}
	s.leave("a")
	if !s.claim("a") {
		t.Error("an upload that was left cannot be claimed")
	}
	s.recorded(u)
	if s.claim("a") || s.resume(u) {
		t.Error("an upload in flight is taken by another")
	}
	s.postpone(u)
	resumed := &pendingUpload{key: "a"}
	if s.claim("a") || !s.resume(resumed) || !resumed.unanswered {
		t.Errorf("a postponed upload is resumed as %+v", resumed)
	}
	s.settle("a")
	resumed.unanswered = false
	if s.claim("a") || !s.resume(resumed) || resumed.unanswered {
		t.Errorf("a settled upload is resumed as %+v", resumed)
	}
	if !s.once("b") || s.once("b") || s.claim("b") {
		t.Error("once is not once")
	}
	if fetched := (&pendingUpload{key: "of another process"}); !s.resume(fetched) || fetched.unanswered {
		t.Errorf("an unseen upload is resumed as %+v", fetched)
	}
}

func TestTheInFlightSetForgetsTheOldestThatAreSettled(t *testing.T) {
	t.Parallel()
	s := newPendingSet()
	s.claim("in flight")
	s.recorded(&pendingUpload{key: "in flight"})
	s.once("oldest")
	for n := range maxRemembered {
		if !s.once(upload.Key(fmt.Sprint(n))) {
			t.Fatalf("key %d is known", n)
		}
	}
	if s.claim("in flight") || !s.claim("oldest") || s.claim(upload.Key(fmt.Sprint(maxRemembered-1))) || s.past.Len() > maxRemembered {
		t.Errorf("%d keys are remembered", s.past.Len())
	}
}

// A key that was left and claimed again was forgotten with the place that it had
// first.
func TestAKeyThatIsClaimedAgainIsRememberedAsLong(t *testing.T) {
	t.Parallel()
	s := newPendingSet()
	s.claim("again")
	s.leave("again")
	for n := range maxRemembered - 2 {
		s.once(upload.Key(fmt.Sprint("before ", n)))
	}
	s.once("again")
	s.once("after") // takes the place of what came first
	if s.claim("again") {
		t.Error("a key that was just claimed is forgotten")
	}
}
