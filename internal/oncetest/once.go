// Package oncetest lets a test that costs much run once in a run of .ci/run, which
// runs all tests as a newcomer does and with the race detector, and the parser's and
// the ladder's once more without it. Everywhere else, go test ./... runs every test.
package oncetest

import (
	"os"
	"testing"
)

// Where .ci/run runs a test that it leaves out of the step that it is at, in words.
const (
	heavyElsewhere      = "HEAVY_TESTS_RUN"
	sequentialElsewhere = "SEQUENTIAL_TESTS_RUN"
)

// Heavy marks a test of many processes that finds no more without the race detector
// than with it. A newcomer's step of .ci/run leaves it to the race detector's.
func Heavy(t testing.TB) {
	t.Helper()
	skip(t, heavyElsewhere)
}

// Sequential marks a test of the parser or the ladder that computes for long, and about
// which the race detector has nothing to say. Both steps leave it to the one without the
// race detector.
func Sequential(t testing.TB) {
	t.Helper()
	skip(t, sequentialElsewhere)
}

func skip(t testing.TB, setting string) {
	t.Helper()
	if step := os.Getenv(setting); step != "" {
		t.Skipf("SKIPPED in this step: %s runs in %q", t.Name(), step)
	}
}
