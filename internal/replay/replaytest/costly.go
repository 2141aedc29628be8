package replaytest

import "testing"

// SkipCostly skips a test that parses files made to cost as much as any can, if
// the race detector watches: it makes such a test ten times as slow, and one
// goroutine that parses has nothing to race with. The tests without the
// detector, which .ci/run also runs, are where it counts.
func SkipCostly(t testing.TB) {
	t.Helper()
	if raced {
		t.Skip("SKIPPED: a measure of cost; it runs without the race detector")
	}
}
